// Requests to the HTTP interface made to harm, from somebody who holds a key: characters no database stores, depth, forged cursors.
// Each gets a 4xx; what is in the log all the same stops nobody: the next configuration of another site is decided.
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encode } from '#contracts';
import { NetworkWorld } from '../scenario/support/network-world.js';

let network: NetworkWorld;
beforeAll(async () => {
  network = await NetworkWorld.open();
}, 120_000);
afterAll(() => network?.close(), 60_000);

const site = (name: string) => ({
  name,
  timeZone: 'UTC',
  voltageV: 230,
  root: { nodeId: 'grid', limitA: 100, unmanagedMaxA: 0, phases: 3 },
});
const limit = (from: object) => ({ siteIds: ['s'], schedule: [from], expiresAt: '2099-01-01T00:00:00Z', source: 'x' });
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const cursor = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
const goesOn = (siteId: string): Promise<unknown> => network.must('PUT', `/v1/sites/${siteId}`, site('next'));

describe('a request', () => {
  it.each([
    ['broken JSON', 'PUT', '/v1/sites/bad', '{"name":', 400],
    ['NUL in a name', 'PUT', '/v1/sites/bad', site('a\u0000b'), 400],
    ['a lone surrogate', 'PUT', '/v1/sites/bad', site('a\ud800'), 400],
    ['NUL in the path', 'PUT', '/v1/tokens/Central/a%00b', { status: 'Accepted' }, 400],
    ['NUL in a query', 'GET', '/v1/sessions?stationId=%00', undefined, 400],
    ['a path that is no text', 'GET', '/v1/stations/%ff', undefined, 400],
    ['a prototype', 'PUT', '/v1/sites/bad', '{"__proto__":{"rude":1},"name":"x"}', 400],
    ['nesting', 'POST', '/v1/rating', nested(10_000), 400],
    ['a body of 2 MiB', 'PUT', '/v1/sites/bad', JSON.stringify(site('x'.repeat(2 << 20))), 413],
    ['a cursor of another list', 'GET', `/v1/sessions?cursor=${cursor(['a', 'b'])}`, undefined, 400],
    ['a cursor with NUL', 'GET', `/v1/sites?cursor=${cursor(['\u0000'])}`, undefined, 400],
    ['a cursor of one too many', 'GET', `/v1/cdrs?cursor=${cursor(['2026-11-01T12:00:00Z', 'a', 'b'])}`, undefined, 400],
    ['a cursor of a year without rows', 'GET', `/v1/sessions?cursor=${cursor(['0000-01-01T00:00:00Z', 'a'])}`, undefined, 400],
    ['a cursor of a number in other words', 'GET', `/v1/audit?cursor=${cursor(['1e3'])}`, undefined, 400],
    ['a limit from no time', 'POST', '/v1/grid/limits', limit({ startsAt: '0000-01-01T00:00:00Z', limitA: 6 }), 400],
    ['a limit from no zone', 'POST', '/v1/grid/limits', limit({ startsAt: '2026-01-01T00:00:00+23:59', limitA: 6 }), 400],
    ['a year of nine digits', 'GET', '/v1/sessions?from=222222017-01-01', undefined, 400],
    ['an action that is a prototype', 'POST', '/v1/stations/S1/commands', { action: 'constructor' }, 404],
  ])('with %s gets its status', async (_, method, path, body, status) => {
    const reply = await network.call(method, path, body);
    expect([reply.status, reply.body.status]).toEqual([status, status]);
    expect(({} as { rude?: unknown }).rude).toBeUndefined();
  });
  it('with bytes that are no text is refused, and a byte order mark is passed over', async () => {
    const put = (siteId: string, ...bytes: readonly Buffer[]) =>
      fetch(`http://127.0.0.1:${network.http.port}/v1/sites/${siteId}`, {
        method: 'PUT',
        headers: { authorization: 'Bearer a-key-for-tests-only', 'content-type': 'application/json' },
        body: Buffer.concat(bytes),
      });
    const [before, after] = JSON.stringify(site('|')).split('|') as [string, string];
    expect((await put('bad', Buffer.from(before), Buffer.from([0xff, 0xfe]), Buffer.from(after))).status).toBe(400);
    expect((await put('marked', Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(JSON.stringify(site('x'))))).status).toBe(200);
  });
  it.each([
    ['served', '/v1/sites', 'a-key-for-tests-only'],
    ['refused', '/v1/sites', 'another key'],
    ['lost', '/v1/nowhere', 'a-key-for-tests-only'],
  ])('that is %s leaves nothing in a cache, and names its page to nobody', async (_, path, key) => {
    const { headers } = await fetch(`http://127.0.0.1:${network.http.port}${path}`, { headers: { authorization: `Bearer ${key}` } });
    const told = ['cache-control', 'referrer-policy', 'x-content-type-options', 'set-cookie', 'access-control-allow-origin'];
    expect(told.map((name) => headers.get(name))).toEqual(['no-store', 'no-referrer', 'nosniff', null, null]);
  });
  it('with a cursor of a number beyond its column finds nothing, and one for a name that is none gets its status', async () => {
    expect(await network.must('GET', `/v1/parked-records?cursor=${cursor(['z', 'z', '9999999999', '1'])}`)).toMatchObject({ items: [] });
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'a b[' };
      get({ port: network.http.port, path: '/openadr3/default/programs', headers }, ({ statusCode }) => resolve(statusCode)).on(
        'error',
        reject,
      );
    });
    expect(status).toBe(401);
  });
  it('that was refused left nothing in the log', async () => {
    expect((await network.records('site-events')).filter(({ siteId }) => siteId === 'bad')).toEqual([]);
    await goesOn('fine');
  });
});

it('text no database stores, once in the log, is shown with replacement characters and stops nobody', async () => {
  const config = { ...site('a\u0000b\ud800c "\\u0000"'), siteId: 'poison' };
  const at = new Date().toISOString();
  const record = { id: 'poison-1', type: 'ConfigurationRequested', source: '/test', time: at, tenantId: 'default', siteId: 'poison' };
  const change = { kind: 'site', config };
  await network.world.log.append('site-events', [encode({ ...record, data: { requestId: 'poison-1', requestedBy: 'test', change } })]);
  await goesOn('behind');
  expect(await network.must('GET', '/v1/sites/poison')).toMatchObject({ name: 'a\ufffdb\ufffdc "\\u0000"' });
});
