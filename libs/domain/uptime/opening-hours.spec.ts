// Closed hours of a calendar in local time, also where clocks change.
import { expect, it } from '@jest/globals';
import type { OpeningHours } from '#domain/load-balancing';
import { closedSpans } from './opening-hours.js';
import { measure } from './spans.js';

const HOUR = 3_600_000;
const ms = (text: string): number => Date.parse(text);
const closed = (hours: readonly OpeningHours[], from: string, to: string, zone = 'America/New_York') =>
  closedSpans(hours, zone, { fromMs: ms(from), toMs: ms(to) });
const iso = (spans: ReturnType<typeof closed>) =>
  spans.map(({ fromMs, toMs }) => [new Date(fromMs).toISOString(), new Date(toMs).toISOString()]);

it('are those outside the lines, cut at the period', () => {
  expect(iso(closed([{ startTime: '08:00', endTime: '20:00' }], '2026-07-01T10:00:00Z', '2026-07-02T14:00:00Z'))).toEqual([
    ['2026-07-01T10:00:00.000Z', '2026-07-01T12:00:00.000Z'],
    ['2026-07-02T00:00:00.000Z', '2026-07-02T12:00:00.000Z'],
  ]);
});

it('are none without a calendar, or with one that is always open', () => {
  expect(closed([], '2026-07-01T00:00:00Z', '2026-08-01T00:00:00Z')).toEqual([]);
  expect(closed([{}], '2026-07-01T00:00:00Z', '2026-08-01T00:00:00Z')).toEqual([]);
});

it('know hours that end on the next day, by the day they begin on', () => {
  const friday: OpeningHours = { daysOfWeek: ['FRIDAY'], startTime: '18:00', endTime: '02:00' };
  const week = closed([friday], '2026-07-06T00:00:00Z', '2026-07-13T00:00:00Z', 'UTC');
  expect(iso(week)).toEqual([
    ['2026-07-06T00:00:00.000Z', '2026-07-10T18:00:00.000Z'],
    ['2026-07-11T02:00:00.000Z', '2026-07-13T00:00:00.000Z'],
  ]);
});

it('are an hour shorter in the night that lacks one, and longer in the night that has it twice', () => {
  const night = (day: string, next: string) =>
    measure(closed([{ startTime: '08:00', endTime: '20:00' }], `${day}T17:00:00Z`, `${next}T17:00:00Z`)) / HOUR;
  expect([night('2026-03-07', '2026-03-08'), night('2026-07-01', '2026-07-02'), night('2026-10-31', '2026-11-01')]).toEqual([11, 12, 13]);
});
