// The door of the HTTP interface on the running network: keys come and go, roles are kept, a repeated POST is answered once.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { NetworkWorld } from './support/network-world.js';

interface Key {
  readonly keyId: string;
  readonly key: string;
}
interface Problem {
  readonly type: string;
}

describe('the door of the api', () => {
  let network: NetworkWorld;
  const as = (key: string, headers: Record<string, string> = {}) => ({ authorization: `Bearer ${key}`, ...headers });
  const makeKey = (name: string, role: string): Promise<Key> => network.must<Key>('POST', '/v1/api-keys', { name, role });
  const SITE = { name: 'Depot', timeZone: 'UTC', root: { nodeId: 'grid', limitA: 100, unmanagedMaxA: 0, phases: 3 } };

  let provider: Server;
  let issuer: string;
  let tokenOf: (groups: readonly string[]) => Promise<string>;

  beforeAll(async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' };
    provider = createServer(({ url }, response) => {
      const endpoints = { jwks_uri: `${issuer}/keys`, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
      response.end(JSON.stringify(url === '/keys' ? { keys: [jwk] } : { issuer, ...endpoints }));
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', () => resolve()));
    issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    tokenOf = (groups) =>
      new SignJWT({ groups, sites: ['depot'] })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer(issuer)
        .setAudience('csms')
        .setSubject('u-1')
        .setExpirationTime('1 minute')
        .sign(privateKey);
    const mapping = join(await mkdtemp(join(tmpdir(), 'mapping-')), 'mapping.json');
    await writeFile(mapping, JSON.stringify({ role: { claim: 'groups', values: { hosts: 'site_host' } }, sites: { claim: 'sites' } }));
    const client = { OIDC_CLIENT_ID: 'console', PUBLIC_URL: 'https://charging.example' };
    network = await NetworkWorld.open(undefined, { OIDC_ISSUER: issuer, OIDC_AUDIENCE: 'csms', OIDC_MAPPING: mapping, ...client });
    await network.must('PUT', '/v1/sites/depot', SITE);
  }, 120_000);
  afterAll(async () => {
    await network?.close();
    provider?.close();
  }, 60_000);

  it('lets a key do what its role may, until it is revoked', async () => {
    const { key, keyId } = await makeKey('the wall screen', 'viewer');
    expect((await network.call('GET', '/v1/sites/depot', undefined, as(key))).status).toBe(200);
    const refused = await network.call<Problem>('PUT', '/v1/sites/depot', SITE, as(key));
    expect([refused.status, refused.body.type]).toEqual([403, 'urn:joulestream:problem:forbidden']);
    expect((await network.call('POST', '/v1/api-keys', { name: 'more', role: 'admin' }, as(key))).status).toBe(403);
    const revoked = await network.must('POST', `/v1/api-keys/${keyId}/revoke`);
    expect(await network.must('POST', `/v1/api-keys/${keyId}/revoke`)).toEqual(revoked);
    expect((await network.call('GET', '/v1/sites/depot', undefined, as(key))).status).toBe(401);
  });

  it('lets who is limited to sites see and change these, and no others: a key, and a person by a token', async () => {
    await network.must('PUT', '/v1/sites/campus', SITE);
    const { key } = await network.must<Key>('POST', '/v1/api-keys', { name: 'the host', role: 'energy_manager', sites: ['depot'] });
    for (const token of [key, await tokenOf(['hosts'])]) {
      const sites = await network.call<{ items: readonly { siteId: string }[] }>('GET', '/v1/sites', undefined, as(token));
      expect(sites.body.items.map(({ siteId }) => siteId)).toEqual(['depot']);
      expect((await network.call('GET', '/v1/sites/depot', undefined, as(token))).status).toBe(200);
      for (const path of ['/v1/sites/campus', '/v1/sessions?siteId=campus'])
        expect([path, (await network.call('GET', path, undefined, as(token))).status]).toEqual([path, 404]);
    }
    expect((await network.call('PUT', '/v1/sites/depot', SITE, as(key))).status).toBe(200);
    expect((await network.call('PUT', '/v1/sites/campus', SITE, as(key))).status).toBe(404);
    const nobody = await network.call<Problem>('GET', '/v1/sites', undefined, as(await tokenOf(['others'])));
    expect([nobody.status, nobody.body.type]).toEqual([403, 'urn:joulestream:problem:forbidden']);
  });

  it('leads people to where they sign in, and takes nobody who did not begin there', async () => {
    const open = (path: string, more: object = {}) =>
      fetch(`http://127.0.0.1:${network.http.port}${path}`, { redirect: 'manual', ...more });
    const login = await open('/console/login');
    const target = new URL(login.headers.get('location') ?? '');
    expect([login.status, target.origin, target.searchParams.get('code_challenge_method')]).toEqual([302, issuer, 'S256']);
    expect(login.headers.get('set-cookie')).toMatch(/^__Host-joulestream-sign-in=.*HttpOnly; SameSite=Lax.*Secure$/);
    expect((await open('/console/callback?code=x&state=y')).status).toBe(400);
    expect((await open('/console/logout', { method: 'POST' })).status).toBe(204);
    expect((await open('/v1/sites', { headers: { cookie: `__Host-joulestream-session=${'a'.repeat(43)}` } })).status).toBe(401);
  });

  it('keeps keys as keyed hashes only', async () => {
    const { key } = await makeKey('secret', 'analyst');
    expect(JSON.stringify(await network.records('network-events'))).not.toContain(key);
    const { rows } = await network.world.database.query(
      'select api_keys::text from api_keys union all select idempotency_keys::text from idempotency_keys',
    );
    expect(JSON.stringify(rows)).not.toContain(key);
  });

  it('answers a repeated POST once, and refuses the key for another request', async () => {
    const limit = (limitA: number) => ({
      siteIds: ['depot'],
      schedule: [{ startsAt: '2099-01-01T00:00:00Z', limitA }],
      expiresAt: '2099-01-02T00:00:00Z',
      source: 'test',
    });
    const post = (body: unknown, key: string) =>
      network.call<{ limitId?: string; type?: string }>('POST', '/v1/grid/limits', body, { 'idempotency-key': key });
    const many = await Promise.all(Array.from({ length: 5 }, () => post(limit(50), 'once')));
    expect(new Set(many.map(({ status, body }) => `${status} ${body.limitId}`)).size).toBe(1);
    expect(many[0]?.status).toBe(202);
    expect((await network.records('site-events')).filter(({ type }) => type === 'GridLimitReceived')).toHaveLength(1);
    const other = await post(limit(40), 'once');
    expect([other.status, other.body.type]).toEqual([422, 'urn:joulestream:problem:idempotency-key-reused']);
    // A refusal is an answer too.
    const missing = { ...limit(50), siteIds: ['nowhere'] };
    expect([(await post(missing, 'refused')).status, (await post(missing, 'refused')).status]).toEqual([404, 404]);
  });

  it('takes a configuration only under the version that was seen', async () => {
    const seen = await fetch(`http://127.0.0.1:${network.http.port}/v1/sites/depot`, { headers: as('a-key-for-tests-only') });
    const etag = seen.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"\d+"$/);
    expect((await network.call('PUT', '/v1/sites/depot', { ...SITE, name: 'Depot 2' }, { 'if-match': etag })).status).toBe(200);
    const late = await network.call<Problem>('PUT', '/v1/sites/depot', { ...SITE, name: 'Depot 3' }, { 'if-match': etag });
    expect([late.status, late.body.type]).toEqual([412, 'urn:joulestream:problem:changed-meanwhile']);
  });

  it('puts down every change and every attempt in a chain that shows what was altered since', async () => {
    interface Entry {
      readonly seq: number;
      readonly outcome: string;
      readonly actor: { readonly name: string };
      readonly before: unknown;
      readonly after: unknown;
      readonly hash: string;
    }
    const audit = async (query: string) => (await network.must<{ items: readonly Entry[] }>('GET', `/v1/audit?${query}`)).items;
    const { key } = await makeKey('a looker-on', 'viewer');
    await network.must('PUT', '/v1/sites/audited', SITE);
    await network.must('PUT', '/v1/sites/audited', { ...SITE, name: 'Renamed' });
    await network.call('PUT', '/v1/sites/audited', SITE, as(key));
    const [refused, second, first] = await network.until('three entries', async () => {
      const items = await audit('subject=audited');
      return items.length === 3 && items;
    });
    expect(first).toMatchObject({ outcome: 'done', actor: { kind: 'key', name: 'admin' }, before: null, after: { name: 'Depot' } });
    expect(second).toMatchObject({ before: { name: 'Depot' }, after: { name: 'Renamed' } });
    expect(refused).toMatchObject({ outcome: 'refused', status: 403, problem: 'forbidden', actor: { name: 'a looker-on' }, after: null });
    expect(await audit('subject=audited&outcome=done&actor=admin&limit=1')).toEqual([second]);
    expect((await network.file('/v1/audit.csv?subject=audited')).toString().trim().split('\r\n')).toHaveLength(4);

    const head = await network.must<{ head: { seq: number; hash: string } }>('GET', '/v1/audit/verify');
    expect(head).toMatchObject({ isWhole: true, brokenAt: null });
    const seen = `seq=${head.head.seq}&hash=${head.head.hash}`;
    expect(await network.must('GET', `/v1/audit/verify?${seen}`)).toMatchObject({ isWhole: true, isSeen: true });
    const { database } = network.world;
    await database.query(`update audit_entries set content = '{}' where seq = $1`, [second?.seq]);
    expect(await network.must('GET', '/v1/audit/verify')).toMatchObject({
      isWhole: false,
      brokenAt: { seq: second?.seq, reason: 'altered' },
    });
    await database.query('delete from audit_entries where seq >= $1', [second?.seq]);
    expect(await network.must('GET', `/v1/audit/verify?${seen}`)).toMatchObject({ isWhole: false, isSeen: false, brokenAt: null });
    // The log has it as it was.
    const chained = (await network.records('network-events')).filter(({ type }) => type === 'AuditChained');
    expect(chained.map(({ data }) => (data as Entry).hash)).toContain(second?.hash);
  });
});
