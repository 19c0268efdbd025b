// What cannot be written waits and keeps its order; what cannot be made is told as lost, and holds up nobody.
import { expect, it } from '@jest/globals';
import { LogUnavailable, type NewRecord } from '#ports';
import { HeldClock } from '../../../test/scenario/support/held-clock.js';
import type { SiteLog } from '../site-log.js';
import { OutcomeWriter } from './outcome-writer.js';

const record = (value: string): NewRecord => ({ key: 'default/s', headers: {}, value });

it('tells what waits from what is lost', async () => {
  const clock = new HeldClock();
  const [appended, told]: [string[], string[]] = [[], []];
  let isAway = true;
  const siteLog = {
    partitionOf: () => 0,
    append: async (_: number, records: readonly NewRecord[]) => {
      if (isAway) throw new LogUnavailable('away');
      appended.push(...records.map(({ value }) => value));
      return [];
    },
  } as unknown as SiteLog;
  const said = (what: string) => (error: unknown) => void told.push(`${what}: ${(error as Error).message}`);
  const writer = new OutcomeWriter(siteLog, clock, { waits: said('waits'), lost: said('lost') });
  writer.write('default/s', () => record('first'));
  writer.write('default/s', () => Promise.reject(new Error('no key')));
  writer.write('default/s', () => record('third'));
  while (told.length < 1) await new Promise(setImmediate);
  isAway = false;
  clock.advance(1_000);
  await writer.settle(1_000);
  expect(appended).toEqual(['first', 'third']);
  expect(told.toSorted()).toEqual(['lost: no key', 'waits: away']);
});
