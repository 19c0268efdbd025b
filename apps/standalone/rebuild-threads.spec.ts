// A thread of a rebuild that is there no more.
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import { type Place, SERVICES } from './rebuild.js';
import { foldingIn } from './rebuild-threads.js';

const place: Place = { service: SERVICES[0] as Place['service'], topic: 'site-events', partition: 0, end: 1 };

describe('a thread that ends', () => {
  it.each([
    ['without a word', 'process.exit(0)', 'ended by itself, with 0'],
    ['by an error', 'throw new Error("no database")', 'no database'],
  ])('%s is waited for no longer, and is no use to the next', async (_, does, why) => {
    const thread = new Worker(`require('node:worker_threads').parentPort.once('message', () => { ${does} })`, { eval: true });
    const fold = foldingIn(thread);
    await expect(fold([place])).rejects.toThrow(why);
    await expect(fold([place])).rejects.toThrow(why);
  });
});
