import { expect, it } from '@jest/globals';
import { addressOf, parseRoute } from './router.js';

it('takes an address apart and puts it together again', () => {
  expect(parseRoute('')).toEqual({ page: '', rest: [] });
  expect(parseRoute('#/')).toEqual({ page: '', rest: [] });
  expect(parseRoute(addressOf('stations', 'depot/7 ä%'))).toEqual({ page: 'stations', rest: ['depot/7 ä%'] });
  expect(addressOf('')).toBe('#/');
});

it('survives an address nobody encoded', () => {
  expect(parseRoute('#/stations/100%')).toEqual({ page: 'stations', rest: ['100%'] });
});
