// What came with OCPP 2.1 at the edge: messages without an answer, answers that are refused, and each new question with its own answer.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import type { CallReceived } from '#contracts';
import { EdgeWorld } from './support/edge-world.js';
import { HeldClock } from './support/held-clock.js';
import type { RawStation } from './support/raw-station.js';

const AT = '2026-11-01T12:00:00Z';
const boot = { reason: 'PowerUp', chargingStation: { model: 'm', vendorName: 'v' } };
const values = { id: 3, pending: 0, basetime: AT, data: [{ t: 0, v: '16.1' }] };

let system: EdgeWorld;
let edge: Edge;
let station: RawStation;
beforeEach(async () => {
  system = await EdgeWorld.open(new HeldClock());
  edge = await system.edge({ edgeId: 'edge-1', pingIntervalS: 3600 });
  await system.station('CP1');
  station = await system.connect(edge, 'CP1', { protocols: ['ocpp2.1', 'ocpp2.0.1', 'ocpp1.6'] });
});
afterEach(() => system.close());

const calls = async (): Promise<readonly CallReceived[]> => (await system.records('CallReceived')).map(({ data }) => data as CallReceived);
const recordsOf = async (type: string, count: number) => {
  for (;;) {
    const found = await system.records(type);
    if (found.length >= count) return found.map(({ data }) => data as Record<string, unknown>);
    await new Promise(setImmediate);
  }
};

describe('a SEND', () => {
  it('is in the log, in its order, and never answered', async () => {
    station.send([6, 's1', 'NotifyPeriodicEventStream', values]);
    expect(await station.call('Heartbeat', {}, 'after')).toMatchObject([3, 'after', {}]);
    expect(await calls()).toMatchObject([
      { ocppVersion: 'ocpp2.1', action: 'NotifyPeriodicEventStream', messageId: 's1', isSend: true, violations: [], payload: values },
      { action: 'Heartbeat' },
    ]);
  });

  it('holds back what comes after it until it is durable', async () => {
    system.log.mode = 'hold';
    station.send([6, 's1', 'NotifyPeriodicEventStream', values]);
    station.send([2, 'after', 'Heartbeat', {}]);
    await system.log.waiting(1);
    expect(station.received).toEqual([]);
    system.log.release();
    expect(await station.next()).toMatchObject([3, 'after', {}]);
  });

  it('may be one of many: none of them has to wait for an answer', async () => {
    system.log.mode = 'hold';
    for (let n = 0; n < 50; n++) station.send([6, `s${n}`, 'NotifyPeriodicEventStream', values]);
    station.send([2, 'after', 'Heartbeat', {}]);
    await system.log.waiting(1);
    system.log.release();
    expect(await station.next()).toMatchObject([3, 'after', {}]);
    expect((await calls()).map(({ messageId }) => messageId)).toEqual([...Array.from({ length: 50 }, (_, n) => `s${n}`), 'after']);
  });

  it('that the log does not take costs the socket', async () => {
    system.log.mode = 'fail';
    station.send([6, 's1', 'NotifyPeriodicEventStream', values]);
    expect(await station.closed).toMatchObject({ code: 1013 });
  });

  it('that breaks its schema, or nobody knows, is kept with its fault and not answered either', async () => {
    station.send([6, 's1', 'NotifyPeriodicEventStream', { ...values, data: [] }]);
    station.send([6, 's2', 'NotifyDance', { tune: 1 }]);
    expect(await station.call('Heartbeat', {}, 'after')).toMatchObject([3, 'after', {}]);
    expect((await calls()).slice(0, 2)).toMatchObject([
      { isSend: true, answer: { kind: 'error' }, violations: [{ path: '/data', keyword: 'minItems' }] },
      { isSend: true, answer: { kind: 'error', code: 'NotImplemented' }, payload: { tune: 1 } },
    ]);
  });

  it('is what a message without an answer has to be', async () => {
    expect((await station.call('NotifyPeriodicEventStream', values)).slice(0, 3)).toEqual([4, 'm1', 'MessageTypeNotSupported']);
    expect(await calls()).toMatchObject([{ action: 'NotifyPeriodicEventStream', payload: values, answer: { kind: 'error' } }]);
  });

  it('is only for whom 2.1 is offered', async () => {
    const reserved = await system.edge({ ocppVersions: ['ocpp2.0.1', 'ocpp1.6'] });
    const older = await system.connect(reserved, 'CP1', { protocols: ['ocpp2.1', 'ocpp2.0.1', 'ocpp1.6'] });
    expect(older.socket.protocol).toBe('ocpp2.0.1');
    expect(await system.attempt(reserved, 'CP1', { protocols: 'ocpp2.1' })).toMatchObject({ status: 400 });
  });

  it('means nothing in 2.0.1', async () => {
    const older = await system.connect(edge, 'CP1', { protocols: 'ocpp2.0.1' });
    older.send([6, 's1', 'NotifyPeriodicEventStream', values]);
    expect(await older.call('Heartbeat', {}, 'after')).toMatchObject([3, 'after', {}]);
    expect(await recordsOf('FrameParked', 1)).toMatchObject([{ kind: 'unsupported', reason: 'an unknown message type' }]);
  });
});

