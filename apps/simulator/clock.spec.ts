// Waiting for an answer, where the machine may be stopped meanwhile.
import { expect, it } from '@jest/globals';
import { type Clock, whileListening } from './clock.js';

it('does not wait for an answer while it was stopped itself', () => {
  let now = 0;
  const armed: { readonly delayMs: number; readonly task: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after: (delayMs, task) => {
      armed.push({ delayMs, task });
      return () => void armed.splice(0);
    },
  };
  const timedOutAt: number[] = [];
  const fireAt = (at: number): void => {
    now = at;
    armed.shift()?.task();
  };
  whileListening(clock, 30_000, () => timedOutAt.push(now));
  fireAt(45_000);
  expect([timedOutAt, armed.map(({ delayMs }) => delayMs)]).toEqual([[], [15_000]]);
  fireAt(60_010);
  expect(timedOutAt).toEqual([60_010]);
  whileListening(clock, 30_000, () => timedOutAt.push(now))();
  expect(armed).toEqual([]);
});
