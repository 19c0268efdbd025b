// One partition inside this process: its head, its newest records in memory, and who wants to know when it grows.
// Durability is the store's, leases are the consumer group's.
import type { LogRecord, PartitionRef } from '#ports';
import type { LogStore } from './log-store.js';

/** Consumers that keep up never touch the disk: the newest records stay in memory up to these bounds. */
const TAIL_RECORDS = 4_000;
const TAIL_TEXT = 8 * 1024 * 1024;

export class Partition {
  readonly ref: PartitionRef;
  readonly #store: LogStore;
  readonly #listeners = new Set<() => void>();
  #head: number;
  #tail: LogRecord[] = [];
  #tailText = 0;

  constructor(ref: PartitionRef, head: number, store: LogStore) {
    this.ref = ref;
    this.#head = head;
    this.#store = store;
  }

  get head(): number {
    return this.#head;
  }

  /** Durable records arrive in rising offsets; a gap means the store found records that an earlier failure had reported as lost. */
  grow(records: readonly LogRecord[]): void {
    const [first] = records;
    if (first === undefined) return;
    if (first.offset !== this.#head) this.#forgetTail();
    for (const record of records) this.#tail.push(record);
    this.#tailText += textOf(records);
    this.#head = first.offset + records.length;
    if (this.#tail.length > TAIL_RECORDS || this.#tailText > TAIL_TEXT) this.#shortenTail();
    for (const listener of this.#listeners) listener();
  }

  /** Records from `from`, at most `limit` and never beyond the head. */
  read(from: number, limit: number): readonly LogRecord[] {
    const start = from - (this.#head - this.#tail.length);
    return start >= 0 ? this.#tail.slice(start, start + limit) : this.#store.read(this.ref, from, this.#head, limit);
  }

  onGrowth(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Halves it, so that the cost of moving what stays is spread over many appends. */
  #shortenTail(): void {
    const kept = this.#tail.slice(Math.ceil(this.#tail.length / 2));
    this.#tail = textOf(kept) > TAIL_TEXT ? [] : kept;
    this.#tailText = textOf(this.#tail);
  }

  #forgetTail(): void {
    this.#tail = [];
    this.#tailText = 0;
  }
}

const textOf = (records: readonly LogRecord[]): number => records.reduce((sum, { value }) => sum + value.length, 0);
