// If-Match on what is configured: under the tag that was seen it is changed, under another it is not, and where nothing can be compared that is said.
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { World } from '#ports';
import { type Answer, ok, type Route, route } from './http.js';
import { withTags } from './matching.js';
import { notFound } from './problem.js';
import type { Reads } from './reads.js';
import { routes } from './routes.js';

describe('what has no version of its own', () => {
  let held: { readonly name: string } | undefined;
  let heard = 0;
  const shown = () => {
    if (held === undefined) throw notFound('it');
    return ok({ ...held, heard: ++heard });
  };
  const [get, put, remove, other] = withTags([
    route({ method: 'get', path: '/v1/x', answer: z.unknown(), summary: '', configured: ['name'], handle: async () => shown() }),
    route({
      method: 'put',
      path: '/v1/x',
      answer: z.unknown(),
      summary: '',
      async handle({ headers }) {
        held = { name: String(headers['x-name']) };
        return ok({});
      },
    }),
    route({
      method: 'delete',
      path: '/v1/x',
      answer: z.unknown(),
      summary: '',
      async handle() {
        held = undefined;
        return { status: 204 };
      },
    }),
    route({ method: 'put', path: '/v1/blind', answer: z.unknown(), summary: '', handle: async () => ok({}) }),
  ]) as [Route, Route, Route, Route];
  const call = async (of: Route, headers: object = {}) => (await of.handle({ headers, params: {}, query: {} } as never)) as Answer;
  const tagOf = ({ headers }: Answer): string => headers?.etag ?? '';

  it('has a tag of what is configured, which a change has to name if it names any', async () => {
    await expect(call(put, { 'if-match': '*' })).rejects.toMatchObject({ status: 412 });
    const made = tagOf(await call(put, { 'x-name': 'one' }));
    expect(made).toMatch(/^"[0-9a-f]{16}"$/);
    // How it goes at the moment is not what is configured.
    expect([tagOf(await call(get)), tagOf(await call(get))]).toEqual([made, made]);
    const changed = tagOf(await call(put, { 'x-name': 'two', 'if-match': made }));
    await expect(call(put, { 'x-name': 'three', 'if-match': made })).rejects.toMatchObject({ status: 412, type: 'changed-meanwhile' });
    await expect(call(remove, { 'if-match': made })).rejects.toMatchObject({ status: 412 });
    expect(held).toEqual({ name: 'two' });
    expect((await call(remove, { 'if-match': changed })).status).toBe(204);
  });

  it('and nothing to be looked at refuses If-Match by its name', async () => {
    await expect(call(other, { 'if-match': '*' })).rejects.toMatchObject({ status: 400, errors: [{ path: 'If-Match' }] });
    expect((await call(other)).status).toBe(200);
  });
});

it('every change of something that can be looked at is compared, and the others are orders (ADR 0097)', () => {
  const table = routes({} as World, {} as Reads, {} as never, { notifications: {} } as never);
  const changes = table.filter(({ method }) => method === 'put' || method === 'delete');
  const blind = changes.filter(
    ({ path, isVersioned }) => !isVersioned && !table.some((each) => each.method === 'get' && each.path === path),
  );
  expect(blind.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
    [
      'delete /v1/sites/{siteId}/der-controls/{controlId}',
      'delete /v1/stations/{stationId}/certificates/{certificateId}',
      'delete /v1/stations/{stationId}/default-tariff',
      'delete /v1/stations/{stationId}/der-controls/{controlId}',
      'put /v1/meters/{meterSerial}/key',
      'put /v1/sessions/{id}/needs',
      'put /v1/sessions/{id}/priority',
      'put /v1/sessions/{id}/station-tariff',
      'put /v1/sites/{siteId}/der-controls/{controlId}',
      'put /v1/stations/{stationId}/default-tariff',
      'put /v1/stations/{stationId}/der-controls/{controlId}',
      'put /v1/stations/{stationId}/event-streams/{streamId}',
    ].sort(),
  );
});
