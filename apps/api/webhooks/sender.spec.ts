// Telling webhooks on a real database, with a clock of the test: in order, at least once, later and later, from where somebody asks, until it is enough.
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { decode, type NetworkEvent, type Recorded, type ToldUpTo } from '#contracts';
import type { EmbeddedDatabase } from '#embedded';
import type { World } from '#ports';
import { migrate, writeRows } from '#service';
import { scratchDatabase } from '#testing';
import { type FeedChange, isBefore, type Place } from '../feed.js';
import type { Outcome } from './deliver.js';
import { webhookRows } from './rows.js';
import { WebhookSender, waitAfter } from './sender.js';

const TAKEN: Outcome = { isDelivered: true, status: 200, error: null };
const answered = (status: number): Outcome => ({ isDelivered: false, status, error: `answered ${status}` });
const DAY_MS = 86_400_000;

let database: EmbeddedDatabase;
let now = Date.parse('2026-01-01T00:00:00Z');
let places: Place[] = [];
let answers: Outcome[] = [];
let told: string[][] = [];
let records: string[] = [];
let notes: unknown[] = [];
let sender: WebhookSender;

beforeAll(async () => {
  database = await scratchDatabase();
  await migrate(database, 'service');
  await migrate(database, 'api', join(import.meta.dirname, '../migrations'));
  await database.query(
    `insert into service_positions (service, topic, partition, epoch, next_offset, seen) values ('api', 'network-events', 0, 1, 1000000, '{}')`,
  );
});
afterAll(() => database?.close());

beforeEach(async () => {
  await database.query('truncate webhooks, webhook_cursors');
  [places, answers, told, records, notes] = [[], [], [], [], []];
  const world = {
    database,
    clock: { now: () => now },
    ids: { next: () => 'an-id' },
    keys: { unseal: async (sealed: string) => sealed },
    log: {
      partitionOf: () => 0,
      head: async () => 2,
      async append(topic: string, given: readonly { key: string; headers: Record<string, string>; value: string }[]) {
        for (const record of given) {
          const event = decode({ ...record, topic, partition: 0, offset: 1 }) as Recorded<NetworkEvent>;
          if (event.type === 'WebhookTold') notes.push(event.data.told);
          else records.push(event.type);
          await writeRows(database, webhookRows(event));
        }
        return [{ topic, partition: 0, offset: 1 }];
      },
    },
  } as unknown as World;
  const feed = {
    head: (): Place => places.at(-1) ?? ['1', 0],
    toldUpTo: async (_tenant: string, [, seq]: Place): Promise<ToldUpTo> => ({ 'site-events': { 0: seq } }),
    async changes(_tenant: string, from: Place, _kinds?: unknown, behind?: ToldUpTo | null) {
      const changes = places
        .filter((place) => isBefore(from, place) && place[1] > (behind?.['site-events']?.[0] ?? -1))
        .map((place): FeedChange => {
          return { place, at: new Date(now), kind: 'station', subject: String(place[1]), state: { stationId: String(place[1]) } };
        });
      return { changes, upTo: places.at(-1) ?? from };
    },
  };
  const deliver = async (_: unknown, messages: readonly { subject: string }[]): Promise<Outcome> => {
    told.push(messages.map(({ subject }) => subject));
    return answers.shift() ?? TAKEN;
  };
  sender = new WebhookSender(world, feed, deliver, { warn: () => undefined } as never);
});

async function look(): Promise<void> {
  await sender.look();
  await sender.idle();
}
const made = (target = 'https://partner.example/hook', kinds = '["station.changed"]') =>
  database.query(
    `insert into webhooks (tenant_id, webhook_id, target, kinds, severity, is_enabled) values ('t', 'w', $1, $2::jsonb, 'info', true)`,
    [target, kinds],
  );
const happens = (...numbers: readonly number[]) => places.push(...numbers.map((number): Place => ['1', number]));
const cursor = async () =>
  (await database.query<Record<string, unknown>>('select xid::text, seq::integer, failures, last_error from webhook_cursors')).rows[0];

it('tells what happens from now on, each in order, and once', async () => {
  happens(1, 2);
  await made();
  await look();
  happens(3, 4);
  await look();
  await look();
  expect(told).toEqual([['3'], ['4']]);
  expect(await cursor()).toMatchObject({ xid: '1', seq: 4, failures: 0 });
});

it('is not stopped by what a broken record has among its kinds', async () => {
  const record = { type: 'WebhookConfigured', tenantId: 't', time: new Date(now).toISOString() };
  const data = { webhookId: 'w', target: 'https://partner.example/hook', kinds: [7, 'station.changed', null], severity: 'info' };
  const configured = { ...record, data: { ...data, isEnabled: true, requestedBy: 'nobody' } };
  await writeRows(database, webhookRows(configured as never));
  await look();
  happens(1);
  await look();
  expect(told).toEqual([['1']]);
});

