// What is said in reports: by registers, by power, by plans; and nothing where nothing is known.
import { describe, expect, it } from '@jest/globals';
import type { ReportDescriptor } from './event.js';
import { type ConnectionRecord, saidOf, toldIn } from './report-values.js';

const HOUR = { id: 0, fromMs: 0, toMs: 3_600_000 };
const MINUTE = 60_000;
const NOTHING: ConnectionRecord = { load: [], registers: [], expected: [], limited: [], wishes: [] };
const draws = (watts: number, minutes = 60): ConnectionRecord => ({
  ...NOTHING,
  load: Array.from({ length: minutes }, (_, minute) => ({ atMs: minute * MINUTE, measuredW: watts, allocatedW: null })),
});
const values = (asked: ReportDescriptor, ...connections: readonly ConnectionRecord[]) =>
  saidOf(asked, HOUR, connections).payloads.map(({ type, values: [value] }) => `${type} ${value}`);

describe('saidOf', () => {
  it('tells energy by registers, whose gains count by their time', () => {
    const registers = [
      { portId: 'a-1', atMs: -30 * MINUTE, wh: 1000 },
      { portId: 'a-1', atMs: 30 * MINUTE, wh: 3000 },
      { portId: 'a-1', atMs: 60 * MINUTE, wh: 7000 },
      { portId: 'a-2', atMs: 0, wh: 500 },
      { portId: 'a-2', atMs: 60 * MINUTE, wh: 100 },
      { portId: 'a-0', atMs: 0, wh: 0 },
      { portId: 'a-0', atMs: 60 * MINUTE, wh: 99_000 },
    ];
    expect(values({ payloadType: 'USAGE', units: 'WH' }, { ...draws(1), registers })).toEqual(['USAGE 5000']);
    expect(values({ payloadType: 'READING' }, { ...NOTHING, registers })).toEqual(['READING 7.1']);
  });
  it('tells energy by power where no register told any', () => {
    expect(values({ payloadType: 'USAGE' }, draws(11_000))).toEqual(['USAGE 11']);
  });
  it.each<[ReportDescriptor, string]>([
    [{ payloadType: 'DEMAND' }, 'DEMAND 6'],
    [{ payloadType: 'DEMAND', readingType: 'PEAK', units: 'W' }, 'DEMAND 6000'],
    [{ payloadType: 'READING', units: 'KW' }, 'READING 6'],
    [{ payloadType: 'OPERATING_STATE' }, 'OPERATING_STATE RUNNING_NORMAL'],
  ])('tells %j', (asked, expected) => {
    expect(values(asked, draws(6000))).toEqual([expected]);
  });
  it('sums connections, and says the worst state of them', () => {
    expect(values({ payloadType: 'DEMAND' }, draws(6000), draws(4000))).toEqual(['DEMAND 10']);
    const limited = { ...draws(0), limited: [{ fromMs: 0, toMs: MINUTE }] };
    expect(values({ payloadType: 'OPERATING_STATE' }, draws(6000), limited)).toEqual(['OPERATING_STATE IDLE_CURTAILED']);
  });
  it('says that it is a guess where a part was not measured, and no number where nothing was', () => {
    expect(values({ payloadType: 'DEMAND' }, draws(6000, 30))).toEqual(['DEMAND 6', 'DATA_QUALITY ESTIMATED']);
    expect(values({ payloadType: 'DEMAND' }, draws(6000), NOTHING)).toEqual(['DATA_QUALITY MISSING']);
    expect(values({ payloadType: 'OPERATING_STATE' }, NOTHING)).toEqual(['OPERATING_STATE ERROR']);
  });
  it('tells what is expected, and what somebody would like to reserve', () => {
    const expected = [{ fromMs: 0, value: 20_000 }, { fromMs: 30 * MINUTE, value: 10_000 }, { fromMs: 60 * MINUTE }];
    expect(values({ payloadType: 'USAGE_FORECAST' }, { ...NOTHING, expected })).toEqual(['USAGE_FORECAST 15']);
    expect(values({ payloadType: 'DEMAND', readingType: 'FORECAST' }, NOTHING)).toEqual(['DATA_QUALITY MISSING']);
    const wishes = [{ fromMs: 0, toMs: MINUTE, importW: 40_000, feePerKw: 2 }];
    expect(values({ payloadType: 'IMPORT_CAPACITY_RESERVATION' }, { ...NOTHING, wishes })).toEqual(['IMPORT_CAPACITY_RESERVATION 40']);
    expect(values({ payloadType: 'IMPORT_RESERVATION_FEE' }, { ...NOTHING, wishes })).toEqual(['IMPORT_RESERVATION_FEE 2']);
    expect(values({ payloadType: 'EXPORT_RESERVATION_CAPACITY' }, NOTHING)).toEqual(['EXPORT_RESERVATION_CAPACITY 0']);
  });
  it('says why something is not told', () => {
    expect(toldIn({ payloadType: 'USAGE', units: 'BTU' })).toEqual({ reason: 'not told in BTU' });
    expect(toldIn({ payloadType: 'DATA_BLOB' })).toEqual({ reason: 'nothing like it is known' });
    expect(toldIn({ payloadType: 'USAGE' })).toEqual({ units: 'KWH' });
  });
});
