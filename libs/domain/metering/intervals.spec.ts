// Sums of intervals: the same whatever comes late or again.
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addIntervals, type IntervalReading, intervalsWh, NO_INTERVALS } from './intervals.js';

const sum = (readings: readonly (readonly [number, IntervalReading])[]): number =>
  intervalsWh(readings.reduce((state, [ms, reading]) => addIntervals(state, ms, reading), NO_INTERVALS));

it('counts each instant once, in any order', () =>
  fc.assert(
    fc.property(
      fc
        .uniqueArray(fc.tuple(fc.nat(1_000_000), fc.nat(5_000)), { selector: ([ms]) => ms })
        .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }))),
      ([all, told]) => expect(sum(told.map(([ms, ownWh]) => [ms, { ownWh }] as const))).toBe(all.reduce((total, [, wh]) => total + wh, 0)),
    ),
  ));

it('does not add intervals of the clock to the others: the fuller of the two counts', () =>
  expect(
    sum([
      [60, { ownWh: 100 }],
      [90, { clockWh: 150 }],
      [120, { ownWh: 100 }],
      [180, { ownWh: 50, clockWh: 75 }],
    ]),
  ).toBe(250));

it('knows no energy below zero', () =>
  expect(
    sum([
      [60, { ownWh: -5 }],
      [120, { ownWh: 7 }],
    ]),
  ).toBe(7));
