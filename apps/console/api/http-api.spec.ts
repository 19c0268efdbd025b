import { describe, expect, it } from '@jest/globals';
import { ApiError, ShapeError } from './errors.js';
import { readFeedEvent } from './feed-shapes.js';
import { readCertificate, readHolding } from './holding-shapes.js';
import { httpApi } from './http-api.js';
import { readSession, readSite, readStation } from './network-shapes.js';
import { readOffer } from './offer.js';

interface Asked {
  readonly path: string;
  readonly authorization: string | null;
}

/** A fetch that answers from `answers` in turn and writes down what it was asked. */
function play(...answers: readonly Response[]) {
  const asked: Asked[] = [];
  const rest = [...answers];
  const fetch: typeof globalThis.fetch = async (path, init) => {
    asked.push({ path: String(path), authorization: new Headers(init?.headers).get('authorization') });
    const answer = rest.shift();
    if (answer === undefined) throw new TypeError('unreachable');
    return answer;
  };
  return { asked, fetch };
}
const json = (body: unknown, init: ResponseInit = {}) =>
  new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' }, ...init });

describe('httpApi', () => {
  it('replaces what is still as it was seen, and nothing else', async () => {
    const there = () => json({ price: 1 }, { headers: { 'content-type': 'application/json', etag: '"v1"' } });
    const sent: (readonly [string | undefined, string | null, unknown])[] = [];
    const fetch: typeof globalThis.fetch = async (_path, init) => {
      if (init?.method !== 'PUT') return there();
      sent.push([init.method, new Headers(init.headers).get('if-match'), init.body]);
      return json({ price: 2 });
    };
    const ask = httpApi(() => 'k', fetch).ask(new AbortController().signal);
    await expect(ask.replace('/v1/tariffs/t', () => false, { price: 2 })).rejects.toMatchObject({ status: 412 });
    expect(sent).toEqual([]);
    expect(await ask.replace('/v1/tariffs/t', (seen) => JSON.stringify(seen) === '{"price":1}', { price: 2 })).toEqual({ price: 2 });
    expect(sent).toEqual([['PUT', '"v1"', '{"price":2}']]);
  });
  it('tells of answers that are not all yet, until one is', async () => {
    const page = { items: [], nextCursor: null };
    const { fetch } = play(json(page, { headers: { 'content-type': 'application/json', 'records-left': '700' } }), json(page));
    const api = httpApi(() => 'k', fetch);
    await api.sites();
    expect(api.recordsLeft.get()).toBe(700);
    await api.sites();
    expect(api.recordsLeft.get()).toBe(0);
  });
  it('tells of a key that is not known any more, and of nothing else that is refused', async () => {
    const { fetch } = play(json({}, { status: 403 }), json({}, { status: 401 }));
    let told = 0;
    const api = httpApi(
      () => 'k',
      fetch,
      () => null,
      () => told++,
    );
    await expect(api.sites()).rejects.toMatchObject({ status: 403 });
    expect(told).toBe(0);
    await expect(api.sites()).rejects.toMatchObject({ status: 401 });
    expect(told).toBe(1);
  });
  it('follows the cursor to the end of a list and sends the key with each page', async () => {
    const { asked, fetch } = play(
      json({ items: [{ siteId: 'a' }], nextCursor: 'x+y' }),
      json({
        items: [{ siteId: 'b', name: 'B', timeZone: 'Europe/Berlin', root: { nodeId: 'grid', limitA: [1, 2, 3] } }],
        nextCursor: null,
      }),
    );
    const sites = await httpApi(() => 'k-1', fetch).sites();
    expect(sites.map(({ siteId, name, root }) => [siteId, name, root?.limitA])).toEqual([
      ['a', 'a', undefined],
      ['b', 'B', [1, 2, 3]],
    ]);
    expect(asked).toEqual([
      { path: '/v1/sites?limit=500', authorization: 'Bearer k-1' },
      { path: '/v1/sites?limit=500&cursor=x%2By', authorization: 'Bearer k-1' },
    ]);
  });

  it('reads the uptime of ports with the outages of its window, and nothing where nothing is to report', async () => {
    const query = { rules: 'nevi', month: '2026-10', over: 'rules' } as const;
    const head = { from: '2025-11-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z', ports: [{ portId: 'a-1' }] };
    const { asked, fetch } = play(json(head), json({ items: [{ outageId: 'a-1:5' }], nextCursor: null }), json({}, { status: 422 }));
    const api = httpApi(() => 'k', fetch);
    expect(await api.uptime(query)).toMatchObject({ report: { ports: [{ portId: 'a-1' }] }, outages: [{ outageId: 'a-1:5' }] });
    expect(asked.map(({ path }) => path)).toEqual([
      '/v1/reports/uptime?rules=nevi&month=2026-10&over=rules',
      '/v1/outages?rules=nevi&from=2025-11-01T00%3A00%3A00.000Z&to=2026-11-01T00%3A00%3A00.000Z&limit=500',
    ]);
    expect(await api.uptime(query)).toBeNull();
  });

  it('reads a file with its checksum, and says why there is none', async () => {
    const refused = { status: 422, headers: { 'content-type': 'application/problem+json' } };
    const { fetch } = play(
      new Response('a\r\n', { headers: { 'x-checksum-sha256': 'ff' } }),
      new Response(JSON.stringify({ detail: 'line 2: too long' }), refused),
    );
    const { readFile } = httpApi(() => 'k', fetch).ask(new AbortController().signal);
    expect(await readFile('/f')).toEqual({ text: 'a\r\n', sha256: 'ff' });
    await expect(readFile('/f')).rejects.toMatchObject({ status: 422, message: 'line 2: too long' });
  });

  it('says a verdict about an outage under a key of its own', async () => {
    const sent: RequestInit[] = [];
    const fetch: typeof globalThis.fetch = async (_path, init) => {
      sent.push(init ?? {});
      return json({}, { status: 201 });
    };
    const api = httpApi(() => 'k', fetch);
    await api.judgeOutage('a-1:5', { cause: 'vandalism', evidence: 'police 7' });
    await api.judgeOutage('a-1:5', { cause: 'counts', evidence: 'camera' });
    expect(sent.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"cause":"vandalism","evidence":"police 7"}'],
      ['POST', '{"cause":"counts","evidence":"camera"}'],
    ]);
    const keys = sent.map(({ headers }) => new Headers(headers).get('idempotency-key'));
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('tells a refusal from an outage, in the words of the problem', async () => {
    const headers = { 'content-type': 'application/problem+json' };
    const refused = play(json({ title: 'An API key is needed', detail: 'send one' }, { status: 401, headers }));
    await expect(httpApi(() => null, refused.fetch).stations()).rejects.toMatchObject({
      status: 401,
      message: 'send one',
      retriable: false,
    });
    expect(refused.asked[0]?.authorization).toBeNull();
    await expect(httpApi(() => null, play().fetch).stations()).rejects.toMatchObject({ status: 0, retriable: true });
    await expect(httpApi(() => null, play(new Response('', { status: 502, statusText: 'Bad Gateway' })).fetch).stations()).rejects.toEqual(
      new ApiError(502, '502 Bad Gateway'),
    );
  });

  it('takes the time from the server when this machine’s clock is off', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const api = httpApi(
      () => null,
      play(json({ items: [] }, { headers: { date } }), json({ items: [] }, { headers: { date: new Date().toUTCString() } })).fetch,
    );
    await api.sites();
    expect(Math.abs(api.clockOffsetMs() - 3_600_000)).toBeLessThan(2_000);
    await api.sites();
    expect(api.clockOffsetMs()).toBe(0);
  });

  it('asks a site’s load by instants and bucket length', async () => {
    const { asked, fetch } = play(json({ items: [{ at: '2026-06-01T12:00:00.000Z', measuredW: '5000', limitW: 9000, allocatedW: null }] }));
    const points = await httpApi(() => null, fetch).load('dépôt', 0, 60_000, 5);
    expect(asked[0]?.path).toBe(
      '/v1/sites/d%C3%A9p%C3%B4t/load?from=1970-01-01T00%3A00%3A00.000Z&to=1970-01-01T00%3A01%3A00.000Z&interval=5',
    );
    expect(points).toEqual([{ atMs: Date.UTC(2026, 5, 1, 12), measuredW: 5000, limitW: 9000, allocatedW: null }]);
  });
});

