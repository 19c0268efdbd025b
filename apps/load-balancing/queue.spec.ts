// Current that a car leaves unused goes to others, and those who wait get their turn: decided by what was heard and stream time alone.
import { describe, expect, it } from '@jest/globals';
import { GIVE_BACK_AFTER_MS, ROTATE_AFTER_MS } from '#domain/load-balancing';
import { site } from './site.fixture.js';

const MINUTE = 60_000;

describe('current left unused', () => {
  it('goes to another car after a minute, with a margin', () => {
    const it = site(['A', 'B'], 30);
    it.start('A', 1);
    it.start('B', 2);
    it.pass(2 * MINUTE);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([15, 15]);
    it.charge('A', 1, GIVE_BACK_AFTER_MS + 3 * MINUTE, () => 8);
    expect(it.plan('A')?.limitA).toBe(10);
    expect(it.plan('B')?.limitA).toBe(20);
  });

  it('is left alone while nobody could use it', () => {
    const it = site(['A'], 30);
    it.start('A', 1);
    it.charge('A', 1, 5 * MINUTE, () => 8);
    expect(it.plan('A')?.limitA).toBe(30);
  });

  it('comes back when the car draws all it is offered', () => {
    const it = site(['A', 'B'], 30);
    it.start('A', 1);
    it.start('B', 2);
    it.charge('A', 1, 5 * MINUTE, () => 8);
    expect(it.plan('A')?.limitA).toBe(10);
    it.charge('A', 1, 3 * MINUTE, (allowedA) => allowedA);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([15, 15]);
  });

  it('is not taken from a car whose samples have stopped', () => {
    const it = site(['A', 'B'], 30);
    it.start('A', 1);
    it.start('B', 2);
    it.charge('A', 1, 5 * MINUTE, () => 8);
    it.pass(20 * MINUTE);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([15, 15]);
  });

  it('never flaps: a car that takes 10 s of every minute is told little', () => {
    const it = site(['A', 'B'], 30);
    it.start('A', 1);
    it.start('B', 2);
    let sample = 0;
    it.charge('A', 1, 180 * MINUTE, (allowedA) => (sample++ % 6 === 0 ? allowedA : 7));
    const { changed } = it.changes('A');
    expect(changed).toBeLessThanOrEqual(14);
  });
});

describe('who counts for more', () => {
  it('charges first, and is not to make place for others', () => {
    const it = site(['A', 'B'], 10);
    it.place('B', { priority: 5 });
    it.start('A', 1);
    it.pass(MINUTE);
    it.start('B', 2);
    it.pass(MINUTE);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([0, 10]);
    it.pass(2 * ROTATE_AFTER_MS);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([0, 10]);
  });

  it('has the larger share of what is scarce', () => {
    const it = site(['A', 'B'], 30);
    it.place('A', { weight: 2 });
    it.start('A', 1);
    it.start('B', 2);
    it.pass(2 * MINUTE);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([20, 10]);
  });
});

describe('turns', () => {
  it('go around among those whose minimums do not fit at once', () => {
    const it = site(['A', 'B'], 10);
    it.start('A', 1);
    it.pass(MINUTE);
    it.start('B', 2);
    const served = { A: 0, B: 0 };
    for (let minute = 0; minute < 180; minute++) {
      it.pass(MINUTE);
      for (const id of ['A', 'B'] as const) if ((it.plan(id)?.limitA ?? 0) >= 6) served[id]++;
    }
    expect(served.A + served.B).toBeGreaterThanOrEqual(170);
    expect(Math.abs(served.A - served.B)).toBeLessThanOrEqual(ROTATE_AFTER_MS / MINUTE + 2);
    // One stop and one start for each turn: nobody is interrupted sooner.
    expect(it.changes('A').changed).toBeLessThanOrEqual(2 * (180 / (ROTATE_AFTER_MS / MINUTE)) + 1);
  });

  it('are not interrupted by somebody who has just arrived', () => {
    const it = site(['A', 'B'], 10);
    it.start('A', 1);
    it.pass(ROTATE_AFTER_MS - 5 * MINUTE);
    it.start('B', 2);
    it.pass(4 * MINUTE);
    expect(it.plan('A')?.limitA).toBe(10);
    it.pass(5 * MINUTE);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([0, 10]);
  });

  it('cost no more messages than set-points change, renewals apart', () => {
    const it = site(['A', 'B', 'C'], 14);
    for (const [index, id] of ['A', 'B', 'C'].entries()) {
      it.start(id, index + 1);
      it.pass(MINUTE);
    }
    it.pass(240 * MINUTE);
    for (const id of ['A', 'B', 'C']) {
      const { commands, changed } = it.changes(id);
      const renewals = 240 / 7.5;
      expect(commands).toBeLessThanOrEqual(1.3 * (changed + renewals));
    }
  });
});
