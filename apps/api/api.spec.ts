// The description of the interface and its door: what is promised is there, and nobody without a key gets in.

import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { World } from '#ports';
import { bearerAuth, mayBootstrapConsole } from './auth.js';
import { openApi } from './openapi.js';
import { Problem } from './problem.js';
import type { Reads } from './reads.js';
import { routes } from './routes.js';
import { CompositeBody, SiteBody, Timestamp } from './schemas.js';

const request = (headers: IncomingMessage['headers']): IncomingMessage => ({ headers }) as IncomingMessage;
const table = routes({} as World, {} as Reads, {} as never, { notifications: {} } as never);

describe('OpenAPI', () => {
  const description = openApi(table, '0') as {
    readonly openapi: string;
    readonly paths: Record<string, Record<string, { readonly operationId: string; readonly requestBody?: unknown }>>;
  };

  it('points at nothing that is not in it, so that clients can be generated from it', () => {
    const pointers = [...JSON.stringify(description).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path.split('/'));
    expect(pointers.length).toBeGreaterThan(0);
    const at = (path: readonly string[]) =>
      path.reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], description);
    expect(pointers.filter((path) => at(path) === undefined)).toEqual([]);
  });
  it('describes every documented call', () => {
    const calls = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(calls).toEqual(
      expect.arrayContaining([
        'PUT /v1/sites/{siteId}',
        'PUT /v1/stations/{stationId}',
        'PUT /v1/tokens/{type}/{idToken}',
        'PUT /v1/tariffs/{tariffId}',
        'PUT /v1/sites/{siteId}/tariff',
        'GET /v1/stations',
        'GET /v1/stations/{stationId}',
        'POST /v1/stations/{stationId}/commands',
        'GET /v1/commands/{id}',
        'GET /v1/sessions',
        'GET /v1/sessions/{id}',
        'GET /v1/sessions/{id}/explain',
        'GET /v1/cdrs',
        'GET /v1/cdrs/{id}',
        'POST /v1/rating',
        'POST /v1/allocations',
        'POST /v1/composite-schedules',
        'POST /v1/sites/{siteId}/measurements',
        'POST /v1/grid/limits',
        'GET /v1/sites/{siteId}/load',
        'GET /v1/events',
      ]),
    );
  });

  it('names each operation once and is plain JSON', () => {
    const ids = Object.values(description.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
    expect(JSON.parse(JSON.stringify(description))).toMatchObject({ openapi: '3.1.0' });
  });
});

describe('the door', () => {
  const authenticate = bearerAuth(
    { hmac: (_purpose: string, text: string) => `hash of ${text}`.padEnd(64) } as never,
    'the right key',
    async () => undefined,
    { now: () => 0 },
  );

  it('lets the key in and nothing else', async () => {
    await expect(authenticate(request({ authorization: 'Bearer the right key' }))).resolves.toMatchObject({ tenantId: 'default' });
    for (const headers of [{}, { authorization: 'Bearer the wrong key' }, { authorization: 'Basic the right key' }, { authorization: '' }])
      await expect(authenticate(request(headers))).rejects.toBeInstanceOf(Problem);
  });

  it('hands its key to the page on this machine only', () => {
    expect(mayBootstrapConsole('127.0.0.1', request({ host: 'localhost:8080' }))).toBe(true);
    expect(mayBootstrapConsole('127.0.0.1', request({ host: 'localhost:8080', origin: 'http://localhost:8080' }))).toBe(true);
    expect(mayBootstrapConsole('127.0.0.1', request({ host: 'rebound.example:8080' }))).toBe(false);
    expect(mayBootstrapConsole('127.0.0.1', request({ host: 'localhost:8080', origin: 'http://evil.example' }))).toBe(false);
    expect(mayBootstrapConsole('127.0.0.1', request({ host: 'localhost:8080', 'sec-fetch-site': 'cross-site' }))).toBe(false);
    for (const name of ['x-forwarded-for', 'x-forwarded-proto', 'forwarded', 'x-real-ip', 'via'])
      expect([name, mayBootstrapConsole('127.0.0.1', request({ host: '127.0.0.1:8080', [name]: 'x' }))]).toEqual([name, false]);
    expect(mayBootstrapConsole('0.0.0.0', request({ host: 'localhost:8080' }))).toBe(false);
    const silentProxy = { ...request({ host: '127.0.0.1:8080', connection: 'close' }), httpVersion: '1.0' } as IncomingMessage;
    expect(mayBootstrapConsole('127.0.0.1', silentProxy)).toBe(false);
  });
});

describe('a time', () => {
  it.each(['2026-11-28T12:00:00Z', '2026-11-28T12:00:00.123+14:00', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'])(
    '%s is one',
    (text) => expect(Timestamp.safeParse(text).success).toBe(true),
  );
  it.each([
    '0000-12-31T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '2026-11-28T12:00:00+16:00',
    '2026-11-28',
    'now',
  ])('%s is none that a row could hold', (text) => expect(Timestamp.safeParse(text).error?.issues).toHaveLength(1));
});

describe('charging profiles to add up', () => {
  const profile = (periods: number) => ({
    chargingSchedule: { chargingSchedulePeriod: Array(periods).fill({ startPeriod: 0, limit: 6 }) },
  });
  const asked = (...profiles: readonly object[]) =>
    CompositeBody.safeParse({ ocppVersion: 'ocpp1.6', profiles, durationS: 60, at: '2026-11-28T12:00:00Z', maxA: 32 }).success;
  it('have as many periods as a station may take, however they are divided', () => {
    expect([asked(profile(5_000)), asked(profile(5_001))]).toEqual([true, false]);
    expect([
      asked(profile(2_500), { csChargingProfiles: profile(2_500) }),
      asked(profile(2_500), { csChargingProfiles: profile(2_501) }),
    ]).toEqual([true, false]);
  });
});

describe('a site', () => {
  const root = { nodeId: 'grid', limitA: [20, 20, 16], phases: 3, children: [{ nodeId: 'panel', limitA: 16 }] };
  it('is a tree of any depth, in a time zone that exists', () => {
    expect(SiteBody.safeParse({ name: 'S', timeZone: 'Europe/Paris', root }).success).toBe(true);
    expect(SiteBody.safeParse({ name: 'S', timeZone: 'Europe/Nowhere', root }).success).toBe(false);
    expect(SiteBody.safeParse({ name: 'S', timeZone: 'UTC', root: { ...root, limtA: 3 } }).success).toBe(false);
  });

  it.each([
    { limitA: 1e9 },
    { limitW: 1e308 },
    { marginA: 1e300 },
    { unmanagedMaxA: 1e12 },
    { firmLimitA: -1 },
    { transformer: { vectorGroup: 'Dy11', turnsRatio: 1e-300 } },
  ])('has no number that no grid connection has: %j', (wrong) => {
    expect(SiteBody.safeParse({ name: 'S', timeZone: 'UTC', root: { ...root, ...wrong } }).success).toBe(false);
  });
});
