// Made-up sessions with their cost, tariffs, revenue and alerts for working on the console without a server. Nothing here is priced: figures only look right.
// The network that moves is fake-network.ts.
const HOUR_MS = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

const TARIFF = {
  country_code: 'NL',
  party_id: 'JST',
  id: 'day-and-night',
  currency: 'EUR',
  elements: [
    {
      price_components: [{ type: 'ENERGY', price: 0.29, vat: 21, step_size: 1 }],
      restrictions: { start_time: '22:00', end_time: '07:00' },
    },
    { price_components: [{ type: 'ENERGY', price: 0.42, vat: 21, step_size: 1 }] },
    { price_components: [{ type: 'PARKING_TIME', price: 2.4, vat: 21, step_size: 60 }] },
  ],
  last_updated: '2026-01-01T00:00:00Z',
};
const AMOUNTS = {
  currency: 'EUR',
  records: 3,
  credits: 1,
  chargedNet: '31.0000',
  creditedNet: '4.2000',
  net: '26.8000',
  gross: '32.4300',
  energyWh: 64_200,
};
const NONE = { net: '0.0000', gross: '0.0000' };

/** A session of an hour that was paused and held back; undefined for what it does not answer. */
export function fakeMoney(path: string, query: URLSearchParams, nowMs: number): unknown {
  const startMs = nowMs - 26 * HOUR_MS;
  const session = {
    ...{
      sessionId: 'past-1',
      stationId: 'RIVERSIDE-01',
      siteId: 'riverside',
      evseId: 1,
      status: 'ended',
      ocppVersion: 'ocpp2.0.1',
      flags: [],
    },
    ...{
      startedAt: iso(startMs),
      endedAt: iso(startMs + HOUR_MS),
      energyWh: 7_400,
      reason: 'EVDisconnected',
      cost: { amount: '3.7600', net: '3.1080', currency: 'EUR' },
    },
  };
  switch (path) {
    case '/v1/tariffs':
      return {
        items: [{ tariffId: TARIFF.id, currency: 'EUR', changedAt: iso(startMs), tariff: TARIFF, versions: 1, sites: ['riverside'] }],
        nextCursor: null,
      };
    case `/v1/tariffs/${TARIFF.id}/versions`:
      return { items: [{ version: '1', validFrom: iso(startMs), tariff: TARIFF }], nextCursor: null };
    case '/v1/tariffs/simulations': {
      const charged = { net: '3.1080', gross: '3.7600' };
      const [simulated, difference] = [
        { net: '3.4000', gross: '4.1100' },
        { net: '0.2920', gross: '0.3500' },
      ];
      const item = { ...session, currency: 'EUR', tariffId: TARIFF.id, charged, simulated, difference, lines: [] };
      return { currency: 'EUR', items: [item], sum: { sessions: 1, charged, simulated, difference }, nextCursor: null };
    }
    case '/v1/sessions/past-1/explain':
      return explained(session, startMs);
    case '/v1/reports/revenue': {
      const days = [query.get('to') ?? ''].map((day) => ({ day, amounts: [AMOUNTS] }));
      return { days, sites: [{ siteId: 'riverside', ...AMOUNTS }], tariffs: [{ tariffId: TARIFF.id, ...AMOUNTS }], amounts: [AMOUNTS] };
    }
    case '/v1/reports/reconciliation':
      return { rows: [{ siteId: 'riverside', day: query.get('to'), sessions: 3, withoutRecord: 0, energyDifferenceWh: 0, amounts: [] }] };
    case '/v1/reports/reconciliation/invoices':
      return { rows: [], amounts: [{ currency: 'EUR', invoiced: NONE, open: { net: '26.8000', gross: '32.4300' } }] };
    case '/v1/alerts': {
      const where = { siteId: 'riverside', stationId: 'RIVERSIDE-02', evseId: 1, since: iso(nowMs - HOUR_MS) };
      const items = [
        { alertId: 'a', kind: 'limitNotFollowed', severity: 'critical', ...where, detail: { how: 'ignores', allowedA: 10, drawnA: 32 } },
        {
          ...{ alertId: 'c', kind: 'uptimeBudget', severity: 'warning', ...where },
          detail: { how: 'tight', month: iso(nowMs).slice(0, 7), leftMin: 2_900, allowedMin: 15_768 },
        },
        { alertId: 'b', kind: 'offline', severity: 'warning', ...where, evseId: null, detail: {} },
      ].filter(({ severity }) => [null, severity].includes(query.get('severity')));
      return { items, counts: { critical: 1, warning: 1, info: 0 }, total: items.length };
    }
    case '/v1/cdrs':
    case '/v1/invoices':
      return { items: [], nextCursor: null };
  }
  return undefined;
}

function explained(session: object, startMs: number): unknown {
  const at = (minute: number): string => iso(startMs + minute * 60_000);
  const period = (from: number, to: number, state: string, currentA: number, more: object = {}) => ({
    ...{ topic: 'site-events', partition: 0, offset: to, at: at(to), kind: 'ChargingPeriodRecorded' },
    detail: {
      from: at(from),
      to: at(to),
      seq: to,
      state,
      energyWh: (currentA * 230 * (to - from)) / 60,
      powerW: currentA * 230,
      currentA,
      ...more,
    },
  });
  const limit = (minute: number, limitA: number, tight: object | null) => ({
    ...{ commandId: `c${minute}`, stationId: 'RIVERSIDE-01', evseId: 1, slot: 'plan', cause: 'lower', outcome: 'accepted', heldBy: null },
    ...{ limitA, tight, seen: { cars: 4, waiting: [] }, requestedAt: at(minute) },
  });
  const full = { nodeId: 'grid', phase: 'L1', isFirm: false, limitedBy: 'dso', limitA: 40 };
  const line = { rating_seq: 1, credit_of: null, cdr_id: 'cdr-1', step_added: '0', vat_percent: '21' };
  return {
    session,
    timeZone: 'Europe/Amsterdam',
    tariff: TARIFF,
    events: [
      period(0, 2, 'SuspendedEVSE', 0, { pausedBy: 'network' }),
      period(2, 20, 'Charging', 48),
      period(20, 40, 'Charging', 30),
      period(40, 48, 'SuspendedEV', 0, { pausedBy: 'vehicle' }),
      period(48, 60, 'Charging', 48),
    ],
    limits: [limit(2, 32, null), limit(20, 10, full), limit(40, 32, null)],
    lines: [
      {
        ...line,
        dimension: 'ENERGY',
        quantity: '7.4',
        unit: 'kWh',
        unit_price: '0.42',
        amount_net: '3.1080',
        amount_gross: '3.7607',
        started_at: at(2),
        ended_at: at(60),
      },
    ],
    running: null,
  };
}
