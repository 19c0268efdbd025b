// Limits that several sites share, as a service: one stream per tenant, whose owner gives each site a lease on its share.
// Who may have how much is the domain's (shared-limit); a site takes its share for a limit from the grid like any other, and reports.
import {
  type GridLimitReceived,
  NETWORK_STREAM,
  type Recorded,
  type SharedLimitReceived,
  type ShareGranted,
  type SiteEvent,
  type SiteEventData,
  type SiteNeedsReported,
} from '#contracts';
import {
  type Amounts,
  limitToMa,
  nextShareLook,
  perPhase,
  planShares,
  type SharedLimit,
  type ShareGrant,
  type ShareStep,
  type SiteAmounts,
  type SiteShare,
  shareConfirmed,
  shareGranted,
} from '#domain/load-balancing';
import type { Change, Deadline, Output, RowWrite, ServiceDefinition, TableSpec } from '#service';

interface Sharing {
  readonly limitId: string;
  readonly source: string;
  readonly unit: 'A' | 'W';
  readonly limit: SharedLimit;
  readonly sites: readonly SiteShare[];
}

/** Plain JSON, never mutated. */
export interface NetworkState {
  readonly tenantId: string;
  /** Stream time. */
  readonly nowMs: number;
  /** Of the last share that was given. */
  readonly seq: number;
  readonly sharings: readonly Sharing[];
}

const NETWORK_LIMITS: TableSpec = {
  name: 'network_limits',
  columns: {
    tenant_id: 'text',
    source: 'text',
    limit_id: 'text',
    site_ids: 'jsonb',
    schedule: 'jsonb',
    fallback: 'jsonb',
    expires_at: 'timestamptz',
    received_at: 'timestamptz',
    withdrawn_at: 'timestamptz',
  },
  key: ['tenant_id', 'source'],
};

export const networkLimitsDefinition: ServiceDefinition<NetworkState, SiteEvent> = {
  name: 'network-limits',
  inputs: ['site-events'],
  outputs: ['site-events'],
  tables: [NETWORK_LIMITS],
  fold: {
    aggregateOf: ({ tenantId, siteId }) => (siteId === NETWORK_STREAM ? `${tenantId}/${siteId}` : undefined),
    initial: (aggregate) => ({ tenantId: aggregate.slice(0, aggregate.indexOf('/')), nowMs: 0, seq: 0, sharings: [] }),
    decide,
    evolve: (before, input, outputs) => remember(hear(before, input), outputs),
    nextDue,
    project,
  },
};

/** A share is written into this stream first, where a successor finds it, and from there into the site's. */
function decide(before: NetworkState, input: Recorded<SiteEvent>): readonly Output[] {
  // What was granted a moment before the site was let go is not sent after it.
  if (input.type === 'ShareGranted')
    return isNamed(before, input.data) ? [toSite(input.data.siteId, 'GridLimitReceived', input.data.limit)] : [];
  const state = hear(before, input);
  const released = releases(before, state, input);
  let { seq } = state;
  const granted = state.sharings.flatMap((sharing) =>
    planShares(sharing.limit, sharing.sites, state.nowMs).map(({ siteId, steps }): Output => {
      const data: ShareGranted = { siteId, limit: gridLimitOf(sharing, steps, ++seq) };
      return { topic: 'site-events', type: 'ShareGranted', data };
    }),
  );
  return [...released, ...granted];
}

const toSite = <Type extends 'GridLimitReceived' | 'GridLimitWithdrawn'>(
  siteId: string,
  type: Type,
  data: SiteEventData[Type],
): Output => ({
  topic: 'site-events',
  type,
  siteId,
  data,
});

const isNamed = ({ sharings }: NetworkState, { siteId, limit: { source } }: ShareGranted): boolean =>
  sharings.some((sharing) => sharing.source === source && placeOf(sharing, siteId) >= 0);

