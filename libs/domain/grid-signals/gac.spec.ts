// The Dutch profile, rule by rule.
import { describe, expect, it } from '@jest/globals';
import type { GridEvent } from './event.js';
import { gacProgramRefusals, gacRefusals, isGacVenName, isSafeMode } from './gac.js';

const payloads = [{ type: 'IMPORT_CAPACITY_LIMIT', values: [10] }];
const EVENT: GridEvent = {
  eventId: 'e',
  targets: [{ value: '871687120000000001' }],
  payloadDescriptors: [{ payloadType: 'IMPORT_CAPACITY_LIMIT', units: 'KW' }],
  intervalPeriod: { start: '2026-07-01T00:00:00Z', duration: 'PT15M' },
  intervals: [
    { id: 0, payloads },
    { id: 1, payloads },
  ],
};
const own = { start: '2026-07-01T00:00:00Z', duration: 'PT15M' };

describe('gacRefusals', () => {
  it('takes a continuous event, and one whose intervals all have a period of their own', () => {
    expect(gacRefusals('3.1', EVENT)).toEqual([]);
    const separated = EVENT.intervals.map((interval) => ({ ...interval, intervalPeriod: own }));
    expect(gacRefusals('3.1', { ...EVENT, intervalPeriod: undefined, intervals: separated })).toEqual([]);
  });
  it.each<[string, Partial<GridEvent>, string]>([
    ['a priority', { priority: 1 }, 'priority'],
    ['a target that is no EAN code', { targets: [{ value: 'site-1' }] }, 'targets'],
    ['no descriptor', { payloadDescriptors: [] }, 'payloadDescriptors'],
    ['two descriptors', { payloadDescriptors: [...EVENT.payloadDescriptors, { payloadType: 'PRICE' }] }, 'payloadDescriptors'],
    ['another payload', { payloadDescriptors: [{ payloadType: 'SIMPLE', units: 'KW' }] }, 'payloadDescriptors.0.payloadType'],
    [
      'a unit in small letters',
      { payloadDescriptors: [{ payloadType: 'IMPORT_CAPACITY_LIMIT', units: 'kW' }] },
      'payloadDescriptors.0.units',
    ],
    ['no interval', { intervals: [] }, 'intervals'],
    ['a period on the event and on an interval', { intervals: [{ id: 0, intervalPeriod: own, payloads }] }, 'intervalPeriod'],
    ['a period nowhere', { intervalPeriod: undefined }, 'intervalPeriod'],
    [
      'ids that do not rise',
      {
        intervals: [
          { id: 1, payloads },
          { id: 1, payloads },
        ],
      },
      'intervals.1.id',
    ],
    ['two payloads', { intervals: [{ id: 0, payloads: [...payloads, ...payloads] }] }, 'intervals.0.payloads'],
    [
      'two values',
      { intervals: [{ id: 0, payloads: [{ type: 'IMPORT_CAPACITY_LIMIT', values: [1, 2] }] }] },
      'intervals.0.payloads.0.values',
    ],
  ])('refuses %s', (_, change, path) => {
    expect(gacRefusals('3.1', { ...EVENT, ...change }).map((refusal) => refusal.path)).toContain(path);
  });
  it('wants connection and network named under 3.0.1', () => {
    const network = { type: 'VEN_NAME', value: 'NL-ABC' };
    const connection = { type: 'POWER_SERVICE_LOCATION', value: '871687120000000001' };
    expect(gacRefusals('3.0.1', { ...EVENT, targets: [connection, network] })).toEqual([]);
    expect(gacRefusals('3.0.1', { ...EVENT, targets: [connection] })).toHaveLength(1);
    expect(gacRefusals('3.0.1', { ...EVENT, targets: [network] })).toHaveLength(1);
  });
});

describe('the program, our name there, and safe mode', () => {
  const good = new Map<string, unknown>([
    ['RETAILER_NAME', 'Stedin'],
    ['PROGRAM_TYPE', 'DSO_CPO_INTERFACE-2.1.1'],
    ['BINDING_EVENTS', true],
  ]);
  it('demands name, type and binding events', () => {
    expect(gacProgramRefusals('3.1', good)).toEqual([]);
    for (const [name, value] of [
      ['RETAILER_NAME', 'S'],
      ['PROGRAM_TYPE', 'DSO_CPO_INTERFACE-2.0.0'],
      ['BINDING_EVENTS', false],
    ] as const)
      expect(gacProgramRefusals('3.1', new Map([...good, [name, value]])).map(({ path }) => path)).toEqual([`attributes.${name}`]);
    expect(gacProgramRefusals('3.0.1', new Map([...good, ['PROGRAM_TYPE', 'DSO_CPO_INTERFACE-2.0.0']]))).toEqual([]);
  });
  it('knows an eMI3 id', () => {
    expect(['NL-ABC', 'NLABC', 'nl-abc', 'NL-ABCD'].map(isGacVenName)).toEqual([true, true, false, false]);
  });
  it('knows the event that never ends', () => {
    expect(isSafeMode(EVENT)).toBe(false);
    expect(isSafeMode({ ...EVENT, intervalPeriod: { ...own, duration: 'P9999Y' }, intervals: EVENT.intervals.slice(0, 1) })).toBe(true);
  });
});
