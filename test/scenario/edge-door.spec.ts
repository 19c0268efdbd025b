// The door and bad input over real sockets: each mistake gets its own HTTP or OCPP error and harms nobody else.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import type { CallReceived, StationConnected } from '#contracts';
import { arrivals } from '#service';
import { EdgeWorld, PASSWORD } from './support/edge-world.js';
import { RawStation } from './support/raw-station.js';

let system: EdgeWorld;
let edge: Edge;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge({ defaultTenantId: 'default' });
  await system.station('CP1');
  await system.station('CP 2+');
  await system.station('STRICT', { strict: true });
});
afterAll(() => system.close());

describe('the door', () => {
  const status = async (options: Partial<Parameters<EdgeWorld['attempt']>[2]> & { path?: string }, stationId = 'CP1') => {
    const outcome = await system.attempt(edge, stationId, options);
    return outcome instanceof RawStation ? outcome.socket.protocol : outcome.status;
  };

  it('opens for the right password and speaks the first subprotocol both know (TC_A_01, TC_085)', async () => {
    expect(await status({ protocols: ['ocpp2.2', 'ocpp2.1', 'ocpp2.0.1', 'ocpp1.6'] })).toBe('ocpp2.1');
    expect(await status({ protocols: ['ocpp1.6', 'ocpp2.0.1'] })).toBe('ocpp1.6');
    const connected = (await system.records('StationConnected')).map(({ data }) => (data as StationConnected).ocppVersion);
    expect(connected.slice(-2)).toEqual(['ocpp2.1', 'ocpp1.6']);
  });
  it('decodes the path once and compares exactly', async () => {
    expect(await status({ path: '/ocpp/CP%202%2B', user: 'CP 2+' })).toBe('ocpp1.6');
    expect(await status({ path: '/ocpp/default/CP1' })).toBe('ocpp1.6');
    for (const path of [
      '/ocpp/cp1',
      '/ocpp/CP1/',
      '/ocpp/CP%2531',
      '/ocpp/..%2FCP1',
      '/CP1',
      '/ocpp/CP1%',
      '/ocpp/other/CP1',
      `/ocpp/${'x'.repeat(49)}`,
    ])
      expect([path, await status({ path })]).toEqual([path, 404]);
  });
  it('lets in who waits in a crowd, and nobody who has hung up', async () => {
    const before = (await system.records('StationConnected')).length;
    for (let socket = 0; socket < 16; socket++) arrivals.came();
    try {
      const gone = connect(edge.port, '127.0.0.1');
      const authorization = `Basic ${Buffer.from(`CP1:${PASSWORD}`).toString('base64')}`;
      gone.end(
        `GET /ocpp/CP1 HTTP/1.1\r\nHost: edge\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
          `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Protocol: ocpp1.6\r\nAuthorization: ${authorization}\r\n\r\n`,
      );
      const heard = await text(gone);
      expect(heard).toMatch(/^HTTP\/1.1 408 /);
      expect(await status({})).toBe('ocpp1.6');
      expect((await system.records('StationConnected')).length).toBe(before + 1);
    } finally {
      for (let socket = 0; socket < 16; socket++) arrivals.left();
    }
  });
  it('refuses a stranger with 404 and a wrong password with 401 and a challenge (TC_A_02, TC_A_03)', async () => {
    expect(await status({}, 'NOBODY')).toBe(404);
    const refused = await system.attempt(edge, 'CP1', { password: 'wrong' });
    expect(refused).toMatchObject({ status: 401, headers: { 'www-authenticate': expect.stringMatching(/^Basic/) } });
    expect(await status({ user: 'CP9' })).toBe(401);
    expect(await RawStation.attempt({ port: edge.port, path: '/ocpp/CP1' })).toMatchObject({ status: 401 });
  });
  it('refuses with 400 who offers no version we speak (TC_B_58, TC_088)', async () => {
    expect(await status({ protocols: 'ocpp1.5' })).toBe(400);
    expect(await status({ protocols: [] })).toBe(400);
  });
  it('takes a 1.6 password sent as the octets of its hexadecimal text', async () => {
    const hex = 'a1b2c3d4e5f60718293a4b5c6d7e8f9001020304';
    const { world } = system;
    await system.station('HEX', { credentialHash: world.keys.hmac('credential', `default/HEX/${hex}`) });
    expect(await status({ password: Buffer.from(hex, 'hex') }, 'HEX')).toBe('ocpp1.6');
    expect(await status({ password: hex }, 'HEX')).toBe('ocpp1.6');
  });
  it('slows a guesser down without shutting out the neighbours', async () => {
    await system.station('TARGET');
    const answers = [];
    for (let guess = 0; guess < 12; guess++) answers.push(await status({ password: `guess${guess}` }, 'TARGET'));
    expect(answers.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(answers.slice(10)).toEqual([429, 429]);
    expect(await status({})).toBe('ocpp1.6');
  });
  it('answers 503 with Retry-After while the answer book is not complete', async () => {
    const unready = await EdgeWorld.open();
    unready.world.book.isComplete = async () => false;
    const outcome = await unready.attempt(await unready.edge(), 'CP1');
    expect(outcome).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
    expect(await unready.records()).toEqual([]);
    await unready.close();
  });
  it('lets strangers in as their own site where the network is open, and waits with them where it wants to look first', async () => {
    const open = await system.edge({ edgeId: 'open', unknownStations: 'accept' });
    const wary = await system.edge({ edgeId: 'wary', unknownStations: 'pending' });
    const boot = { chargePointVendor: 'v', chargePointModel: 'm' };
    const guest = await system.connect(open, 'GUEST', { user: 'GUEST' });
    expect(await guest.call('BootNotification', boot)).toMatchObject([3, 'm1', { status: 'Accepted' }]);
    const suspect = await system.connect(wary, 'SUSPECT');
    expect(await suspect.call('BootNotification', boot)).toMatchObject([3, 'm1', { status: 'Pending' }]);
    expect((await system.records('CallReceived')).map(({ siteId }) => siteId)).toEqual(expect.arrayContaining(['GUEST', 'SUSPECT']));
  });
});

describe('bad input', () => {
  let station: RawStation;
  let neighbour: RawStation;
  beforeAll(async () => {
    await system.station('NEIGHBOUR');
    neighbour = await system.connect(edge, 'NEIGHBOUR');
  });
  beforeEach(async () => {
    station = await system.connect(edge, 'CP1');
  });
  const answerTo = async (frame: unknown) => {
    station.send(frame);
    return (await station.next()).slice(0, 3);
  };

  it.each([
    ['broken JSON', '[2,"a","Heartbeat",{', '-1', 'FormationViolation'],
    ['no array', '{"a":1}', '-1', 'FormationViolation'],
    ['a number as id', [2, 5, 'Heartbeat', {}], '-1', 'FormationViolation'],
    ['an id of 37 characters', [2, 'x'.repeat(37), 'Heartbeat', {}], '-1', 'FormationViolation'],
    ['a full array as payload', [2, 'a', 'Heartbeat', [1]], 'a', 'FormationViolation'],
    ['an unknown action', [2, 'a', 'MakeCoffee', {}], 'a', 'NotImplemented'],
    ['an action of ours', [2, 'a', 'RemoteStartTransaction', { idTag: 'x' }], 'a', 'NotSupported'],
    ['a prototype as action', [2, 'a', 'constructor', {}], 'a', 'NotImplemented'],
    ['a missing field', [2, 'a', 'Authorize', {}], 'a', 'OccurenceConstraintViolation'],
    ['a wrong type', [2, 'a', 'Authorize', { idTag: 5 }], 'a', 'TypeConstraintViolation'],
    [
      'an unknown value',
      [2, 'a', 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Sleepy' }],
      'a',
      'PropertyConstraintViolation',
    ],
    ['an unknown field', [2, 'a', 'Heartbeat', { extra: 1 }], 'a', 'FormationViolation'],
  ])('%s gets its CALLERROR', async (_, frame, id, code) => {
    expect(await answerTo(frame)).toMatchObject([4, id, code]);
    expect(await station.call('Heartbeat', {}, 'after')).toMatchObject([3, 'after', {}]);
  });

  it('spells the codes as 2.0.1 does', async () => {
    station = await system.connect(edge, 'CP1', { protocols: 'ocpp2.0.1' });
    expect(await answerTo([2, 'a', 'Authorize', {}])).toMatchObject([4, 'a', 'OccurrenceConstraintViolation']);
    expect(await answerTo('{')).toMatchObject([4, '-1', 'RpcFrameworkError']);
  });
  it.each([
    ['null', null],
    ['an empty array', []],
  ])('%s as payload means an empty one', async (_, payload) => {
    expect(await answerTo([2, 'a', 'Heartbeat', payload])).toMatchObject([3, 'a', {}]);
  });
  it('ignores empty frames, unknown message types and answers nobody asked for', async () => {
    for (const frame of ['', [9, 'a', {}], [3, 'nobody', {}], [4, 'nobody', 'GenericError', '', {}]]) station.send(frame);
    expect(await station.call('Heartbeat', {}, 'after')).toMatchObject([3, 'after', {}]);
  });
  it('closes the socket of a 5 MiB frame with 1009, and no other', async () => {
    station.send(`[2,"big","DataTransfer",{"vendorId":"v","data":"${'x'.repeat(5 << 20)}"}]`);
    expect(await station.closed).toMatchObject({ code: 1009 });
    expect(await neighbour.call('Heartbeat', {})).toMatchObject([3, expect.any(String), {}]);
  });
  it('takes a few calls at once in their order, and closes with 1008 who never waits', async () => {
    for (let i = 0; i < 5; i++) station.send([2, `p${i}`, 'Heartbeat', {}]);
    for (let i = 0; i < 5; i++) expect(await station.next()).toMatchObject([3, `p${i}`, {}]);
    system.log.mode = 'hold';
    for (let i = 0; i < 40; i++) station.send([2, `q${i}`, 'Heartbeat', {}]);
    expect(await station.closed).toMatchObject({ code: 1008 });
    system.log.release();
  });
  it('records refused calls with the answer they got', async () => {
    await answerTo([2, 'coffee', 'MakeCoffee', { sugar: 2 }]);
    const record = (await system.records('CallReceived'))
      .map(({ data }) => data as CallReceived)
      .find(({ messageId }) => messageId === 'coffee');
    expect(record).toMatchObject({ action: 'MakeCoffee', payload: { sugar: 2 }, answer: { kind: 'error', code: 'NotImplemented' } });
  });
});

describe('billing messages with broken fields', () => {
  const lastRecord = async () => (await system.records('CallReceived')).at(-1)?.data as CallReceived;

  it.each([
    [
      'a start with a fractional register',
      'StartTransaction',
      { connectorId: 1, idTag: 'X', meterStart: 10.5, timestamp: '2026-11-01T12:00:00Z' },
    ],
    ['a start with an impossible time', 'StartTransaction', { connectorId: 1, idTag: 'X', meterStart: 10, timestamp: '222222017-02-30' }],
    [
      'a stop of transaction -1 with an unknown reason',
      'StopTransaction',
      { transactionId: -1, meterStop: 5, timestamp: '2026-11-01T12:00:00Z', reason: 'Bored' },
    ],
    [
      'meter values without a value',
      'MeterValues',
      { connectorId: 1, meterValue: [{ timestamp: '2026-11-01T12:00:00Z', sampledValue: [{}] }] },
    ],
  ])('%s is kept, flagged and answered', async (_, action, payload) => {
    const station = await system.connect(edge, 'CP1');
    expect(await station.call(action, payload)).toMatchObject([3, 'm1', {}]);
    const record = await lastRecord();
    expect(record).toMatchObject({ action, flags: ['schema'], answer: { kind: 'result' } });
    expect(record.violations.length).toBeGreaterThan(0);
  });
  it('a 2.0.1 event with a broken meter value is kept too', async () => {
    const station = await system.connect(edge, 'CP1', { protocols: 'ocpp2.0.1' });
    const event = { eventType: 'Updated', seqNo: 'one', timestamp: 'now', triggerReason: 'x', transactionInfo: { transactionId: 'T1' } };
    expect(await station.call('TransactionEvent', event)).toEqual([3, 'm1', {}]);
    expect(await lastRecord()).toMatchObject({ flags: ['schema'], payload: event });
  });
  it('one whose transaction cannot be read, or of a station under certification, gets the CALLERROR', async () => {
    const station = await system.connect(edge, 'CP1');
    expect((await station.call('StopTransaction', { transactionId: {}, meterStop: 1 }))[0]).toBe(4);
    const strict = await system.connect(edge, 'STRICT');
    expect((await strict.call('StopTransaction', { transactionId: -1, meterStop: 'x' }))[0]).toBe(4);
  });
});