/** Sites that a new limit of the same source does not name any more are free of the old one, as all are of one that is withdrawn. */
function releases({ sharings: were }: NetworkState, { sharings }: NetworkState, input: Recorded<SiteEvent>): readonly Output[] {
  if (input.type !== 'SharedLimitReceived' && input.type !== 'SharedLimitWithdrawn') return [];
  const { data } = input;
  const isMeant = (sharing: Sharing): boolean => ('source' in data ? sharing.source === data.source : sharing.limitId === data.limitId);
  return were.filter(isMeant).flatMap(({ limitId, source, sites }) => {
    const now = sharings.find((sharing) => sharing.source === source);
    const free = sites.filter(({ siteId }) => now === undefined || placeOf(now, siteId) < 0);
    return free.map(({ siteId }) => toSite(siteId, 'GridLimitWithdrawn', { limitId, shareOf: source, requestedBy: 'load-balancing' }));
  });
}

// What was heard

function hear(before: NetworkState, input: Recorded<SiteEvent>): NetworkState {
  const heardMs = Date.parse(input.type === 'TimeReached' ? input.data.due : input.time);
  const nowMs = Math.max(before.nowMs, heardMs);
  const standing = before.sharings.filter(({ limit }) => limit.fallback !== undefined || limit.expiresMs > nowMs);
  const state = { ...before, nowMs, sharings: standing };
  switch (input.type) {
    case 'SharedLimitReceived':
      return { ...state, sharings: [...standing.filter(({ source }) => source !== input.data.source), sharingOf(before, input.data)] };
    case 'SharedLimitWithdrawn':
      return { ...state, sharings: standing.filter(({ limitId }) => limitId !== input.data.limitId) };
    case 'SiteNeedsReported':
      return { ...state, sharings: standing.map((sharing) => reported(sharing, input.data)) };
    default:
      return state;
  }
}

function sharingOf({ sharings }: NetworkState, { limitId, siteIds, schedule, expiresAt, fallback, source }: SharedLimitReceived): Sharing {
  const unit = schedule.some(({ limitW }) => limitW !== undefined) ? 'W' : 'A';
  const before = sharings.find((sharing) => sharing.source === source && sharing.unit === unit);
  const steps = schedule.map((step) => ({ fromMs: Date.parse(step.startsAt), amounts: limitOf(step) })).sort((a, b) => a.fromMs - b.fromMs);
  const limit = { steps, expiresMs: Date.parse(expiresAt), ...(fallback && { fallback: limitOf(fallback) }) };
  // What a site was given under the limit before may still be in use.
  const shareOf = (siteId: string): SiteShare => before?.sites[placeOf(before, siteId)] ?? { siteId, weight: 1, granted: [] };
  return { limitId, source, unit, limit, sites: [...new Set(siteIds)].map(shareOf) };
}

const limitOf = ({
  limitA = 0,
  limitW,
}: {
  readonly limitA?: number | readonly [number, number, number];
  readonly limitW?: number;
}): Amounts => (limitW === undefined ? perPhase(limitA, limitToMa) : [Math.floor(limitW)]);

function reported(sharing: Sharing, { siteId, floor, demand, shares }: SiteNeedsReported): Sharing {
  const amounts = ({ lineMa, totalW }: SiteAmounts): Amounts => (sharing.unit === 'A' ? lineMa : [totalW]);
  const own = shares.find(({ source }) => source === sharing.source);
  return withSite(sharing, siteId, (share) => ({
    ...(own === undefined ? share : shareConfirmed(share, own.shareSeq, own.isSettled)),
    needs: { floor: amounts(floor), demand: amounts(demand) },
  }));
}

function withSite(sharing: Sharing, siteId: string, change: (share: SiteShare) => SiteShare): Sharing {
  const place = placeOf(sharing, siteId);
  const share = sharing.sites[place];
  return share === undefined ? sharing : { ...sharing, sites: sharing.sites.with(place, change(share)) };
}

const places = new WeakMap<SharedLimit, ReadonlyMap<string, number>>();

