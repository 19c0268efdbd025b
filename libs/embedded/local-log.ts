// The event log of one process over any store: group commit in front, wake-ups and consumer groups behind.
// What survives is the store's promise; several processes are the cluster's business.
import {
  type Clock,
  type EventLog,
  type LogRecord,
  LogUnavailable,
  type NewRecord,
  type Position,
  type Subscriber,
  type Subscription,
} from '#ports';
import { systemClock } from '#system';
import { ConsumerGroup, type Member } from './consumer-group.js';
import { type Committed, GroupCommit } from './group-commit.js';
import type { OnRejected } from './holding.js';
import type { LogStore } from './log-store.js';
import { Partition } from './partition.js';
import { partitionFor } from './partitioner.js';
import { warnProcess } from './process-warning.js';

const READ_RECORDS = 500;

export interface LocalLogOptions {
  /** For the pauses before a rejected batch comes again. */
  readonly clock?: Clock;
  /** Default: a process warning. */
  readonly onRejected?: OnRejected;
}

const warn: OnRejected = ({ topic, partition, error }) => warnProcess(error, `a handler of ${topic}/${partition} rejected`);

export class LocalLog implements EventLog {
  readonly #store: LogStore;
  readonly #clock: Clock;
  readonly #onRejected: OnRejected;
  readonly #commits: GroupCommit;
  readonly #topics = new Map<string, readonly Partition[]>();
  readonly #groups = new Map<string, ConsumerGroup>();
  #closing: Promise<void> | undefined;

  constructor(store: LogStore, { clock = systemClock, onRejected = warn }: LocalLogOptions = {}) {
    this.#store = store;
    this.#clock = clock;
    this.#onRejected = onRejected;
    this.#commits = new GroupCommit(
      store,
      clock,
      (topic, key) => this.partitionOf(topic, key),
      (commits) => this.#publish(commits),
    );
  }

  async open(topics: readonly string[]): Promise<void> {
    this.#refuseWhenClosed();
    for (const { name, heads } of await this.#store.open(topics)) {
      if (this.#topics.has(name)) continue;
      this.#topics.set(
        name,
        heads.map((head, partition) => new Partition({ topic: name, partition }, head, this.#store)),
      );
    }
  }

  partitionCount(topic: string): number {
    return this.#partitions(topic).length;
  }

  partitionOf(topic: string, key: string): number {
    return partitionFor(key, this.partitionCount(topic));
  }

  async append(topic: string, records: readonly NewRecord[]): Promise<readonly Position[]> {
    this.#refuseWhenClosed();
    this.#partitions(topic);
    return records.length === 0 ? [] : this.#commits.append(topic, records);
  }

  async subscribe(group: string, topics: readonly string[], subscriber: Subscriber): Promise<Subscription> {
    this.#refuseWhenClosed();
    for (const topic of topics) this.#partitions(topic);
    const members = this.#group(group);
    const member: Member = { topics, subscriber };
    await members.join(member);
    return { close: () => members.leave(member) };
  }

  async *read(topic: string, partition: number, from: number, to: number): AsyncIterable<readonly LogRecord[]> {
    const end = Math.min(to, await this.head(topic, partition));
    for (let offset = from; offset < end; ) {
      const records = this.#store.read({ topic, partition }, offset, end, READ_RECORDS);
      const last = records.at(-1);
      if (last === undefined) return;
      yield records;
      offset = last.offset + 1;
      await new Promise(setImmediate); // a long replay shares the event loop
    }
  }

  async head(topic: string, partition: number): Promise<number> {
    this.#refuseWhenClosed();
    if (this.#partitions(topic)[partition] === undefined) throw new RangeError(`${topic} has no partition ${partition}`);
    return this.#store.head({ topic, partition });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#groups.values()].map((group) => group.close()));
    await this.#commits.idle();
    await this.#store.close();
  }

  #publish(commits: readonly Committed[]): void {
    for (const { topic, partition, first, records } of commits) {
      this.#partitions(topic)[partition]?.grow(records.map((record, index) => ({ ...record, topic, partition, offset: first + index })));
    }
  }

  #group(name: string): ConsumerGroup {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const created = new ConsumerGroup((topic) => this.#partitions(topic), this.#clock, this.#onRejected);
    this.#groups.set(name, created);
    return created;
  }

  #partitions(topic: string): readonly Partition[] {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) throw new Error(`topic ${topic} was not opened`);
    return partitions;
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) throw new LogUnavailable('the log is closed');
  }
}
