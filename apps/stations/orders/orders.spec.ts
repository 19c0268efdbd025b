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
  it('to change availability is seen in events as well, where the station tells its state by them', () => {
    const stream = ordered('ChangeAvailability', { operationalStatus: 'Inoperative', evse: { id: 1 } }, { status: 'Scheduled' });
    const event = (evseId: number, name: string) =>
      stream.says(5, 'NotifyEvent', {
        eventData: [
          {
            ...{ component: { name: 'Connector', evse: { id: evseId, connectorId: 1 } }, variable: { name }, actualValue: 'Unavailable' },
          },
        ],
      });
    expect(last(event(2, 'AvailabilityState'))).toMatchObject({ state: 'scheduled' });
    expect(last(event(1, 'Problem'))).toMatchObject({ state: 'scheduled' });
    for (const name of ['AvailabilityState', 'availabilitystate']) expect(last(event(1, name))).toMatchObject({ state: 'done' });
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
  it('to tell a status is done by that of the outlet that was named, in either way of telling it', () => {
    const evse = { id: 1, connectorId: 1 };
    const trigger = () => ordered('TriggerMessage', { requestedMessage: 'StatusNotification', evse }, { status: 'Accepted' });
    const status = (evseId: number) =>
      trigger().says(2, 'StatusNotification', { timestamp: at(2), evseId, connectorId: 1, connectorStatus: 'Available' });
    expect(last(status(2))).toMatchObject({ state: 'accepted' });
    expect(last(status(1))).toMatchObject({ state: 'done' });
    const variable = { component: { name: 'Connector', evse }, variable: { name: 'AvailabilityState' }, actualValue: 'Available' };
    expect(last(trigger().says(2, 'NotifyEvent', { eventData: [variable] }))).toMatchObject({ state: 'done' });
    const v16 = ordered('TriggerMessage', { requestedMessage: 'StatusNotification', connectorId: 2 }, { status: 'Accepted' }, 'ocpp1.6');
    expect(last(v16.says(2, 'StatusNotification', { connectorId: 1, status: 'Available' }))).toMatchObject({ state: 'accepted' });
    expect(last(v16.says(3, 'StatusNotification', { connectorId: 2, status: 'Available' }))).toMatchObject({ state: 'done' });
  });
  it('to reset is not done by a boot that was only asked for', () => {
    const boot = (reason: string) => ({ reason, chargingStation: { vendorName: 'V', model: 'M' } });
    const stream = ordered('Reset', { type: 'OnIdle' }, { status: 'Scheduled' });
    expect(last(stream.says(2, 'BootNotification', boot('Triggered')))).toMatchObject({ state: 'scheduled' });
    expect(last(stream.says(3, 'BootNotification', boot('ScheduledReset')))).toMatchObject({ state: 'done' });
  });
  it('to start is done when its transaction tells so, and shows which one it is', () => {
    const stream = ordered('RequestStartTransaction', { remoteStartId: 7, evseId: 1, idToken: {} }, { status: 'Accepted' });
    expect(last(stream)).toMatchObject({ subject: '1/0', state: 'accepted' });
    const tells = (minute: number, transactionInfo: object) =>
      stream.says(minute, 'TransactionEvent', { eventType: 'Started', timestamp: at(minute), seqNo: 0, transactionInfo });
    expect(last(tells(2, { transactionId: 'other' }))).toMatchObject({ state: 'accepted' });
    expect(last(tells(3, { transactionId: 'other', remoteStartId: 8 }))).toMatchObject({ state: 'accepted' });
    expect(last(tells(4, { transactionId: 'T1', remoteStartId: 7 }))).toMatchObject({
      state: 'done',
      told: { transactionId: 'T1' },
      at: at(4),
    });
  });
  it('to stop is done when that transaction has ended', () => {
    const stream = ordered('RequestStopTransaction', { transactionId: 'T1' }, { status: 'Accepted' });
    const ends = (minute: number, transactionId: string) =>
      stream.says(minute, 'TransactionEvent', {
        eventType: 'Ended',
        seqNo: 3,
        transactionInfo: { transactionId, stoppedReason: 'Remote' },
      });
    expect(last(ends(2, 'T2'))).toMatchObject({ subject: 'T1', state: 'accepted' });
    expect(last(ends(3, 'T1'))).toMatchObject({ state: 'done', at: at(3) });
  });
  it('to stop is done as well where the driver was faster, of which a station need not say a reason', () => {
    const stream = ordered('RequestStopTransaction', { transactionId: 'T1' }, { status: 'Accepted' });
    stream.says(2, 'TransactionEvent', { eventType: 'Updated', seqNo: 2, transactionInfo: { transactionId: 'T1' } });
    expect(last(stream)).toMatchObject({ state: 'accepted' });
    stream.says(3, 'TransactionEvent', { eventType: 'Ended', seqNo: 3, transactionInfo: { transactionId: 'T1' } });
    expect(last(stream)).toMatchObject({ state: 'done', at: at(3) });
  });
  it('to start or stop is seen in 1.6 by the connector and by the transaction', () => {
    const start = ordered('RemoteStartTransaction', { connectorId: 2, idTag: 'A' }, { status: 'Accepted' }, 'ocpp1.6');
    const starts = (minute: number, connectorId: number) =>
      start.says(minute, 'StartTransaction', { connectorId, meterStart: 0, idTag: 'A' });
    expect(last(starts(2, 1))).toMatchObject({ subject: '0/2', state: 'accepted' });
    expect(last(starts(3, 2))).toMatchObject({ state: 'done' });
    const stop = ordered('RemoteStopTransaction', { transactionId: 5 }, { status: 'Accepted' }, 'ocpp1.6');
    expect(last(stop.says(2, 'StopTransaction', { transactionId: 6, meterStop: 1 }))).toMatchObject({ subject: '5', state: 'accepted' });
    expect(last(stop.says(3, 'StopTransaction', { transactionId: 5, meterStop: 1 }))).toMatchObject({ state: 'done' });
  });
  it('to start in 1.6 is not done by somebody else who starts there', () => {
    const order = { connectorId: 2, idTag: 'sealed:v1:ann:AA' };
    const stream = ordered('RemoteStartTransaction', order, { status: 'Accepted' }, 'ocpp1.6');
    expect(last(stream.started(2, 0, '7', 2))).toMatchObject({ state: 'done', told: {} });
    const other = ordered('RemoteStartTransaction', { ...order, idTag: 'sealed:v1:bob:BB' }, { status: 'Accepted' }, 'ocpp1.6');
    expect(last(other.started(2, 0, '7', 2))).toMatchObject({ state: 'accepted' });
  });
  it('that nobody answered is done where its effect comes, and not where it never left', () => {
    const reset = () => StationStream.ready().asked(1, 'o', 'Reset', { type: 'Immediate' });
    expect(last(reset().unanswered(2, 'o'))).toMatchObject({ state: 'lost', answer: 'timeout' });
    expect(last(reset().unanswered(2, 'o').boots(3))).toMatchObject({ state: 'done' });
    expect(last(reset().unanswered(2, 'o').boots(30))).toMatchObject({ state: 'lost' });
    const trigger = StationStream.ready().asked(1, 'o', 'TriggerMessage', { requestedMessage: 'Heartbeat' }).unanswered(2, 'o');
    expect(last(trigger.says(3, 'Heartbeat', {}))).toMatchObject({ state: 'lost' });
    expect(last(reset().unanswered(2, 'o').answered(3, 'o', { status: 'Rejected' }))).toMatchObject({ state: 'refused' });
    expect(last(reset().boots(2).unanswered(3, 'o', 'edgeLost'))).toMatchObject({ state: 'done' });
    expect(last(reset().refused(2, 'o').boots(3))).toMatchObject({ state: 'lost' });
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