/** -1 for a site the limit does not name. Which it names, and in which order, is the same as long as the limit is. */
function placeOf({ limit, sites }: Sharing, siteId: string): number {
  const known = places.get(limit) ?? new Map(sites.map((share, place) => [share.siteId, place]));
  places.set(limit, known);
  return known.get(siteId) ?? -1;
}

// What was told

/** What holds now must not seem to begin later to a site whose stream is a little behind [ms]. */
const CLOCKS_AGREE_MS = 60_000;

function gridLimitOf({ limitId, source, unit, limit }: Sharing, steps: readonly ShareStep[], shareSeq: number): GridLimitReceived {
  const bound = ([a = 0, b = 0, c = 0]: Amounts) =>
    unit === 'W' ? { limitW: a } : { limitA: [a / 1000, b / 1000, c / 1000] as [number, number, number] };
  const schedule = steps.map(({ fromMs, amounts }, index) => ({
    startsAt: new Date(index === 0 ? fromMs - CLOCKS_AGREE_MS : fromMs).toISOString(),
    ...bound(amounts),
  }));
  // What the limit falls back to is in the steps; the share falls back when its own lease is over, not before.
  const expiresMs = limit.fallback ? Math.max(limit.expiresMs, steps.at(-1)?.fromMs ?? 0) : limit.expiresMs;
  return {
    limitId,
    schedule,
    expiresAt: new Date(expiresMs).toISOString(),
    ...(limit.fallback && { fallback: bound(steps.at(-1)?.amounts ?? []) }),
    source,
    shareSeq,
  };
}

function remember(state: NetworkState, outputs: readonly Output[]): NetworkState {
  const granted = outputs.flatMap(({ type, data }) => (type === 'ShareGranted' ? [data as ShareGranted] : []));
  if (granted.length === 0) return state;
  const sharings = state.sharings.map((sharing) => {
    const sites = [...sharing.sites];
    for (const { siteId, limit } of granted) {
      const place = placeOf(sharing, siteId);
      const share = sites[place];
      if (share !== undefined && limit.source === sharing.source) sites[place] = shareGranted(share, grantOf(limit), state.nowMs);
    }
    return { ...sharing, sites };
  });
  return { ...state, seq: granted.reduce((seq, { limit }) => Math.max(seq, limit.shareSeq ?? 0), state.seq), sharings };
}

const grantOf = ({ schedule, shareSeq = 0 }: GridLimitReceived): ShareGrant => ({
  seq: shareSeq,
  steps: schedule.map((step) => ({ fromMs: Date.parse(step.startsAt), amounts: limitOf(step) })),
});

function nextDue({ tenantId, nowMs, sharings }: NetworkState): Deadline | undefined {
  const dueMs = Math.min(...sharings.map(({ limit, sites }) => nextShareLook(limit, sites, nowMs)));
  const deadlineId = `${NETWORK_STREAM}@${dueMs}`;
  return Number.isFinite(dueMs) ? { deadlineId, dueMs, tenantId, siteId: NETWORK_STREAM } : undefined;
}

/** The latest of each source, as it was received, and when it was withdrawn. */
function project({ before, input }: Change<NetworkState, SiteEvent>): readonly RowWrite[] {
  const { tenantId: tenant_id } = before;
  if (input.type === 'SharedLimitReceived') {
    const { limitId, siteIds, schedule, fallback = null, expiresAt, source } = input.data;
    const row = { tenant_id, source, limit_id: limitId, site_ids: siteIds, schedule, fallback, expires_at: expiresAt };
    return [{ table: NETWORK_LIMITS, row: { ...row, received_at: input.time, withdrawn_at: null } }];
  }
  if (input.type !== 'SharedLimitWithdrawn') return [];
  const { limitId } = input.data;
  return before.sharings
    .filter((sharing) => sharing.limitId === limitId)
    .map(({ source }) => ({ table: NETWORK_LIMITS, row: { tenant_id, source, withdrawn_at: input.time } }));
}
