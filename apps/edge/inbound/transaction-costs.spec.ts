// What a transaction costs is told with the answer to its event, and is what the bill says in the end.
import { describe, expect, it } from '@jest/globals';
import type { Tariff } from '#domain/billing';
import { TransactionCosts } from './transaction-costs.js';

const NOON = Date.parse('2026-11-01T12:00:00Z');
const tariff = (...price_components: readonly object[]): Tariff =>
  ({
    country_code: 'NL',
    party_id: 'JST',
    id: 't',
    currency: 'EUR',
    elements: [{ price_components }],
    last_updated: '2026-01-01T00:00:00Z',
  }) as unknown as Tariff;
const perKwh = tariff({ type: 'ENERGY', price: 0.3, vat: 20, step_size: 1 });

/** Minutes after noon, seqNo, register [Wh]. */
const event = (eventType: string, minute: number, seqNo: number, wh: number, transactionId = 'T') => ({
  eventType,
  seqNo,
  triggerReason: 'MeterValuePeriodic',
  timestamp: new Date(NOON + minute * 60_000).toISOString(),
  transactionInfo: { transactionId, chargingState: 'Charging' },
  evse: { id: 1, connectorId: 1 },
  meterValue: [{ timestamp: new Date(NOON + minute * 60_000).toISOString(), sampledValue: [{ value: wh, context: 'Sample.Periodic' }] }],
});

function metered(
  given: Tariff | undefined,
  costs = new TransactionCosts(),
  terms: object | undefined = given && { tariff: given, timeZone: 'UTC' },
  lateMs = 0,
) {
  return (payload: ReturnType<typeof event>) =>
    costs.after({
      stationKey: 't/CP1',
      version: 'ocpp2.0.1',
      payload,
      receivedMs: Date.parse(payload.timestamp) + lateMs,
      terms: terms as { readonly tariff: Tariff } | undefined,
    });
}

