// Who waits for rows: one look for all of them, nobody longer than it asked for, and a look that fails told to whom it was for.
import { expect, it } from '@jest/globals';
import { Waiting } from './waiting.js';

/** A clock that goes on when it is told to. */
function stoppedClock() {
  let nowMs = 0;
  let tasks: { readonly atMs: number; readonly task: () => void }[] = [];
  return {
    now: () => nowMs,
    after: (delayMs: number, task: () => void) => {
      tasks.push({ atMs: nowMs + delayMs, task });
      return () => {};
    },
    async pass(ms: number) {
      nowMs += ms;
      const due = tasks.filter(({ atMs }) => atMs <= nowMs);
      tasks = tasks.filter(({ atMs }) => atMs > nowMs);
      for (const { task } of due) task();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function lookout() {
  const clock = stoppedClock();
  const rows = new Map<string, number>();
  const looks: string[][] = [];
  const waiting = new Waiting<{ readonly id: string }, number>(clock, async (questions) => {
    looks.push(questions.map(({ id }) => id));
    if (rows.has('broken')) throw new Error('the database is away');
    return new Map(questions.flatMap((question) => (rows.has(question.id) ? [[question, rows.get(question.id) ?? 0]] : [])));
  });
  return { clock, rows, looks, ask: (id: string, withinMs = 1_000) => waiting.ask({ id }, withinMs) };
}

it('looks at once for the first, and together for whoever comes meanwhile', async () => {
  const { clock, rows, looks, ask } = lookout();
  const answers = Promise.all([ask('a'), ask('b'), ask('b')]);
  rows.set('a', 1).set('b', 2);
  await clock.pass(0);
  await clock.pass(20);
  await expect(answers).resolves.toEqual([1, 2, 2]);
  expect(looks).toEqual([['a'], ['a', 'b', 'b']]);
});

it('lets go of each when its time is over, and of nobody before', async () => {
  const { clock, rows, looks, ask } = lookout();
  const hasty = ask('a', 10);
  const patient = ask('b', 60);
  await clock.pass(0);
  await clock.pass(20);
  await expect(hasty).resolves.toBeUndefined();
  rows.set('b', 2);
  await clock.pass(20);
  await expect(patient).resolves.toBe(2);
  await clock.pass(20);
  expect(looks).toEqual([['a'], ['a', 'b'], ['b']]);
});

it('looks once for who has no time', async () => {
  const { clock, looks, ask } = lookout();
  const answer = ask('a', 0);
  await clock.pass(0);
  await expect(answer).resolves.toBeUndefined();
  await clock.pass(20);
  expect(looks).toEqual([['a']]);
});

it('tells a look that failed to those it was for, and looks again for the next', async () => {
  const { clock, rows, ask } = lookout();
  rows.set('broken', 1);
  await expect(ask('a')).rejects.toThrow('away');
  rows.clear();
  rows.set('a', 1);
  await clock.pass(20);
  await expect(ask('a')).resolves.toBe(1);
});
