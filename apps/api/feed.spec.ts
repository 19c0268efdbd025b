// How long somebody is told without saying again who it is; what is told, and in which order, is test/cluster/feed.spec.ts's.
import { expect, it } from '@jest/globals';
import { FeedHub } from './feed.js';

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
