// History that was changed afterwards is found, by whoever kept the links; a link made without the key is none.
import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { LogRecord } from '#ports';
import { attest, faults, type Link } from './attestation.js';

const keysOf = (secret: string) => ({
  hmac: (purpose: string, text: string) =>
    createHmac('sha256', secret + purpose)
      .update(text)
      .digest('hex'),
});
const keys = keysOf('the network’s');
const record = (partition: number, offset: number, value = `{"n":${offset}}`): LogRecord => ({
  ...{ topic: 'site-events', partition, offset, key: 'default/s', value },
  headers: { ce_id: `${partition}/${offset}`, ce_type: 'Tested' },
});
const logOf = (records: readonly LogRecord[]) => {
  const of = (partition: number): readonly LogRecord[] => records.filter((each) => each.partition === partition);
  return {
    partitionCount: () => 2,
    head: async (_: string, partition: number) => Math.max(-1, ...of(partition).map(({ offset }) => offset)) + 1,
    async *read(_: string, partition: number, from: number, to: number) {
      yield of(partition).filter(({ offset }) => offset >= from && offset < to);
    },
  };
};
async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const every: T[] = [];
  for await (const item of items) every.push(item);
  return every;
}
const RECORDS = [
  ...Array.from({ length: 25_000 }, (_, offset) => record(0, offset)),
  ...Array.from({ length: 10 }, (_, offset) => record(1, offset)),
];
const changed = (offset: number, change: Partial<LogRecord>) =>
  RECORDS.map((each) => (each.partition === 0 && each.offset === offset ? { ...each, ...change } : each));

describe('links over a log', () => {
  let links: readonly Link[] = [];
  const found = (records: readonly LogRecord[], by: readonly Link[] = links) => all(faults(logOf(records), keys, by));
  beforeAll(async () => {
    const early = await all(attest(logOf(RECORDS.slice(0, 24_000)), keys, ['site-events'], []));
    links = [...early, ...(await all(attest(logOf(RECORDS), keys, ['site-events'], early)))];
  });

  it('go on where the last ones ended, and fit the log as it was, and with more behind it', async () => {
    expect(links.map(({ partition, from, to }) => [partition, from, to])).toEqual([
      [0, 0, 10_000],
      [0, 10_000, 20_000],
      [0, 20_000, 24_000],
      [0, 24_000, 25_000],
      [1, 0, 10],
    ]);
    expect(await all(attest(logOf(RECORDS), keys, ['site-events'], links))).toEqual([]);
    expect(await found(RECORDS)).toEqual([]);
    expect(await found([...RECORDS, record(1, 10)])).toEqual([]);
  });

  it.each<[string, readonly LogRecord[], string]>([
    ['a value', changed(12_345, { value: '{"n":0}' }), 'site-events/0 from 10000 to 20000: records were changed'],
    ['a header', changed(5, { headers: { ce_id: '0/5', ce_type: 'Other' } }), 'site-events/0 from 0 to 10000: records were changed'],
    ['what belongs to whom', changed(24_999, { key: 'default/t' }), 'site-events/0 from 24000 to 25000: records were changed'],
    [
      'one that is gone',
      RECORDS.filter((each) => each.partition === 1 || each.offset !== 7),
      'site-events/0 from 0 to 10000: 9999 records where there were 10000',
    ],
    ['the end that is gone', RECORDS.slice(0, 24_999), 'site-events/0 from 24000 to 25000: the log ends before'],
  ])('tell of %s', async (_, records, fault) => {
    expect((await found(records))[0]).toBe(fault);
  });

  it('are none where somebody without the key made them, changed one or left one out', async () => {
    const altered = 'the link was altered, or one before it is missing';
    const [first, second, third, ...rest] = links as [Link, Link, Link, ...Link[]];
    const forged = await all(attest(logOf(changed(5, { value: '{}' })), keysOf('a guess'), ['site-events'], []));
    expect((await found(changed(5, { value: '{}' }), forged)).filter((fault) => fault.endsWith(altered)).length).toBe(forged.length);
    expect(await found(RECORDS, [first, third, ...rest])).toEqual([`site-events/0 from 20000 to 24000: ${altered}`]);
    expect(await found(RECORDS, [first, { ...second, digest: first.digest }, third, ...rest])).toEqual([
      `site-events/0 from 10000 to 20000: ${altered}`,
    ]);
  });
});
