// People by an OpenID provider of this test: what a token must be to be believed, who its claims make somebody, and signing in to the console.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import type { EmbeddedDatabase } from '#embedded';
import { sha256 } from '#kernel';
import { migrate } from '#service';
import { scratchDatabase } from '#testing';
import { Problem } from '../problem.js';
import { bySession, byToken } from './authenticating.js';
import { type FindProvider, providerOf } from './id-tokens.js';
import { callerOf, type Mapping, MappingShape } from './mapping.js';
import { type People, signingIn } from './sign-in.js';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const MAPPING: Mapping = MappingShape.parse({
  role: { claim: 'realm_access.roles', values: { admins: 'admin', hosts: 'site_host' } },
  tenant: { claim: 'tenant' },
  sites: { claim: 'sites', everyFor: ['admin'] },
});
const HOST = { sub: 'u-7', tenant: 't', realm_access: { roles: ['other', 'hosts'] }, sites: ['depot'] };

describe('claims', () => {
  it('make a role, a tenant and sites; the first role that is listed counts, and who may see everything is not limited', () => {
    expect(callerOf(HOST, MAPPING)).toEqual({ kind: 'user', tenantId: 't', id: 'u-7', name: 'u-7', role: 'site_host', sites: ['depot'] });
    expect(callerOf({ ...HOST, sites: 'depot campus' }, MAPPING).sites).toEqual(['depot', 'campus']);
    const admin = callerOf({ ...HOST, realm_access: { roles: ['hosts', 'admins'] } }, MAPPING);
    expect([admin.role, admin.sites]).toEqual(['admin', undefined]);
  });
  it('that are numbers are listed, so that the first stays the first', () => {
    const role = (values: unknown) => ({ role: { claim: 'groups', values } });
    const listed = MappingShape.parse(
      role([
        ['2000', 'viewer'],
        ['1000', 'admin'],
      ]),
    );
    expect(callerOf({ sub: 'u-7', groups: ['1000', '2000'] }, listed).role).toBe('viewer');
    expect(() => MappingShape.parse(role({ 2000: 'viewer', 1000: 'admin' }))).toThrow(/a list was expected/);
    expect(MappingShape.parse(role({ 1000: 'admin' })).role.values).toEqual([['1000', 'admin']]);
  });
  it.each([
    ['nobody', { ...HOST, sub: '' }],
    ['no role', { ...HOST, realm_access: { roles: ['other'] } }],
    ['a role that is a prototype', { ...HOST, realm_access: { roles: ['constructor'] } }],
    ['no tenant', { ...HOST, tenant: undefined }],
    ['a tenant that is a path', { ...HOST, tenant: 'a/b' }],
    ['no site', { ...HOST, sites: [] }],
  ])('with %s are nobody here', (_, claims) => {
    expect(() => callerOf(claims, MAPPING)).toThrow(Problem);
  });
});

