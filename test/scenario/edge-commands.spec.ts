// Commands over real sockets: each leaves at most once, one at a time, never too early or too late, and every outcome is a fact.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import type { CallReceived, CommandRefused } from '#contracts';
import type { RoutedCommand } from '#ports';
import { EdgeWorld } from './support/edge-world.js';
import { HeldClock } from './support/held-clock.js';
import type { RawStation } from './support/raw-station.js';

const boot = { chargePointVendor: 'v', chargePointModel: 'm' };
const profile = (limit: number, connectorId = 1) => ({
  connectorId,
  csChargingProfiles: {
    chargingProfileId: 1,
    stackLevel: 1,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: { chargingRateUnit: 'A', startSchedule: '2026-11-01T12:00:00Z', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
  },
});

let clock: HeldClock;
let system: EdgeWorld;
let edge: Edge;
beforeEach(async () => {
  clock = new HeldClock();
  system = await EdgeWorld.open(clock);
  edge = await system.edge({ edgeId: 'edge-1', pingIntervalS: 3600 });
  await system.station('CP1');
});
afterEach(() => system.close());

const send = (command: RoutedCommand, edgeId = 'edge-1') => system.world.router.send(edgeId, { kind: 'command', command });
const booted = async (): Promise<RawStation> => {
  const station = await system.connect(edge, 'CP1');
  await station.call('BootNotification', boot, 'boot');
  return station;
};
/** What is recorded about commands, once `count` such records are there. */
const outcomes = async (count: number): Promise<readonly { type: string; data: Record<string, unknown> }[]> => {
  for (;;) {
    const found = (await system.records()).filter(({ type }) => type.startsWith('Command'));
    if (found.length >= count) return found.map(({ type, data }) => ({ type, data: data as Record<string, unknown> }));
    await new Promise(setImmediate);
  }
};

describe('a command', () => {
  it('is sent once, answered, and both are facts in its order', async () => {
    const station = await booted();
    const command = system.command('CP1', 'Reset', { type: 'Soft' });
    await send(command);
    await send(command);
    expect(await station.next()).toEqual([2, command.commandId, 'Reset', { type: 'Soft' }]);
    station.send([3, command.commandId, { status: 'Accepted' }]);
    const facts = await outcomes(2);
    expect(facts.map(({ type }) => type)).toEqual(['CommandSent', 'CommandAnswered']);
    expect(facts[1]?.data).toMatchObject({ commandId: command.commandId, payload: { status: 'Accepted' }, violations: [] });
    expect(station.received).toEqual([]);
  });

  it('waits for the answer to the one before', async () => {
    const station = await booted();
    const [a, b] = [system.command('CP1', 'Reset', { type: 'Soft' }), system.command('CP1', 'ClearCache', {})];
    await send(a);
    await send(b);
    expect((await station.next())[1]).toBe(a.commandId);
    await station.call('Heartbeat', {}, 'hb').then((frame) => expect(frame).toMatchObject([3, 'hb', {}]));
    station.send([4, a.commandId, 'InternalError', 'no', {}]);
    expect((await station.next())[1]).toBe(b.commandId);
    expect((await outcomes(3)).map(({ type }) => type)).toEqual(['CommandSent', 'CommandErrored', 'CommandSent']);
  });

  it('is not sent before the station booted, or before the grace of one that does not boot is over', async () => {
    const quiet = await system.connect(edge, 'CP1');
    await send(system.command('CP1', 'ClearCache', {}));
    await quiet.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' });
    await quiet.call('StopTransaction', { transactionId: 7, meterStop: 10, timestamp: '2026-11-01T11:00:00Z', reason: 'PowerLoss' });
    expect(quiet.received).toEqual([]);
    clock.advance(10_500);
    expect(await quiet.next()).toMatchObject([2, expect.any(String), 'ClearCache', {}]);
  });

  it('is sent once a station that does not boot has shown that it goes on', async () => {
    const back = await system.connect(edge, 'CP1');
    await send(system.command('CP1', 'ClearCache', {}));
    await back.call('MeterValues', { connectorId: 1, meterValue: [{ timestamp: '2026-11-01T12:00:00Z', sampledValue: [{ value: '1' }] }] });
    expect(await back.next()).toMatchObject([2, expect.any(String), 'ClearCache', {}]);
  });

  it('waits for the boot of a 2.x station that tells how a restart ended its transaction', async () => {
    const back = await system.connect(edge, 'CP1', { protocols: 'ocpp2.0.1' });
    await send(system.command('CP1', 'ClearCache', {}));
    const event = (eventType: string, seqNo: number) => ({
      eventType,
      timestamp: '2026-11-01T12:00:00Z',
      triggerReason: 'MeterValuePeriodic',
      seqNo,
      transactionInfo: { transactionId: 'T1' },
      evse: { id: 1, connectorId: 1 },
    });
    await back.call('TransactionEvent', event('Ended', 3), 'e');
    expect(back.received).toEqual([]);
    await back.call('TransactionEvent', event('Updated', 4), 'u');
    expect(await back.next()).toMatchObject([2, expect.any(String), 'ClearCache', {}]);
  });

  it('is not sent while a call of the station is being answered', async () => {
    const station = await booted();
    system.log.mode = 'hold';
    station.send([2, 'mv', 'Heartbeat', {}]);
    await system.log.waiting(1);
    await send(system.command('CP1', 'ClearCache', {}));
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    expect(station.received).toEqual([]);
    system.log.release();
    expect(await station.next()).toMatchObject([3, 'mv', {}]);
    expect(await station.next()).toMatchObject([2, expect.any(String), 'ClearCache', {}]);
  });

  it('that nobody answers is unanswered, and a late answer is still a fact', async () => {
    const station = await booted();
    const command = system.command('CP1', 'ClearCache', {}, { timeoutMs: 5_000 });
    await send(command);
    await station.next();
    clock.advance(5_000);
    expect((await outcomes(2))[1]).toMatchObject({ type: 'CommandUnanswered', data: { reason: 'timeout' } });
    station.send([3, command.commandId, { status: 'Accepted' }]);
    expect((await outcomes(3))[2]).toMatchObject({ type: 'CommandAnswered', data: { commandId: command.commandId } });
  });

  it('under way when the link breaks is unanswered, the ones behind it never left', async () => {
    const station = await booted();
    const [a, b] = [system.command('CP1', 'ClearCache', {}), system.command('CP1', 'ClearCache', {})];
    await send(a);
    await send(b);
    await station.next();
    station.socket.terminate();
    const facts = await outcomes(3);
    expect(facts[1]).toMatchObject({ type: 'CommandUnanswered', data: { commandId: a.commandId, reason: 'disconnected' } });
    expect(facts[2]).toMatchObject({ type: 'CommandRefused', data: { commandId: b.commandId, reason: 'NotConnected' } });
  });

  it('is refused when nobody is home, when it is too late, when it is wrong, and when it is another site’s', async () => {
    const refused = async (command: RoutedCommand) => {
      await send(command);
      for (;;) {
        const fact = (await outcomes(1)).find(({ type, data }) => type === 'CommandRefused' && data.commandId === command.commandId);
        if (fact !== undefined) return (fact.data as unknown as CommandRefused).reason;
        await new Promise(setImmediate);
      }
    };
    expect(await refused(system.command('CP1', 'ClearCache', {}))).toBe('NotConnected');
    const station = await booted();
    expect(await refused(system.command('CP1', 'ClearCache', {}, { notAfter: '2026-11-01T11:59:59Z' }))).toBe('PastNotAfter');
    expect(await refused(system.command('CP1', 'Reset', { type: 'Gentle' }))).toBe('InvalidPayload');
    expect(await refused(system.command('CP1', 'Heartbeat', {}))).toBe('InvalidPayload');
    expect(await refused(system.command('CP1', 'ClearCache', {}, { siteId: 'site-2' }))).toBe('NotPermitted');
    expect(station.received).toEqual([]);
  });

  it('finds a station that is at another edge', async () => {
    const other = await system.edge({ edgeId: 'edge-2' });
    const station = await system.connect(other, 'CP1');
    await station.call('BootNotification', boot);
    const command = system.command('CP1', 'ClearCache', {});
    await send(command, 'edge-1');
    expect(await station.next()).toEqual([2, command.commandId, 'ClearCache', {}]);
  });

  it('carries a sealed token readable to the station, and a secret in its answer stays out of the log', async () => {
    const station = await booted();
    const idTag = await system.world.keys.seal(system.tokenHash('DEADBEEF'), 'DEADBEEF');
    await send(system.command('CP1', 'RemoteStartTransaction', { idTag }));
    const [, id, , payload] = await station.next();
    expect(payload).toEqual({ idTag: 'DEADBEEF' });
    station.send([3, id, { status: 'Accepted' }]);
    const get = system.command('CP1', 'GetConfiguration', {});
    await send(get);
    await station.next();
    station.send([3, get.commandId, { configurationKey: [{ key: 'AuthorizationKey', readonly: false, value: 'top-secret' }] }]);
    const facts = await outcomes(4);
    expect(facts[3]).toMatchObject({ type: 'CommandAnswered', data: { payload: { configurationKey: [{ value: '[removed]' }] } } });
    expect(JSON.stringify(await system.records())).not.toContain('top-secret');
  });
});

describe('limits', () => {
  const grant = (ownerEpoch: number, grantSeq: number, limit: number, stationId = 'CP1', connectorId = 1) =>
    system.command(stationId, 'SetChargingProfile', profile(limit, connectorId), { grant: { ownerEpoch, grantSeq } });
  const sentLimit = async (station: RawStation) => {
    const [, id, , payload] = await station.next();
    station.send([3, id, { status: 'Accepted' }]);
    return (payload as ReturnType<typeof profile>).csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0]?.limit;
  };
  const refusals = async (count: number) =>
    (await outcomes(count)).filter(({ type }) => type === 'CommandRefused').map(({ data }) => [data.commandId, data.reason]);

  it('go before everything else, and a newer one replaces an older one that still waits for the same connector', async () => {
    const station = await booted();
    const first = system.command('CP1', 'ClearCache', {});
    const [older, other, newer] = [grant(1, 1, 16), grant(1, 2, 10, 'CP1', 2), grant(1, 3, 8)];
    for (const command of [first, system.command('CP1', 'Reset', { type: 'Soft' }), older, other, newer]) await send(command);
    const [, id] = await station.next();
    station.send([3, id, { status: 'Accepted' }]);
    expect([await sentLimit(station), await sentLimit(station)]).toEqual([10, 8]);
    expect(await station.next()).toMatchObject([2, expect.any(String), 'Reset', {}]);
    expect(await refusals(6)).toEqual([[older.commandId, 'Superseded']]);
  });

  it('of an older grant, or of an owner that was replaced anywhere at the site, reach no station', async () => {
    await system.station('CP2');
    const neighbour = await system.connect(edge, 'CP2');
    await neighbour.call('BootNotification', boot);
    const station = await booted();
    await send(grant(5, 2, 16));
    expect(await sentLimit(station)).toBe(16);
    const late = grant(5, 1, 32);
    await send(late);
    await send(grant(6, 1, 6, 'CP2'));
    expect(await sentLimit(neighbour)).toBe(6);
    const formerOwner = grant(5, 9, 32);
    await send(formerOwner);
    expect(await refusals(6)).toEqual([
      [late.commandId, 'OlderGrant'],
      [formerOwner.commandId, 'OlderGrant'],
    ]);
    expect(station.received).toEqual([]);
  });

  it('that wait when their owner is replaced are not sent', async () => {
    await system.station('CP2');
    const neighbour = await system.connect(edge, 'CP2');
    await neighbour.call('BootNotification', boot);
    const station = await system.connect(edge, 'CP1'); // not booted: its grant waits
    const waiting = grant(5, 1, 32);
    await send(waiting);
    await send(grant(6, 1, 6, 'CP2'));
    await sentLimit(neighbour);
    await station.call('BootNotification', boot, 'boot');
    expect(await refusals(3)).toEqual([[waiting.commandId, 'OlderGrant']]);
    expect(station.received).toEqual([]);
  });
});

