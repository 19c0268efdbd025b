// Prices and carbon that somebody outside says for times ahead, as the owner of a site remembers them, and what energy costs with them.
// What they mean at an instant is the domain's (energyCostsAt).
import type { EnergySeriesReceived, Recorded, SiteEvent } from '#contracts';
import type { EnergyCosts, EnergyStep } from '#domain/load-balancing';
import type { RowWrite, TableSpec } from '#service';
import type { SiteState } from './state.js';

/** The same source may say more of other times; of these times it says this now. The latest word comes last. */
export function seriesReceived(state: SiteState, { source, series }: EnergySeriesReceived): SiteState {
  const steps = series.map(({ startsAt, endsAt, ...costs }) => ({ ...costs, fromMs: Date.parse(startsAt), toMs: Date.parse(endsAt) }));
  const [first, last] = [steps[0]?.fromMs ?? 0, steps.at(-1)?.toMs ?? 0];
  const isAhead = ({ toMs }: EnergyStep): boolean => toMs > state.nowMs;
  const before = state.energySeries?.find((each) => each.source === source)?.steps ?? [];
  const kept = before.filter(({ fromMs, toMs }) => toMs <= first || fromMs >= last);
  const now = { source, steps: [...kept, ...steps].filter(isAhead).sort((a, b) => a.fromMs - b.fromMs) };
  const others = (state.energySeries ?? [])
    .filter((each) => each.source !== source)
    .map((each) => ({ ...each, steps: each.steps.filter(isAhead) }));
  return { ...state, energySeries: [...others, now].filter((each) => each.steps.length > 0) };
}

/** Undefined: costs do not matter. */
export function energyOf({
  config,
  energySeries = [],
  nowMs,
}: Pick<SiteState, 'config' | 'energySeries' | 'nowMs'>): EnergyCosts | undefined {
  const series = energySeries.flatMap(({ steps }) => steps).filter(({ toMs }) => toMs > nowMs);
  return series.length === 0 ? config?.energy : { prices: [], ...config?.energy, series };
}

export const ENERGY_SERIES: TableSpec = {
  name: 'energy_series',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    record_offset: 'bigint',
    step: 'integer',
    source: 'text',
    received_at: 'timestamptz',
    starts_at: 'timestamptz',
    ends_at: 'timestamptz',
    price_per_kwh: 'double precision',
    feed_in_per_kwh: 'double precision',
    carbon_kg_per_kwh: 'double precision',
  },
  key: ['tenant_id', 'site_id', 'record_offset', 'step'],
};

/** All that was ever said, for people: nothing here is read by the service. */
export function energySeriesRows(input: Recorded<SiteEvent>): readonly RowWrite[] {
  if (input.type !== 'EnergySeriesReceived') return [];
  const { source, series } = input.data;
  const common = {
    tenant_id: input.tenantId,
    site_id: input.siteId ?? '',
    record_offset: input.at.offset,
    source,
    received_at: input.time,
  };
  return series.map(({ startsAt, endsAt, pricePerKwh, feedInPerKwh, carbonKgPerKwh }, step) => ({
    table: ENERGY_SERIES,
    row: {
      ...{ ...common, step, starts_at: startsAt, ends_at: endsAt },
      price_per_kwh: pricePerKwh ?? null,
      feed_in_per_kwh: feedInPerKwh ?? null,
      carbon_kg_per_kwh: carbonKgPerKwh ?? null,
    },
  }));
}
