import { describe, expect, it, jest } from '@jest/globals';
import { arrivals } from './arrivals.js';
import { counted, inTurns } from './turns.js';

describe('a long computation', () => {
  /** Each step takes `stepMs`; tells how often somebody else had a turn before it ended. */
  async function others(stepMs: number): Promise<{ result: string; turns: number }> {
    let nowMs = 0;
    let turns = 0;
    let isOver = false;
    const other = (): void => {
      if (isOver) return;
      turns++;
      setImmediate(other);
    };
    setImmediate(other);
    const steps = (function* (): Generator<undefined, string> {
      for (let step = 0; step < 100; step++) {
        nowMs += stepMs;
        yield undefined;
      }
      return 'all of it';
    })();
    const result = await inTurns({ now: () => nowMs }, steps);
    isOver = true;
    return { result, turns };
  }

  it('lets others have a turn after every ten milliseconds', async () => {
    const { result, turns } = await others(1);
    expect(result).toBe('all of it');
    expect(turns).toBeGreaterThanOrEqual(9);
  });

  it('pauses for nobody where time stands still', async () => {
    expect(await others(0)).toEqual({ result: 'all of it', turns: 0 });
  });

  /** Others with so many turns to take, of 0.3 ms each; how many of them wait when a computation of two steps ends. */
  async function waitingOf(crowd: number): Promise<number> {
    let left = crowd;
    let wallMs = 0;
    const wall = jest.spyOn(performance, 'now').mockImplementation(() => wallMs);
    const other = (): void => {
      wallMs += 0.3;
      if (--left > 0) setImmediate(other);
    };
    let nowMs = 0;
    const steps = (function* (): Generator<undefined, number> {
      nowMs += 10;
      setImmediate(other);
      yield undefined;
      nowMs++;
      yield undefined;
      return left;
    })();
    return inTurns({ now: () => nowMs }, steps).finally(() => wall.mockRestore());
  }

  it('lets others go on while they have something to do', async () => {
    // Each takes longer than nothing, all of them less than the others may.
    expect(await waitingOf(10)).toBe(0);
  });

  it('waits for longer while a crowd wants to be let in', async () => {
    expect(await waitingOf(400)).toBeGreaterThan(290);
    for (let socket = 0; socket < 16; socket++) arrivals.came();
    expect(await waitingOf(400)).toBe(0);
    for (let socket = 0; socket < 16; socket++) arrivals.left();
    expect(arrivals.isCrowd).toBe(false);
  });

  it('counts what has no steps', async () => {
    let nowMs = 0;
    const clock = { now: () => nowMs };
    counted(clock, () => {
      nowMs += 10;
    });
    let turns = 0;
    setImmediate(() => turns++);
    const alone = (function* (): Generator<undefined, number> {
      yield undefined;
      return turns;
    })();
    expect(await inTurns(clock, alone)).toBe(1);
  });

  it('works alone: of several at once none goes on before others had a turn', async () => {
    let nowMs = 0;
    const order: string[] = [];
    const steps = function* (name: string): Generator<undefined, void> {
      for (let step = 0; step < 3; step++) {
        nowMs += 10;
        order.push(name);
        yield undefined;
      }
    };
    let isOver = false;
    const other = (): void => {
      if (isOver) return;
      order.push('other');
      setImmediate(other);
    };
    setImmediate(other);
    const clock = { now: () => nowMs };
    await Promise.all([inTurns(clock, steps('a')), inTurns(clock, steps('b'))]);
    isOver = true;
    const neighbours = order.slice(1).filter((name, index) => name !== 'other' && order[index] !== 'other' && order[index] !== name);
    expect(order.filter((name) => name !== 'other')).toHaveLength(6);
    expect(neighbours).toEqual([]);
  });
});
