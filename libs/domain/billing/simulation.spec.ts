import { describe, expect, it } from '@jest/globals';
import type { SessionPeriod } from './session-periods.js';
import { finalRating } from './session-rating.js';
import { inReach, type PastSession, simulated } from './simulation.js';
import type { PricingTariff } from './tariff.js';

type Priced = PricingTariff & { readonly currency: string };
const tariff = (price: number, start_time?: string): Priced => ({
  currency: 'EUR',
  elements: [
    ...(start_time === undefined
      ? []
      : [{ price_components: [{ type: 'ENERGY' as const, price: price * 2, vat: 20, step_size: 1 }], restrictions: { start_time } }]),
    { price_components: [{ type: 'ENERGY' as const, price, vat: 20, step_size: 1 }] },
  ],
});
const [startedAt, noon, endedAt] = ['2026-05-01T09:00:00Z', '2026-05-01T10:00:00Z', '2026-05-01T11:00:00Z'];
const periods: readonly SessionPeriod[] = [
  { from: startedAt, to: noon, energyWh: 10_000, state: 'Charging' },
  { from: noon, to: endedAt, energyWh: 5_000, state: 'Charging' },
];
/** Charged by its own tariff, as billing does. */
function past(own: Priced | undefined, more: Partial<PastSession> = {}): PastSession {
  const times = { startedAt, endedAt, energyWh: 15_000 };
  const { currency, totals } = finalRating({ tariff: own, timeZone: 'Europe/Berlin', startedAt }, periods, times);
  const charged = { net: totals.payable.exclVat, gross: totals.payable.inclVat };
  return { sessionId: 's', ...times, timeZone: 'Europe/Berlin', periods, currency, charged, ...more };
}

it('is nothing else than what was charged, by the tariff that was charged', () => {
  const { sessions, sum } = simulated(tariff(0.4, '12:00'), [past(tariff(0.4, '12:00'))]);
  expect(sessions[0]).toMatchObject({ difference: { net: '0.0000', gross: '0.0000' } });
  expect(sum.charged).toEqual(sum.simulated);
});

it('reads times of day at the site, and says the difference of each session and of all', () => {
  // 10:00 UTC is noon in Berlin: 5 kWh at 0.80, 10 at 0.40; charged were 15 at 0.30.
  const { sessions, sum } = simulated(tariff(0.4, '12:00'), [past(tariff(0.3)), past(tariff(0.3), { sessionId: 't' })]);
  expect(sessions[0]).toMatchObject({
    charged: { net: '4.5000', gross: '5.4000' },
    simulated: { net: '8.0000', gross: '9.6000' },
    difference: { net: '3.5000', gross: '4.2000' },
  });
  expect(sessions[0]?.lines.map(({ quantity, unitPrice }) => [quantity, unitPrice])).toEqual(
    expect.arrayContaining([
      ['10', '0.4'],
      ['5', '0.8'],
    ]),
  );
  expect(sum).toMatchObject({ sessions: 2, difference: { net: '7.0000', gross: '8.4000' } });
});

it('compares with what was free, and with no other currency', () => {
  const { sessions, sum } = simulated(tariff(0.4), [past(undefined), past(tariff(0.3), { currency: 'SEK' })]);
  expect(sessions.map(({ difference }) => difference?.net ?? null)).toEqual(['6.0000', null]);
  expect(sum).toMatchObject({ sessions: 1, simulated: { net: '6.0000' } });
});

describe('a price for every minute of the day', () => {
  const times = Array.from({ length: 1440 }, (_, minute) => new Date(minute * 60_000).toISOString().slice(11, 16));
  const perMinute = { currency: 'EUR', elements: times.map((time) => tariff(1, time).elements[0] as PricingTariff['elements'][number]) };
  const iso = (minute: number): string => new Date(minute * 60_000).toISOString();
  const session = past(undefined, {
    startedAt: iso(0),
    endedAt: iso(600),
    periods: Array.from({ length: 600 }, (_, minute) => ({
      from: iso(minute),
      to: iso(minute + 1),
      energyWh: 100,
      state: 'Charging' as const,
    })),
  });

  it('takes little longer than two prices for sessions of as many pieces', () => {
    const workOf = (of: Priced): number => {
      const before = process.cpuUsage();
      simulated(of, Array(5).fill(session));
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    expect(workOf(perMinute) / workOf(tariff(1, '12:00'))).toBeLessThan(6);
  });

  it('is within reach for a page of sessions, and one of thousands of steps for fewer', () => {
    const steps = Array.from({ length: 5000 }, (_, step) => ({ ...perMinute.elements[0], restrictions: { min_kwh: step / 1000 } }));
    const count = (of: Priced) => inReach(of, Array(200).fill(session)).count;
    expect(count(perMinute)).toBe(200);
    expect(count({ ...perMinute, elements: steps } as Priced)).toBeLessThan(50);
    expect(count({ ...perMinute, elements: Array(50).fill(steps).flat() } as Priced)).toBe(0);
  });
});