describe('what the server offers', () => {
  it.each([
    ['the key of this machine', { token: 'k' }, { kind: 'key', key: 'k' }],
    ['a session, which goes before', { csrfToken: 'c', token: 'k' }, { kind: 'session', csrfToken: 'c' }],
    ['where to sign in', { signIn: '/console/login' }, { kind: 'signIn', address: '/console/login' }],
    ['an address of another server', { signIn: 'https://elsewhere.example' }, null],
  ])('%s', async (_, body, expected) => expect(await readOffer(play(json(body)).fetch)).toEqual(expected));
  it('is nothing where it has nothing, or is no server of ours', async () => {
    expect(await readOffer(play(json({ title: 'Not found' }, { status: 404 })).fetch)).toBeNull();
    expect(await readOffer(play(new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } })).fetch)).toBeNull();
  });
});

it('a change over a session goes with the token of the page', async () => {
  const sent: Headers[] = [];
  const fetch: typeof globalThis.fetch = async (_, init) => {
    sent.push(new Headers(init?.headers));
    return json({});
  };
  const ask = httpApi(
    () => null,
    fetch,
    () => 'c-1',
  ).ask(new AbortController().signal);
  await ask.post('/v1/x', {});
  await ask.read('/v1/x');
  expect(sent.map((headers) => [headers.get('authorization'), headers.get('x-csrf-token')])).toEqual([
    [null, 'c-1'],
    [null, null],
  ]);
});

