// A battery swap: what goes into a slot and comes out of another, and how far it has come.
import { describe, expect, it } from '@jest/globals';
import { StationStream } from '../stream.fixture.js';

const ready = (): StationStream => StationStream.ready('ocpp2.1');
const battery = (evseId: number, soC: number) => ({
  evseId,
  serialNumber: `sealed:v1:${evseId}`,
  soC,
  soH: 95,
  productionDate: '2025-01-01T00:00:00Z',
});
const told = (stream: StationStream, minute: number, eventType: string, batteryData: readonly object[]): StationStream =>
  stream.says(minute, 'BatterySwap', { batteryData, eventType, requestId: 7, idToken: { idToken: 'sealed:v1:t', type: 'ISO14443' } });
const requested = (status: string): StationStream =>
  ready()
    .asked(1, 'x', 'RequestBatterySwap', { requestId: 7, idToken: { idToken: 'sealed:v1:t', type: 'ISO14443' } })
    .answered(1, 'x', { status });
const swap = (stream: StationStream) => Object.assign({}, ...stream.rows('battery_swaps'));
const slots = (stream: StationStream) =>
  Object.fromEntries(stream.rows('batteries').map(({ evse_id, is_in, soc }) => [evse_id, [is_in, soc]]));

describe('a battery swap', () => {
  it('that was asked for goes on with the battery that comes in, and ends with the one that is taken', () => {
    const stream = requested('Accepted');
    expect(swap(stream)).toMatchObject({ request_id: 7, state: 'accepted', requested_by: 'api:tests' });
    told(stream, 2, 'BatteryIn', [battery(1, 12)]);
    expect(swap(stream)).toMatchObject({ state: 'batteryIn', batteries_in: [battery(1, 12)] });
    told(stream, 3, 'BatteryOut', [battery(2, 98)]);
    expect(swap(stream)).toMatchObject({ state: 'swapped', batteries_in: [battery(1, 12)], batteries_out: [battery(2, 98)] });
    expect(slots(stream)).toEqual({ 1: [true, 12], 2: [false, 98] });
  });
  it('that nobody takes leaves the batteries where they are', () => {
    const stream = told(told(ready(), 1, 'BatteryIn', [battery(1, 12)]), 2, 'BatteryOutTimeout', [battery(2, 98)]);
    expect(swap(stream)).toMatchObject({ state: 'timedOut' });
    expect(slots(stream)).toEqual({ 1: [true, 12], 2: [true, 98] });
  });
  it('that begins under the number of one that ended is another one', () => {
    const first = () => told(told(requested('Accepted'), 2, 'BatteryIn', [battery(1, 12)]), 3, 'BatteryOut', [battery(2, 98)]);
    expect(swap(told(first(), 9, 'BatteryIn', [battery(2, 5)]))).toMatchObject({
      ...{ state: 'batteryIn', batteries_in: [battery(2, 5)], batteries_out: null, out_at: null },
      ...{ requested_by: null, requested_at: null },
    });
    const again = first().asked(9, 'y', 'RequestBatterySwap', { requestId: 7 });
    expect(swap(again)).toMatchObject({ state: 'requested', batteries_in: null, batteries_out: null, in_at: null, out_at: null });
  });
  it('that is asked for again, or that the station tells of, is not undone by what became of an earlier command', () => {
    const again = ready()
      .asked(1, 'x', 'RequestBatterySwap', { requestId: 7 })
      .asked(2, 'y', 'RequestBatterySwap', { requestId: 7 })
      .answered(2, 'y', { status: 'Accepted' })
      .unanswered(3, 'x');
    expect(swap(again)).toMatchObject({ state: 'accepted', reason: null });
    const going = told(ready().asked(1, 'x', 'RequestBatterySwap', { requestId: 7 }), 2, 'BatteryIn', [battery(1, 12)]);
    expect(swap(going.unanswered(3, 'x'))).toMatchObject({ state: 'batteryIn' });
  });
  it('that the station refuses is kept with the reason', () => {
    expect(swap(requested('Rejected'))).toMatchObject({ state: 'refused', reason: 'Rejected' });
    expect(swap(ready().asked(1, 'x', 'RequestBatterySwap', { requestId: 7 }).errored(2, 'x'))).toMatchObject({
      state: 'refused',
      reason: 'NotSupported',
    });
  });
});