describe('the cost of a transaction', () => {
  it('runs with its events, and in the end is the whole of it, taxes included', () => {
    const costOf = metered(perKwh);
    expect(costOf(event('Started', 0, 0, 1_000))).toBeUndefined(); // nothing has flowed that could be priced
    expect(costOf(event('Updated', 10, 1, 2_000))).toBe(0.36);
    expect(costOf(event('Updated', 10.5, 2, 2_100))).toBe(0.36); // rated once a minute
    expect(costOf(event('Ended', 20, 3, 6_000))).toBe(1.8);
  });
  it('of a repeated event is the same again', () => {
    const costOf = metered(perKwh);
    for (const each of [event('Started', 0, 0, 0), event('Updated', 10, 1, 1_000), event('Ended', 20, 2, 2_000)]) costOf(each);
    expect(costOf(event('Updated', 10, 1, 1_000))).toBe(0.72);
    expect(costOf(event('Ended', 20, 2, 2_000))).toBe(0.72);
  });
  it('of an end that is told anew, with more, is what the corrected bill says', () => {
    const costOf = metered(perKwh);
    for (const each of [event('Started', 0, 0, 0), event('Updated', 10, 1, 1_000), event('Ended', 20, 2, 2_000)]) costOf(each);
    expect(costOf(event('Ended', 30, 3, 5_000))).toBe(1.8);
  });
  it('of a transaction that names a reservation is told by others, who know how long that was (ADR 0119)', () => {
    const costOf = metered(perKwh);
    const naming = (payload: ReturnType<typeof event>) => ({ ...payload, reservationId: 7 });
    costOf(naming(event('Started', 0, 0, 0)));
    expect(costOf(event('Ended', 20, 1, 2_000))).toBeUndefined();
    costOf(event('Started', 0, 0, 0, 'plugged in first'));
    expect(costOf(naming(event('Updated', 10, 1, 1_000, 'plugged in first')))).toBeUndefined();
    expect(costOf(event('Ended', 20, 2, 2_000, 'plugged in first'))).toBeUndefined();
  });
  it('of one that began offline is told by others, who know the prices of then (ADR 0123)', () => {
    const costOf = metered(perKwh);
    costOf({ ...event('Started', 0, 0, 0), offline: true } as never);
    expect(costOf(event('Ended', 20, 1, 2_000))).toBeUndefined();
    const late = metered(perKwh, new TransactionCosts(), undefined, 6 * 60_000);
    late(event('Started', 0, 0, 0));
    expect(late(event('Ended', 20, 1, 2_000))).toBeUndefined();
  });
  it('of one that began offline is told where the tariff of then is known (ADR 0129)', () => {
    const dearer = tariff({ type: 'ENERGY', price: 9, step_size: 1 });
    const costs = (sinceMinute: number, more: object = {}) => {
      const terms = { tariff: perKwh, sinceMs: NOON + sinceMinute * 60_000, timeZone: 'UTC', ...more };
      const costOf = metered(perKwh, new TransactionCosts(), terms, 3_600_000);
      const offline = (payload: object) => ({ ...payload, offline: true }) as never;
      costOf(offline(event('Started', 0, 0, 0)));
      return costOf(offline(event('Ended', 20, 1, 2_000)));
    };
    expect([costs(-5), costs(0), costs(1)]).toEqual([0.72, 0.72, undefined]);
    expect(costs(10, { former: [{ tariff: dearer, sinceMs: 0 }] })).toBe(18);
  });
  it('is 0 where the tariff asks for nothing, and not told where there is none (I03.FR.04)', () => {
    const free = metered(tariff({ type: 'ENERGY', price: 0, step_size: 1 }));
    free(event('Started', 0, 0, 0));
    expect(free(event('Ended', 10, 1, 5_000))).toBe(0);
    const unpriced = metered(undefined);
    unpriced(event('Started', 0, 0, 0));
    expect(unpriced(event('Ended', 10, 1, 5_000))).toBeUndefined();
  });
  it('is not told where its start was not heard here, or an event in between went elsewhere', () => {
    const costOf = metered(perKwh);
    expect(costOf(event('Ended', 20, 3, 6_000, 'begun elsewhere'))).toBeUndefined();
    costOf(event('Started', 0, 0, 0));
    expect(costOf(event('Updated', 10, 2, 1_000))).toBeUndefined();
    expect(costOf(event('Ended', 20, 3, 2_000))).toBeUndefined();
  });
  it('of an id that comes again after its end is that of the new transaction alone', () => {
    const costOf = metered(perKwh);
    for (const each of [event('Started', 0, 0, 0), event('Ended', 10, 1, 1_000)]) costOf(each);
    expect(costOf(event('Started', 30, 0, 1_000))).toBeUndefined();
    expect(costOf(event('Ended', 40, 1, 3_000))).toBe(0.72);
  });
  it('is not told where its id begins again without an end', () => {
    const costOf = metered(perKwh);
    for (const each of [event('Started', 0, 0, 0), event('Updated', 10, 1, 1_000)]) costOf(each);
    for (const each of [event('Started', 30, 0, 1_000), event('Ended', 40, 1, 3_000)]) expect(costOf(each)).toBeUndefined();
  });
  it('is by the tariff in force when it started, and not told where none was', () => {
    const costs = (start: string) => {
      const dearer = { ...tariff({ type: 'ENERGY', price: 9, step_size: 1 }), start_date_time: start };
      const terms = { tariff: dearer, sinceMs: Date.parse(start), former: [{ tariff: perKwh, sinceMs: 0 }] };
      return [terms, { tariff: dearer }].map((given) => {
        const costOf = metered(undefined, new TransactionCosts(), given);
        costOf(event('Started', 0, 0, 0));
        return costOf(event('Ended', 10, 1, 1_000));
      });
    };
    expect(costs('2026-11-01T12:05:00Z')).toEqual([0.36, undefined]);
    expect(costs('2026-11-01T12:00:00Z')).toEqual([9, 9]);
  });
  it('keeps the tariff of its start', () => {
    const costs = new TransactionCosts();
    metered(perKwh, costs)(event('Started', 0, 0, 0));
    expect(metered(tariff({ type: 'ENERGY', price: 9, step_size: 1 }), costs)(event('Ended', 10, 1, 1_000))).toBe(0.36);
  });
});