describe('rows', () => {
  it('are read as the api writes them', () => {
    const at = '2026-06-01T12:00:00.000Z';
    const evse = { evseId: 1, status: 'Charging', powerW: 11040, sessionId: 's', limitA: 16, wantedA: 13, heldBy: 'needMet' };
    const alarm = { evseId: 1, kind: 'ignores', allowedA: 10, drawnA: 20 };
    const told = { ...evse, reason: { nodeId: 'grid', phase: 'L1' }, behind: ['b/1', 'c/1'], cap: { limitA: 8, by: 'profile' } };
    expect(
      readStation({
        stationId: 'a',
        siteId: 'x',
        online: true,
        disconnectedAt: at,
        ocppVersion: 'ocpp1.6',
        lastSeenAt: at,
        vendor: 'V',
        alarms: [{ ...alarm, since: at }, { kind: 'of a later version' }],
        evses: [told, evse],
      }),
    ).toEqual({
      stationId: 'a',
      siteId: 'x',
      online: true,
      lostAtMs: Date.parse(at),
      ocppVersion: '1.6',
      model: 'V',
      firmwareVersion: null,
      lastSeenAtMs: Date.parse(at),
      alarms: [{ ...alarm, sinceMs: Date.parse(at) }],
      evses: [
        {
          ...evse,
          waits: { nodeId: 'grid', phase: 'L1', isFirm: false, behind: 2 },
          tightAt: { nodeId: 'grid', phase: 'L1', isFirm: false },
          capA: 8,
        },
        { ...evse, waits: null, tightAt: null, capA: null },
      ],
    });
    const row = {
      sessionId: 's',
      stationId: 'a',
      siteId: 'x',
      evseId: 1,
      status: 'active',
      startedAt: at,
      endedAt: null,
      energyWh: 12.5,
      powerW: 11040,
    };
    const cost = { amount: '0.1234', net: '0.1020', currency: 'EUR' };
    expect(readSession({ ...row, cost })).toMatchObject({ active: true, energyWh: 12.5, cost: { amount: '0.1234', currency: 'EUR' } });
    expect(readSession({ ...row, status: 'ended', cost: null })).toMatchObject({ active: false, cost: null });
  });

  it('of certificates say whose they are and when they end', () => {
    const row = {
      certificateId: 'c',
      stationId: 'A',
      type: 'V2GCertificate',
      subject: 'CN=A',
      serialNumber: null,
      notAfter: '2026-12-01T00:00:00Z',
      alarm: 'expiring',
    };
    expect(readCertificate(row)).toEqual({
      certificateId: 'c',
      stationId: 'A',
      type: 'V2GCertificate',
      subject: 'CN=A',
      serialNumber: null,
      alarm: 'expiring',
      notAfterMs: Date.parse('2026-12-01T00:00:00Z'),
    });
    expect(() => readCertificate({ ...row, stationId: 7 })).toThrow(/stationId/);
  });
  it('of holdings say how the list stands and who an outlet is kept for', () => {
    const reservations = [{ reservationId: 7, evseId: null, state: 'active', expiresAt: '2026-12-01T00:00:00Z' }];
    const row = { stationId: 'A', localList: { state: 'inStep', version: 3, entries: 12 }, reservations, messagesShown: 2 };
    expect(readHolding(row)).toEqual({
      stationId: 'A',
      localList: { state: 'inStep', version: 3, entries: 12 },
      reservations: [{ reservationId: 7, evseId: null, expiresAtMs: Date.parse('2026-12-01T00:00:00Z') }],
      messagesShown: 2,
    });
    expect(readHolding({ stationId: 'A', localList: null })).toMatchObject({ localList: null, reservations: [], messagesShown: 0 });
  });
  it('never show a cost that came as a float', () => {
    expect(readSession({ sessionId: 's', stationId: 'a', cost: { amount: 0.1, currency: 'EUR' } }).cost).toBeNull();
  });

  it('are refused without their identity', () => {
    expect(() => readSite({ name: 'x' })).toThrow(ShapeError);
  });
});

describe('readFeedEvent', () => {
  it('passes over the mark that only carries a position', () => {
    expect(readFeedEvent('mark', '{}')).toBeNull();
  });

  it('reads again what has no state any more', () => {
    expect(readFeedEvent('station', '{"subject":"a"}')).toEqual({ type: 'Outdated', resource: 'stations' });
    expect(readFeedEvent('site', '{"siteId":"a"}')).toEqual({ type: 'Outdated', resource: 'sites' });
  });
});
