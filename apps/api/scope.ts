// Callers that are limited to sites (keys and people): what they ask has to name only sites of theirs, and lists are cut down to these. Deny by default: what
// names no site is not theirs to change, and what is no list of things at sites is not theirs to read. What a role may do is roles.ts's.
import type { Caller } from './auth.js';
import type { Answer, Route, Stream } from './http.js';
import type { Lookups } from './lookups.js';
import { notFound, Problem } from './problem.js';
import type { Reads } from './reads.js';

/** What the path cannot say: the field of the body that names the sites. What else is called a site there, deeper or beside it, does not say it. */
const BY_BODY: Readonly<Record<string, string>> = {
  'POST /v1/grid/limits': 'siteIds',
  'POST /v1/grid/prices': 'siteIds',
  'POST /v1/reservations': 'stationId',
  'POST /v1/tariffs/simulations': 'siteId',
};
/** Answers that are worked out from the question alone. */
const FOR_ALL: ReadonlySet<string> = new Set([
  'POST /v1/rating',
  'POST /v1/allocations',
  'POST /v1/composite-schedules',
  'POST /v1/signed-readings/verification',
]);

export interface Asked {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}
export interface Scope {
  /** Rejects with 404 for a site, station or session of others, as if there were none; with 403 where nothing says that it is of the caller's. */
  check(route: Route, caller: Caller, asked: Asked): Promise<void>;
  narrow(route: Route, caller: Caller, asked: Asked, answer: Answer | Stream): Answer | Stream;
}

interface Names {
  readonly sites: readonly string[];
  readonly stations: readonly string[];
}

const SITE_NAMES = ['siteId', 'siteIds', 'site'];
const STATION_NAMES = ['stationId', 'stationIds'];

/** Whatever is called a site or a station, at any depth. */
function namesIn(value: unknown): Names {
  const [sites, stations]: [string[], string[]] = [[], []];
  const visit = (inner: unknown): void => {
    if (typeof inner !== 'object' || inner === null) return;
    for (const [name, each] of Object.entries(inner)) {
      const texts = [each].flat().filter((text) => typeof text === 'string');
      if (SITE_NAMES.includes(name)) sites.push(...texts);
      if (STATION_NAMES.includes(name)) stations.push(...texts);
      visit(each);
    }
  };
  visit(value);
  return { sites, stations };
}
const isNamed = ({ sites, stations }: Names): boolean => sites.length + stations.length > 0;

function saysWhere(call: string, body: unknown): boolean {
  const field = BY_BODY[call];
  return (
    field !== undefined &&
    typeof body === 'object' &&
    body !== null &&
    isNamed(namesIn({ [field]: (body as Record<string, unknown>)[field] }))
  );
}

const outside = (): Problem =>
  new Problem(403, 'forbidden', 'This is not of your sites', 'name a site or a station of yours: siteId, stationId');

export function scoping(
  { siteOf, configuredSiteOf }: Pick<Lookups, 'siteOf' | 'configuredSiteOf'>,
  reads: Pick<Reads, 'sessionsById'>,
): Scope {
  async function requireOwn({ sites = [], tenantId }: Caller, names: Names): Promise<void> {
    for (const siteId of names.sites) if (!sites.includes(siteId)) throw notFound(`the site ${siteId}`);
    for (const stationId of names.stations)
      if (!sites.includes(await siteOf(tenantId, stationId))) throw notFound(`the station ${stationId}`);
  }
  async function requireOwnSession({ sites = [], tenantId }: Caller, sessionId: string): Promise<void> {
    const session = (await reads.sessionsById(tenantId, [sessionId]))[0];
    if (session === undefined || !sites.includes(String(session.siteId))) throw notFound(`the session ${sessionId}`);
  }
  /** A session is in the path by its own name. */
  const sessionIn = ({ path }: Route, params: unknown): string | undefined =>
    path.startsWith('/v1/sessions/{id}') ? String((params as { readonly id: unknown }).id) : undefined;

  return {
    async check(route, caller, { params, query, body }) {
      if (caller.sites === undefined) return;
      const call = `${route.method.toUpperCase()} ${route.path}`;
      if (FOR_ALL.has(call)) return;
      const [inPath, inBody] = [namesIn([params, query]), namesIn(body)];
      const sessionId = sessionIn(route, params);
      if (sessionId !== undefined) await requireOwnSession(caller, sessionId);
      // A station that is made is at no site of anybody yet: the body says where it will be.
      const isNew =
        call === 'PUT /v1/stations/{stationId}' && (await configuredSiteOf(caller.tenantId, inPath.stations[0] ?? '')) === undefined;
      await requireOwn(caller, isNew ? inBody : inPath);
      await requireOwn(caller, inBody);
      const isChange = route.method !== 'get';
      if (isChange && sessionId === undefined && !isNamed(inPath) && !saysWhere(call, body)) throw outside();
    },
    narrow(route, { sites }, { params, query }, answer) {
      if (sites === undefined || route.method !== 'get' || route.isScoped) return answer;
      if (sessionIn(route, params) !== undefined) return answer;
      const items = typeof answer === 'function' ? undefined : (answer.body as { readonly items?: unknown } | undefined)?.items;
      if (isNamed(namesIn([params, query]))) {
        // A station may have been at a site of somebody else before.
        if (typeof answer === 'function' || !Array.isArray(items)) return answer;
        return {
          ...answer,
          body: { ...(answer.body as object), items: items.filter((each) => each?.siteId == null || sites.includes(each.siteId)) },
        };
      }
      if (typeof answer === 'function' || !Array.isArray(items)) throw outside();
      const { nextCursor = null } = answer.body as { readonly nextCursor?: unknown };
      return { ...answer, body: { items: items.filter(({ siteId }) => sites.includes(siteId)), nextCursor } };
    },
  };
}
