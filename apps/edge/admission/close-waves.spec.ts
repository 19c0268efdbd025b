// How fast sockets are let go, and that a long trouble does not slow the waves down.
import { expect, it } from '@jest/globals';
import { CloseWaves } from './close-waves.js';

/** A clock that a spec moves; one timer is all that the waves hold. */
function heldClock() {
  let nowMs = 1_000_000;
  let timer: { readonly at: number; readonly task: () => void } | undefined;
  return {
    now: () => nowMs,
    after: (delayMs: number, task: () => void) => {
      timer = { at: nowMs + delayMs, task };
      return () => {
        timer = undefined;
      };
    },
    pass(ms: number): void {
      for (const end = nowMs + ms; timer !== undefined || nowMs < end; ) {
        if (timer === undefined || timer.at > end) {
          nowMs = end;
          return;
        }
        nowMs = timer.at;
        const { task } = timer;
        timer = undefined;
        task();
      }
    },
  };
}

it('lets five in a hundred go each second, in a trouble that comes in lines as in one', () => {
  const clock = heldClock();
  let open = 100;
  const waves = new CloseWaves(clock, () => open, 0.05);
  const enter = (count: number): void => {
    for (let index = 0; index < count; index++) waves.enter({}, () => void open--);
  };
  for (const left of [95, 90, 85, 80, 75, 70, 65]) {
    enter(5);
    expect(open).toBe(left);
    clock.pass(1_500);
  }
  clock.pass(60_000);
  enter(5);
  expect(open).toBe(62);
});

it.each([1, 19, 39, 50, 59])('lets %i go within twenty seconds, and one more than five in a hundred in any of them at most', (count) => {
  const clock = heldClock();
  const waves = new CloseWaves(clock, () => count, 0.05);
  const closedAt: number[] = [];
  for (let index = 0; index < count; index++) waves.enter({}, () => closedAt.push(clock.now()));
  clock.pass(60_000);
  expect(closedAt).toHaveLength(count);
  expect(closedAt.at(-1)).toBeLessThanOrEqual((closedAt[0] ?? 0) + 20_000);
  for (const each of Map.groupBy(closedAt, (at) => at).values()) expect(each.length).toBeLessThan(1 + Math.max(1, 0.05 * count));
});

it('lets more go where some would wait longer than they may, evenly, and nobody wait longer', () => {
  const clock = heldClock();
  const waves = new CloseWaves(clock, () => 100, 0.05);
  const closedAt: number[] = [];
  const [beganMs, byMs] = [clock.now(), clock.now() + 12_000];
  for (let index = 0; index < 100; index++) waves.enter({}, () => closedAt.push(clock.now()), byMs);
  clock.pass(60_000);
  expect(closedAt).toHaveLength(100);
  expect(closedAt.at(-1)).toBeLessThanOrEqual(byMs);
  for (const [atMs, each] of Map.groupBy(closedAt, (at) => at)) expect([atMs - beganMs, each.length <= 8]).toEqual([atMs - beganMs, true]);
});

it('who has left the line is not closed', () => {
  const clock = heldClock();
  const waves = new CloseWaves(clock, () => 10, 0.05);
  const sockets = Array.from({ length: 10 }, () => ({}));
  const closed: object[] = [];
  for (const socket of sockets) waves.enter(socket, () => closed.push(socket));
  for (const socket of sockets) waves.leave(socket);
  clock.pass(60_000);
  expect(closed).toEqual(sockets.slice(0, 1));
});
