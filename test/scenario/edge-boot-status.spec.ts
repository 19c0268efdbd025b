// Stations that are not taken: what they are told, what they may say, what is said to them, and when it ends (1.6, 4.2; 2.0.1 B02, B03).
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import type { CallReceived, CommandRefused } from '#contracts';
import type { RoutedCommand, StationEntry } from '#ports';
import { EdgeWorld } from './support/edge-world.js';
import { HeldClock } from './support/held-clock.js';
import type { RawStation } from './support/raw-station.js';

const boot16 = { chargePointVendor: 'v', chargePointModel: 'm' };
const boot201 = { reason: 'PowerUp', chargingStation: { model: 'm', vendorName: 'v' } };
const now = '2026-11-01T12:00:00Z';

let clock: HeldClock;
let system: EdgeWorld;
let edge: Edge;
beforeEach(async () => {
  clock = new HeldClock();
  system = await EdgeWorld.open(clock);
  edge = await system.edge({ edgeId: 'edge-1', pingIntervalS: 30, bootRetryIntervalS: 17 });
});
afterEach(() => system.close());

const enter = async (bootStatus: StationEntry['bootStatus'], protocols: 'ocpp1.6' | 'ocpp2.0.1'): Promise<RawStation> => {
  await system.station('CP1', { bootStatus, heartbeatIntervalS: 123 });
  return system.connect(edge, 'CP1', { protocols });
};
const boots = (station: RawStation) => station.call('BootNotification', station.socket.protocol === 'ocpp1.6' ? boot16 : boot201);
const send = (command: RoutedCommand) => system.world.router.send('edge-1', { kind: 'command', command });
const outcome = async (commandId: string): Promise<CommandRefused> => {
  for (;;) {
    const found = (await system.records('CommandRefused'))
      .map(({ data }) => data as CommandRefused)
      .find((data) => data.commandId === commandId);
    if (found !== undefined) return found;
    await new Promise(setImmediate);
  }
};
const calls = async () => (await system.records('CallReceived')).map(({ data }) => data as CallReceived);

describe.each(['ocpp1.6', 'ocpp2.0.1'] as const)('a %s station', (version) => {
  it.each(['Pending', 'Rejected'] as const)('that is %s hears so, with the time of its next boot (TC_B_02)', async (status) => {
    const station = await enter(status, version);
    expect(await boots(station)).toMatchObject([3, 'm1', { status, interval: 17 }]);
  });
  it('that is accepted hears its own heartbeat interval', async () => {
    const station = await enter('Accepted', version);
    expect(await boots(station)).toMatchObject([3, 'm1', { status: 'Accepted', interval: 123 }]);
  });
  it.each(['Pending', 'Rejected'] as const)(
    'that is %s gets SecurityError for all but its boot, on an open socket, and it is recorded (TC_B_30)',
    async (status) => {
      const station = await enter(status, version);
      await boots(station);
      expect((await station.call('Heartbeat', {}, 'hb')).slice(0, 3)).toEqual([4, 'hb', 'SecurityError']);
      expect(await boots(station)).toMatchObject([3, expect.any(String), { status }]);
      expect((await calls())[1]).toMatchObject({
        action: 'Heartbeat',
        flags: ['notAccepted'],
        answer: { kind: 'error', code: 'SecurityError' },
      });
    },
  );
  it('that is pending may send what it was asked for, and after its next boot has to be asked anew', async () => {
    const station = await enter('Pending', version);
    await boots(station);
    const command = system.command('CP1', 'TriggerMessage', { requestedMessage: 'Heartbeat' });
    await send(command);
    expect((await station.next())[1]).toBe(command.commandId);
    station.send([3, command.commandId, { status: 'Accepted' }]);
    expect((await station.call('Heartbeat', {}, 'hb'))[0]).toBe(3);
    await boots(station);
    expect((await station.call('Heartbeat', {}, 'hb2'))[0]).toBe(4);
  });
  it('that is rejected is sent nothing', async () => {
    const station = await enter('Rejected', version);
    await boots(station);
    const command = system.command('CP1', 'TriggerMessage', { requestedMessage: 'Heartbeat' });
    await send(command);
    expect(await outcome(command.commandId)).toMatchObject({ reason: 'NotBooted' });
    expect(station.received).toEqual([]);
  });
  it('that is pending starts nothing remotely', async () => {
    const station = await enter('Pending', version);
    await boots(station);
    const start =
      version === 'ocpp1.6'
        ? system.command('CP1', 'RemoteStartTransaction', { idTag: 'A' })
        : system.command('CP1', 'RequestStartTransaction', { remoteStartId: 1, idToken: { idToken: 'A', type: 'Central' } });
    await send(start);
    expect(await outcome(start.commandId)).toMatchObject({ reason: 'NotBooted' });
  });
  it('that is taken later is so from its next boot on (TC_B_31)', async () => {
    const station = await enter('Pending', version);
    await boots(station);
    await system.station('CP1', { bootStatus: 'Accepted', heartbeatIntervalS: 123 });
    expect((await station.call('Heartbeat', {}, 'early'))[0]).toBe(4);
    expect(await boots(station)).toMatchObject([3, expect.any(String), { status: 'Accepted', interval: 123 }]);
    expect((await station.call('Heartbeat', {}, 'late'))[0]).toBe(3);
  });
  it('that is in use goes on until its next boot when an operator stops taking it', async () => {
    const station = await enter('Accepted', version);
    await boots(station);
    await system.station('CP1', { bootStatus: 'Rejected' });
    clock.advance(31_000); // a ping looks at the registration
    await new Promise(setImmediate);
    expect((await station.call('Heartbeat', {}, 'hb'))[0]).toBe(3);
    expect(await boots(station)).toMatchObject([3, expect.any(String), { status: 'Rejected' }]);
    expect((await station.call('Heartbeat', {}, 'hb2'))[0]).toBe(4);
  });
});

