// What the edge accepted is signed once it is committed: by who holds the partition, by who takes it over, and again when the keys were away.
import { describe, expect, it } from '@jest/globals';
import { decode, type Recorded } from '#contracts';
import { memoryLog } from '#embedded';
import { type CertificateAuthority, type Clock, PortError } from '#ports';
import type { HeldPartition } from '#service';
import type { StationState } from '../definition.js';
import { issuing } from './issuing.js';
import type { Signing } from './signing.js';
import { NO_CERTIFICATES } from './state.js';

const CSR = 'sealed';
const signing: Signing = {
  requestId: '0189f0a0-0000-7000-8000-000000000001',
  use: 'ChargingStationCertificate',
  state: 'requested',
  csr: CSR,
  attempts: 0,
};
const issued = {
  chain: ['pem'],
  serialNumber: '4A',
  issuer: 'CN=Root',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2027-01-01T00:00:00Z',
};
const station = { tenantId: 'default', siteId: 's', stationId: 'CP1', isConfigured: true, evseIds: [], isOnline: true };

async function stage(csr: string, issue: CertificateAuthority['issue'] = async () => issued) {
  const log = memoryLog();
  await log.open(['site-events']);
  const later: (() => void)[] = [];
  const clock = { now: () => 0, after: (_ms: number, task: () => void) => void later.push(task) } as unknown as Clock;
  const keys = { unseal: async (sealed: string) => (sealed === CSR ? csr : undefined) } as never;
  const part = issuing({ keys, log, clock }, { issue, roots: async () => [] }, { info() {}, warn() {}, error() {} }, 'Us');
  const state = (signings: readonly Signing[]): StationState => ({
    station,
    open: {},
    parts: { certificates: { ...NO_CERTIFICATES, signings } },
  });
  const partition = (signings: readonly Signing[], isHeld = true, isLive = true) =>
    ({ isLive, lease: { isHeld: () => isHeld }, states: new Map([['a', state(signings)]]) }) as unknown as HeldPartition<StationState>;
  /** Once there are so many. */
  const records = async (count: number): Promise<readonly Recorded[]> => {
    while ((await log.head('site-events', 0)) < count) await new Promise(setImmediate);
    const found: Recorded[] = [];
    for await (const batch of log.read('site-events', 0, 0, await log.head('site-events', 0))) found.push(...batch.map(decode));
    return found;
  };
  const input = { id: signing.requestId, type: 'CallReceived', data: { action: 'SignCertificate' } };
  const change = { aggregate: 'a', before: state([]), after: state([signing]), input, outputs: [] } as never;
  return { part, partition, records, later, change };
}
const request = async (name = 'CN=CP1, O=Us') => (await import('../../../libs/pki/requests.fixture.js')).newRequest(name, 'ec');

describe('a request that the edge accepted', () => {
  it('is signed once it is committed, and never while history is read', async () => {
    const { part, partition, records, change } = await stage(await request());
    part.onCommitted(partition([signing], true, false), [change]);
    expect(await records(0)).toEqual([]);
    part.onCommitted(partition([signing]), [change]);
    part.onCommitted(partition([signing]), [change]);
    expect(await records(1)).toMatchObject([
      {
        type: 'CertificateIssued',
        siteId: 's',
        stationId: 'CP1',
        data: { requestId: signing.requestId, commonName: 'CP1', serialNumber: '4A' },
      },
    ]);
  });
  it('is signed by whoever takes over from a process that died in between, and by nobody else', async () => {
    const { part, partition, records } = await stage(await request());
    part.onLive(partition([signing], false));
    expect(await records(0)).toEqual([]);
    part.onLive(partition([{ ...signing, state: 'sent' }, signing]));
    expect(await records(1)).toHaveLength(1);
  });
  it('is made out to the operator where it names nobody, and to whom it names otherwise (A00.FR.509)', async () => {
    for (const [name, organization] of [
      ['CN=CP1', 'Us'],
      ['CN=CP1, O=Partner', 'Partner'],
    ] as const) {
      const orders: unknown[] = [];
      const { part, partition, records } = await stage(await request(name), async (order) => {
        orders.push(order);
        return issued;
      });
      part.onLive(partition([signing]));
      expect(await records(1)).toMatchObject([{ type: 'CertificateIssued', data: { commonName: 'CP1', organization } }]);
      expect(orders).toMatchObject([{ commonName: 'CP1', organization }]);
    }
  });
  it('is tried again while the authority is away, and told when it refuses for good', async () => {
    let isAway = true;
    const { part, partition, records, later } = await stage(await request(), async () => {
      throw new PortError(isAway ? 'AuthorityAway' : 'NotSigned', 'no', isAway);
    });
    part.onLive(partition([signing]));
    while (later.length === 0) await new Promise(setImmediate);
    expect(await records(0)).toEqual([]);
    isAway = false;
    later.pop()?.();
    expect(await records(1)).toMatchObject([{ type: 'CertificateNotIssued', data: { requestId: signing.requestId, reason: 'NotSigned' } }]);
  });
  it('is told as erased when nobody can read it any more', async () => {
    const { part, partition, records } = await stage(await request());
    part.onLive(partition([{ ...signing, csr: 'of an erased station' }]));
    expect(await records(1)).toMatchObject([{ type: 'CertificateNotIssued', data: { reason: 'Erased' } }]);
  });
});
