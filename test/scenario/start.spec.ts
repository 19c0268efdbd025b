// In which order the network of one process comes up: stations wait for the session service's book and the edge, and for nobody else (ADR 0117).

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { ROWS, startNetwork } from '#apps/standalone';
import { readConfig } from '#config';
import { TOPICS } from '#contracts';
import { embeddedWorld } from '#embedded';

const home = await mkdtemp(join(tmpdir(), 'start-'));
afterAll(() => rm(home, { recursive: true, force: true }));

/** `of`, which tells of each call of one of its methods before it is done. */
const heard = <T extends object>(of: T, method: keyof T, tell: (first: unknown) => Promise<void>): T =>
  new Proxy(of, {
    get(target, name) {
      const own = Reflect.get(target, name, target);
      if (typeof own !== 'function') return own;
      return name === method
        ? async (...args: readonly unknown[]) => {
            await tell(args[0]);
            return own.apply(target, args);
          }
        : own.bind(target);
    },
  });

it('sessions, then the edge with a complete book, then everybody else', async () => {
  const opened = await embeddedWorld(home, TOPICS, { database: { rows: ROWS } });
  const order: string[] = [];
  const log = heard(opened.log, 'subscribe', async (group) => void order.push(String(group)));
  const router = heard(opened.router, 'listen', async () => {
    order.push((await opened.book.isComplete()) ? 'edge' : 'edge without a book');
  });
  const config = readConfig({ DATA_DIR: home, OCPP_PORT: '0', HTTP_PORT: '0', ADMIN_API_KEY: 'a-key-for-tests-only' });
  const network = await startNetwork({ ...opened, log, router }, config, pino({ level: 'error' }));
  expect(order.slice(0, 3)).toEqual(['session', 'edge', 'load-balancing']);
  expect(order).toEqual(expect.arrayContaining(['metering', 'stations', 'billing', 'api']));
  await network.stop();
  await opened.close();
}, 60_000);
