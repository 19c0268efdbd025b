// What a log needs from where it keeps its records: durable writes of several partitions at once, and reads.
// Grouping, groups of consumers and wake-ups are the log's own and the same for every store.
import type { LogRecord, NewRecord, PartitionRef } from '#ports';

export interface PartitionWrite extends PartitionRef {
  readonly records: readonly NewRecord[];
}

export interface StoredTopic {
  readonly name: string;
  /** The next offset of each partition. */
  readonly heads: readonly number[];
}

export interface LogStore {
  /** How long a busy log gathers appends for one write [ms], and how long one that very many write to; absent = not at all, because a write costs next to nothing. */
  readonly gather?: { readonly ms: number; readonly longMs: number } | undefined;
  /** Creates what is missing. Rejects with PortError `PartitionsDiffer` when a topic exists with another number of partitions. */
  open(topics: readonly string[]): Promise<readonly StoredTopic[]>;
  /** All or none, durable when it resolves: the first offset of each write. The log has one write under way at a time. Rejects with LogUnavailable. */
  write(writes: readonly PartitionWrite[]): Promise<readonly number[]>;
  /** Records from `from` (inclusive) to `to` (exclusive), at most `limit`, fewer where they are large; empty only if there are none. */
  read(partition: PartitionRef, from: number, to: number, limit: number): readonly LogRecord[];
  /** The next offset, asked afresh. */
  head(partition: PartitionRef): number;
  close(): Promise<void>;
}

/** UTF-8 knows no lone surrogates; what is handed on from memory must equal what a replay will read. */
export const wellFormed = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed());
