// Which appends share a commit: one alone never waits, several at once wait a little for more.
import { describe, expect, it } from '@jest/globals';
import type { Clock, NewRecord } from '#ports';
import { GroupCommit } from './group-commit.js';
import type { LogStore } from './log-store.js';

const record = (value: string): NewRecord => ({ key: 'k', headers: {}, value });

const GATHER = { ms: 1, longMs: 4 };

function commits(gather?: LogStore['gather']) {
  const groups: string[][] = [];
  const waits: (() => void)[] = [];
  const waitedMs: number[] = [];
  const clock: Clock = {
    now: () => 0,
    after: (ms, task) => {
      waits.push(task);
      waitedMs.push(ms);
      return () => undefined;
    },
  };
  const store = {
    gather,
    write: async (writes: readonly { records: readonly NewRecord[] }[]) => {
      groups.push(writes.flatMap(({ records }) => records.map(({ value }) => value)));
      return writes.map(() => 0);
    },
  } as unknown as LogStore;
  const log = new GroupCommit(
    store,
    clock,
    () => 0,
    () => undefined,
  );
  return { groups, waits, waitedMs, log, append: (value: string) => log.append('t', [record(value)]) };
}
const turn = () => new Promise(setImmediate);

describe('group commit', () => {
  it('commits at once what comes alone, one after the other', async () => {
    const { groups, waits, append } = commits(GATHER);
    for (const value of ['a', 'b', 'c']) await append(value);
    expect(groups).toEqual([['a'], ['b'], ['c']]);
    expect(waits).toEqual([]);
  });
  it('refuses a record that is no text, alone, and goes on', async () => {
    const { groups, append, log } = commits();
    const lying = { key: 'k', value: 'b', headers: { ce_stationid: 5 as never } };
    const [before, wrong, after] = await Promise.allSettled([append('a'), log.append('t', [lying]), append('c')]);
    expect([before.status, wrong.status, after.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await append('d');
    expect(groups).toEqual([['a', 'c'], ['d']]);
  });
  it('gathers for a moment while several come at once, and not longer', async () => {
    const { groups, waits, append } = commits(GATHER);
    await Promise.all(['a', 'b', 'c', 'd'].map(append));
    const first = append('e');
    await turn();
    await turn();
    const second = append('f');
    expect(groups).toHaveLength(1);
    waits.shift()?.();
    await Promise.all([first, second]);
    expect(groups[1]).toEqual(['e', 'f']);
    await append('g');
    expect(groups[2]).toEqual(['g']);
    expect(waits).toEqual([]);
  });
  it('waits longer while very many come', async () => {
    const { waits, waitedMs, append } = commits(GATHER);
    for (const size of [31, 32, 1]) {
      const all = Promise.all(Array.from({ length: size }, () => append('m')));
      await turn();
      await turn();
      waits.shift()?.();
      await all;
    }
    expect(waitedMs).toEqual([1, 4]);
  });
  it('never waits where a write costs next to nothing', async () => {
    const { groups, waits, append } = commits();
    await Promise.all(['a', 'b', 'c', 'd'].map(append));
    await append('e');
    expect(groups.map(({ length }) => length)).toEqual([4, 1]);
    expect(waits).toEqual([]);
  });
});
