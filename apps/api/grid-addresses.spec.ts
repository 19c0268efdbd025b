// Addresses of grid operators' servers: what may be spoken to, and where a server may send us on to, and whose secret is told to whom.
import { expect, it } from '@jest/globals';
import { isFitFrom, isSafeAddress } from './grid-addresses.js';
import { gridOscpRoutes } from './grid-oscp.js';
import { gridProgramRoutes } from './grid-programs.js';
import type { Route } from './http.js';

it.each([
  ['https://grid.example/oscp/2.0', true],
  ['http://127.0.0.1:8080/2.0', true],
  ['http://grid.example/2.0', false],
  ['https://name@grid.example/2.0', false],
  ['https://:password@grid.example/2.0', false],
  ['https://grid.example/2.0?', false],
  ['https://grid.example/2.0?a=b', false],
  // What is added to it would be no part of the path.
  ['https://grid.example/2.0#', false],
])('%s may be spoken to: %s', (address, isSafe) => expect(isSafeAddress(address)).toBe(isSafe));

it('a server sends us on to servers of its own kind', () => {
  const server = 'https://grid.example/2.0';
  expect(isFitFrom('https://other.example/2.0', server)).toBe(true);
  for (const near of [
    'https://10.0.0.5/2.0',
    'https://[::ffff:10.0.0.5]/2.0',
    'https://169.254.169.254/x',
    'http://localhost/2.0',
    'no address',
  ])
    expect([near, isFitFrom(near, server)]).toEqual([near, false]);
  expect(isFitFrom('https://10.0.0.5/2.0', 'https://10.0.0.4/2.0')).toBe(true);
  expect(isFitFrom('http://127.0.0.1:1/2.0', 'http://localhost:2/2.0')).toBe(true);
});

it('a secret that is kept is told to no other server', async () => {
  const kept = 'https://grid.example/2.0';
  const told: string[] = [];
  const query = async (text: string) => ({ rows: text.startsWith('select set_config') ? [] : [{ url: kept, server: { url: kept } }] });
  const world = {
    ...{ kind: 'embedded', database: { inTransaction: (work: (tx: object) => unknown) => work({ query }) } },
    ...{ clock: { now: () => 0 }, ids: { next: () => 'id' } },
    log: {
      append: async () => {
        told.push('it');
        throw new Error('durable');
      },
    },
  } as never;
  const put = (routes: readonly Route[], params: object, body: object) =>
    routes.find(({ method }) => method === 'put')?.handle({ caller: { tenantId: 't', name: 'n' }, params, body } as never);
  const oscp = (url: string) =>
    put(
      gridOscpRoutes(world, {} as never, {} as never),
      { providerId: 'p' },
      { url, ownUrl: 'https://us.example/v1/grid/oscp/p/2.0', heartbeatS: 60, groups: [] },
    );
  const program = (url: string) =>
    put(
      gridProgramRoutes(world, {} as never, {} as never),
      { programId: 'p' },
      { server: { url, version: '3.1' }, pollS: 60, validForS: 3600, sites: [] },
    );
  for (const [configure, path] of [
    [oscp, 'token'],
    [program, 'server.clientSecret'],
  ] as const) {
    await expect(configure('https://thief.example/2.0')).rejects.toMatchObject({ status: 400, errors: [{ path }] });
    await expect(configure('https://grid.example:444/2.0')).rejects.toMatchObject({ status: 400, errors: [{ path }] });
    expect(told).toEqual([]);
    await expect(configure('https://grid.example/2.1')).rejects.toThrow('durable');
    told.length = 0;
  }
});
