// Which of the tariffs a site was told of a session is priced by.
import { expect, it } from '@jest/globals';
import { type SiteTariffs, tariffInForce, tariffsAhead, withTariff } from './site-tariffs.js';
import type { Tariff } from './tariff.js';

const day = (number: number): string => new Date(Date.UTC(2026, 1, number)).toISOString();
const tariff = (id: string, start?: number, end?: number): Tariff =>
  ({
    id,
    ...(start !== undefined && { start_date_time: day(start) }),
    // OCPI leaves the zone out: it is UTC.
    ...(end !== undefined && { end_date_time: day(end).slice(0, 19) }),
  }) as Tariff;
/** Each told on a day. */
const told = (...tariffs: readonly (readonly [number, Tariff])[]): SiteTariffs =>
  tariffs.reduce<SiteTariffs>((known, [number, each]) => withTariff(known, each, Date.parse(day(number))), {});
const on = (tariffs: SiteTariffs, ...days: readonly number[]) => days.map((number) => tariffInForce(tariffs, Date.parse(day(number)))?.id);

it('holds from when it was told, also for what began before that and is heard of later', () =>
  expect(on(told([2, tariff('a')], [5, tariff('b')]), 2, 4, 5, 6)).toEqual(['a', 'a', 'b', 'b']));
it('holds from its own start where that is later; up to then the one before does, or none', () => {
  expect(on(told([2, tariff('a')], [3, tariff('b', 5)]), 4, 5)).toEqual(['a', 'b']);
  expect(on(told([3, tariff('b', 5)]), 4, 5)).toEqual([undefined, 'b']);
});
it('holds no longer than to its end, and none before it does so again', () =>
  expect(on(told([2, tariff('a')], [3, tariff('b', 4, 6)]), 3, 5, 6)).toEqual(['a', 'b', undefined]));
it('is taken back by one told after it that holds earlier', () =>
  expect(on(told([2, tariff('a')], [3, tariff('b', 9)], [4, tariff('c')]), 3, 5, 10)).toEqual(['a', 'c', 'c']));
it('is no news when it is told again', () => {
  const once = told([2, tariff('a')], [3, tariff('b')]);
  expect(withTariff(once, tariff('b'), Date.parse(day(4)))).toBe(once);
});
it('holds for what began before the first that is known, and did so where since when was not kept', () => {
  expect(on(told([2, tariff('a')], [5, tariff('b')]), 1)).toEqual(['a']);
  expect(on(withTariff({ tariff: tariff('old') }, tariff('b'), Date.parse(day(5))), 4, 5)).toEqual(['old', 'b']);
});
it('is remembered with the twenty before it', () => {
  const many = told(...Array.from({ length: 25 }, (_, index) => [index + 1, tariff(`${index + 1}`)] as const));
  expect(on(many, 1, 6, 25)).toEqual(['5', '6', '25']);
});
it('is all there is to know of what begins now, but for those that hold later', () => {
  expect(tariffsAhead(told([2, tariff('a')], [3, tariff('b')]))).toEqual({ tariff: tariff('b'), sinceMs: Date.parse(day(3)) });
  const ahead = tariffsAhead(told([2, tariff('a')], [3, tariff('b')], [4, tariff('c', 6)], [5, tariff('d', 8)]));
  expect(ahead.former?.map((each) => each.tariff.id)).toEqual(['b', 'c']);
  expect(on(ahead, 5, 6, 7, 8)).toEqual(['b', 'c', 'c', 'd']);
  expect(tariffsAhead({})).toEqual({});
});
