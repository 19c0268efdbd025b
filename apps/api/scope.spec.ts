// Callers that are limited to sites: theirs as if there were no others, and nothing that is not at a site. Whether a role may is door.spec.ts's.
import { expect, it } from '@jest/globals';
import { ok, type Route } from './http.js';
import { notFound } from './problem.js';
import { scoping } from './scope.js';

const STATIONS: Readonly<Record<string, string>> = { MINE: 'mine', THEIRS: 'theirs' };
/** Let in without being configured: a site of its own. */
const STRANGER = 'STRANGER';
const configuredSiteOf = async (_tenant: string, stationId: string): Promise<string | undefined> => STATIONS[stationId];
const siteOf = async (_tenant: string, stationId: string): Promise<string> => {
  const siteId = stationId === STRANGER ? STRANGER : STATIONS[stationId];
  if (siteId === undefined) throw notFound(`the station ${stationId}`);
  return siteId;
};
const sessionsById = async (_tenant: string, [id]: readonly string[]) =>
  ['mine', 'theirs'].filter((siteId) => id === `at-${siteId}`).map((siteId) => ({ siteId }));
const scope = scoping({ siteOf, configuredSiteOf }, { sessionsById } as never);

const HOST = { tenantId: 't', name: 'host', role: 'site_host', sites: ['mine'] } as const;
const of = (call: string): Route => {
  const [method = '', path = ''] = call.split(' ');
  return { method: method.toLowerCase(), path } as unknown as Route;
};
const asked = (given: { params?: object; query?: object; body?: unknown }) => ({ params: {}, query: {}, body: undefined, ...given });
const check = (call: string, given: Parameters<typeof asked>[0], sites: readonly string[] | undefined = HOST.sites) =>
  scope.check(of(call), { ...HOST, ...(sites && { sites }) }, asked(given)).then(
    () => 'let in',
    ({ status }) => status,
  );

it.each([
  ['GET /v1/sites/{siteId}', { params: { siteId: 'mine' } }, 'let in'],
  ['GET /v1/sites/{siteId}', { params: { siteId: 'theirs' } }, 404],
  ['GET /v1/stations/{stationId}', { params: { stationId: 'MINE' } }, 'let in'],
  ['GET /v1/stations/{stationId}', { params: { stationId: 'THEIRS' } }, 404],
  ['GET /v1/stations/{stationId}', { params: { stationId: 'NONE' } }, 404],
  ['GET /v1/sessions', { query: { siteId: 'theirs' } }, 404],
  ['GET /v1/sessions', { query: { siteId: 'mine', stationId: 'THEIRS' } }, 404],
  ['GET /v1/sessions/{id}', { params: { id: 'at-mine' } }, 'let in'],
  ['PUT /v1/sessions/{id}/needs', { params: { id: 'at-theirs' } }, 404],
  ['PUT /v1/sessions/{id}/needs', { params: { id: 'at-mine' }, body: {} }, 'let in'],
  ['GET /v1/exports/{dataset}.parquet', { query: { site: 'theirs' } }, 404],
  ['PUT /v1/stations/{stationId}', { params: { stationId: 'MINE' }, body: { siteId: 'mine' } }, 'let in'],
  ['PUT /v1/stations/{stationId}', { params: { stationId: 'MINE' }, body: { siteId: 'theirs' } }, 404],
  ['PUT /v1/stations/{stationId}', { params: { stationId: 'THEIRS' }, body: { siteId: 'mine' } }, 404],
  ['PUT /v1/stations/{stationId}', { params: { stationId: 'NEW' }, body: { siteId: 'mine' } }, 'let in'],
  ['PUT /v1/stations/{stationId}', { params: { stationId: 'NEW' }, body: { siteId: 'theirs' } }, 404],
  ['PUT /v1/stations/{stationId}', { params: { stationId: STRANGER }, body: { siteId: 'mine' } }, 'let in'],
  ['PUT /v1/stations/{stationId}', { params: { stationId: STRANGER }, body: { siteId: 'theirs' } }, 404],
  ['POST /v1/stations/{stationId}/commands', { params: { stationId: STRANGER }, body: {} }, 404],
  ['POST /v1/grid/limits', { body: { siteIds: ['mine'] } }, 'let in'],
  ['POST /v1/grid/limits', { body: { siteIds: ['mine', 'theirs'] } }, 404],
  ['POST /v1/grid/limits', { body: {} }, 403],
  ['POST /v1/tariffs/simulations', { body: { siteId: 'mine' } }, 'let in'],
  ['POST /v1/tariffs/simulations', { body: { siteId: 'mine', tariff: { energy_mix: { site: 'theirs' } } } }, 404],
  ['POST /v1/tariffs/simulations', { body: { tariff: { energy_mix: { site: 'mine' } } } }, 403],
  ['POST /v1/grid/limits', { body: { siteIds: [], fallback: { stationId: 'MINE' } } }, 403],
  ['PUT /v1/tokens/{type}/{idToken}', { params: { type: 'Central', idToken: 'x' }, body: { onlyAt: [{ siteId: 'mine' }] } }, 403],
  ['PUT /v1/tariffs/{tariffId}', { params: { tariffId: 'x' }, body: {} }, 403],
  ['POST /v1/api-keys', { body: { role: 'admin' } }, 403],
  ['POST /v1/webhooks', { body: {} }, 403],
  ['POST /v1/rating', { body: {} }, 'let in'],
] as const)('%s with %j: %s', async (call, given, expected) => expect(await check(call, given)).toBe(expected));

it('who is not limited is not asked', async () => {
  const anybody = { tenantId: 't', name: 'n', role: 'admin' } as const;
  await scope.check(of('PUT /v1/sites/{siteId}'), anybody, asked({ params: { siteId: 'theirs' } }));
  const list = ok({ items: [{ siteId: 'theirs' }] });
  expect(scope.narrow(of('GET /v1/sites'), anybody, asked({}), list)).toBe(list);
});

it('of a station of theirs they see what it did at their sites, and not what it did elsewhere before', () => {
  const items = [{ siteId: 'mine', sessionId: 'now' }, { siteId: 'theirs', sessionId: 'before' }, { sessionId: 'of the station' }];
  const query = { stationId: 'MINE' };
  expect(scope.narrow(of('GET /v1/sessions'), HOST, asked({ query }), ok({ items, nextCursor: 'more' }))).toMatchObject({
    body: { items: [{ sessionId: 'now' }, { sessionId: 'of the station' }], nextCursor: 'more' },
  });
});

it('lists are cut down to own sites, and what is no list of things at sites is nobody else’s to read', () => {
  const narrow = (answer: Parameters<typeof scope.narrow>[3]) => scope.narrow(of('GET /v1/alerts'), HOST, asked({}), answer);
  const items = [{ siteId: 'mine', name: 'a' }, { siteId: 'theirs', name: 'b' }, { name: 'of nobody' }, { siteId: null }];
  expect(narrow(ok({ items, nextCursor: 'more', counts: { critical: 4 }, total: 4 }))).toMatchObject({
    body: { items: [{ siteId: 'mine', name: 'a' }], nextCursor: 'more' },
  });
  expect(narrow(ok({ items, counts: {} }))).not.toHaveProperty('body.counts');
  expect(() => narrow(ok({ tariffId: 'x' }))).toThrow('name a site');
  expect(() => narrow(() => undefined)).toThrow('name a site');
});
