// Attack 18: somebody may write to the broker, and has none of the keys that services sign with. Whatever he writes moves nothing: no row, no command,
// no decision; each piece of it is parked with its reason, and what the network itself says goes on (ADR 0105).
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { type Envelope, encode, WRITERS } from '#contracts';
import type { EventLog, LogRecord, NewRecord } from '#ports';
import { judgeBy, readSigners, signedLog, signerWith } from '#signing';
import { systemClock } from '#system';
import { keyObject, testKey } from '../../libs/signing/keys.fixture.js';
import { NetworkWorld } from '../scenario/support/network-world.js';
import { RawStation } from '../scenario/support/raw-station.js';

const PASSWORD = 'password-of-a-station';
const own = testKey();
const signers = readSigners(
  JSON.stringify({
    signers: [{ publicKey: own.publicKey, services: WRITERS }],
    required: { 'site-events': [], 'session-events': [], 'billing-events': [], 'balancing-events': [], 'network-events': [] },
  }),
);

/** As the broker has it: here a stranger writes. */
let broker: EventLog;
let network: NetworkWorld;
let station: RawStation;
beforeAll(async () => {
  network = await NetworkWorld.open(undefined, {}, {}, undefined, pino({ level: 'silent' }), (log) => {
    broker = log;
    return signedLog(log, { sign: signerWith(keyObject(own), systemClock), judge: judgeBy(signers) }, systemClock);
  });
  const root = { nodeId: 'grid', limitA: 100, unmanagedMaxA: 0, phases: 3 };
  for (const siteId of ['s', 'other']) await network.must('PUT', `/v1/sites/${siteId}`, { name: siteId, timeZone: 'UTC', root });
  const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6 }];
  await network.must('PUT', '/v1/stations/CP1', { siteId: 's', nodeId: 'grid', securityProfile: 1, password: PASSWORD, evses });
  station = await RawStation.connect({ port: network.network.edge.port, path: '/ocpp/CP1', user: 'CP1', password: PASSWORD });
}, 180_000);
afterAll(async () => {
  await station?.close();
  await network?.close();
}, 60_000);

interface List<T> {
  readonly items: readonly T[];
}
interface Parked {
  readonly service: string;
  readonly topic: string;
  readonly offset: number;
  readonly reason: string;
}

/** Sends a call and takes its answer, past what is asked of the station. */
async function answered(action: string, payload: object, id: string): Promise<unknown[]> {
  station.send([2, id, action, payload]);
  for (;;) {
    const frame = await station.next();
    if (frame[1] === id) return frame;
  }
}

const rawRecords = async (topic: string): Promise<readonly LogRecord[]> => {
  const found: LogRecord[] = [];
  for await (const records of broker.read(topic, 0, 0, await broker.head(topic, 0))) found.push(...records);
  return found;
};

