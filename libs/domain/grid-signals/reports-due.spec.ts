// Which reports are wanted when: the cases of the user guide, and what was told or missed before.
import { describe, expect, it } from '@jest/globals';
import type { GridEvent, ReportDescriptor } from './event.js';
import { reportsDue } from './reports-due.js';

const START = Date.parse('2026-07-01T00:00:00Z');
const HOUR = 3_600_000;
const event = (count: number, more: Partial<GridEvent> = {}): GridEvent => ({
  eventId: 'e',
  targets: [],
  payloadDescriptors: [],
  saidMs: START,
  intervalPeriod: { start: '2026-07-01T00:00:00Z', duration: 'PT1H' },
  intervals: Array.from({ length: count }, (_, id) => ({ id, payloads: [] })),
  ...more,
});
/** Intervals of the reports that are due `hours` after the start, two minutes later. */
const due = (given: GridEvent, asked: Partial<ReportDescriptor>, hours: number, toldHours?: number) =>
  reportsDue(
    given,
    { payloadType: 'USAGE', ...asked },
    START + hours * HOUR + 120_000,
    toldHours === undefined ? undefined : START + toldHours * HOUR,
  ).due.map(({ intervals }) => intervals.map(({ id }) => id).join());

describe('reportsDue', () => {
  it('tells of all intervals after the last one, once', () => {
    expect(due(event(4), {}, 3)).toEqual([]);
    expect(due(event(4), {}, 4)).toEqual(['0,1,2,3']);
    expect(due(event(4), {}, 9, 4)).toEqual([]);
  });
  it.each<[string, Partial<ReportDescriptor>, number, number | undefined, readonly string[]]>([
    ['a part of them', { startInterval: 1, numIntervals: 3 }, 4, undefined, ['1,2,3']],
    ['the last five of ten', { startInterval: 5 }, 10, undefined, ['5,6,7,8,9']],
    ['every two intervals', { startInterval: 1, numIntervals: 2, frequency: 2, repeat: 3 }, 6, 0, ['0,1', '2,3', '4,5']],
    ['each of them, at any time', { numIntervals: 1, frequency: 0 }, 3, 1, ['1', '2']],
    ['a rolling forecast', { startInterval: 0, numIntervals: 3, frequency: 1, repeat: 3, historical: false }, 1, 3, ['1,2,3']],
  ])('tells of %s', (_, asked, hours, told, expected) => {
    expect(due(event(10), asked, hours, told)).toEqual(expected);
  });
  it('forecasts before the first interval begins, and nothing that is over', () => {
    expect(due(event(4), { historical: false }, -5)).toEqual(['0,1,2,3']);
    expect(due(event(4), { historical: false }, 5)).toEqual([]);
  });
  it('goes on with intervals that are repeated, one report for each round', () => {
    const looped = event(2, { duration: 'P9999Y' });
    expect(due(looped, {}, 6, 2)).toEqual(['0,1', '0,1']);
    expect(reportsDue(looped, { payloadType: 'USAGE' }, START + 5 * HOUR, START + 4 * HOUR).nextMs).toBe(START + 6 * HOUR + 90_000);
  });
  it('counts hours of an event that has no intervals, and quarters of an hour where it does not say', () => {
    const asked = { startInterval: 0, numIntervals: 48, frequency: 1, repeat: -1, historical: false };
    expect(due(event(0), asked, 30, 77)[0]?.split(',')).toHaveLength(48);
    expect(due(event(0), { repeat: -1, numIntervals: 1 }, 1000, 999)).toEqual(['999']);
    expect(due(event(0, { intervalPeriod: undefined }), { repeat: -1, numIntervals: 1 }, 1, 0)).toEqual(['0', '1', '2', '3']);
  });
  it('makes only the latest of what was due before it was heard of', () => {
    expect(due(event(10), { numIntervals: 1, frequency: 1, repeat: -1, startInterval: 0 }, 5)).toEqual(['4']);
  });
  it('says nothing of an interval without an end, nor of times that cannot be read', () => {
    expect(due(event(1, { intervalPeriod: { start: '2026-07-01T00:00:00Z', duration: 'P9999Y' } }), {}, 99)).toEqual([]);
    expect(due(event(1, { intervalPeriod: { start: 'soon' } }), {}, 99)).toEqual([]);
  });
  it('names a report the same whoever makes it', () => {
    const names = reportsDue(event(2), { payloadType: 'USAGE', readingType: 'DIRECT_READ' }, START + 3 * HOUR, undefined).due;
    expect(names.map(({ name }) => name)).toEqual(['USAGE/DIRECT_READ 2026-07-01T00:00:00.000Z e']);
  });
});
