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
});