it('moves nothing: it is parked with its reason, and the network goes on', async () => {
  const now = new Date().toISOString();
  await answered('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging' }, 'charging');
  const start = { connectorId: 1, idTag: 'CARD', meterStart: 1_000, timestamp: now };
  const { transactionId } = (await answered('StartTransaction', start, 'start'))[2] as { transactionId: number };
  const active = await network.until('the session has begun', async () => {
    const { items } = await network.must<List<{ sessionId: string }>>('GET', '/v1/sessions?status=active');
    return items.length === 1 && items;
  });
  const genuine = (await rawRecords('site-events')).filter(({ headers }) => headers.ce_type === 'CallReceived');
  const status = genuine.find(({ value }) => value.includes('"StatusNotification"')) as LogRecord;
  const started = genuine.find(({ value }) => value.includes('"StartTransaction"')) as LogRecord;
  await answered('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'SuspendedEV' }, 'suspended');

  const forged = (type: string, source: string, data: object, more: Partial<Envelope> = {}): NewRecord =>
    encode({ id: network.world.ids.next(), type, source, time: now, tenantId: 'default', siteId: 's', stationId: 'CP1', data, ...more });
  const stop = JSON.parse(started.value);
  const call = { ...stop, action: 'StopTransaction', messageId: 'forged', payload: { transactionId, meterStop: 9_000, timestamp: now } };
  const profile = {
    connectorId: 1,
    csChargingProfiles: {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Absolute',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 99 }] },
    },
  };
  const command = {
    commandId: 'c',
    stationId: 'CP1',
    action: 'SetChargingProfile',
    payload: profile,
    notAfter: '2099-01-01T00:00:00Z',
    timeoutMs: 30_000,
  };
  const limit = { limitId: 'l', source: 'x', nodeId: 'grid', schedule: [{ startsAt: now, limitA: 0 }], expiresAt: '2099-01-01T00:00:00Z' };
  const stranger = signedLog(broker, { sign: signerWith(keyObject(testKey()), systemClock) }, systemClock);
  const unsigned: readonly NewRecord[] = [
    forged('CallReceived', '/edge/e1', call),
    forged('CommandRequested', '/load-balancing', { ...command, ownerEpoch: 1, grantSeq: 1_000 }),
    forged('CommandRequested', '/stations', { ...command, action: 'Reset', payload: { type: 'Hard' } }),
    forged('SiteTaken', '/load-balancing', { ownerId: 'stranger' }),
    forged('GridLimitReceived', '/api', limit),
    forged('StationDisconnected', '/edge/e1', { ...stop, reason: 'x' }),
  ];
  const moved = { ...started, key: 'default/other', headers: { ...started.headers, ce_siteid: 'other' } };
  await broker.append('site-events', unsigned);
  await stranger.append('site-events', [forged('CallReceived', '/edge/e1', call)]);
  await broker.append('site-events', [moved, status]);
  const last = (await broker.head('site-events', 0)) - 1;
  await broker.append('session-events', [
    forged('SessionStarted', `/session/site-events/0/${last}/0`, { sessionId: 'f', startedAt: now }),
    forged('SessionEnded', `/session/site-events/0/${last}/1`, { sessionId: active[0]?.sessionId, endedAt: now }),
  ]);
  await broker.append('balancing-events', [forged('LimitsDecided', `/load-balancing/site-events/0/${last}/0`, { evses: [] })]);
  await broker.append('network-events', [
    forged('TokenChanged', '/api', { tokenHash: 'h', status: 'Accepted' }, { siteId: undefined, stationId: undefined } as never),
  ]);

  // What follows it is folded, in both topics.
  await answered(
    'MeterValues',
    { connectorId: 1, transactionId, meterValue: [{ timestamp: now, sampledValue: [{ value: '2000' }] }] },
    'meter',
  );
  await answered('StopTransaction', { transactionId, meterStop: 3_000, timestamp: new Date(Date.now() + 60_000).toISOString() }, 'stop');
  const ended = await network.until('the session ended', async () => {
    const { items } = await network.must<List<{ sessionId: string; energyWh: number }>>('GET', '/v1/sessions?status=ended');
    return items.length > 0 && items;
  });
  expect(ended).toMatchObject([{ sessionId: active[0]?.sessionId, energyWh: 2_000 }]);
  expect((await network.must<List<unknown>>('GET', '/v1/sessions')).items).toHaveLength(1);
  await network.until('it is billed', async () => {
    const { items } = await network.must<List<unknown>>('GET', '/v1/cdrs');
    return items.length === 1;
  });
  const { online } = await network.must<{ online: boolean }>('GET', '/v1/stations/CP1');
  expect(online).toBe(true);
  expect(await network.must('GET', '/v1/sites/s/grid-limits')).toMatchObject({ items: [] });
  expect(station.received.filter(([kind, , action]) => kind === 2 && action === 'Reset')).toEqual([]);
  expect(JSON.stringify(station.received)).not.toContain('99');

  const { items } = await network.must<List<Parked>>('GET', '/v1/parked-records?service=session&limit=100');
  const reasons = items.toSorted((a, b) => a.offset - b.offset).filter(({ topic }) => topic === 'site-events');
  expect(reasons.map(({ reason }) => reason)).toEqual([
    ...unsigned.map(() => 'it is not signed'),
    'it is signed with a key that nobody named',
    'its signature is not of this record in this place',
    'it was signed before what its process wrote here already: somebody wrote it again',
  ]);
  expect(reasons.at(-1)?.offset).toBe(last);
  // Each service comes to them in its own time.
  for (const [service, topic, count] of [
    ['billing', 'session-events', 2],
    ['api', 'balancing-events', 1],
    ['session', 'network-events', 1],
  ] as const)
    await network.until(`${service} has parked ${count} of ${topic}`, async () => {
      const parked = await network.must<List<Parked>>('GET', `/v1/parked-records?service=${service}&limit=100`);
      return parked.items.filter((each) => each.topic === topic).length === count;
    });
}, 120_000);
