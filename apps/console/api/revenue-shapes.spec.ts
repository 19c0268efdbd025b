import { expect, it } from '@jest/globals';
import { revenueOf } from './revenue-shapes.js';

const amounts = {
  currency: 'EUR',
  records: 3,
  credits: 1,
  chargedNet: '5.0000',
  creditedNet: '1.0000',
  net: '4.0000',
  gross: '4.7600',
  energyWh: 12_000,
};
const told = {
  days: [{ day: '2026-05-01', amounts: [amounts] }],
  sites: [{ siteId: 's', ...amounts }],
  tariffs: [{ tariffId: null, ...amounts }],
  amounts: [amounts],
};
const NONE = { net: '0.0000', gross: '0.0000' };
const row = (more: object) => ({
  siteId: 's',
  day: '2026-05-01',
  sessions: 2,
  withoutRecord: 0,
  energyDifferenceWh: 0.08,
  amounts: [{ currency: 'EUR', difference: NONE }],
  ...more,
});

it('agrees where nothing differs by more than rounding', () => {
  const { disagreements, compared, invoiced, sums } = revenueOf(told, { rows: [row({})] }, null);
  expect([disagreements, compared, invoiced]).toEqual([[], 2, null]);
  expect(sums[0]).toMatchObject({ net: '4.0000', credited: '1.0000', credits: 1 });
});

it('says what differs, where and by how much', () => {
  const registers = {
    rows: [
      row({ energyDifferenceWh: -250 }),
      row({ siteId: 't', withoutRecord: 1, energyDifferenceWh: 900 }),
      row({ siteId: 'u', amounts: [{ currency: 'EUR', difference: { net: '0.0000', gross: '-0.0100' } }] }),
    ],
  };
  const day = {
    currency: 'EUR',
    difference: { net: '1.0000', gross: '1.1900' },
    notCharged: { records: 2 },
    invoiced: { gross: '3.5700' },
    open: NONE,
  };
  const { disagreements, invoiced } = revenueOf(told, registers, { rows: [{ day: '2026-05-01', amounts: [day] }], amounts: [day] });
  expect(disagreements.map(({ siteId, kind, by }) => [siteId, kind, by])).toEqual([
    ['s', 'energy', '-0.25'],
    ['t', 'record', '1'],
    ['u', 'rating', '-0.0100 EUR'],
    [null, 'invoice', '1.1900 EUR'],
    [null, 'charge', '2'],
  ]);
  expect(invoiced).toEqual([{ currency: 'EUR', invoiced: '3.5700', open: '0.0000' }]);
});
