import { expect, it } from '@jest/globals';
import { readTariff, withPrice } from '../api/tariff-shapes.js';
import { pricesIn, tariffWeek } from './tariff-week.js';

const energy = (price: number, restrictions?: object) => ({
  price_components: [{ type: 'ENERGY', price, vat: 19, step_size: 1 }],
  ...(restrictions && { restrictions }),
});
const body = {
  id: 't',
  currency: 'EUR',
  elements: [
    energy(0.9, { min_kwh: 50 }),
    energy(0.2, { start_time: '22:00', end_time: '06:00' }),
    energy(0.5, { day_of_week: ['SATURDAY', 'SUNDAY'] }),
    energy(0.4),
    { price_components: [{ type: 'FLAT', price: 1, step_size: 1 }] },
  ],
};

it('shows what the first element that holds asks for a kWh, over midnight and by day', () => {
  const week = tariffWeek(readTariff(body));
  expect(week.map(({ days, stretches }) => [days.length, stretches.map(({ fromMin, price }) => [fromMin / 60, price])])).toEqual([
    [
      5,
      [
        [0, 0.2],
        [6, 0.4],
        [22, 0.2],
      ],
    ],
    [
      2,
      [
        [0, 0.2],
        [6, 0.5],
        [22, 0.2],
      ],
    ],
  ]);
  expect(pricesIn(week)).toEqual([0.2, 0.4, 0.5]);
});

it('keeps what it cannot draw, and changes one price of a tariff', () => {
  expect(readTariff(body).elements[0]?.others).toEqual([['min_kwh', '50']]);
  const changed = readTariff(withPrice(body, 3, 0, 0.35));
  expect(changed.elements.map(({ prices }) => prices[0]?.price)).toEqual([0.9, 0.2, 0.5, 0.35, 1]);
});
