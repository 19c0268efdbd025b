// Who comes and goes without end comes in at a rate; who comes now and then does not notice.
import { expect, it } from '@jest/globals';
import { HeldClock } from '../../../test/scenario/support/held-clock.js';
import { Turnstile } from './turnstile.js';

const RATE = { burst: 2, perS: 0.2 };
const turnstile = (longestMs = 10_000) => {
  const clock = new HeldClock();
  return { clock, gate: new Turnstile(clock, RATE, longestMs) };
};

it('lets in at once who comes now and then', () => {
  const { clock, gate } = turnstile();
  for (let n = 0; n < 10; n++) {
    expect(gate.ask('CP1')).toBe('now');
    clock.advance(5_000);
  }
});

it('has who comes too often wait, and then lets it in; nobody else waits', async () => {
  const { clock, gate } = turnstile();
  expect([gate.ask('CP1'), gate.ask('CP1')]).toEqual(['now', 'now']);
  const third = gate.ask('CP1');
  let isIn: boolean | undefined;
  void Promise.resolve(third).then((answer) => {
    isIn = answer === true;
  });
  clock.advance(4_999);
  await new Promise(setImmediate);
  expect([isIn, gate.ask('CP2')]).toEqual([undefined, 'now']);
  clock.advance(1);
  expect(await third).toBe(true);
});

it('keeps the latest of several attempts, and sends the others away', async () => {
  const { clock, gate } = turnstile();
  gate.ask('CP1');
  gate.ask('CP1');
  const [older, newer] = [gate.ask('CP1'), gate.ask('CP1')];
  expect(await older).toBe(false);
  clock.advance(5_000);
  expect(await newer).toBe(true);
});

it('sends away who waits when the same station comes in at once, before a timer that is late', async () => {
  let nowMs = 0;
  const due: (() => void)[] = [];
  const after = (_: number, task: () => void) => {
    due.push(task);
    return () => void due.splice(due.indexOf(task), 1);
  };
  const gate = new Turnstile({ now: () => nowMs, after }, RATE, 10_000);
  const [, , older] = [gate.ask('CP1'), gate.ask('CP1'), gate.ask('CP1')];
  nowMs = 5_000;
  expect(gate.ask('CP1')).toBe('now');
  nowMs = 10_000;
  for (const task of due.splice(0)) task();
  expect(await older).toBe(false);
});

it('keeps nobody waiting longer than a handshake may take', () => {
  const { gate } = turnstile(4_000);
  expect([gate.ask('CP1'), gate.ask('CP1'), gate.ask('CP1')]).toEqual(['now', 'now', 'never']);
});
