// What does not close is named, and not waited for.
import { expect, it } from '@jest/globals';
import { closeInTime } from './close-in-time.js';
import type { Trouble } from './trouble.js';

it('names what does not close and goes on, and waits for the others', async () => {
  const due = new Set<() => void>();
  const clock = {
    after(_: number, task: () => void) {
      due.add(task);
      return () => due.delete(task);
    },
  };
  const told: Trouble[] = [];
  const close = closeInTime(clock, (trouble) => void told.push(trouble));
  await close('redis', 'router', { close: async () => undefined });
  expect([due.size, told]).toEqual([0, []]);
  const stuck = close('postgres', 'database', { close: () => new Promise<never>(() => undefined) });
  for (const task of due) task();
  await stuck;
  expect(told).toEqual([{ server: 'postgres', message: 'database: not closed in time', fields: { waitedMs: 20_000 } }]);
  await expect(close('kafka', 'log', { close: async () => Promise.reject(new Error('broken')) })).rejects.toThrow('broken');
});
