// What was done under a key and not put down: the repeat puts it down, and does not do it again.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { EmbeddedDatabase } from '#embedded';
import { migrate } from '#service';
import { systemClock } from '#system';
import { scratchDatabase } from '#testing';
import { auditing } from './audit/recording.js';
import type { Answer, Route, Stream } from './http.js';
import { type Once, onceByKey } from './idempotency.js';
import { Problem } from './problem.js';

let database: EmbeddedDatabase;
let once: Once;
beforeAll(async () => {
  database = await scratchDatabase();
  await migrate(database, 'api', join(import.meta.dirname, 'migrations'));
  once = onceByKey({ database, clock: systemClock });
});
afterAll(() => database.close());

const ROUTE = { method: 'post', path: '/v1/reservations' } as Route;
const asked = { caller: { tenantId: 't', name: 'desk', role: 'operator' }, params: {}, body: {} } as const;
const CREATED: Answer = { status: 201, body: { id: 1 } };

/** Calls under a key, with an audit whose first `failures` entries are not taken; each answer is told by what came of it. */
function calls(key: string, work: () => Promise<Answer>, failures = 0) {
  const entries: { readonly status: number; readonly problem?: string }[] = [];
  const append = async (_: string, [{ value }]: readonly { readonly value: string }[] & { 0: { readonly value: string } }) => {
    if (failures-- > 0) throw new Error('the log is away');
    entries.push(JSON.parse(value));
    return [{ topic: 'network-events', partition: 0, offset: 0 }];
  };
  const audit = auditing({ log: { append }, keys: {}, clock: systemClock, ids: { next: () => 'id' } } as never);
  const call = (body: unknown = {}): Promise<Answer | Stream> =>
    once('t', key, { method: 'POST', url: '/v1/reservations', body }, work, (inner) => audit(ROUTE, asked, inner));
  return { call, entries };
}

it('what was done is put down by the repeat, once, and is not done again', async () => {
  let done = 0;
  const { call, entries } = calls('done', async () => ({ ...CREATED, body: { id: ++done } }), 1);
  await expect(call()).rejects.toThrow('the log is away');
  expect(await call()).toMatchObject(CREATED);
  expect(await call()).toMatchObject({ ...CREATED, headers: { 'idempotency-replayed': 'true' } });
  expect([done, entries.map(({ status }) => status)]).toEqual([1, [201]]);
});

it('what was refused is put down by the repeat with its reason', async () => {
  const refuse = () => Promise.reject(new Problem(409, 'conflict', 'In conflict', 'is taken', undefined, { 'x-y': 'z' }));
  const { call, entries } = calls('refused', refuse, 1);
  await expect(call()).rejects.toThrow('the log is away');
  await expect(call()).rejects.toMatchObject({ status: 409, type: 'conflict', detail: 'is taken' });
  expect(await call()).toMatchObject({ status: 409, headers: { 'idempotency-replayed': 'true' } });
  expect(entries).toMatchObject([{ status: 409, problem: 'conflict' }]);
});

it('trouble of ours is put down as such and done again by the repeat; another request under its key is refused', async () => {
  let isAway = true;
  const { call, entries } = calls('trouble', async () => {
    if (isAway) throw new Error('no database');
    return CREATED;
  });
  await expect(call()).rejects.toThrow('no database');
  isAway = false;
  expect(await call()).toMatchObject(CREATED);
  await expect(call({ other: true })).rejects.toMatchObject({ status: 422 });
  expect(entries.map(({ status }) => status)).toEqual([500, 201, 422]);
});
