// Signed readings as stations send them: judged when they arrive by the key of their meter, again once a key is stated, and handed out byte for byte.
// What a signature is worth, and what speaks against a document, is in signed-readings.spec.ts.
import { createSign, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { meteringRunner } from '#apps/metering';
import { encode, TOPICS } from '#contracts';
import { type EmbeddedDatabase, memoryLog } from '#embedded';
import { createLogger } from '#observability';
import type { World } from '#ports';
import { migrate } from '#service';
import { systemClock, systemIds } from '#system';
import { scratchDatabase } from '#testing';
import type { Json } from './billing-world.fixture.js';
import type { Route } from './http.js';
import { meterKeyRoutes } from './meter-keys.js';
import { passed } from './requests.js';

const meter = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const publicKey = meter.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const ocmf = (serial: string, page: number, TX: string, kWh: string): string => {
  const payload = `{"FV":"1.0","PG":"T${page}","MS":"${serial}","RD":[{"TM":"2026-11-20T1${page}:00:00,000+0100 S","TX":"${TX}","RV":${kWh},"RI":"1-b:1.8.0","RU":"kWh","ST":"G"}]}`;
  return `OCMF|${payload}|{"SD":"${createSign('sha256').update(payload).sign(meter.privateKey, 'hex')}"}`;
};

const log = memoryLog({ partitions: 2 });
const [logger, erased] = [createLogger('metering', 'silent'), new Set<string>()];
let database: EmbeddedDatabase;
let world: World;
let metering: ReturnType<typeof meteringRunner>;

beforeAll(async () => {
  database = await scratchDatabase();
  for (const app of ['service', 'session', 'metering'])
    await migrate(database, app, ...(app === 'service' ? [] : [join(import.meta.dirname, '..', app, 'migrations')]));
  await log.open(TOPICS);
  const keys = { unseal: async (text: string) => (erased.has(text.split(':')[2] ?? '') ? undefined : text.split(':').slice(3).join(':')) };
  world = { log, database, clock: systemClock, ids: systemIds, keys } as unknown as World;
  metering = meteringRunner(world, logger);
  await metering.start();
});
afterAll(async () => {
  await metering.stop();
  await log.close();
  await database.close();
});

async function call(name: string, params: Json, body: Json = {}): Promise<Json> {
  const reads = { session: async (_: string, id: string) => (id === 'nobody' ? undefined : {}) };
  const route = meterKeyRoutes(world, reads as never).find(({ method, path }) => `${method} ${path}` === name) as Route;
  return (
    (await route.handle({ caller: { tenantId: 't', name: 'op', role: 'admin' }, params, body, query: {}, headers: {} } as never)) as {
      body: Json;
    }
  ).body;
}
const shown = (id: string) =>
  call('get /v1/sessions/{id}/signed-readings', { id }) as Promise<{ items: readonly Json[]; transaction: Json | null }>;

/** A 2.1 station's event; the document as `protect` leaves it, under the subject `driver`. */
async function said(transactionId: string, documents: string | readonly string[], driver = 'eve'): Promise<void> {
  const sampledValue = [documents].flat().map((document) => ({
    value: 1,
    signedMeterValue: { signedMeterData: `sealed:v1:${driver}:${document}`, signingMethod: '', encodingMethod: 'OCMF', publicKey: '' },
  }));
  const payload = {
    eventType: 'Updated',
    timestamp: '2026-11-20T12:00:00Z',
    seqNo: 1,
    transactionInfo: { transactionId },
    evse: { id: 1 },
    meterValue: [{ timestamp: '2026-11-20T12:00:00Z', sampledValue }],
  };
  const data = {
    connectionId: 'c',
    generation: { assignmentSeq: 1, offset: 0 },
    ocppVersion: 'ocpp2.1',
    messageId: 'm',
    action: 'TransactionEvent',
    violations: [],
    flags: [],
    answer: { kind: 'result', payload: {} },
    payload,
  };
  const envelope = {
    id: systemIds.next(),
    type: 'CallReceived',
    source: '/edge',
    time: new Date().toISOString(),
    tenantId: 't',
    siteId: 's',
    stationId: 'cs',
  };
  const [position] = await log.append('site-events', [encode({ ...envelope, data })]);
  await passed(world, 'metering', position as never);
}
const session = (id: string, transactionId: string) =>
  database.query(
    `insert into sessions (tenant_id, session_id, site_id, station_id, evse_id, transaction_id, ocpp_version, started_at, status, energy_wh, flags)
     values ('t', $1, 's', 'cs', 1, $2, 'ocpp2.1', '2026-11-20T11:00:00Z', 'ended', 0, '[]')`,
    [id, transactionId],
  );
async function until(id: string, ...verdicts: readonly string[]) {
  for (;;) {
    const now = await shown(id);
    if (JSON.stringify(now.items.map(({ verdict }) => verdict)) === JSON.stringify(verdicts)) return now;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('signed readings of stations', () => {
  it('are judged on arrival where the key is known, and later where it becomes known', async () => {
    await session('s1', 'tx1');
    const [begin, end] = [ocmf('M1', 1, 'B', '10.000'), ocmf('M1', 2, 'E', '12.500')];
    await said('tx1', begin);
    expect((await until('s1', 'keyUnknown')).transaction).toMatchObject({ faults: ['keyUnknown', 'endMissing'] });
    await call('put /v1/meters/{meterSerial}/key', { meterSerial: 'M1' }, { publicKey });
    await until('s1', 'genuine');
    // 2.x wraps the document in base64.
    await said('tx1', Buffer.from(end).toString('base64'));
    const { items, transaction } = await until('s1', 'genuine', 'genuine');
    expect(items.map(({ document, meterSerial }) => [document, meterSerial])).toEqual([
      [begin, 'M1'],
      [Buffer.from(end).toString('base64'), 'M1'],
    ]);
    expect(transaction).toMatchObject({ energyWh: 2500, faults: [] });
  });

  it('are judged by a key whose record is older than their verdict, also where the service was away when it was stated', async () => {
    await session('s6', 'tx6');
    await said('tx6', ocmf('M6', 1, 'B', '1'));
    await said('tx6', ocmf('M7', 1, 'B', '1'));
    await until('s6', 'keyUnknown', 'keyUnknown');
    const stated = async (meterSerial: string): Promise<void> => {
      const data = { meterSerial, publicKey, statedBy: 'op' };
      const envelope = { id: systemIds.next(), type: 'MeterKeyStated', source: '/api', time: '2026-01-01T00:00:00.000Z', tenantId: 't' };
      await log.append('network-events', [encode({ ...envelope, data })]);
    };
    await stated('M6');
    await until('s6', 'genuine', 'keyUnknown');
    await metering.stop();
    await stated('M7');
    metering = meteringRunner(world, logger);
    await metering.start();
    await until('s6', 'genuine', 'genuine');
  });

  it('have each its own verdict, whoever else signed in the same message', async () => {
    await session('s8', 'tx8');
    await said('tx8', ['<signedMeterValue/>', ocmf('M8', 1, 'B', '1'), ocmf('M9', 1, 'B', '1')]);
    await until('s8', 'otherFormat', 'keyUnknown', 'keyUnknown');
    await call('put /v1/meters/{meterSerial}/key', { meterSerial: 'M9' }, { publicKey });
    const { items } = await until('s8', 'otherFormat', 'keyUnknown', 'genuine');
    expect(items.map(({ meterSerial }) => meterSerial)).toEqual([null, 'M8', 'M9']);
  });

  it('are wrong where a figure was changed, which counts as an oddity of the station', async () => {
    await session('s2', 'tx2');
    await said('tx2', ocmf('M1', 3, 'E', '20.000').replace('20.000', '10.000'));
    expect((await until('s2', 'wrong')).transaction).toMatchObject({ faults: ['signatureWrong', 'beginMissing'] });
    const { rows } = await database.query(`select quirk, times from station_quirks where quirk = 'signatureWrong'`);
    expect(rows).toEqual([{ quirk: 'signatureWrong', times: 1 }]);
  });

  it('keep their verdict once the driver is forgotten; the document is gone then, and what nobody read before stays unread', async () => {
    await session('s3', 'tx3');
    await said('tx3', ocmf('M1', 4, 'B', '1'), 'adam');
    await until('s3', 'genuine');
    erased.add('adam');
    expect((await shown('s3')).items).toMatchObject([{ verdict: 'genuine', document: null }]);
    await said('tx3', ocmf('M1', 5, 'E', '2'), 'adam');
    await until('s3', 'genuine', 'erased');
  });

  it('are not judged by a key that did not hold at the time, and of another format are kept as they are', async () => {
    await session('s4', 'tx4');
    await call('put /v1/meters/{meterSerial}/key', { meterSerial: 'M2' }, { publicKey, validFrom: '2026-11-21T00:00:00Z' });
    await said('tx4', ocmf('M2', 1, 'B', '1'));
    await said('tx4', '<signedMeterValue/>');
    expect((await until('s4', 'keyUnknown', 'otherFormat')).items[1]).toMatchObject({ document: '<signedMeterValue/>' });
    expect(await call('get /v1/meters/{meterSerial}/keys', { meterSerial: 'M2' })).toMatchObject({
      items: [{ publicKey, validUntil: null }],
    });
    // Another key that did not hold says nothing new: that is told once, and settled.
    const judged = async () => (await database.query(`select judged_at from signed_readings where meter_serial = 'M2'`)).rows;
    await call('put /v1/meters/{meterSerial}/key', { meterSerial: 'M2' }, { publicKey, validFrom: '2026-11-22T00:00:00Z' });
    await said('tx4', ocmf('M1', 7, 'B', '1'));
    await until('s4', 'keyUnknown', 'otherFormat', 'genuine');
    const settled = await judged();
    await said('tx4', ocmf('M1', 8, 'B', '1'));
    await until('s4', 'keyUnknown', 'otherFormat', 'genuine', 'genuine');
    expect(await judged()).toEqual(settled);
  });

  it('are judged by whoever takes over where nobody did', async () => {
    await session('s5', 'tx5');
    await metering.stop();
    const sent = said('tx5', ocmf('M1', 6, 'B', '1'));
    metering = meteringRunner(world, logger);
    await metering.start();
    await sent;
    await until('s5', 'genuine');
  });

  it('need a key that is one, and a session that is known', async () => {
    await expect(call('put /v1/meters/{meterSerial}/key', { meterSerial: 'M3' }, { publicKey: 'none' })).rejects.toMatchObject({
      status: 400,
      errors: [{ path: 'publicKey' }],
    });
    const takes = (validFrom: string, validUntil: string) =>
      meterKeyRoutes(world, {} as never)[0]?.body?.safeParse({ publicKey, validFrom, validUntil }).success;
    expect(takes('2026-01-01T10:00:00+05:00', '2026-01-01T06:00:00Z')).toBe(true);
    expect(takes('2026-01-01T06:00:00Z', '2026-01-01T10:00:00+05:00')).toBe(false);
    await expect(shown('nobody')).rejects.toMatchObject({ status: 404 });
    expect(await call('get /v1/meters/{meterSerial}/keys', { meterSerial: 'M3' })).toEqual({ items: [] });
  });
});
