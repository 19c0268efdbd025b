// Tariffs for stations that calculate themselves: the same prices in the words of 2.1, or the reason why they would not be the same.
import { describe, expect, it } from '@jest/globals';
import { validate } from '#ocpp';
import type { Tariff } from './tariff.js';
import { comparedCosts, stationTariff } from './tariff-21.js';

const tariff = (more: Partial<Tariff>): Tariff => ({
  country_code: 'NL',
  party_id: 'JOU',
  id: 'day',
  currency: 'EUR',
  last_updated: '2026-01-01T00:00:00Z',
  elements: [],
  ...more,
});
const priced = (type: 'ENERGY' | 'TIME' | 'PARKING_TIME' | 'FLAT', price: number, more: object = {}) => ({
  price_components: [{ type, price, step_size: 1, ...more }],
});
const converted = (more: Partial<Tariff>) => {
  const result = stationTariff(tariff(more));
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  expect(validate('ocpp2.1', 'SetDefaultTariff', 'request', { evseId: 0, tariff: result.value })).toEqual([]);
  return result.value;
};
const refused = (more: Partial<Tariff>): readonly string[] => {
  const result = stationTariff(tariff(more));
  return result.ok ? [] : result.error.map(({ path }) => path);
};

describe('a tariff for a station', () => {
  it('has prices per kWh, minute and session, in the order of the elements, with their tax', () => {
    const it = converted({
      elements: [
        { ...priced('ENERGY', 0.25, { vat: 21 }), restrictions: { start_time: '22:00', end_time: '06:00', day_of_week: ['SATURDAY'] } },
        priced('ENERGY', 0.4, { vat: 21 }),
        priced('TIME', 1.2),
        { ...priced('PARKING_TIME', 6), restrictions: { min_duration: 3600 } },
        priced('FLAT', 0.5),
      ],
      min_price: { excl_vat: 1, incl_vat: 1.21 },
      tariff_alt_text: [{ language: 'nl', text: 'dag' }],
    });
    expect(it).toMatchObject({
      currency: 'EUR',
      energy: {
        prices: [
          { priceKwh: 0.25, conditions: { startTimeOfDay: '22:00', endTimeOfDay: '06:00', dayOfWeek: ['Saturday'] } },
          { priceKwh: 0.4 },
        ],
        taxRates: [{ type: 'VAT', tax: 21 }],
      },
      chargingTime: { prices: [{ priceMinute: 0.02 }] },
      idleTime: { prices: [{ priceMinute: 0.1, conditions: { minTime: 3600 } }] },
      fixedFee: { prices: [{ priceFixed: 0.5 }] },
      minCost: { exclTax: 1, inclTax: 1.21 },
      description: [{ language: 'nl', content: 'dag' }],
    });
  });

  it('names its taxes, as many as a station knows', () => {
    const sales_taxes = [
      { name: 'GST', percentage: 5 },
      { name: 'Quebec sales tax of 2013', percentage: 9.975 },
    ];
    expect(converted({ elements: [priced('ENERGY', 0.4)], sales_taxes })).toMatchObject({
      energy: {
        taxRates: [
          { type: 'GST', tax: 5 },
          { type: 'Quebec sales tax of ', tax: 9.975 },
        ],
      },
    });
    const many = Array.from({ length: 6 }, (_, index) => ({ name: `tax ${index}`, percentage: 1 }));
    expect(refused({ elements: [priced('ENERGY', 0.4)], sales_taxes: many })).toEqual(['sales_taxes']);
  });

  it('says power and energy in W and Wh, and what a reservation costs', () => {
    const it = converted({
      elements: [
        { ...priced('ENERGY', 0.3), restrictions: { min_kwh: 1.1, max_power: 11.5 } },
        { ...priced('FLAT', 2), restrictions: { reservation: 'RESERVATION' } },
        { ...priced('TIME', 3), restrictions: { reservation: 'RESERVATION' } },
      ],
    });
    expect(it.energy?.prices[0]?.conditions).toEqual({ minEnergy: 1100, maxPower: 11500 });
    expect(it).toMatchObject({
      reservationFixed: { prices: [{ priceFixed: 2 }] },
      reservationTime: { prices: [{ priceMinute: 0.05 }] },
    });
  });

  it('has another id with other content, and the same with the same', () => {
    const ids = [0.3, 0.3, 0.31].map((price) => converted({ elements: [priced('ENERGY', price)] }).tariffId);
    expect(ids[0]).toMatch(/^day\/[0-9a-f]{8}$/);
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false]);
  });

  it.each<[string, Partial<Tariff>, string]>([
    ['bills in steps', { elements: [priced('ENERGY', 0.3, { step_size: 1000 })] }, 'elements.0.price_components.0.step_size'],
    ['has a price per hour that no minute can say', { elements: [priced('TIME', 1)] }, 'elements.0.price_components.0.price'],
    ['includes tax in its prices', { tax_included: 'YES', elements: [priced('ENERGY', 0.3)] }, 'tax_included'],
    ['has two rates of tax for energy', { elements: [priced('ENERGY', 0.3, { vat: 9 }), priced('ENERGY', 0.3, { vat: 21 })] }, 'elements'],
    ['ends', { end_date_time: '2027-01-01T00:00:00Z', elements: [priced('ENERGY', 0.3)] }, 'end_date_time'],
    [
      'charges a reservation that expires',
      { elements: [{ ...priced('FLAT', 2), restrictions: { reservation: 'RESERVATION_EXPIRES' } }] },
      'elements.0.restrictions.reservation',
    ],
    [
      'has a fee that depends on energy',
      { elements: [{ ...priced('FLAT', 2), restrictions: { min_kwh: 10 } }] },
      'elements.0.restrictions',
    ],
  ])('is not told where it %s', (_, more, path) => {
    expect(refused(more)).toEqual([path]);
  });
});

describe('what a station calculated', () => {
  const ours = { currency: 'EUR', net: '10.0000', gross: '12.1000' };
  it('agrees within a cent, and its difference is told', () => {
    expect(comparedCosts({ currency: 'EUR', net: '10.01', gross: '12.11' }, ours)).toEqual({
      agrees: true,
      differenceNet: '0.0100',
      differenceGross: '0.0100',
    });
    expect(comparedCosts({ currency: 'EUR', net: '9.5', gross: null }, ours)).toEqual({
      agrees: false,
      differenceNet: '-0.5000',
      differenceGross: null,
    });
  });
  it('agrees with nothing in another currency, or without an amount', () => {
    expect(comparedCosts({ currency: 'SEK', net: '10', gross: '12.1' }, ours)).toMatchObject({ agrees: false, differenceNet: null });
    expect(comparedCosts({ currency: 'EUR', net: null, gross: null }, ours)).toMatchObject({ agrees: false });
  });
});
