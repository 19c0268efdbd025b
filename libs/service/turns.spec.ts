import { describe, expect, it } from '@jest/globals';
import { inTurns } from './turns.js';

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

  it('lets others go on while they have something to do', async () => {
    let left = 10;
    const crowd = (): void => {
      const until = performance.now() + 0.3;
      while (performance.now() < until);
      if (--left > 0) setImmediate(crowd);
    };
    let nowMs = 0;
    const steps = (function* (): Generator<undefined, number> {
      nowMs += 10;
      setImmediate(crowd);
      yield undefined;
      nowMs++;
      yield undefined;
      return left;
    })();
    // One turn of the loop would leave nine of the crowd waiting; each takes longer than nothing, all of them less than the others may.
    expect(await inTurns({ now: () => nowMs }, steps)).toBeLessThan(5);
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
