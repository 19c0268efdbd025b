// What of a call the audit has: who, what, on what, how it ended, and of configuration what was asked. Never personal data or secrets (ADR 0007): what is
// not named here is not recorded, and fields that are written and never read (`writeOnly`) are left out. Chaining is definition.ts's.
import { z } from 'zod';
import type { ChangeAudited } from '#contracts';
import { tokenText } from '#domain/authorization';
import type { KeyStore, World } from '#ports';
import type { Answer, Audit, Route, Stream } from '../http.js';
import { Problem } from '../problem.js';
import { append } from '../requests.js';

/** Bodies that are recorded: all of one, or these fields of it. */
const RECORDED: Readonly<Record<string, 'all' | readonly string[]>> = {
  'PUT /v1/sites/{siteId}': 'all',
  'PUT /v1/sites/{siteId}/tariff': 'all',
  'PUT /v1/sites/{siteId}/device-settings/{templateId}': 'all',
  'PUT /v1/sites/{siteId}/der-controls/{controlId}': 'all',
  'PUT /v1/stations/{stationId}': 'all',
  'PUT /v1/stations/{stationId}/boot-status': 'all',
  'PUT /v1/stations/{stationId}/der-controls/{controlId}': 'all',
  'PUT /v1/stations/{stationId}/default-tariff': 'all',
  'PUT /v1/stations/{stationId}/event-streams/{streamId}': 'all',
  'POST /v1/stations/{stationId}/commands': ['action', 'timeoutMs'],
  'PUT /v1/tokens/{type}/{idToken}': ['status', 'expiresAt', 'onlyAt', 'isOnLists'],
  'PUT /v1/tariffs/{tariffId}': 'all',
  'PUT /v1/meters/{meterSerial}/key': 'all',
  'POST /v1/grid/limits': 'all',
  'PUT /v1/grid/programs/{programId}': 'all',
  'PUT /v1/grid/enwg14a/{siteId}': 'all',
  'POST /v1/grid/enwg14a/{siteId}/commands': 'all',
  'PUT /v1/grid/oscp/{providerId}': 'all',
  'POST /v1/grid/prices': ['siteIds', 'source'],
  'POST /v1/api-keys': 'all',
  'POST /v1/webhooks': 'all',
  'PUT /v1/webhooks/{id}': 'all',
};
export const recordedOf = ({ method, path }: Pick<Route, 'method' | 'path'>): 'all' | readonly string[] | undefined =>
  RECORDED[`${method.toUpperCase()} ${path}`];

/** Names of properties, anywhere in a schema, that are written and never shown. */
export function writeOnlyNames(schema: z.ZodType): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if ((inner as { readonly writeOnly?: unknown } | null)?.writeOnly === true) names.add(name);
      visit(inner);
    }
  };
  visit(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return names;
}

/** Once for each schema: an import audits thousands of calls of one. */
const known = new WeakMap<z.ZodType, ReadonlySet<string>>();
function neverShown(schema: z.ZodType): ReadonlySet<string> {
  const names = known.get(schema) ?? writeOnlyNames(schema);
  known.set(schema, names);
  return names;
}

function without(names: ReadonlySet<string>, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => without(names, each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => inner !== undefined && !names.has(name))
      .map(([name, inner]) => [name, without(names, inner)]),
  );
}

function contentOf(route: Route, body: unknown): unknown {
  const recorded = recordedOf(route);
  if (recorded === undefined || typeof body !== 'object' || body === null) return undefined;
  const named = recorded === 'all' ? body : Object.fromEntries(Object.entries(body).filter(([name]) => recorded.includes(name)));
  return without(neverShown(route.body), named);
}

/** A driver's token by the name it has in the log. */
function subjectOf(params: unknown, tenantId: string, keys: Pick<KeyStore, 'hmac'>): Readonly<Record<string, string>> {
  const { idToken, ...others } = params as Readonly<Record<string, unknown>>;
  return {
    ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)])),
    ...(typeof idToken === 'string' && { tokenHash: keys.hmac('token', tokenText(tenantId, idToken)) }),
  };
}

const isReplayed = (answer: Answer | Stream): boolean =>
  typeof answer !== 'function' && answer.headers?.['idempotency-replayed'] === 'true';

/** Answers once the change and its entry are durable; where the entry is not, the caller gets the trouble and asks again. */
export function auditing(world: World): Audit {
  const record = async (route: Route, { caller, params, body }: Parameters<Audit>[1], status: number, problem?: string): Promise<void> => {
    const content = contentOf(route, body);
    const { kind = 'key', id = caller.name, name, role, tenantId } = caller;
    const data: ChangeAudited = {
      actor: { kind, id, name },
      role,
      method: route.method.toUpperCase(),
      route: route.path,
      subject: subjectOf(params, tenantId, world.keys),
      status,
      ...(problem !== undefined && { problem }),
      ...(content !== undefined && { content }),
    };
    await append(world, 'network-events', { type: 'ChangeAudited', tenantId, data });
  };
  return async (route, asked, work) => {
    let answer: Answer | Stream;
    try {
      answer = await work();
    } catch (error) {
      // What could not be read asked for nothing.
      if (error instanceof Problem && error.status === 400) throw error;
      await record(route, asked, error instanceof Problem ? error.status : 500, error instanceof Problem ? error.type : 'internal');
      throw error;
    }
    if (!isReplayed(answer)) await record(route, asked, typeof answer === 'function' ? 200 : answer.status);
    return answer;
  };
}
