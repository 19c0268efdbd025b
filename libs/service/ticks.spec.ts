// Whoever looks is asked again and again, with one timer for all of them, and nobody is asked any more who has ended.
import { expect, it } from '@jest/globals';
import type { Clock } from '#ports';
import { everyTick } from './ticks.js';

it('asks all that look with one timer, and arms none when nobody does', () => {
  const armed: (() => void)[] = [];
  const clock: Clock = {
    now: () => 0,
    after: (_, task) => {
      armed.push(task);
      return () => undefined;
    },
  };
  const asked: string[] = [];
  const endA = everyTick(clock, () => asked.push('a'));
  const endB = everyTick(clock, () => asked.push('b'));
  const pass = (): void => armed.shift()?.();
  pass();
  expect(asked).toEqual(['a', 'b']);
  endA();
  expect(armed).toHaveLength(1);
  pass();
  expect(asked).toEqual(['a', 'b', 'b']);
  endB();
  const endC = everyTick(clock, () => asked.push('c'));
  pass();
  expect(asked).toEqual(['a', 'b', 'b', 'c']);
  endC();
  pass();
  expect(armed).toEqual([]);
  everyTick(clock, () => asked.push('d'));
  pass();
  expect(asked.at(-1)).toBe('d');
});
