// How long somebody is told without saying again who it is, and who is not told any more; what is told, and in which order, is test/cluster/feed.spec.ts's.

import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { migrate } from '#service';
import { scratchDatabase } from '#testing';
import { FeedHub, latestOfFeed, STREAMS_OF_KEY } from './feed.js';

it('ends a stream after a quarter of an hour, with the place from which it goes on', async () => {
  let now = 0;
  let look: () => void = () => undefined;
  const clock = {
    now: () => now,
    after: (_: number, task: () => void) => {
      look = task;
      return () => undefined;
    },
  };
  // There is always something new.
  let seq = 103;
  const database = {
    query: async (text: string) => ({ rows: text.includes('tenant_id') ? [] : [{ xid: '7', seq: seq++, isTold: true }] }),
  };
  const hub = new FeedHub(database as never, clock, async () => new Map(), { warn: () => undefined } as never);
  await hub.start();
  const written: string[] = [];
  const ended = new Promise((resolve) => {
    const response = {
      writeHead: () => undefined,
      write: (text: string) => void written.push(text),
      end: resolve,
      on: () => undefined,
      writableLength: 0,
    };
    hub.serve({ tenantId: 't' }, { headers: {} } as never, response as never);
  });
  const beaten = written.length;
  now = 900_000;
  look();
  await new Promise((resolve) => setImmediate(resolve));
  expect(written.slice(beaten)).toEqual(['id: 7.104\nevent: mark\ndata: {}\n\n']);
  now += 1;
  look();
  expect(await ended).toBe('id: 7.105\nevent: mark\ndata: {}\n\n');
  await hub.stop();
});

it('cuts who does not read, and nobody else', async () => {
  let look: () => void = () => undefined;
  const clock = {
    now: () => 0,
    after: (_: number, task: () => void) => {
      look = task;
      return () => undefined;
    },
  };
  let seq = 103;
  const database = {
    query: async (text: string) => ({ rows: text.includes('tenant_id') ? [] : [{ xid: '7', seq: seq++, isTold: true }] }),
  };
  const hub = new FeedHub(database as never, clock, async () => new Map(), { warn: () => undefined } as never);
  await hub.start();
  const listener = () => {
    const told = { written: 0, isCut: false, response: {} as { writableLength: number } };
    told.response = {
      ...{ writeHead: () => undefined, end: () => undefined, on: () => undefined },
      ...{ write: () => void told.written++, destroy: () => void Object.assign(told, { isCut: true }), writableLength: 0 },
    } as never;
    hub.serve({ tenantId: 't' }, { headers: {} } as never, told.response as never);
    return told;
  };
  const [reads, barely, never] = [listener(), listener(), listener()];
  const beaten = reads.written;
  barely.response.writableLength = 4 << 20;
  never.response.writableLength = (4 << 20) + 1;
  look();
  await new Promise((resolve) => setImmediate(resolve));
  expect([reads, barely, never].map(({ written, isCut }) => [written - beaten, isCut])).toEqual([
    [1, false],
    [1, false],
    [0, true],
  ]);
  await hub.stop();
});

it('has room for so many streams of one key, and for those of others besides', async () => {
  const hub = new FeedHub({ query: async () => ({ rows: [] }) } as never, { now: () => 0 } as never, async () => new Map(), {} as never);
  const closed: (() => void)[] = [];
  const response = { writeHead: () => undefined, write: () => undefined, on: (_: string, done: () => void) => void closed.push(done) };
  const caller = (name: string, tenantId = 't') => ({ tenantId, name });
  for (let stream = 0; stream < STREAMS_OF_KEY; stream++) hub.serve(caller('busy'), { headers: {} } as never, response as never);
  expect([caller('busy'), caller('calm'), caller('busy', 'u')].map((each) => hub.hasRoomFor(each))).toEqual([false, true, true]);
  closed[0]?.();
  expect(hub.hasRoomFor(caller('busy'))).toBe(true);
});

it('knows where in the log a place is, and leaves out what was told before its rows were made', async () => {
  const database = await scratchDatabase();
  try {
    await migrate(database, 'service');
    await migrate(database, 'api', join(import.meta.dirname, 'migrations'));
    const enter = (subject: string, topic: string, partition: number, offset: number, at: string) =>
      database.query(
        `insert into feed (topic, partition, record_offset, tenant_id, kind, subject, at) values ($1, $2, $3, 't', 'site', $4, $5)`,
        [topic, partition, offset, subject, at],
      );
    await enter('a', 'site-events', 1, 5, '2026-01-01T00:00:00Z');
    await enter('b', 'site-events', 1, 9, '2026-01-01T00:00:02Z');
    await enter('c', 'site-events', 2, 3, '2026-01-01T00:00:01Z');
    await enter('d', 'session-events', 1, 7, '2026-01-01T00:00:03Z');
    const describe = async (_: string, __: string, subjects: readonly string[]) => new Map(subjects.map((each) => [each, { each }]));
    const hub = new FeedHub(database, { now: Date.now, after: () => () => undefined }, describe, { warn: () => undefined } as never);
    await hub.start();
    const upTo = await hub.toldUpTo('t', hub.head());
    expect(upTo).toEqual({ 'site-events': { 1: 9, 2: 3 }, 'session-events': { 1: 7 } });
    const behind = async (told: Parameters<FeedHub['changes']>[3]) =>
      (await hub.changes('t', ['0', 0], ['site'], told)).changes.map(({ subject }) => subject);
    expect(await behind(null)).toEqual(['a', 'b', 'c', 'd']);
    expect(await behind({ 'site-events': { 1: 5, 2: 3 } })).toEqual(['b', 'd']);
    expect(await behind(upTo)).toEqual([]);
    await latestOfFeed(database, 2);
    expect(await behind(null)).toEqual(['b', 'd']);
    await hub.stop();
  } finally {
    await database.close();
  }
});
