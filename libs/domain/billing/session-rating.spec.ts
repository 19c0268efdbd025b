// How long an outlet counts as kept before its session.
import { expect, it } from '@jest/globals';
import { finalRating } from './session-rating.js';
import type { PricingTariff } from './tariff.js';

const at = (minute: number): string => new Date(Date.parse('2026-02-03T10:00:00Z') + minute * 60_000).toISOString();
const perHour: PricingTariff = {
  currency: 'EUR',
  elements: [{ price_components: [{ type: 'TIME', price: 6, step_size: 1 }], restrictions: { reservation: 'RESERVATION' } }],
};

it.each([
  ['up to the session', [0, 30], 20, ['2.0000', 0, 20]],
  ['up to the end of its own time, where the session starts later', [0, 30], 120, ['3.0000', 0, 120]],
  ['not at all where the session starts first by the clock of its station, which its periods begin with', [0, 0], -1, ['0.0000', -1, -1]],
])('an outlet is kept %s', (_, [from = 0, to = 0], start, [net, ...begins]) => {
  const terms = { tariff: perHour, timeZone: 'UTC', reserved: { from: at(from), to: at(to) }, startedAt: at(start) };
  const { totals, periods } = finalRating(terms, [], { endedAt: at(180), energyWh: 0 });
  expect([totals.reservationCost.exclVat, ...periods.map((period) => period.from)]).toEqual([
    net,
    ...begins.map((minute) => at(Number(minute))),
  ]);
});

it.each([
  ['nothing', 'DeAuthorized', 0, undefined, '0.0000'],
  ['its reservation alone', 'DeAuthorized', 0, { from: at(0), to: at(10) }, '1.0000'],
  ['all of it with energy taken', 'DeAuthorized', 500, undefined, '3.0000'],
  ['all of it where the driver ended it', 'Local', 0, undefined, '3.0000'],
])('a session costs %s (%s, %d Wh)', (_, reason, energyWh, reserved, net) => {
  const tariff: PricingTariff = {
    currency: 'EUR',
    min_price: { excl_vat: 3 },
    elements: [...perHour.elements, { price_components: [{ type: 'FLAT', price: 1.21, step_size: 1 }] }],
  };
  const terms = { tariff, timeZone: 'UTC', reserved, startedAt: at(10) };
  const periods = [{ from: at(10), to: at(11), energyWh, state: 'EVConnected' as const }];
  const { totals } = finalRating(terms, periods, { endedAt: at(11), energyWh, reason });
  expect(totals.cost.exclVat).toBe(net);
});
