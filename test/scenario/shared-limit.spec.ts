// A limit over two sites on the running network: one request, one budget, a share of it in the stream of each site.
// What shares follow from which needs is in apps/load-balancing/network-limits.spec.ts.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NetworkWorld } from './support/network-world.js';

interface Share {
  readonly limitId: string;
  readonly schedule: readonly { readonly limitW: number }[];
  readonly shareSeq?: number;
}

interface Standing {
  readonly limitId: string;
  readonly source: string;
  readonly isShare?: boolean;
}

describe('a limit over two sites', () => {
  let network: NetworkWorld;
  const limit = { schedule: [{ startsAt: '2026-01-01T00:00:00Z', limitW: 50_000 }], expiresAt: '2099-01-01T00:00:00Z', source: 'dso' };
  const shares = async () => (await network.records('site-events')).filter(({ type }) => type === 'GridLimitReceived');

  beforeAll(async () => {
    network = await NetworkWorld.open();
    const root = { nodeId: 'grid', limitA: 100, unmanagedMaxA: 10, phases: 3 };
    for (const name of ['east', 'west']) await network.must('PUT', `/v1/sites/${name}`, { name, timeZone: 'UTC', voltageV: 230, root });
  }, 120_000);
  afterAll(() => network?.close(), 60_000);

  it('is divided, never copied, and follows what the sites report', async () => {
    const { status, body } = await network.call<{ limitId: string }>('POST', '/v1/grid/limits', { ...limit, siteIds: ['east', 'west'] });
    expect(status).toBe(202);
    // 10 A of other loads on each of three lines, at the highest voltage, in whole kW: what a site falls back to.
    const latest = await network.until('both sites have said what they need, and have a share of that', async () => {
      const all = await shares();
      const last = ['east', 'west'].map((siteId) => all.findLast((record) => record.siteId === siteId)?.data as Share | undefined);
      return last.every((share) => share !== undefined && share.schedule.at(-1)?.limitW === 8_000) ? (last as Share[]) : undefined;
    });
    expect(latest.map(({ limitId }) => limitId)).toEqual([body.limitId, body.limitId]);
    expect(latest.every(({ shareSeq }) => shareSeq !== undefined)).toBe(true);
    const sum = (step: number) => latest.reduce((total, { schedule }) => total + (schedule.at(step)?.limitW ?? 0), 0);
    expect(sum(0)).toBeLessThanOrEqual(50_000);
    expect(sum(-1)).toBeLessThanOrEqual(50_000);
    const reports = (await network.records('site-events')).filter(({ type }) => type === 'SiteNeedsReported');
    expect(new Set(reports.map(({ data }) => (data as { siteId: string }).siteId))).toEqual(new Set(['east', 'west']));
  });

  it('is copied where each site is to have it for itself, and refused in two units', async () => {
    const before = (await shares()).length;
    const own = { ...limit, source: 'own', siteIds: ['east', 'west'], perSite: true };
    expect((await network.call('POST', '/v1/grid/limits', own)).status).toBe(202);
    expect((await shares()).slice(before).filter(({ data }) => (data as Share).shareSeq === undefined)).toHaveLength(2);
    const mixed = { ...limit, siteIds: ['east', 'west'], fallback: { limitA: 10 } };
    expect((await network.call('POST', '/v1/grid/limits', mixed)).status).toBe(400);
    const fedBack = { ...limit, siteIds: ['east', 'west'], direction: 'export' };
    const refused = await network.call<{ errors: readonly { path: string }[] }>('POST', '/v1/grid/limits', fedBack);
    expect([refused.status, refused.body.errors.map(({ path }) => path)]).toEqual([422, ['direction']]);
    const sent = (await network.records('site-events')).filter(({ type }) => type === 'SharedLimitReceived');
    expect(sent.map(({ data }) => (data as { direction?: string }).direction)).toEqual([undefined]);
  });

  it('is read back with its shares, stands beside limits for one site, and is withdrawn whole', async () => {
    const of = async (path: string) => (await network.must<{ items: readonly Standing[] }>('GET', path)).items;
    const [shared] = await of('/v1/grid/limits');
    expect(shared).toMatchObject({
      source: 'dso',
      siteIds: ['east', 'west'],
      nodeId: null,
      inForce: { limitW: 50_000, isFallback: false },
    });
    const east = { ...limit, siteIds: ['east'], schedule: [{ startsAt: '2026-01-01T00:00:00Z', limitA: [40, 30, 40] }] };
    const sent = await network.call<{ limitId: string }>('POST', '/v1/grid/limits', east);
    expect([sent.status, sent.body]).toEqual([202, { limitId: expect.any(String), alsoBoundBy: shared?.limitId }]);
    const own = `/v1/grid/limits/${sent.body.limitId}`;
    await network.until('it is seen', async () => (await network.call('GET', own)).status === 200);
    expect(await of(own)).toMatchObject([
      { nodeId: 'grid', siteIds: ['east'], inForce: { limitA: [40, 30, 40], endsAt: '2099-01-01T00:00:00.000Z' } },
    ]);
    expect((await of('/v1/sites/east/grid-limits')).map(({ source, isShare }) => [source, isShare]).sort()).toEqual([
      ['dso', false],
      ['dso', true],
      ['own', false],
    ]);
    expect((await network.call('DELETE', `${own}?source=another`)).status).toBe(404);
    expect((await network.call('DELETE', `${own}?nodeId=another`)).status).toBe(404);
    expect((await network.call('DELETE', `${own}?source=dso`)).body).toEqual({ limitId: sent.body.limitId, siteIds: ['east'] });
    const path = `/v1/grid/limits/${shared?.limitId}`;
    expect((await network.call('DELETE', `${path}?siteId=east`)).status).toBe(409);
    expect((await network.call('DELETE', path)).status).toBe(202);
    await network.until('nothing of this source stands', async () => {
      const all = [
        ...(await of('/v1/grid/limits')),
        ...(await of('/v1/sites/east/grid-limits')),
        ...(await of('/v1/sites/west/grid-limits')),
      ];
      return all.every(({ source }) => source === 'own');
    });
    expect((await network.call('DELETE', path)).status).toBe(404);
    const ends = (await network.records('site-events')).filter(({ type }) => type === 'GridLimitWithdrawn');
    expect(ends.map(({ siteId }) => siteId).sort()).toEqual(['east', 'east', 'west']);
    expect(ends[0]?.data).toMatchObject({ limitId: sent.body.limitId, source: 'dso', nodeId: 'grid' });
  });
});