describe('a station that is not accepted', () => {
  it('is sent nothing that starts a session also once it meters', async () => {
    await system.station('CP1', { bootStatus: 'Pending' });
    const station = await system.connect(edge, 'CP1');
    await station.call('MeterValues', {
      connectorId: 1,
      meterValue: [{ timestamp: '2026-11-01T12:00:00Z', sampledValue: [{ value: '1' }] }],
    });
    await send(system.command('CP1', 'RemoteStartTransaction', { idTag: 'x' }));
    expect((await outcomes(1))[0]).toMatchObject({ type: 'CommandRefused', data: { reason: 'NotBooted' } });
  });

  it('is asked nothing that starts a session, and 2.0.1 may say only what it was asked for', async () => {
    await system.station('CP1', { bootStatus: 'Pending' });
    const station = await system.connect(edge, 'CP1', { protocols: 'ocpp2.0.1' });
    const status = { timestamp: '2026-11-01T12:00:00Z', connectorStatus: 'Available', evseId: 1, connectorId: 1 };
    expect((await station.call('StatusNotification', status)).slice(0, 3)).toEqual([4, 'm1', 'SecurityError']);
    await send(system.command('CP1', 'RequestStartTransaction', { remoteStartId: 1, idToken: { idToken: 'x', type: 'Central' } }));
    await send(system.command('CP1', 'TriggerMessage', { requestedMessage: 'StatusNotification' }));
    expect(await station.next()).toMatchObject([2, expect.any(String), 'TriggerMessage', {}]);
    expect(await station.call('StatusNotification', status, 'm2')).toEqual([3, 'm2', {}]);
    const facts = await outcomes(2);
    expect(facts[0]).toMatchObject({ type: 'CommandRefused', data: { reason: 'NotBooted' } });
    const answers = (await system.records('CallReceived')).map(({ data }) => (data as CallReceived).answer.kind);
    expect(answers).toEqual(['error', 'result']);
  });
});
