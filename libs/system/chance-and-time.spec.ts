// Time as the system gives it.
import { expect, it } from '@jest/globals';
import { systemClock } from './chance-and-time.js';

it('waits for what is longer than a timer can be, or no number, and does not run it at once', async () => {
  let isRun = false;
  const cancels = [2 ** 31, 1e30, Number.POSITIVE_INFINITY, Number.NaN].map((delayMs) => systemClock.after(delayMs, () => (isRun = true)));
  await new Promise<void>((resolve) => setTimeout(resolve, 3));
  expect(isRun).toBe(false);
  for (const cancel of cancels) cancel();
});
