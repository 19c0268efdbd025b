// What a display says of a tariff: its own words, or its prices with when they hold.
import { describe, expect, it } from '@jest/globals';
import { tariffText } from './tariff-text.js';

const element = (price_components: readonly object[], restrictions?: object) => ({
  price_components,
  ...(restrictions && { restrictions }),
});
const textOf = (elements: readonly object[], more: object = {}) => tariffText({ currency: 'EUR', elements, ...more } as never);
const energy = { type: 'ENERGY', price: 0.4, vat: 21, step_size: 1 };

describe('the text of a tariff', () => {
  it('is its own where it has one', () =>
    expect(textOf([element([energy])], { tariff_alt_text: [{ language: 'nl', text: '€ 0,48 per kWh' }] })).toEqual({
      content: '€ 0,48 per kWh',
      language: 'nl',
    }));
  it('is its prices, with what is to be added and when each holds', () => {
    const night = element([{ ...energy, price: 0.255 }], { start_time: '22:00', end_time: '06:00', day_of_week: ['SATURDAY', 'SUNDAY'] });
    const day = element([energy, { type: 'FLAT', price: 0.5, step_size: 1 }, { type: 'PARKING_TIME', price: 2, step_size: 60 }], {
      min_duration: 7200,
    });
    expect(textOf([night, day])).toEqual({
      content:
        '0.255 EUR per kWh plus 21 % VAT (22:00 to 06:00, Sat, Sun); 0.40 EUR per kWh plus 21 % VAT + 0.50 EUR per session + 2.00 EUR per hour of parking (from 120 min)',
      language: 'en',
    });
    expect(textOf([element([energy])], { tax_included: 'YES' }).content).toBe('0.40 EUR per kWh incl. 21 % VAT');
    const sales_taxes = [
      { name: 'GST', percentage: 5 },
      { name: 'QST', percentage: 9.975 },
    ];
    expect(textOf([element([{ ...energy, vat: undefined }])], { sales_taxes }).content).toBe(
      '0.40 EUR per kWh plus 5 % GST and 9.975 % QST',
    );
  });
  it('says that it is free where it is', () =>
    expect(textOf([element([{ type: 'ENERGY', price: 0, step_size: 1 }])]).content).toBe('free of charge'));
  it('leaves out what reservations cost, and whole prices that do not fit', () => {
    const many = Array.from({ length: 30 }, (_, hour) => element([energy], { min_kwh: hour }));
    const { content } = textOf([element([energy], { reservation: 'RESERVATION' }), ...many]);
    expect(content.length).toBeLessThanOrEqual(512);
    expect(content).toMatch(/^0\.40 EUR per kWh plus 21 % VAT \(from 0 kWh\); .*kWh\)$/);
  });
});
