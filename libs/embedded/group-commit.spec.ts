// Which appends share a commit: one alone never waits, several at once wait a little for more.
import { describe, expect, it } from '@jest/globals';
import type { Clock, NewRecord } from '#ports';
import { GroupCommit } from './group-commit.js';
import type { LogStore } from './log-store.js';

const record = (value: string): NewRecord => ({ key: 'k', headers: {}, value });

function commits(gatherMs?: number) {
  const groups: string[][] = [];
  const waits: (() => void)[] = [];
  const clock: Clock = {
    now: () => 0,
    after: (_, task) => {
      waits.push(task);
      return () => undefined;
    },
  };
  const store = {
    ...(gatherMs !== undefined && { gatherMs }),
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
  return { groups, waits, log, append: (value: string) => log.append('t', [record(value)]) };
}
const turn = () => new Promise(setImmediate);

describe('group commit', () => {
  it('commits at once what comes alone, one after the other', async () => {
    const { groups, waits, append } = commits(4);
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
    const { groups, waits, append } = commits(4);
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
  it('never waits where a write costs next to nothing', async () => {
    const { groups, waits, append } = commits();
    await Promise.all(['a', 'b', 'c', 'd'].map(append));
    await append('e');
    expect(groups.map(({ length }) => length)).toEqual([4, 1]);
    expect(waits).toEqual([]);
  });
});
