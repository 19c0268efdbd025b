// When the values of an event hold, by the rules and examples of the OpenADR 3 User Guide.
import { describe, expect, it } from '@jest/globals';
import type { GridEvent } from './event.js';
import { stretchesOf } from './intervals.js';

const NOW = Date.parse('2026-07-01T06:30:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const payloads = (...values: number[]) => [{ type: 'PRICE', values }];
const event = (given: Partial<GridEvent>): GridEvent => ({ eventId: 'e', targets: [], payloadDescriptors: [], intervals: [], ...given });
const told = (given: Partial<GridEvent>, early?: number) => {
  const read = stretchesOf(event(given), NOW, NOW + 7 * DAY, early);
  if ('path' in read) return `${read.path}: ${read.message}`;
  const at = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString().slice(5, 16) : 'never');
  return read.map(({ fromMs, toMs, value }) => `${at(fromMs)} to ${at(toMs)}: ${value}`);
};

describe('stretchesOf', () => {
  it('lets intervals follow one another, and passes those that are over', () => {
    const intervalPeriod = { start: '2026-07-01T05:00:00Z', duration: 'PT1H' };
    expect(told({ intervalPeriod, intervals: [1, 2, 3].map((value, id) => ({ id, payloads: payloads(value) })) })).toEqual([
      '07-01T06:00 to 07-01T07:00: 2',
      '07-01T07:00 to 07-01T08:00: 3',
    ]);
  });
  it("takes an interval's own period before the event's, each part by itself", () => {
    const intervalPeriod = { start: '2026-07-01T06:00:00Z', duration: 'PT1H' };
    const intervals = [
      { id: 0, intervalPeriod: { duration: 'PT3H' }, payloads: payloads(1) },
      { id: 1, intervalPeriod: { start: '2026-07-01T12:00:00Z' }, payloads: payloads(2) },
      { id: 2, payloads: payloads(3) },
      { id: 3, intervalPeriod: { start: '0001-01-01T00:00:00Z', duration: 'PT30M' }, payloads: payloads(4) },
    ];
    expect(told({ intervalPeriod, intervals })).toEqual([
      '07-01T06:00 to 07-01T09:00: 1',
      '07-01T12:00 to 07-01T13:00: 2',
      '07-01T13:00 to 07-01T14:00: 3',
      '07-01T14:00 to 07-01T14:30: 4',
    ]);
  });
  it('means since it was said by the beginning of time, and without end by P9999Y, zero and nothing', () => {
    const saidMs = NOW - HOUR;
    for (const duration of ['P9999Y', 'PT0S', undefined])
      expect(told({ saidMs, intervalPeriod: { start: '0001-01-01', duration }, intervals: [{ id: 0, payloads: payloads(1) }] })).toEqual([
        '07-01T05:30 to never: 1',
      ]);
    expect(told({ saidMs: NOW + HOUR, intervals: [{ id: 0, payloads: payloads(1) }] })).toEqual(['07-01T06:30 to never: 1']);
  });
  it('loops and cuts by the duration of the event', () => {
    const intervalPeriod = { start: '2026-06-01T00:00:00Z', duration: 'PT12H' };
    const intervals = [1, 2].map((value, id) => ({ id, payloads: payloads(value) }));
    expect(told({ duration: 'P9999Y', intervalPeriod, intervals }).slice(0, 3)).toEqual([
      '07-01T00:00 to 07-01T12:00: 1',
      '07-01T12:00 to 07-02T00:00: 2',
      '07-02T00:00 to 07-02T12:00: 1',
    ]);
    expect(told({ duration: 'P9999Y', intervalPeriod, intervals })).toHaveLength(15);
    expect(told({ duration: 'PT18H', intervalPeriod: { ...intervalPeriod, start: '2026-07-01T00:00:00Z' }, intervals })).toEqual([
      '07-01T00:00 to 07-01T12:00: 1',
      '07-01T12:00 to 07-01T18:00: 2',
    ]);
  });
  it('divides an interval among its values', () => {
    const intervalPeriod = { start: '2026-07-01T07:00:00Z', duration: 'PT3H' };
    expect(told({ intervals: [{ id: 0, intervalPeriod, payloads: payloads(0.17, 0.03, 0.11) }] })).toEqual([
      '07-01T07:00 to 07-01T08:00: 0.17',
      '07-01T08:00 to 07-01T09:00: 0.03',
      '07-01T09:00 to 07-01T10:00: 0.11',
    ]);
  });
  it('begins earlier and never later where a start may vary, and ends where it would have', () => {
    const intervalPeriod = { start: '2026-07-01T08:00:00Z', duration: 'PT1H', randomizeStart: 'PT10M' };
    const intervals = [1, 2].map((value, id) => ({ id, payloads: payloads(value) }));
    expect(told({ intervalPeriod, intervals }, 0.5)).toEqual(['07-01T07:55 to 07-01T09:00: 1', '07-01T09:00 to 07-01T10:00: 2']);
  });
  it('says what it cannot read', () => {
    expect(told({ intervals: [{ id: 0, intervalPeriod: { start: 'soon' }, payloads: payloads(1) }] })).toMatch(
      /^intervals.0.intervalPeriod.start: /,
    );
    expect(told({ intervals: [{ id: 0, intervalPeriod: { duration: 'an hour' }, payloads: payloads(1) }] })).toMatch(/duration/);
    expect(told({ intervals: [{ id: 0, payloads: payloads(1, 2) }] })).toMatch(/without end/);
    const short = { start: '2020-01-01T00:00:00Z', duration: 'PT1S' };
    expect(told({ duration: 'P9999Y', intervalPeriod: short, intervals: [{ id: 0, payloads: payloads(1) }] })).toMatch(/repetitions/);
  });
});
