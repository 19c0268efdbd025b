// What events come to for a connection: which goes first, what holds between and after them, and what is not followed.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { capacityOf, notLoosened } from './capacity.js';
import type { GridEvent } from './event.js';
import { routed } from './routing.js';
import { type Bound, timelineOf, valueAt } from './timeline.js';

const NOW = Date.parse('2026-07-01T06:00:00Z');
const HOUR = 3_600_000;
const at = (hours: number) => new Date(NOW + hours * HOUR).toISOString();
const say = (
  type: string,
  values: readonly number[],
  hours = 0,
  given: Partial<GridEvent> & { units?: string; each?: string } = {},
): GridEvent => {
  const { units = 'KW', each = 'PT1H', ...rest } = given;
  return {
    eventId: type,
    targets: [],
    payloadDescriptors: [{ payloadType: type, units }],
    intervalPeriod: { start: at(hours), duration: each },
    intervals: values.map((value, id) => ({ id, payloads: [{ type, values: [value] }] })),
    ...rest,
  };
};
const rules = { fallbackW: 20_000, ratedW: 200_000 };
const read = (...events: readonly GridEvent[]) => capacityOf(events, 'import', rules, NOW, NOW + 48 * HOUR);
const told = (...events: readonly GridEvent[]) =>
  read(...events).steps.map(({ fromMs, value }) => `${(fromMs - NOW) / HOUR} h: ${value === undefined ? 'free' : `${value / 1000} kW`}`);

describe('capacityOf', () => {
  it('follows a schedule, and is free after it', () => {
    expect(told(say('IMPORT_CAPACITY_LIMIT', [50, 30], 1))).toEqual(['1 h: 50 kW', '2 h: 30 kW', '3 h: free']);
  });
  it('keeps to what is subscribed and reserved where no limit is scheduled', () => {
    const forEver = { each: 'P9999Y' };
    const events = [
      say('IMPORT_CAPACITY_SUBSCRIPTION', [100], -1, forEver),
      say('IMPORT_CAPACITY_RESERVATION', [40], 2),
      say('IMPORT_CAPACITY_LIMIT', [150, 10], 0),
    ];
    expect(told(...events)).toEqual(['0 h: 150 kW', '1 h: 10 kW', '2 h: 140 kW', '3 h: 100 kW']);
    expect(read(...events).fallbackW).toBe(20_000);
    expect(read(say('IMPORT_CAPACITY_SUBSCRIPTION', [15], -1, forEver)).fallbackW).toBe(15_000);
  });
  it.each<[string, Partial<GridEvent>]>([
    ['two units for one thing', { payloadDescriptors: ['KW', 'W'].map((units) => ({ payloadType: 'IMPORT_CAPACITY_LIMIT', units })) }],
    ['a unit and none', { payloadDescriptors: ['KW', undefined].map((units) => ({ payloadType: 'IMPORT_CAPACITY_LIMIT', units })) }],
    ['more than any connection has', { intervals: [{ id: 0, payloads: [{ type: 'IMPORT_CAPACITY_LIMIT', values: [1e300] }] }] }],
    ['a limit without any interval', { intervals: [] }],
  ])('loosens nothing for %s', (_, change) => {
    const { refusals, ...said } = read(say('IMPORT_CAPACITY_LIMIT', [400], 0, change));
    expect(refusals).toEqual([
      { eventId: 'IMPORT_CAPACITY_LIMIT', path: expect.stringMatching(/^intervals/), message: expect.any(String) },
    ]);
    expect(notLoosened({ ...said, refusals }, [{ fromMs: NOW - HOUR, value: 60_000 }], NOW).steps).toEqual([
      { fromMs: NOW, value: 60_000 },
    ]);
    expect(capacityOf([say('IMPORT_CAPACITY_LIMIT', [400], 0, change)], 'export', rules, NOW, NOW + HOUR).refusals).toEqual([]);
  });
  it('takes the lower number of priority first, and the lower limit among equals', () => {
    const limit = (kw: number, priority?: number) => say('IMPORT_CAPACITY_LIMIT', [kw], 0, { priority });
    expect(told(limit(10), limit(80, 5), limit(90, 1))).toEqual(['0 h: 90 kW', '1 h: free']);
    expect(told(limit(50), limit(40))).toEqual(['0 h: 40 kW', '1 h: free']);
    expect(told(limit(50, 0), limit(40, 0))).toEqual(['0 h: 40 kW', '1 h: free']);
  });
  it('bounds what is drawn by SIMPLE levels and emergencies beside the schedule', () => {
    expect(told(say('SIMPLE', [0, 1, 2, 3]), say('IMPORT_CAPACITY_LIMIT', [90], 2))).toEqual([
      '1 h: 160 kW',
      '2 h: 90 kW',
      '3 h: 20 kW',
      '4 h: free',
    ]);
    expect(told(say('ALERT_GRID_EMERGENCY', [1], 0.5), say('IMPORT_CAPACITY_LIMIT', [90]))).toEqual([
      '0 h: 90 kW',
      '0.5 h: 20 kW',
      '1.5 h: free',
    ]);
  });
  it('takes a setpoint for the most that cars may draw, beside the schedule, and refuses what only storages could follow', () => {
    expect(told(say('DISPATCH_SETPOINT', [30, 60]), say('IMPORT_CAPACITY_LIMIT', [40, 40]))).toEqual([
      '0 h: 30 kW',
      '1 h: 40 kW',
      '2 h: free',
    ]);
    expect(told(say('CONTROL_SETPOINT', [30]))).toEqual(['0 h: 30 kW', '1 h: free']);
    for (const bad of [
      say('DISPATCH_SETPOINT', [-30]),
      say('CONTROL_SETPOINT', [30], 0, { units: 'PERCENT' }),
      say('DISPATCH_SETPOINT', [30], 0, { payloadDescriptors: [] }),
      say('DISPATCH_SETPOINT_RELATIVE', [-10]),
    ])
      expect(read(bad).refusals).toHaveLength(1);
    expect(read(say('CHARGE_STATE_SETPOINT', [80], 0, { units: 'PERCENT' })).unheeded).toEqual(['CHARGE_STATE_SETPOINT']);
  });
  it('keeps directions apart, and says what it does not follow', () => {
    const events = [say('EXPORT_CAPACITY_LIMIT', [5]), say('PRICE', [0.3])];
    expect(told(...events)).toEqual([]);
    expect(read(...events).unheeded).toEqual(['PRICE']);
    expect(capacityOf(events, 'export', rules, NOW, NOW + HOUR).steps).toEqual([{ fromMs: NOW, value: 5000 }, { fromMs: NOW + HOUR }]);
  });
  it('refuses what has no unit, another one, or no amount', () => {
    for (const [units, kw] of [
      ['KVA', 5],
      ['KW', -5],
      ['KW', Number.NaN],
    ] as const)
      expect(read(say('IMPORT_CAPACITY_LIMIT', [kw], 0, { units })).refusals).toHaveLength(1);
    expect(read(say('IMPORT_CAPACITY_LIMIT', [5], 0, { payloadDescriptors: [] })).refusals[0]?.message).toMatch(/no unit/);
    expect(read(say('SIMPLE', [7])).refusals).toHaveLength(1);
  });
});

