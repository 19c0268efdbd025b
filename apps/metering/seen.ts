// What is odd about the messages of one station, counted: one row for each oddity, so that an operator sees what is put right, how often, and since when.
// The words are those of the normaliser and the edge; each message counts once for each.
import type { Recorded, SiteEvent } from '#contracts';
import type { RowWrite, TableSpec } from '#service';
import type { Metered } from './tables.js';

export type Seen = Readonly<Record<string, { readonly times: number; readonly firstAt: string }>>;

export const STATION_QUIRKS: TableSpec = {
  name: 'station_quirks',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    station_id: 'text',
    quirk: 'text',
    times: 'bigint',
    first_at: 'timestamptz',
    last_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'quirk'],
};

/** Flags of the edge that are about the network or the station's place in it, not about how it speaks. */
const OURS: ReadonlySet<string> = new Set(['bookAway', 'notAccepted', 'oldGeneration']);

type Call = Extract<Recorded<SiteEvent>, { readonly type: 'CallReceived' }>;

/** Without repetition, in the order of reading. */
export function oddities({ data }: Call, { samples, flags, readings }: Metered): readonly string[] {
  const { offline } = data.payload !== null && typeof data.payload === 'object' ? (data.payload as { readonly offline?: unknown }) : {};
  const odd = new Set<string>();
  for (const flag of data.flags) if (!OURS.has(flag)) odd.add(flag);
  if (offline === true) odd.add('offline');
  for (const flag of flags) odd.add(flag);
  for (const sample of samples) for (const flag of sample.flags) odd.add(flag);
  for (const reading of readings) for (const flag of reading.flags) odd.add(flag);
  return [...odd];
}

export function withSeen(seen: Seen = {}, odd: readonly string[], at: string): Seen {
  if (odd.length === 0) return seen;
  return { ...seen, ...Object.fromEntries(odd.map((each) => [each, { firstAt: at, ...seen[each], times: (seen[each]?.times ?? 0) + 1 }])) };
}

/** One for each oddity that was counted on. */
export function seenRows(
  before: Seen | undefined,
  after: Seen = {},
  { tenantId, siteId = '', stationId = '', time }: Recorded<SiteEvent>,
): readonly RowWrite[] {
  if (after === before) return [];
  const place = { tenant_id: tenantId, site_id: siteId, station_id: stationId };
  return Object.entries(after)
    .filter(([quirk, each]) => before?.[quirk] !== each)
    .map(([quirk, { times, firstAt }]) => ({ table: STATION_QUIRKS, row: { ...place, quirk, times, first_at: firstAt, last_at: time } }));
}
