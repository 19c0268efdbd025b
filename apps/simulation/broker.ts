// The log as a server on the other end of a network: appends arrive late, are refused, or arrive although nobody hears of it.
// Records of one process arrive in the order they left it. Who consumes which partition is in consumer-group.ts.
import { type EventLog, type LogRecord, LogUnavailable, type NewRecord, type PartitionRef, type Position } from '#ports';
import { ConsumerGroup } from './consumer-group.js';
import type { Life } from './process.js';
import type { Timeline } from './timeline.js';
import type { Weather } from './weather.js';

/** A client that hears nothing for so long takes the append for failed; it may be stored all the same. */
const APPEND_TIMEOUT_MS = 10_000;
const READ_RECORDS = 500;
/** How often groups look for members they have not heard of. */
const CHECK_MS = 1_000;

interface Request {
  readonly life: Life;
  readonly topic: string;
  readonly records: readonly NewRecord[];
  readonly answer: (outcome: readonly Position[] | LogUnavailable) => void;
}

export class Broker {
  readonly topics = new Map<string, LogRecord[][]>();
  readonly #growth = new Map<string, Set<() => void>>();
  readonly #groups = new Map<string, ConsumerGroup>();
  /** Requests that left their process and found no way to us yet, in order. */
  readonly #stranded = new Map<string, Request[]>();
  readonly #lastArrival = new Map<string, number>();
  /** Told of every stored record and of who wrote it. */
  onStored: (record: LogRecord, writer: Life) => void = () => {};

  constructor(
    readonly timeline: Timeline,
    readonly weather: Weather,
    readonly partitions: number,
    /** From the beginning of one batch to that of the next, at least [ms]: what comes in quick succession is handled together. */
    readonly gatherMs: number,
  ) {
    weather.onHealed(() => this.#deliverStranded());
    const check = (): void => {
      for (const group of this.#groups.values()) group.expelSilent();
      timeline.after(CHECK_MS, check);
    };
    timeline.after(CHECK_MS, check);
  }

  /** The log as one process sees it. */
  port(life: Life): EventLog {
    return {
      open: async (topics) => {
        for (const topic of topics) this.#partitionsOf(topic);
      },
      partitionCount: () => this.partitions,
      partitionOf: (_, key) => this.partitionOf(key),
      append: (topic, records) => this.#append(life, topic, records),
      subscribe: async (group, topics, subscriber) => {
        await this.#reach(life);
        return this.#group(group).join(life, topics, subscriber);
      },
      read: (topic, partition, from, to) => this.#read(life, topic, partition, from, to),
      head: async (topic, partition) => {
        await this.#reach(life);
        return this.records({ topic, partition }).length;
      },
      close: async () => {},
    };
  }

  partitionOf(key: string): number {
    let hash = 0x811c9dc5;
    for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
    return (hash >>> 0) % this.partitions;
  }

  records({ topic, partition }: PartitionRef): readonly LogRecord[] {
    const records = this.#partitionsOf(topic)[partition];
    if (records === undefined) throw new RangeError(`${topic} has no partition ${partition}`);
    return records;
  }

  /** Calls `heard` at each growth until the returned function is called. */
  onGrowth({ topic, partition }: PartitionRef, heard: () => void): () => void {
    const key = `${topic}/${partition}`;
    const listeners = this.#growth.get(key) ?? new Set();
    this.#growth.set(key, listeners);
    listeners.add(heard);
    return () => listeners.delete(heard);
  }

  /** Of all topics. */
  get recordCount(): number {
    let count = 0;
    for (const partitions of this.topics.values()) for (const records of partitions) count += records.length;
    return count;
  }

  groups(): readonly ConsumerGroup[] {
    return [...this.#groups.values()];
  }

  #append(life: Life, topic: string, records: readonly NewRecord[]): Promise<readonly Position[]> {
    if (records.length === 0) return Promise.resolve([]);
    const copies = records.map(({ key, headers, value }) => ({ key, headers: { ...headers }, value }));
    return new Promise((resolve, reject) => {
      const cancel = life.after(APPEND_TIMEOUT_MS, () => reject(new LogUnavailable('the log did not answer in time')));
      const answer: Request['answer'] = (outcome) => {
        this.timeline.after(this.weather.latency(), () => {
          if (this.weather.isCut(life.name, 'log')) return;
          life.run(() => {
            cancel();
            if (outcome instanceof LogUnavailable) reject(outcome);
            else resolve(outcome);
          });
        });
      };
      const arrival = Math.max(this.timeline.now() + this.weather.latency(), this.#lastArrival.get(life.name) ?? 0);
      this.#lastArrival.set(life.name, arrival);
      this.timeline.at(arrival, () => this.#arrived({ life, topic, records: copies, answer }));
      this.weather.reached(life.name, 'append');
    });
  }

  #arrived(request: Request): void {
    const { name } = request.life;
    const line = this.#stranded.get(name);
    if (line !== undefined || this.weather.isCut(name, 'log')) {
      this.#stranded.set(name, [...(line ?? []), request]);
      return;
    }
    request.answer(this.weather.isDiskFull ? new LogUnavailable('the disk is full') : this.#store(request));
  }

  /** What was on its way when the link broke: some of it was lost with the link. A process that died meanwhile sends nothing again. */
  #deliverStranded(): void {
    for (const [name, line] of this.#stranded) {
      if (this.weather.isCut(name, 'log')) continue;
      this.#stranded.delete(name);
      const lostFrom = this.weather.chance.next() < 0.5 ? line.length : this.weather.chance.integer(0, line.length);
      for (const request of line.slice(0, lostFrom)) this.#arrived(request);
    }
  }

  #store({ life, topic, records }: Request): readonly Position[] {
    const grown = new Set<number>();
    const positions = records.map((record) => {
      const partition = this.partitionOf(record.key);
      const stored = this.#partitionsOf(topic)[partition] as LogRecord[];
      const at = { topic, partition, offset: stored.length };
      const kept = { ...record, ...at };
      stored.push(kept);
      grown.add(partition);
      this.onStored(kept, life);
      return at;
    });
    for (const partition of grown) for (const heard of this.#growth.get(`${topic}/${partition}`) ?? []) heard();
    return positions;
  }

  async *#read(life: Life, topic: string, partition: number, from: number, to: number): AsyncGenerator<readonly LogRecord[]> {
    const records = this.records({ topic, partition });
    const end = Math.min(to, records.length);
    for (let offset = from; offset < end; offset += READ_RECORDS) {
      await this.#reach(life);
      yield records.slice(offset, Math.min(end, offset + READ_RECORDS));
    }
  }

  /** There and back; rejects when there is no way. */
  async #reach(life: Life): Promise<void> {
    await life.sleep(this.weather.latency());
    if (!this.weather.isCut(life.name, 'log')) return;
    await life.sleep(APPEND_TIMEOUT_MS);
    throw new LogUnavailable('the log cannot be reached');
  }

  #group(name: string): ConsumerGroup {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const made = new ConsumerGroup(name, this);
    this.#groups.set(name, made);
    return made;
  }

  #partitionsOf(topic: string): LogRecord[][] {
    const known = this.topics.get(topic);
    if (known !== undefined) return known;
    const made = Array.from({ length: this.partitions }, (): LogRecord[] => []);
    this.topics.set(topic, made);
    return made;
  }
}
