// Reads ranges and heads of partitions, outside any consumer group.
// Who needs which range is the caller's business.
import { type Clock, type LogRecord, LogUnavailable, type PartitionRef } from '#ports';
import { type FetchedMessage, type InnerCluster, lookAgain, rootOf } from './kafka-client.js';
import { toLogRecord } from './kafka-record.js';

const FETCH_BYTES = 4 * 1024 * 1024;
const BATCH_RECORDS = 500;
const FETCH_WAIT_MS = 100;
const PATIENCE_MS = 10_000;
const READ_COMMITTED = 1;

interface HeadRequest extends PartitionRef {
  readonly resolve: (head: number) => void;
  readonly reject: (error: unknown) => void;
}

export class KafkaReader {
  readonly #cluster: InnerCluster;
  readonly #clock: Clock;
  #heads: HeadRequest[] = [];

  constructor(cluster: InnerCluster, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
  }

  async open(topics: readonly string[]): Promise<void> {
    await this.#insist(async () => {
      await this.#cluster.connect();
      await this.#cluster.addMultipleTargetTopics(topics);
    });
  }

  close(): Promise<void> {
    return this.#cluster.disconnect();
  }

  /** Questions of one turn of the event loop are one request. */
  head(topic: string, partition: number): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#heads.push({ topic, partition, resolve, reject }) === 1) setImmediate(() => void this.#answerHeads());
    });
  }

  async #answerHeads(): Promise<void> {
    const requests = this.#heads;
    this.#heads = [];
    const byTopic = new Map<string, Set<number>>();
    for (const { topic, partition } of requests) byTopic.set(topic, (byTopic.get(topic) ?? new Set()).add(partition));
    const question = [...byTopic].map(([topic, partitions]) => ({
      topic,
      partitions: [...partitions].map((partition) => ({ partition })),
      fromBeginning: false as const,
    }));
    try {
      const answers = await this.#insist(() => this.#cluster.fetchTopicsOffset(question));
      const heads = new Map(
        answers.flatMap(({ topic, partitions }) => partitions.map((p) => [`${topic}/${p.partition}`, Number(p.offset)])),
      );
      for (const { topic, partition, resolve, reject } of requests) {
        const head = heads.get(`${topic}/${partition}`);
        if (head === undefined) reject(new LogUnavailable(`${topic}/${partition} has no leader`));
        else resolve(head);
      }
    } catch (error) {
      for (const { reject } of requests) reject(error);
    }
  }

  async *read(ref: PartitionRef, from: number, to: number): AsyncGenerator<readonly LogRecord[]> {
    if (from >= to) return;
    const end = Math.min(to, await this.head(ref.topic, ref.partition));
    let next = from < end ? this.#fetch(ref, from) : undefined;
    while (next !== undefined) {
      const messages = await next;
      const last = messages.at(-1);
      if (last === undefined) throw new LogUnavailable(`${ref.topic}/${ref.partition} gives nothing below its head`);
      const offset = Number(last.offset) + 1;
      next = offset < end ? this.#fetch(ref, offset) : undefined; // while the reader works on what came
      next?.catch(() => undefined); // told when it is awaited; a reader that stops early does not ask
      const records = messages
        .filter((message) => !message.isControlRecord)
        .map((message) => toLogRecord(ref, message))
        .filter((record) => record.offset >= from && record.offset < end);
      for (let at = 0; at < records.length; at += BATCH_RECORDS) yield records.slice(at, at + BATCH_RECORDS);
    }
  }

  #fetch({ topic, partition }: PartitionRef, offset: number): Promise<readonly FetchedMessage[]> {
    return this.#insist(async () => {
      await this.#cluster.refreshMetadataIfNecessary();
      const [nodeId] = Object.keys(this.#cluster.findLeaderForPartitions(topic, [partition]));
      if (nodeId === undefined) throw new LogUnavailable(`${topic}/${partition} has no leader`);
      const broker = await this.#cluster.findBroker({ nodeId });
      const { responses } = await broker.fetch({
        maxWaitTime: FETCH_WAIT_MS,
        minBytes: 1,
        maxBytes: FETCH_BYTES,
        isolationLevel: READ_COMMITTED,
        topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: FETCH_BYTES }] }],
      });
      const messages = responses.flatMap(({ partitions }) => partitions).flatMap((one) => one.messages);
      return messages.filter((message) => Number(message.offset) >= offset); // a batch is given whole, from its first record
    });
  }

  /** Tries again, with the leaders asked anew, until the patience ends. Rejects with LogUnavailable. */
  async #insist<T>(work: () => Promise<T>): Promise<T> {
    const deadline = this.#clock.now() + PATIENCE_MS;
    for (let pauseMs = 50; ; pauseMs = Math.min(2 * pauseMs, 1_000)) {
      let failure: unknown;
      try {
        return await work();
      } catch (error) {
        if (rootOf(error).type === 'OFFSET_OUT_OF_RANGE' || this.#clock.now() + pauseMs > deadline) throw unavailable(error);
        failure = error;
      }
      await new Promise<void>((resolve) => this.#clock.after(pauseMs, resolve));
      try {
        await lookAgain(this.#cluster, [failure]);
      } catch (error) {
        if (this.#clock.now() > deadline) throw unavailable(error); // otherwise the next try tells
      }
    }
  }
}

const unavailable = (cause: unknown): LogUnavailable =>
  cause instanceof LogUnavailable ? cause : new LogUnavailable('the log cannot be read now', { cause });
