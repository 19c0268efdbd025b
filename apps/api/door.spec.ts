// The door, route by route and role by role, as the description tells it: no route without a line in roles.ts, no line without a route, nobody in who is not
// named there, nothing asked that the description does not have. Behind the door nothing happens here.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { World } from '#ports';
import { type Door, mount, type Route } from './http.js';
import { openApi } from './openapi.js';
import type { Reads } from './reads.js';
import { mayOf, NAMED, ROLES, type Role } from './roles.js';
import { routes } from './routes.js';

type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly type?: string; readonly errors?: readonly { readonly path: string }[] };
}

const table = routes({} as World, {} as Reads, {} as never, { notifications: {} } as never);
const { paths } = openApi(table, '0') as {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly 'x-roles': readonly Role[]; readonly parameters: readonly { name: string; in: string }[] }>>
    >
  >;
};
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { 'x-roles': roles, parameters }]) => ({
    ...{ method, path, roles },
    query: parameters.filter((each) => each.in === 'query').map(({ name }) => name),
  })),
);

const { ask, reached, audited, whileLeft } = world();
beforeEach(() => {
  reached.length = 0;
  audited.length = 0;
  whileLeft(0);
});

/** The true door with routes that answer at once; what was audited is told beside the answer. */
function world() {
  const handlers = new Map<string, Handler>();
  const last: Handler[] = [];
  const reached: string[] = [];
  const audited: string[] = [];
  const named = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;
  let role: Role = 'admin';
  let recordsLeft = 0;
  const add = (method: string) => (path: string, handler: unknown) => handlers.set(`${method} ${path}`, handler as Handler);
  const door: Door = {
    authenticate: async () => ({ tenantId: 't', name: 'somebody', role }),
    spend: () => undefined,
    once: (_tenant, _key, _request, work) => work(),
    scope: { check: async () => undefined, narrow: (_route, _caller, _asked, answer) => answer },
    missingRows: { left: async () => recordsLeft, truthfully: (_isRead, work) => work() },
    audit: async (route, _asked, work) => {
      audited.push(named(route));
      return work();
    },
  };
  const answering = table.map(
    (route): Route => ({
      ...route,
      handle: async () => {
        reached.push(named(route));
        return { status: 200, body: {} };
      },
    }),
  );
  const adapter = {
    get: add('get'),
    put: add('put'),
    post: add('post'),
    delete: add('delete'),
    use: (_: string, handler: unknown) => last.push(handler as Handler),
  };
  mount(adapter as never, answering, door, { warn: () => undefined, error: () => undefined } as never);
  const ask = (method: string, path: string, by: Role = 'admin', query = '', isKnown = true): Promise<Told> => {
    role = by;
    const params = Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, 'x']));
    const originalUrl = `${path.replaceAll(/\{\w+\}/g, 'x')}${query}`;
    const request = Object.assign(Readable.from([]), { method: method.toUpperCase(), headers: {}, params, originalUrl });
    return new Promise((resolve) => {
      let told = { status: 0, headers: {} };
      const response = {
        headersSent: false,
        writeHead: (status: number, headers: Readonly<Record<string, string>>) => (told = { status, headers }),
        end: (text?: string) => resolve({ ...told, body: text === undefined ? {} : JSON.parse(text) }),
      };
      const handler = isKnown ? handlers.get(`${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`) : last.at(-1);
      if (handler === undefined) throw new Error(`${method} ${path} has no handler`);
      handler(request as never, response as never, () => undefined);
    });
  };
  return { ask, reached, audited, whileLeft: (count: number) => (recordsLeft = count) };
}

it('is described route by route: as many operations as routes, each with who may and none that roles.ts does not name', () => {
  expect(operations.length).toBe(table.length);
  const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect([...NAMED].sort()).toEqual(described.sort());
});

