// A process on Kafka that is told of signers by its environment (ADR 0105): what a stranger writes there moves nothing and is parked with its reason,
// what is signed counts, and what it says itself is believed by its readers. Every kind of forgery is attack 18's.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { encode, WRITERS } from '#contracts';
import type { LogRecord, NewRecord } from '#ports';
import { judgeBy, readSigners, signedLog, signerWith } from '#signing';
import { systemClock } from '#system';
import { keyObject, testKey } from '../../libs/signing/keys.fixture.js';
import { ProcessNetwork } from './support/process-network.js';
import { until } from './support/until.js';

const [edge, session] = [testKey(), testKey()];
const file = JSON.stringify({
  signers: [
    { publicKey: edge.publicKey, services: ['edge'] },
    { publicKey: session.publicKey, services: WRITERS.filter((writer) => writer !== 'edge') },
  ],
  required: { 'site-events': [], 'session-events': [] },
});
const directory = mkdtempSync(join(tmpdir(), 'signing-'));
let network: ProcessNetwork;
beforeAll(async () => {
  const signersFile = join(directory, 'signers.json');
  writeFileSync(signersFile, file);
  const settings = { EVENT_SIGNING_KEY: session.privateKey, EVENT_SIGNERS: signersFile };
  network = await ProcessNetwork.open({ replicas: 1, apps: ['session'], partitions: 1, settings });
}, 120_000);
afterAll(async () => {
  await network?.close();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

let said = 0;
function call(action: string, payload: object, source = '/edge/e1'): NewRecord {
  const time = new Date().toISOString();
  const messageId = `m${++said}`;
  const of = { connectionId: 'c', generation: { assignmentSeq: 1, offset: 0 }, ocppVersion: 'ocpp1.6', messageId, action };
  const answer = { kind: 'result', payload: {} };
  const data = { ...of, payload, answer, violations: [], flags: [], ...(action === 'StartTransaction' && { transactionId: '7' }) };
  return encode({ id: messageId, type: 'CallReceived', source, time, tenantId: 'default', siteId: 's', stationId: 'CP1', data });
}

it('parks what no service of the network said, each with its reason, and folds and signs the rest', async () => {
  const timestamp = new Date().toISOString();
  const stop = (meterStop: number): NewRecord => call('StopTransaction', { transactionId: 7, meterStop, timestamp });
  const signedBy = (key: typeof edge) => {
    const sign = signerWith(keyObject(key), systemClock);
    return (record: NewRecord): NewRecord => sign([{ topic: 'site-events', record }])[0] as NewRecord;
  };
  const [byEdge, bySession, byNobody] = [signedBy(edge), signedBy(session), signedBy(testKey())];
  const start = byEdge(call('StartTransaction', { connectorId: 1, idTag: 'sealed:v1:ann:AA', meterStart: 1_000, timestamp }));
  const [changed, moved, last] = [byEdge(stop(2_000)), byEdge(stop(3_000)), byEdge(stop(5_000))];
  await network.log.append('site-events', [
    start,
    stop(1_100),
    { ...changed, value: changed.value.replace('2000', '9000') },
    { ...moved, key: 'default/other', headers: { ...moved.headers, ce_siteid: 'other' } },
    start,
    bySession(stop(1_200)),
    byNobody(stop(1_300)),
    last,
  ]);
  await network.caughtUp();

  const { rows } = await network.database.query<{ record_offset: string; reason: string }>(
    `select record_offset, reason from parked_records where service = 'session' and topic = 'site-events' order by record_offset`,
  );
  expect(rows.map(({ record_offset, reason }) => [Number(record_offset), reason])).toEqual([
    [1, 'it is not signed'],
    [2, 'its signature is not of this record in this place'],
    [3, 'its signature is not of this record in this place'],
    [4, 'it was signed before what its process wrote here already: somebody wrote it again'],
    [5, 'its signer does not speak for "edge"'],
    [6, 'it is signed with a key that nobody named'],
  ]);
  const reader = signedLog(network.log, { judge: judgeBy(readSigners(file)) }, systemClock);
  const told = await until('the session has ended', async () => {
    const records: LogRecord[] = [];
    for await (const batch of reader.read('session-events', 0, 0, await reader.head('session-events', 0))) records.push(...batch);
    return records.some(({ headers }) => headers.ce_type === 'SessionEnded') && records;
  });
  expect(told.filter(({ refused, signed }) => refused !== undefined || signed === undefined)).toEqual([]);
  const ended = told.filter(({ headers }) => headers.ce_type === 'SessionEnded').map(({ value }) => JSON.parse(value).energyWh);
  expect(ended).toEqual([4_000]);
}, 120_000);
