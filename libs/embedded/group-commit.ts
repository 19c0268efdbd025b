// Group commit: appends of one turn of the event loop, and all that arrive while a commit is under way, become the next commit. While
// several come at once the next one waits a little for more, because a sync costs the same whatever it covers.
// Idle → Gathering (first append) → Committing → Gathering | Idle. Where the records go is the store's business.
import { type Clock, LogUnavailable, type NewRecord, type Position } from '#ports';
import { type LogStore, type PartitionWrite, wellFormed } from './log-store.js';

/** Bounds how long one commit takes; a single larger append is still one commit. */
const MAX_RECORDS_A_COMMIT = 500;
/** An append alone never waits; a group this large has others to share its sync with. From a large one on the processor is what is short, and it waits longer. */
const SMALLEST_BUSY_GROUP = 4;
const LARGE_GROUP = 32;
/** Bounds the memory behind a slow disk [UTF-16 units]; beyond it appends are refused. */
const MAX_WAITING_TEXT = 64 * 1024 * 1024;

interface Append {
  readonly topic: string;
  readonly records: readonly NewRecord[];
  readonly textLength: number;
  readonly resolve: (positions: readonly Position[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A write that is durable now, with the offset of its first record. */
export type Committed = PartitionWrite & { readonly first: number };

export class GroupCommit {
  readonly #store: LogStore;
  readonly #partitionOf: (topic: string, key: string) => number;
  readonly #onCommitted: (commits: readonly Committed[]) => void;
  #waiting: Append[] = [];
  #waitingText = 0;
  #running: Promise<void> | undefined;
  /** Appends in the latest group. */
  #latest = 0;
  readonly #clock: Clock;

  constructor(
    store: LogStore,
    clock: Clock,
    partitionOf: (topic: string, key: string) => number,
    onCommitted: (commits: readonly Committed[]) => void,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#partitionOf = partitionOf;
    this.#onCommitted = onCommitted;
  }

  /** A record that is no text is refused alone: in a group it would take the appends of others with it. */
  append(topic: string, records: readonly NewRecord[]): Promise<readonly Position[]> {
    if (!records.every(isText)) return Promise.reject(new TypeError('a record of the log is text throughout'));
    const textLength = records.reduce((sum, { value }) => sum + value.length, 0);
    if (this.#waitingText + textLength > MAX_WAITING_TEXT) return Promise.reject(new LogUnavailable('too much is waiting for the disk'));
    this.#waitingText += textLength;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ topic, records, textLength, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise(setImmediate);
      await this.#gather();
      const group = this.#takeGroup();
      this.#latest = group.length;
      await this.#commit(group);
    }
    this.#running = undefined;
  }

  /** For a moment, and only while it is busy and the group is not full anyway. */
  async #gather(): Promise<void> {
    const { gather } = this.#store;
    if (gather === undefined || this.#latest < SMALLEST_BUSY_GROUP || this.#waiting.length >= MAX_RECORDS_A_COMMIT) return;
    const waitMs = this.#latest < LARGE_GROUP ? gather.ms : gather.longMs;
    await new Promise<void>((resolve) => void this.#clock.after(waitMs, resolve));
  }

  #takeGroup(): readonly Append[] {
    let count = 0;
    let records = 0;
    for (const append of this.#waiting) {
      if (count > 0 && records + append.records.length > MAX_RECORDS_A_COMMIT) break;
      count++;
      records += append.records.length;
    }
    return this.#waiting.splice(0, count);
  }

  async #commit(group: readonly Append[]): Promise<void> {
    try {
      const { writes, places } = this.#layOut(group);
      const firsts = await this.#store.write(writes);
      this.#onCommitted(writes.map((write, index) => ({ ...write, first: firsts[index] as number })));
      group.forEach((append, index) => {
        append.resolve(
          (places[index] as readonly Place[]).map(({ write, at }) =>
            position(writes[write] as PartitionWrite, (firsts[write] as number) + at),
          ),
        );
      });
    } catch (error) {
      for (const append of group) append.reject(error);
    } finally {
      for (const append of group) this.#waitingText -= append.textLength;
    }
  }

  /** One write per partition, in the order of the appends; and for every record where it went. */
  #layOut(group: readonly Append[]): { writes: readonly PartitionWrite[]; places: readonly (readonly Place[])[] } {
    const writes: { topic: string; partition: number; records: NewRecord[] }[] = [];
    const indexOf = new Map<string, number>();
    const place = (topic: string, record: NewRecord): Place => {
      const partition = this.#partitionOf(topic, record.key);
      const name = `${topic}/${partition}`;
      const known = indexOf.get(name);
      const write = known ?? writes.push({ topic, partition, records: [] }) - 1;
      if (known === undefined) indexOf.set(name, write);
      return { write, at: (writes[write] as { records: NewRecord[] }).records.push(clean(record)) - 1 };
    };
    const places = group.map(({ topic, records }) => records.map((record) => place(topic, record)));
    return { writes, places };
  }
}

interface Place {
  readonly write: number;
  readonly at: number;
}

const position = ({ topic, partition }: PartitionWrite, offset: number): Position => ({ topic, partition, offset });

const isText = ({ key, value, headers }: NewRecord): boolean =>
  typeof key === 'string' && typeof value === 'string' && Object.values(headers).every((text) => typeof text === 'string');

function clean(record: NewRecord): NewRecord {
  const { key, value, headers } = record;
  if (key.isWellFormed() && value.isWellFormed() && Object.values(headers).every((text) => text.isWellFormed())) return record;
  return {
    key: wellFormed(key),
    value: wellFormed(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, wellFormed(text)])),
  };
}