describe('notLoosened', () => {
  const bad = say('IMPORT_CAPACITY_LIMIT', [500], 0, { units: 'KVA' });
  const good = say('IMPORT_CAPACITY_LIMIT', [80, 30], 0, { eventId: 'other' });

  it('keeps the tighter of what held before and what is known now where something cannot be read', () => {
    const before = read(say('IMPORT_CAPACITY_LIMIT', [50, 50, 50], -1)).steps;
    expect(notLoosened(read(bad), before, NOW).steps).toEqual([{ fromMs: NOW, value: 50_000 }, { fromMs: NOW + 2 * HOUR }]);
    expect(notLoosened(read(bad, good), before, NOW).steps.map(({ value }) => value)).toEqual([50_000, 30_000, undefined]);
  });
  it('keeps to the fallback where nothing held before, and changes nothing where all could be read', () => {
    expect(notLoosened(read(bad), [], NOW).steps).toEqual([{ fromMs: NOW, value: 20_000 }]);
    expect(notLoosened(read(good), [], NOW)).toEqual(read(good));
  });
});

describe('timelineOf', () => {
  const bound = fc.record({
    fromMs: fc.integer({ min: 0, max: 20 }),
    lengthMs: fc.integer({ min: 1, max: 10 }),
    value: fc.integer({ min: 0, max: 5 }),
    priority: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
  });

  it('says at each instant what the first of all bounds that hold then says', () => {
    fc.assert(
      fc.property(fc.array(bound, { maxLength: 8 }), (given) => {
        const bounds: Bound[] = given.map(({ lengthMs, ...each }) => ({ ...each, toMs: each.fromMs + lengthMs }));
        const steps = timelineOf(bounds);
        for (let t = -1; t < 32; t++) {
          const open = bounds.filter(({ fromMs, toMs }) => fromMs <= t && t < toMs);
          const rank = Math.min(...open.map(({ priority }) => priority ?? 99));
          const values = open.filter(({ priority }) => (priority ?? 99) === rank).map(({ value }) => value);
          expect(valueAt(steps, t)).toBe(values.length === 0 ? undefined : Math.min(...values));
        }
      }),
    );
  });
});

describe('routed', () => {
  const named = (...targets: GridEvent['targets']) => ({ ...say('IMPORT_CAPACITY_LIMIT', [1]), targets });
  const isFor = (event: GridEvent) => routed([event], 'NL-ABC')(['871687120000000001']).length === 1;

  it('finds a connection by its name, and everybody where none is named', () => {
    expect(isFor(named())).toBe(true);
    expect(isFor(named({ value: '871687120000000001' }))).toBe(true);
    expect(isFor(named({ value: '871687120000000002' }))).toBe(false);
    expect(isFor(named({ type: 'POWER_SERVICE_LOCATION', value: '871687120000000001' }, { type: 'VEN_NAME', value: 'NL-ABC' }))).toBe(true);
    expect(isFor(named({ type: 'POWER_SERVICE_LOCATION', value: '871687120000000001' }, { type: 'VEN_NAME', value: 'NL-XYZ' }))).toBe(
      false,
    );
    expect(isFor(named({ type: 'VEN_NAME', value: 'NL-ABC' }))).toBe(true);
  });
});