it('tries again what was not taken, later and later, and nothing behind it before', async () => {
  await made();
  await look();
  happens(1, 2, 3);
  answers = [TAKEN, answered(500), answered(503)];
  await look();
  expect([told, await cursor()]).toEqual([[['1'], ['2']], { xid: '1', seq: 1, failures: 1, last_error: 'answered 500' }]);
  await look(); // too early
  now += waitAfter(1);
  await look();
  now += waitAfter(1); // the second wait is longer
  await look();
  expect([told, await cursor()]).toMatchObject([[['1'], ['2'], ['2']], { failures: 2 }]);
  now += waitAfter(2);
  await look();
  expect([told.slice(3), await cursor()]).toMatchObject([[['2'], ['3']], { seq: 3, failures: 0, last_error: null }]);
  expect([1, 2, 3, 20].map(waitAfter)).toEqual([5_000, 20_000, 80_000, 21_600_000]);
});

it('is done with one that takes nothing for three days, and with one that says it is gone', async () => {
  await made();
  await look();
  happens(1);
  answers = Array.from({ length: 30 }, () => answered(500));
  for (let day = 0; day < 4 && records.length === 0; day++) {
    await look();
    now += DAY_MS;
  }
  expect([records, told.length]).toEqual([['WebhookDisabled'], 4]);
  const { rows } = await database.query('select is_enabled, disabled_reason from webhooks');
  expect(rows).toEqual([{ is_enabled: false, disabled_reason: expect.stringMatching(/^nothing was taken since .*: answered 500$/) }]);
  await look();
  expect(told.length).toBe(4);

  await database.query('update webhooks set is_enabled = true, disabled_reason = null');
  await database.query('update webhook_cursors set failures = 0, failing_since = null, next_at = null');
  answers = [answered(410)];
  await look();
  expect(records).toEqual(['WebhookDisabled', 'WebhookDisabled']);
});

it('begins again where somebody asks it to, also while something is on its way', async () => {
  await made();
  await look();
  happens(1, 2);
  await look();
  await database.query('update webhook_cursors set seq = 0');
  await look();
  expect(told).toEqual([['1'], ['2'], ['1'], ['2']]);
  happens(3, 4);
  answers = [TAKEN];
  const asked = sender.look();
  await database.query('update webhook_cursors set seq = 1');
  await asked;
  await sender.idle();
  expect((await cursor())?.seq).toBe(1);
});

it('puts what happens at once into one mail', async () => {
  await made('mailto:desk@example.com');
  await look();
  happens(1, 2, 3);
  await look();
  expect(told).toEqual([['1', '2', '3']]);
});

it('notes in the log how far it told: when it begins, every ten minutes in which it told something, and before it stops', async () => {
  happens(1, 2);
  await made();
  await look();
  await look();
  expect(notes).toEqual([{ 'site-events': { 0: 2 } }]);
  happens(3);
  await look();
  await look();
  expect(notes.length).toBe(1);
  now += 600_000;
  await look();
  await look();
  expect(notes.slice(1)).toEqual([{ 'site-events': { 0: 3 } }]);
  now += 600_000;
  await look();
  await sender.noteAll();
  expect(notes.length).toBe(2);
  happens(4);
  await look();
  await sender.noteAll();
  expect(notes.slice(2)).toEqual([{ 'site-events': { 0: 4 } }]);
});

it('goes on behind what was noted where rows were made anew, and tells nothing twice', async () => {
  await made();
  await look();
  happens(1, 2, 3);
  answers = [TAKEN, TAKEN, answered(500)];
  await look();
  await sender.noteAll();
  await database.query('truncate webhook_cursors');
  places = [];
  // All of it is in the feed again, at other places.
  happens(1, 2, 3, 4);
  await look();
  await look();
  expect(told).toEqual([['1'], ['2'], ['3'], ['3'], ['4']]);
  expect(await cursor()).toMatchObject({ seq: 4, failures: 0 });
});

it('goes on for everybody where somebody’s place is beyond four bytes', async () => {
  await made();
  await look();
  await database.query(
    `insert into webhooks (tenant_id, webhook_id, target, kinds, severity, is_enabled) values ('other', 'far', 'https://far.example/hook', '["station.changed"]'::jsonb, 'info', true)`,
  );
  await database.query(`insert into webhook_cursors (tenant_id, webhook_id, xid, seq) values ('other', 'far', '1'::xid8, 9999999999)`);
  happens(1);
  await look();
  expect(told).toEqual([['1']]);
});
