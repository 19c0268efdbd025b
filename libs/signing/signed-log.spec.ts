// A log whose writers sign and whose readers judge: what a stranger, or somebody with a key of his own, can put into it.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { encode } from '#contracts';
import { memoryLog } from '#embedded';
import type { EventLog, LogRecord, NewRecord } from '#ports';
import { systemClock } from '#system';
import { judgeBy } from './judge.js';
import { keyObject, type TestKey, testKey } from './keys.fixture.js';
import { signedLog } from './signed-log.js';
import { signerWith } from './signer.js';
import { readSigners } from './signers.js';

const TOPICS = ['site-events', 'session-events', 'balancing-events', 'grid-limits'];
const [edge, owner, utility, retired] = [testKey(), testKey(), testKey(), testKey()];
const required = { 'site-events': [1], 'session-events': [], 'grid-limits': [0] };
const signers = readSigners(
  JSON.stringify({
    signers: [
      { publicKey: edge.publicKey, services: ['edge'] },
      { publicKey: owner.publicKey, services: ['load-balancing', 'network-limits'] },
      { publicKey: utility.publicKey, limits: { tenantId: 't', siteIds: ['a', 'b'] } },
      { publicKey: retired.publicKey, services: ['edge'], until: { 'site-events': [2] } },
    ],
    required,
  }),
);

let raw: EventLog;
let reader: EventLog;
beforeEach(async () => {
  raw = memoryLog();
  await raw.open(TOPICS);
  reader = signedLog(raw, { judge: judgeBy(signers) }, systemClock);
});

const writer = (key: TestKey): EventLog => signedLog(raw, { sign: signerWith(keyObject(key), systemClock) }, systemClock);
const fact = (type: string, source: string, data: object = {}): NewRecord =>
  encode({ id: `${type}-1`, type, source, time: '2026-11-01T12:00:00Z', tenantId: 't', siteId: 's', data });
const read = async (topic: string): Promise<readonly LogRecord[]> => {
  const found: LogRecord[] = [];
  for await (const records of reader.read(topic, 0, 0, await reader.head(topic, 0))) found.push(...records);
  return found;
};
const refusals = async (topic: string) => (await read(topic)).map(({ refused }) => refused);

describe('what a service signs', () => {
  it('is believed, and says which process wrote it as which of its records', async () => {
    const log = writer(edge);
    const calls = Array.from({ length: 200 }, (_, n) => log.append('site-events', [fact('CallReceived', '/edge/e1', { n })]));
    const positions = (await Promise.all(calls)).flat();
    expect(positions.map(({ offset }) => offset)).toEqual(positions.map((_, n) => n));
    const records = await read('site-events');
    expect(records.map(({ value }) => JSON.parse(value).n)).toEqual(positions.map((_, n) => n));
    expect(records.filter(({ refused }) => refused !== undefined)).toEqual([]);
    expect(new Set(records.map(({ signed }) => signed?.process)).size).toBe(1);
    expect(records.map(({ signed }) => signed?.order[1])).toEqual(positions.map((_, n) => n + 1));
    // One signature for many: the last part of the header.
    const signatures = new Set(records.map(({ headers }) => headers.ce_signature?.split('.').at(-1)));
    expect(signatures.size).toBeLessThan(10);
  });

  it('is refused where its service has no say', async () => {
    await writer(edge).append('balancing-events', [fact('LimitsDecided', '/edge/e1')]);
    await writer(edge).append('balancing-events', [fact('LimitsDecided', '/load-balancing/site-events/0/1/0')]);
    await writer(owner).append('balancing-events', [fact('LimitsDecided', '/load-balancing/site-events/0/1/0')]);
    expect(await refusals('balancing-events')).toEqual([
      'edge may not say LimitsDecided in balancing-events',
      'its signer does not speak for "load-balancing"',
      undefined,
    ]);
    await writer(owner).append('site-events', [fact('CallReceived', '/load-balancing')]);
    expect(await refusals('site-events')).toEqual(['load-balancing may not say CallReceived in site-events']);
  });

  it('counts no more from where its key was retired on', async () => {
    for (let n = 0; n < 3; n++) await writer(retired).append('site-events', [fact('CallReceived', '/edge/e1', { n })]);
    expect(await refusals('site-events')).toEqual([undefined, undefined, 'it is signed with a key that was retired before']);
  });
});

