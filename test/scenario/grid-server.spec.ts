// Our own OpenADR 3 server (VTN) on the running network: clients, what they may do, and a program of it that a site of ours follows by our own client.
// What programs come to is grid-program.spec.ts'.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NetworkWorld } from './support/network-world.js';

type Said = Readonly<Record<string, unknown>> & { readonly id: string };
interface Heard {
  readonly authorization: string | undefined;
  readonly body: { readonly objectType: string; readonly operation: string; readonly object: Said };
}

const EAN = '871687120000000001';

describe('a server of ours for sub-sites', () => {
  let network: NetworkWorld;
  let receiver: Server;
  const heard: Heard[] = [];
  const tokens: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  let programID: string;

  const at = (path: string) => `http://127.0.0.1:${network.http.port}/openadr3/default/${path}`;
  const ask = async <T = Said>(who: string, method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${tokens[who] ?? who}`, 'content-type': 'application/json' };
    const response = await fetch(at(path), { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: response.status, body: (await response.json()) as T };
  };
  const must = async <T = Said>(who: string, method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await ask<T>(who, method, path, body);
    if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const token = async (form: Record<string, string>) => {
    const response = await fetch(at('auth/token'), { method: 'POST', body: new URLSearchParams(form) });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };
  const client = async (clientId: string, kind: string) => {
    const { clientSecret } = await network.must<{ clientSecret: string }>('POST', '/v1/grid/vtn-clients', { clientId, kind });
    secrets[clientId] = clientSecret;
    const { body } = await token({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret });
    tokens[clientId] = body.access_token ?? '';
  };
  const limit = (kw: number, change: object = {}) => ({
    programID,
    targets: [EAN],
    payloadDescriptors: [{ objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: 'IMPORT_CAPACITY_LIMIT', units: 'KW' }],
    intervalPeriod: { start: '0001-01-01', duration: 'P9999Y' },
    intervals: [{ id: 0, payloads: [{ type: 'IMPORT_CAPACITY_LIMIT', values: [kw] }] }],
    ...change,
  });
  const told = (operation: string, objectType: string) =>
    network.until(`${operation} of ${objectType}`, () =>
      heard.find(({ body }) => body.operation === operation && body.objectType === objectType),
    );

  beforeAll(async () => {
    receiver = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      heard.push({ authorization: request.headers.authorization, body: JSON.parse(text) });
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', () => resolve()));
    network = await NetworkWorld.open(undefined, { WEBHOOK_PRIVATE_ADDRESSES: 'allow' });
    const root = { nodeId: 'grid', limitA: 400, unmanagedMaxA: 0, phases: 3 };
    await network.must('PUT', '/v1/sites/depot', { name: 'Depot', timeZone: 'Europe/Amsterdam', voltageV: 230, root });
    for (const [clientId, kind] of Object.entries({ dso: 'businessLogic', depot: 'ven', other: 'ven' })) await client(clientId, kind);
    ({ id: programID } = await must('dso', 'POST', 'programs', { programName: 'flex' }));
  }, 120_000);
  afterAll(async () => {
    await network?.close();
    receiver?.close();
  }, 60_000);

  it('gives tokens to its clients alone, with scopes of their kind', async () => {
    const own = { grant_type: 'client_credentials', client_id: 'depot', client_secret: secrets.depot ?? '' };
    const all = await token(own);
    expect(all.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    expect(all.body.scope).toBe('read_targets read_ven_objects write_reports write_subscriptions write_vens');
    expect((await token({ ...own, scope: 'read_targets write_events' })).body.scope).toBe('read_targets');
    for (const [change, status, error] of [
      [{ scope: 'write_events' }, 400, 'invalid_scope'],
      [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
      [{ client_secret: 'guessed' }, 401, 'invalid_client'],
      [{ client_id: 'dso' }, 401, 'invalid_client'],
      [{ client_secret: '' }, 400, 'invalid_request'],
    ] as const) {
      const refused = await token({ ...own, ...change });
      expect([refused.status, refused.body.error]).toEqual([status, error]);
    }
    expect(await (await fetch(at('auth/server'))).json()).toEqual({ tokenURL: at('auth/token') });
    expect(await must('depot', 'GET', 'notifiers')).toEqual({ WEBHOOK: true });
    expect((await ask('nobody', 'GET', 'programs')).status).toBe(401);
    const elsewhere = at('programs').replace('/default/', '/another/');
    expect((await fetch(elsewhere, { headers: { authorization: `Bearer ${tokens.dso}` } })).status).toBe(401);
    expect((await network.call('GET', '/v1/sites', undefined, { authorization: `Bearer ${tokens.dso}` })).status).toBe(401);
  });

  it('refuses what a client may not, what is no object of OpenADR, and what does not fit to what is there', async () => {
    const { id } = await must('dso', 'POST', 'events', limit(9, { targets: ['elsewhere'] }));
    for (const [who, method, path, body, status] of [
      ['depot', 'POST', 'programs', { programName: 'mine' }, 403],
      ['depot', 'POST', 'events', limit(400), 403],
      ['depot', 'DELETE', `events/${id}`, undefined, 403],
      ['depot', 'GET', `events/${id}`, undefined, 404],
      ['dso', 'POST', 'reports', {}, 403],
      ['dso', 'POST', 'programs', { programName: 'flex' }, 409],
      ['dso', 'POST', 'programs', { programName: '' }, 400],
      ['dso', 'POST', 'events', limit(9, { programID: 'none' }), 409],
      ['dso', 'POST', 'events', limit(9, { priority: -1 }), 400],
      ['dso', 'POST', 'events', limit(9, { intervalPeriod: { start: 'soon' } }), 400],
      ['dso', 'POST', 'events', limit(9, { duration: '1 hour' }), 400],
      ['dso', 'POST', 'events', '"', 400],
      ['depot', 'POST', 'vens', { objectType: 'BL_VEN_REQUEST', venName: 'NL-ABC', clientID: 'depot', targets: [EAN] }, 400],
      ['depot', 'POST', 'reports', { eventID: id, clientName: 'NL-ABC', resources: [] }, 409],
      ['dso', 'GET', 'events?limit=51', undefined, 400],
      ['dso', 'GET', 'events?skip=-1', undefined, 400],
      ['dso', 'GET', 'events?program=x', undefined, 400],
      ['dso', 'GET', 'events/none', undefined, 404],
      ['dso', 'PUT', 'events/none', limit(9), 404],
      ['dso', 'GET', 'nothing', undefined, 404],
      ['dso', 'PUT', 'events', limit(9), 405],
    ] as const) {
      const answer = await ask<Said & { readonly status: number; readonly title: string }>(who, method, path, body);
      expect([method, path, answer.status, answer.body.status, typeof answer.body.title]).toEqual([method, path, status, status, 'string']);
    }
    await must('dso', 'DELETE', `events/${id}`);
    expect(await must('dso', 'GET', 'events')).toEqual([]);
  });

  it('shows each client what is its own or for it, in pages, and no target that it was not granted', async () => {
    const ven = { objectType: 'BL_VEN_REQUEST', venName: 'sub', clientID: 'other', targets: ['a', 'b'] };
    const { id: venID } = await must('dso', 'POST', 'vens', ven);
    const mine = await must('other', 'PUT', `vens/${venID}`, { objectType: 'VEN_VEN_REQUEST', venName: 'sub-site', targets: ['c'] });
    expect(mine).toMatchObject({ venName: 'sub-site', targets: ['a', 'b'], clientID: 'other', objectType: 'VEN' });
    const made: string[] = [];
    for (const targets of [['a', 'c'], ['c'], [], ['b']]) made.push((await must('dso', 'POST', 'events', limit(9, { targets }))).id);
    const seen = async (who: string, query = '') =>
      (await must<readonly Said[]>(who, 'GET', `events${query}`)).map(({ id, targets }) => [id, targets]);
    expect(await seen('dso')).toHaveLength(4);
    expect(await seen('other')).toEqual([
      [made[0], ['a']],
      [made[2], []],
      [made[3], ['b']],
    ]);
    expect(await seen('other', '?targets=a&targets=c')).toEqual([[made[0], ['a']]]);
    expect(await seen('other', '?targets=c')).toEqual([]);
    expect(await seen('depot')).toEqual([[made[2], []]]);
    expect(await seen('dso', '?skip=1&limit=2')).toEqual([
      [made[1], ['c']],
      [made[2], []],
    ]);
    expect(await seen('dso', '?programID=none')).toEqual([]);
    expect(await must('depot', 'GET', 'vens')).toEqual([]);
    expect((await ask('depot', 'GET', `vens/${venID}`)).status).toBe(404);
    expect((await ask('depot', 'POST', 'resources', { objectType: 'VEN_RESOURCE_REQUEST', resourceName: 'r', venID })).status).toBe(404);
    for (const id of made) await must('dso', 'DELETE', `events/${id}`);
    await must('dso', 'DELETE', `vens/${venID}`);
  });

  it('asks for what is still to come where it is asked to', async () => {
    const over = { intervalPeriod: { start: '2020-01-01T00:00:00Z', duration: 'PT1H' } };
    const { id } = await must('dso', 'POST', 'events', limit(9, over));
    const { id: open } = await must('dso', 'POST', 'events', limit(9));
    expect((await must<readonly Said[]>('dso', 'GET', 'events?active=true')).map((each) => each.id)).toEqual([open]);
    expect(await must('dso', 'GET', 'events')).toHaveLength(2);
    for (const each of [id, open]) await must('dso', 'DELETE', `events/${each}`);
  });

  it('is followed by a site of ours, which is told of events, reports, and is limited', async () => {
    const operation = { objects: ['REPORT', 'VEN', 'EVENT'], operations: ['CREATE', 'UPDATE', 'DELETE'] };
    const callbackUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/news`;
    const subscription = {
      clientName: 'dso',
      programID: undefined,
      objectOperations: [{ ...operation, callbackUrl, bearerToken: 'known-here' }],
    };
    const { id: subscribed, objectOperations } = await must('dso', 'POST', 'subscriptions', subscription);
    expect(objectOperations).toEqual([{ ...operation, callbackUrl }]);
    await network.must('PUT', '/v1/grid/programs/sub', {
      server: { url: at(''), version: '3.1', programName: 'flex', venName: 'NL-ABC', clientId: 'depot', clientSecret: secrets.depot },
      introduce: true,
      push: { kind: 'webhook', callbackUrl: `http://127.0.0.1:${network.http.port}/v1/grid/programs/sub/notifications` },
      pollS: 3600,
      sites: [{ siteId: 'depot', names: [EAN], fallbackW: 20_000 }],
    });
    const { body } = await told('CREATE', 'VEN');
    expect(body.object).toMatchObject({ venName: 'NL-ABC', clientID: 'depot' });
    await network.until('our subscription', async () => (await must<readonly Said[]>('depot', 'GET', 'subscriptions')).length === 1);
    const { venName, clientID } = body.object;
    await must('dso', 'PUT', `vens/${body.object.id}`, { objectType: 'BL_VEN_REQUEST', venName, clientID, targets: [EAN] });
    const reportDescriptors = [{ payloadType: 'OPERATING_STATE', numIntervals: 1, repeat: -1 }];
    const start = new Date(Date.now() - 7_200_000).toISOString();
    const { id } = await must('dso', 'POST', 'events', limit(70, { reportDescriptors, intervalPeriod: { start, duration: 'P9999Y' } }));
    const inForce = (kw: number) =>
      network.until(`${kw} kW in force`, async () => {
        const { items } = await network.must<{ items: readonly { inForce: { limitW?: number } | null }[] }>(
          'GET',
          '/v1/sites/depot/grid-limits',
        );
        return items[0]?.inForce?.limitW === kw * 1000;
      });
    await inForce(70);
    await must('dso', 'PUT', `events/${id}`, limit(50));
    await inForce(50);
    const { authorization } = await told('UPDATE', 'EVENT');
    expect(authorization).toBe('Bearer known-here');
    await must('dso', 'PUT', `events/${id}`, limit(50, { reportDescriptors, intervalPeriod: { start, duration: 'PT1H' } }));
    const report = await told('CREATE', 'REPORT');
    expect(report.body.object).toMatchObject({ eventID: id, clientName: 'NL-ABC', clientID: 'depot' });
    expect(await must('dso', 'GET', `reports?eventID=${id}`)).toHaveLength(1);
    expect(await must('other', 'GET', 'reports')).toEqual([]);
    await must('dso', 'DELETE', `events/${id}`);
    expect(await must('dso', 'GET', 'reports')).toEqual([]);
    await told('DELETE', 'REPORT');
    await must('dso', 'DELETE', `subscriptions/${subscribed}`);
  });

  it('keeps no secret, and lets nobody in who was removed', async () => {
    await network.must('DELETE', '/v1/grid/vtn-clients/other');
    expect((await ask('other', 'GET', 'programs')).status).toBe(401);
    expect((await network.call('POST', '/v1/grid/vtn-clients', { clientId: 'depot', kind: 'ven' })).status).toBe(409);
    const { items } = await network.must<{ items: readonly { clientId: string }[] }>('GET', '/v1/grid/vtn-clients');
    expect(items.map(({ clientId }) => clientId)).toEqual(['depot', 'dso']);
    const records = JSON.stringify(await network.records('network-events'));
    expect(records).toContain('VtnObjectWritten');
    for (const secret of [...Object.values(secrets), ...Object.values(tokens), 'known-here']) expect(records).not.toContain(secret);
  });
});
