// Orders to a station: what was wanted, what it answered, and the word with which it shows that it was done.
import { describe, expect, it } from '@jest/globals';
import { at, StationStream } from '../stream.fixture.js';

const last = (stream: StationStream) => stream.rows('device_orders').at(-1);
const ordered = (action: string, payload: object, answer: object, version: 'ocpp1.6' | 'ocpp2.0.1' = 'ocpp2.0.1'): StationStream =>
  StationStream.ready(version).asked(1, 'o', action, payload).answered(1, 'o', answer);

describe('an order', () => {
  it('to reset is done when the station boots again', () => {
    const stream = ordered('Reset', { type: 'OnIdle' }, { status: 'Scheduled' });
    expect(last(stream)).toMatchObject({ action: 'Reset', subject: '0/0', state: 'scheduled', answer: 'Scheduled' });
    expect(last(stream.boots(20))).toMatchObject({ action: 'Reset', state: 'done', at: at(20) });
    expect(stream.boots(30).rows('device_orders')).toHaveLength(3);
  });
  it('to change availability waits for the connector only where it was scheduled', () => {
    expect(last(ordered('ChangeAvailability', { operationalStatus: 'Inoperative' }, { status: 'Accepted' }))).toMatchObject({
      state: 'done',
    });
    const evse = { id: 1, connectorId: 1 };
    const stream = ordered('ChangeAvailability', { operationalStatus: 'Inoperative', evse }, { status: 'Scheduled' });
    const status = (evseId: number, connectorStatus: string) =>
      stream.says(5, 'StatusNotification', { timestamp: at(5), evseId, connectorId: 1, connectorStatus });
    expect(last(status(2, 'Unavailable'))).toMatchObject({ state: 'scheduled', subject: '1/1' });
    expect(last(status(1, 'Available'))).toMatchObject({ state: 'scheduled' });
    expect(last(status(1, 'Unavailable'))).toMatchObject({ state: 'done', told: { connectorStatus: 'Unavailable' } });
  });
  it('of 1.6 names its connector alone', () => {
    const stream = ordered('ChangeAvailability', { connectorId: 2, type: 'Operative' }, { status: 'Scheduled' }, 'ocpp1.6');
    expect(last(stream)).toMatchObject({ subject: '0/2', state: 'scheduled' });
    expect(last(stream.says(2, 'StatusNotification', { connectorId: 2, status: 'Available', errorCode: 'NoError' }))).toMatchObject({
      state: 'done',
    });
  });
  it('to tell something is done when it came, or at once where it is not heard here', () => {
    const stream = ordered('TriggerMessage', { requestedMessage: 'FirmwareStatusNotification' }, { status: 'Accepted' });
    expect(last(stream)).toMatchObject({ state: 'accepted' });
    expect(last(stream.says(2, 'FirmwareStatusNotification', { status: 'Idle' }))).toMatchObject({ state: 'done' });
    expect(last(ordered('TriggerMessage', { requestedMessage: 'MeterValues' }, { status: 'Accepted' }))).toMatchObject({ state: 'done' });
    expect(
      last(ordered('ExtendedTriggerMessage', { requestedMessage: 'LogStatusNotification' }, { status: 'Accepted' }, 'ocpp1.6')),
    ).toMatchObject({ state: 'accepted' });
  });
  it('is done as well when its effect is recorded before its answer', () => {
    const stream = StationStream.ready().asked(1, 'o', 'TriggerMessage', { requestedMessage: 'Heartbeat' }).says(2, 'Heartbeat', {});
    expect(last(stream)).toMatchObject({ state: 'asked' });
    expect(last(stream.answered(2, 'o', { status: 'Accepted' }))).toMatchObject({ state: 'done' });
  });
  it('is refused or lost as it was answered or not', () => {
    expect(last(ordered('UnlockConnector', { evseId: 1, connectorId: 1 }, { status: 'UnlockFailed' }))).toMatchObject({
      state: 'refused',
      answer: 'UnlockFailed',
    });
    expect(last(StationStream.ready().asked(1, 'o', 'Reset', { type: 'Immediate' }).refused(2, 'o'))).toMatchObject({
      state: 'lost',
      answer: 'NotConnected',
    });
    expect(last(StationStream.ready().asked(1, 'o', 'SetNetworkProfile', { configurationSlot: 2 }).errored(2, 'o'))).toMatchObject({
      subject: '2',
      state: 'refused',
    });
  });
  it('for the state of a transaction shows what the station said', () =>
    expect(
      last(ordered('GetTransactionStatus', { transactionId: 'T1' }, { ongoingIndicator: false, messagesInQueue: true })),
    ).toMatchObject({
      subject: 'T1',
      state: 'done',
      told: { ongoingIndicator: false, messagesInQueue: true },
    }));
});