describe('an answer that cannot be used', () => {
  it('of ours is kept with what the station said', async () => {
    await station.call('Heartbeat', {}, 'hb');
    station.send([5, 'hb', 'TypeConstraintViolation', 'currentTime', {}]);
    expect(await station.call('Heartbeat', {}, 'after')).toMatchObject([3, 'after', {}]);
    const [frame] = await recordsOf('FrameParked', 1);
    expect(frame).toMatchObject({ kind: 'answerRefused', reason: 'our answer was refused: TypeConstraintViolation' });
  });

  it('of a station is told to it and is part of the outcome', async () => {
    await station.call('BootNotification', boot);
    const command = system.command('CP1', 'GetTariffs', { evseId: 1 });
    await system.world.router.send('edge-1', { kind: 'command', command });
    expect(await station.next()).toMatchObject([2, command.commandId, 'GetTariffs', { evseId: 1 }]);
    station.send([3, command.commandId, { status: 'Perhaps' }]);
    expect(await station.next()).toMatchObject([
      5,
      command.commandId,
      'PropertyConstraintViolation',
      expect.stringContaining('/status'),
      {},
    ]);
    expect(await recordsOf('CommandAnswered', 1)).toMatchObject([
      {
        commandId: command.commandId,
        payload: { status: 'Perhaps' },
        violations: [{ path: '/status' }],
        resultError: { code: 'PropertyConstraintViolation' },
      },
    ]);
  });
});

describe('what a 2.1 station asks and tells', () => {
  const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'name-hash', issuerKeyHash: 'key-hash', serialNumber: 'a-car' };
  it.each([
    [
      'BatterySwap',
      {
        eventType: 'BatteryIn',
        requestId: 1,
        idToken: { idToken: 'X', type: 'Central' },
        batteryData: [{ evseId: 1, serialNumber: 'b', soC: 40, soH: 90 }],
      },
      {},
    ],
    [
      'OpenPeriodicEventStream',
      { constantStreamData: { id: 3, variableMonitoringId: 9, params: { interval: 5 } } },
      { status: 'Accepted' },
    ],
    ['ClosePeriodicEventStream', { id: 3 }, {}],
    ['NotifyDERAlarm', { controlType: 'FreqDroop', timestamp: AT }, {}],
    ['NotifyDERStartStop', { controlId: 'c', started: true, timestamp: AT }, {}],
    ['ReportDERControl', { requestId: 1 }, {}],
    ['NotifyPriorityCharging', { transactionId: 'T1', activated: true }, {}],
    ['NotifySettlement', { pspRef: 'p', status: 'Settled', settlementAmount: 12.5, settlementTime: AT }, {}],
    ['PullDynamicScheduleUpdate', { chargingProfileId: 7 }, { status: 'Rejected', statusInfo: { reasonCode: 'NotFound' } }],
    ['VatNumberValidation', { vatNumber: 'DE123456789', evseId: 1 }, { status: 'Rejected', vatNumber: 'DE123456789', evseId: 1 }],
    [
      'GetCertificateChainStatus',
      { certificateStatusRequests: [{ certificateHashData: hash, source: 'OCSP', urls: ['https://ocsp.example'] }] },
      { certificateStatus: [{ certificateHashData: hash, source: 'OCSP', status: 'Failed', nextUpdate: expect.any(String) }] },
    ],
  ])('%s is recorded, valid, with the answer it got', async (action, payload, answer) => {
    expect(await station.call(action, payload)).toMatchObject([3, 'm1', answer]);
    const [record] = await calls();
    expect(record).toMatchObject({ ocppVersion: 'ocpp2.1', action, violations: [], flags: [], answer: { kind: 'result' } });
    expect(record).not.toHaveProperty('isSend');
    for (const secret of ['DE123456789', '"X"', '"p"', 'name-hash', 'key-hash', 'a-car'])
      expect(JSON.stringify(record)).not.toContain(secret);
  });

  it('is accepted only from a station that is', async () => {
    await system.station('NEW', { bootStatus: 'Pending' });
    const pending = await system.connect(edge, 'NEW', { protocols: 'ocpp2.1' });
    const settlement = { pspRef: 'p', status: 'Settled', settlementAmount: 1, settlementTime: AT };
    expect((await pending.call('NotifySettlement', settlement)).slice(0, 3)).toEqual([4, 'm1', 'SecurityError']);
    pending.send([6, 's1', 'NotifyPeriodicEventStream', values]);
    expect((await pending.call('Heartbeat', {})).slice(0, 3)).toEqual([4, 'm2', 'SecurityError']);
    expect(await calls()).toMatchObject([{ flags: ['notAccepted'] }, { flags: ['notAccepted'], isSend: true }, { flags: ['notAccepted'] }]);
  });
});