describe.each(ROLES)('the role %s', (role) => {
  it('gets where the description lets it, and nowhere else', async () => {
    const outcomes: string[] = [];
    for (const { method, path, roles } of operations) {
      reached.length = 0;
      const { status, body } = await ask(method, path, role);
      const isLetIn = body.type !== 'urn:joulestream:problem:forbidden' && status !== 403;
      if (isLetIn !== roles.includes(role) || (!isLetIn && reached.length > 0)) outcomes.push(`${role}: ${method} ${path}: ${status}`);
    }
    expect(outcomes).toEqual([]);
  });
  it('is told of all it may and of nothing else', () => {
    const open = operations.filter(({ roles }) => roles.includes(role)).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect([...mayOf(role)].sort()).toEqual(open.sort());
  });
});

describe('every route', () => {
  it('says to a role that may not who may', async () => {
    expect((await ask('get', '/v1/audit', 'viewer')).body).toMatchObject({ detail: 'the role viewer may not; auditor, admin may' });
  });
  it('refuses a query parameter that it does not have, by its name', async () => {
    for (const { method, path } of operations) {
      const { status, body } = await ask(method, path, 'admin', '?no-such=1');
      expect([method, path, status, (body.errors ?? []).map((each) => each.path)]).toEqual([method, path, 400, ['no-such']]);
    }
    expect(reached).toEqual([]);
    expect((await ask('get', '/v1/sites', 'admin', '?limit=1&limit=2')).body.errors).toMatchObject([
      { path: 'limit', message: 'given more than once' },
    ]);
    expect((await ask('get', '/v1/sites', 'admin', '?limit=many')).body.errors).toMatchObject([
      { path: 'limit', message: 'is not a number' },
    ]);
    expect((await ask('get', '/v1/sites', 'admin', '?limt=1')).body.errors).toMatchObject([{ path: 'limt' }]);
  });

  it('says which methods its path has, where it has not the one that was asked', async () => {
    for (const path of Object.keys(paths)) {
      const { status, headers } = await ask('patch', path, 'admin', '', false);
      const allowed = Object.keys(paths[path] ?? {}).map((method) => method.toUpperCase());
      expect([path, status]).toEqual([path, 405]);
      expect(headers.allow?.split(', ').filter((method) => method !== 'HEAD')).toEqual(expect.arrayContaining(allowed));
    }
    expect((await ask('get', '/v1/nowhere', 'admin', '', false)).status).toBe(404);
  });

  it('that reads says how many records are not in the rows yet, while there are some', async () => {
    whileLeft(700);
    for (const { method, path } of operations) {
      const { status, headers } = await ask(method, path);
      expect([path, headers['Records-Left']]).toEqual([path, method === 'get' && status === 200 ? '700' : undefined]);
    }
    whileLeft(0);
    expect((await ask('get', '/v1/sites')).headers).not.toHaveProperty('Records-Left');
  });

  it('that changes something is audited, whoever asks and whether or not it may', async () => {
    const answersQuestions = table.filter(({ isAudited }) => isAudited === false).map(({ path }) => path);
    expect(answersQuestions.sort()).toEqual([
      '/v1/allocations',
      '/v1/composite-schedules',
      '/v1/grid/enwg14a/{siteId}/heartbeats',
      '/v1/grid/oscp/{providerId}/2.0/handshake',
      '/v1/grid/oscp/{providerId}/2.0/handshake_acknowledge',
      '/v1/grid/oscp/{providerId}/2.0/heartbeat',
      '/v1/grid/oscp/{providerId}/2.0/register',
      '/v1/grid/oscp/{providerId}/2.0/update_group_capacity_forecast',
      '/v1/grid/programs/{programId}/notifications',
      '/v1/rating',
      '/v1/reports/ev-chart/validation',
      '/v1/signed-readings/verification',
      '/v1/sites/{siteId}/measurements',
      '/v1/tariffs/simulations',
    ]);
    for (const { method, path } of operations) await ask(method, path, 'viewer');
    const changing = operations.filter(({ method, path }) => method !== 'get' && !answersQuestions.includes(path));
    expect(audited).toEqual(changing.map(({ method, path }) => `${method} ${path}`));
  });
});
