import { describe, expect, it } from '@jest/globals';
import { Thread } from './thread.js';

const script = (body: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; parentPort.on('message', (request) => { ${body} });`)}`,
  );

describe('thread', () => {
  it('answers in the order of asking', async () => {
    const thread = new Thread<number, number>(script('parentPort.postMessage(request * 2);'), {});
    expect(await Promise.all([1, 2, 3].map((n) => thread.ask(n)))).toEqual([2, 4, 6]);
    await thread.end();
  });

  it('answers those who ask after a request that could not be sent', async () => {
    const thread = new Thread<unknown, number>(script('parentPort.postMessage(request * 2);'), {});
    await expect(thread.ask(() => 1)).rejects.toThrow('could not be cloned');
    expect(await Promise.all([thread.ask(2), thread.ask(3)])).toEqual([4, 6]);
    await thread.end();
  });

  it('rejects what waits, and what comes, once it is gone', async () => {
    const thread = new Thread<number, number>(script('process.exit();'), {});
    const outcomes = await Promise.allSettled([thread.ask(1), thread.ask(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(thread.isGone).toBe(true);
    await expect(thread.ask(3)).rejects.toThrow('ended');
  });
});
