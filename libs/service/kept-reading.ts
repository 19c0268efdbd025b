// One partition that is read twice, first for what was decided and then for what it was decided about: its records are read once and kept
// in between, while they are not too many. What is read for is recorded-outputs.ts's and replay.ts's.
import type { LogRecord, PartitionRef } from '#ports';
import type { Reading } from './recorded-outputs.js';

/** The most text that is kept of a partition [characters]; of a longer one nothing is, and the second reading asks the log as well. */
const MOST_TEXT = 64 * 1024 * 1024;

/** `log`, with the first reading of `ref` from its beginning kept for the second. */
export function keptReading(log: Reading, ref: PartitionRef): Reading {
  let kept: (readonly LogRecord[])[] | undefined;
  let keptTo = 0;

  async function* keeping(to: number): AsyncIterable<readonly LogRecord[]> {
    const batches: (readonly LogRecord[])[] = [];
    let text = 0;
    for await (const batch of log.read(ref.topic, ref.partition, 0, to)) {
      if (text <= MOST_TEXT) batches.push(batch);
      for (const { value } of batch) text += value.length;
      if (text > MOST_TEXT) batches.length = 0;
      yield batch;
    }
    if (text <= MOST_TEXT) [kept, keptTo] = [batches, to];
  }

  async function* again(batches: (readonly LogRecord[])[], to: number): AsyncIterable<readonly LogRecord[]> {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const wanted = (batch.at(-1)?.offset ?? 0) < to ? batch : batch.filter(({ offset }) => offset < to);
      if (wanted.length > 0) yield wanted;
    }
  }

  return {
    partitionCount: (topic) => log.partitionCount(topic),
    head: (topic, partition) => log.head(topic, partition),
    read(topic, partition, from, to) {
      if (topic !== ref.topic || partition !== ref.partition || from !== 0) return log.read(topic, partition, from, to);
      if (kept === undefined || to > keptTo) return keeping(to);
      const batches = kept;
      kept = undefined;
      return again(batches, to);
    },
  };
}