describe('what nobody signed', () => {
  it('is believed below the start that was stated, and where none was', async () => {
    for (let n = 0; n < 2; n++) await raw.append('site-events', [fact('CallReceived', '/edge/e1', { n })]);
    expect(await refusals('site-events')).toEqual([undefined, 'it is not signed']);
    await raw.append('session-events', [fact('SessionStarted', '/session/site-events/0/0/0')]);
    expect(await refusals('session-events')).toEqual(['it is not signed']);
    await raw.append('balancing-events', [fact('LimitsDecided', '/load-balancing')]);
    expect(await refusals('balancing-events')).toEqual([undefined]);
  });

  it('is refused with the signature of another record, in another place, or of somebody nobody named', async () => {
    await writer(edge).append('site-events', [fact('CallReceived', '/edge/e1', { meter: 1 })]);
    const [genuine] = (await read('site-events')) as [LogRecord];
    const { key, headers, value } = genuine;
    const forged: readonly NewRecord[] = [
      { key, headers, value: '{"meter":2}' },
      { key: 't/other', headers, value },
      { key, headers: { ...headers, ce_siteid: 'other' }, value },
      { key, headers: { ...headers, ce_type: 'StationConnected' }, value },
      { key, headers: { ...headers, ce_extra: 'x' }, value },
      { key, headers: { ...headers, ce_signature: 'x' }, value },
    ];
    for (const record of forged) await raw.append('site-events', [record]);
    await raw.append('session-events', [genuine]);
    await writer(testKey()).append('site-events', [fact('CallReceived', '/edge/e1')]);
    const altered = 'its signature is not of this record in this place';
    const nobody = 'it is signed with a key that nobody named';
    expect(await refusals('site-events')).toEqual([undefined, ...Array(5).fill(altered), nobody, nobody]);
    expect(await refusals('session-events')).toEqual([altered]);
    // What is no attribute and no data may be added on the way.
    await raw.append('site-events', [{ key, headers: { ...headers, traceparent: 'x' }, value }]);
    expect((await refusals('site-events')).at(-1)).toBeUndefined();
  });
});

describe('whoever limits sites over the log', () => {
  const limit = (tenantId: string, value: object, id = 'l1'): NewRecord => ({
    key: 'x',
    headers: { ce_tenantid: tenantId, ...(id !== '' && { ce_id: id }) },
    value: JSON.stringify(value),
  });

  it('limits the sites that its key names, of its tenant', async () => {
    const log = writer(utility);
    await log.append('grid-limits', [
      limit('t', { siteIds: ['a', 'b'] }),
      limit('t', { withdrawn: true, siteId: 'a' }),
      limit('t', { siteIds: ['a', 'c'] }),
      limit('t', { siteIds: [] }),
      limit('t', { siteIds: 'a' }),
      limit('other', { siteIds: ['a'] }),
      limit('t', { siteIds: ['a'] }, ''),
    ]);
    await writer(edge).append('grid-limits', [limit('t', { siteIds: ['a'] })]);
    const sites = 'its signer may not limit all of these sites';
    const tenant = 'its signer may not limit sites of this tenant';
    expect(await refusals('grid-limits')).toEqual([
      undefined,
      undefined,
      sites,
      sites,
      sites,
      tenant,
      'ce_id was expected: what is signed has a name of its own',
      tenant,
    ]);
  });

  it('speaks for no service', async () => {
    await writer(utility).append('site-events', [fact('GridLimitReceived', '/api')]);
    expect(await refusals('site-events')).toEqual(['its signer does not speak for "api"']);
  });
});

it('names what is wrong with the list of signers', () => {
  expect(() => readSigners('{"signers":[{"publicKey":"AAAA","services":["edges"]}]}')).toThrow('signers.0.services.0');
  expect(() => readSigners('{"signers":[{"publicKey":"AAAA"}]}')).toThrow();
});