describe('a provider', () => {
  let server: Server;
  let issuer: string;
  let find: FindProvider;
  let present: { readonly kid: string; readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
  let published: readonly (typeof present)[] = [];
  let codes = new Map<string, { readonly idToken: string; readonly challenge: string }>();
  const redeemed: URLSearchParams[] = [];

  const newKey = async (kid: string) => ({ kid, ...(await generateKeyPair('ES256', { extractable: true })) });
  const token = (claims: JWTPayload = {}, key = present): Promise<string> =>
    new SignJWT({ iss: issuer, aud: 'csms', exp: NOW / 1000 + 60, ...HOST, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: key.kid })
      .sign(key.privateKey);

  beforeAll(async () => {
    present = await newKey('k1');
    published = [present];
    server = createServer(async (request, response) => {
      const json = (body: unknown, status = 200) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.url === '/.well-known/openid-configuration')
        return json({
          issuer,
          jwks_uri: `${issuer}/keys`,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
        });
      if (request.url === '/keys')
        return json({
          keys: await Promise.all(published.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid, alg: 'ES256' }))),
        });
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      redeemed.push(form);
      const known = codes.get(form.get('code') ?? '');
      const verifier = Buffer.from(sha256(form.get('code_verifier') ?? ''), 'hex').toString('base64url');
      return known?.challenge === verifier ? json({ id_token: known.idToken }) : json({ error: 'invalid_grant' }, 400);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    find = providerOf(issuer, { now: () => NOW }, 0);
  });
  afterAll(() => void server.close());

  const ask = (authorization: string) =>
    byToken(
      () => Promise.reject(new Problem(401, 'unauthorized', 'no key')),
      find,
      ['csms'],
      MAPPING,
    )({ headers: { authorization } } as IncomingMessage);

  it('is believed, and a key is still a key', async () => {
    expect(await ask(`Bearer ${await token()}`)).toMatchObject({ kind: 'user', id: 'u-7', role: 'site_host', sites: ['depot'] });
    await expect(ask('Bearer js_a-key')).rejects.toMatchObject({ type: 'unauthorized' });
  });

  it('may change its keys: the new one is believed at once, the one it took back no more', async () => {
    const old = present;
    present = await newKey('k2');
    published = [present];
    expect(await ask(`Bearer ${await token()}`)).toMatchObject({ id: 'u-7' });
    await expect(ask(`Bearer ${await token({}, old)}`)).rejects.toMatchObject({ status: 401, type: 'invalid-token' });
  });

  it('is not believed for another audience, issuer or time, and not without who or until when', async () => {
    for (const claims of [
      { aud: 'another' },
      { iss: 'https://elsewhere.example' },
      { exp: NOW / 1000 - 31 },
      { nbf: NOW / 1000 + 31 },
      { sub: undefined },
      { exp: undefined },
      { aud: undefined },
    ] as JWTPayload[])
      await expect(ask(`Bearer ${await token(claims)}`)).rejects.toMatchObject({ status: 401, type: 'invalid-token' });
    for (const claims of [{ exp: NOW / 1000 - 29 }, { nbf: NOW / 1000 + 29 }])
      expect(await ask(`Bearer ${await token(claims)}`)).toMatchObject({ id: 'u-7' });
  });

  it('signs itself: not by nobody, by its public key as a secret, by somebody else, or something altered', async () => {
    const claims = { iss: issuer, aud: 'csms', exp: NOW / 1000 + 60, ...HOST };
    const publicKey = new TextEncoder().encode(await exportSPKI(present.publicKey));
    const [head, , signature] = (await token()).split('.');
    const altered = Buffer.from(JSON.stringify({ ...claims, realm_access: { roles: ['admins'] } })).toString('base64url');
    for (const forged of [
      new UnsecuredJWT(claims).encode(),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: present.kid }).sign(publicKey),
      await token({}, { ...(await newKey('k2')) }),
      `${head}.${altered}.${signature}`,
      'a.b.c',
    ])
      await expect(ask(`Bearer ${forged}`)).rejects.toMatchObject({ status: 401, type: 'invalid-token' });
  });

  it('that cannot be asked refuses nobody for good', async () => {
    const away = providerOf('http://127.0.0.1:9', { now: () => NOW });
    await expect(away()).rejects.toMatchObject({ status: 503 });
    await expect(providerOf(`${issuer}/`, { now: () => NOW })()).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining('calls itself otherwise'),
    });
  });

  describe('lets people sign in to the console', () => {
    let database: EmbeddedDatabase;
    let people: People;
    let now = NOW;
    beforeAll(async () => {
      database = await scratchDatabase();
      await migrate(database, 'api', join(import.meta.dirname, '../migrations'));
      const world = {
        database,
        clock: { now: () => now },
        keys: { hmac: (purpose: string, text: string) => sha256(`${purpose}/${text}`) },
      };
      const client = { id: 'console', secret: 'a-secret', scopes: 'openid', publicUrl: 'https://charging.example' };
      people = signingIn(world as never, { issuer, audience: ['csms'], mappingFile: '', client }, MAPPING, find);
    });
    beforeEach(() => {
      now = NOW;
    });
    afterAll(() => database?.close());

    const cookies = (headers: Readonly<Record<string, string | readonly string[]>> = {}) => [headers['set-cookie'] ?? []].flat();
    const sent = (cookie = '') => ({ headers: { cookie: cookie.split(';', 1)[0] ?? '' } });

    /** To the provider and back, with what it says of whom; `change` is what somebody on the way changes. */
    async function signIn(claims: JWTPayload = {}, change: { readonly state?: string; readonly cookie?: string } = {}) {
      const begun = await people.login();
      const target = new URL(String(begun.headers?.location));
      const [own = ''] = cookies(begun.headers);
      const { nonce, state, code_challenge: challenge } = Object.fromEntries(target.searchParams);
      codes = new Map([['the-code', { idToken: await token({ aud: 'console', nonce, ...claims }), challenge: challenge ?? '' }]]);
      const back = new URL(`https://charging.example/console/callback?code=the-code&state=${change.state ?? state}`);
      return people.callback(back, sent(change.cookie ?? own));
    }

    it('with a cookie that no script and no other page can use, and says who they are', async () => {
      const reply = await signIn();
      const [session = ''] = cookies(reply.headers);
      expect([reply.status, reply.headers?.location]).toEqual([302, '/']);
      expect(session).toMatch(/^__Host-joulestream-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=28800; Secure$/);
      expect(redeemed.at(-1)?.get('client_secret')).toBe('a-secret');
      const signedIn = await people.session(sent(session));
      expect(signedIn?.caller).toMatchObject({ kind: 'user', id: 'u-7', role: 'site_host', sites: ['depot'] });
      const { rows } = await database.query('select * from console_sessions');
      expect(JSON.stringify(rows)).not.toContain(session.slice(27, 60));
      now += 8 * 3_600_000 + 1;
      expect(await people.session(sent(session))).toBeUndefined();
    });

    it('and not with a sign-in that somebody else began, answered or altered', async () => {
      for (const state of ['f'.repeat(64), 'é'.repeat(64)]) await expect(signIn({}, { state })).rejects.toMatchObject({ status: 400 });
      await expect(signIn({}, { cookie: '' })).rejects.toMatchObject({ status: 400 });
      await expect(signIn({}, { cookie: `__Host-joulestream-sign-in=${'a'.repeat(43)}` })).rejects.toMatchObject({ status: 400 });
      await expect(signIn({ nonce: 'another' })).rejects.toMatchObject({ status: 400 });
      await expect(signIn({ aud: 'csms' })).rejects.toMatchObject({ status: 401 });
      await expect(signIn({ realm_access: {} })).rejects.toMatchObject({ status: 403 });
    });

    it('a session reads, and changes only with the token of our own page; signed out it is nothing', async () => {
      const [session = ''] = cookies((await signIn()).headers);
      const door = bySession(() => Promise.reject(new Problem(401, 'unauthorized', 'no key')), people);
      const by = (method: string, more: object = {}) => door({ method, headers: { ...sent(session).headers, ...more } } as IncomingMessage);
      expect(await by('GET')).toMatchObject({ id: 'u-7' });
      for (const method of ['POST', 'PUT', 'DELETE']) await expect(by(method)).rejects.toMatchObject({ status: 403, type: 'csrf' });
      for (const letter of ['f', 'é'])
        await expect(by('PUT', { 'x-csrf-token': letter.repeat(64) })).rejects.toMatchObject({ type: 'csrf' });
      const { csrfToken = '' } = (await people.session(sent(session))) ?? {};
      expect(await by('PUT', { 'x-csrf-token': csrfToken })).toMatchObject({ id: 'u-7' });
      // What is sent with a key counts by the key.
      await expect(by('GET', { authorization: 'Bearer wrong' })).rejects.toMatchObject({ type: 'unauthorized' });
      expect(cookies((await people.logout(sent(session))).headers)).toEqual([expect.stringContaining('Max-Age=0')]);
      await expect(by('GET')).rejects.toMatchObject({ type: 'unauthorized' });
    });
  });
});
