// An order is asked for until it is answered, once at a time, by whoever holds its partition, also where that was lost and taken again meanwhile.
import { expect, it } from '@jest/globals';
import { untilAnswered } from './until-answered.js';

function stage() {
  const later: (() => void)[] = [];
  const asked: PromiseWithResolvers<void>[] = [];
  const failures: unknown[] = [];
  const ask = untilAnswered({
    after(_, task) {
      later.push(task);
      return () => undefined;
    },
  });
  const order = (lease: { isHeld: () => boolean }) => {
    const work = () => {
      asked.push(Promise.withResolvers<void>());
      return asked.at(-1)?.promise ?? Promise.resolve();
    };
    return ask('order', lease, work, (error) => failures.push(error));
  };
  return { later, asked, failures, order };
}
const held = { isHeld: () => true };

it('once at a time, and again after it failed', async () => {
  const { later, asked, failures, order } = stage();
  const first = order(held);
  await order(held);
  expect(asked).toHaveLength(1);
  asked[0]?.reject('away');
  await first;
  expect([failures, later.length]).toEqual([['away'], 1]);
  later[0]?.();
  expect(asked).toHaveLength(2);
});

it('for whoever holds the partition by the time it fails', async () => {
  const { later, asked, order } = stage();
  let isHeld = true;
  const first = order({ isHeld: () => isHeld });
  isHeld = false;
  await order(held); // taken again by this process
  asked[0]?.reject('away');
  await first;
  later[0]?.();
  expect(asked).toHaveLength(2);
});

it('and not at all without a hold', async () => {
  const { later, asked, order } = stage();
  await order({ isHeld: () => false });
  expect([asked.length, later.length]).toEqual([0, 0]);
});