it('keeps what a pending 1.6 station says about energy, flagged, and starts nothing for anybody', async () => {
  await system.token('A');
  const station = await enter('Pending', 'ocpp1.6');
  await boots(station);
  const started = await station.call('StartTransaction', { connectorId: 1, idTag: 'A', meterStart: 0, timestamp: now });
  expect(started).toMatchObject([3, 'm2', { idTagInfo: { status: 'Invalid' }, transactionId: expect.any(Number) }]);
  expect((await station.call('StopTransaction', { transactionId: 7, meterStop: 5, timestamp: now }))[0]).toBe(3);
  expect((await calls()).slice(1).map(({ flags }) => flags)).toEqual([['notAccepted'], ['notAccepted']]);
});

it('takes what was refused before the station was accepted when it is said again, word for word', async () => {
  await system.token('A');
  const station = await enter('Pending', 'ocpp2.0.1');
  await boots(station);
  const idToken = { idToken: 'A', type: 'Central' };
  const start = {
    eventType: 'Started',
    seqNo: 0,
    timestamp: now,
    triggerReason: 'Authorized',
    transactionInfo: { transactionId: 'T' },
    idToken,
  };
  expect((await station.call('TransactionEvent', start, 'same')).slice(0, 3)).toEqual([4, 'same', 'SecurityError']);
  await system.station('CP1', { bootStatus: 'Accepted' });
  await boots(station);
  expect(await station.call('TransactionEvent', start, 'same')).toMatchObject([3, 'same', { idTokenInfo: { status: 'Accepted' } }]);
  expect(await station.call('TransactionEvent', start, 'same')).toMatchObject([3, 'same', {}]);
  const events = (await calls()).filter(({ action }) => action === 'TransactionEvent');
  expect(events.map(({ answer }) => answer.kind)).toEqual(['error', 'result']);
});

it('lets a stranger wait where the network wants to look first', async () => {
  const wary = await system.edge({ edgeId: 'wary', unknownStations: 'pending', bootRetryIntervalS: 5 });
  const suspect = await system.connect(wary, 'SUSPECT', { protocols: 'ocpp2.0.1' });
  expect(await boots(suspect)).toMatchObject([3, 'm1', { status: 'Pending', interval: 5 }]);
  expect((await suspect.call('Heartbeat', {}, 'hb')).slice(0, 3)).toEqual([4, 'hb', 'SecurityError']);
  await system.station('SUSPECT', { securityProfile: 1 });
  suspect.send([2, 'again', 'BootNotification', boot201]);
  expect(await suspect.closed).toMatchObject({ code: 1012 }); // it has a site and a password now
  expect((await (await system.connect(wary, 'SUSPECT', { protocols: 'ocpp2.0.1' })).call('BootNotification', boot201))[2]).toMatchObject({
    status: 'Accepted',
  });
});
