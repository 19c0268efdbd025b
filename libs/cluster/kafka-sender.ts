// Makes a flight of records durable: all in-sync replicas have it, and a repeat on the wire is stored once.
// Gathering and deadlines are the micro-batcher's.
import { type Kafka, Partitioners, type Producer } from 'kafkajs';
import { LogUnavailable, PortError } from '#ports';
import { FOREVER } from './kafka-client.js';
import type { Outgoing } from './micro-batcher.js';

const CLOSE_MS = 3_000;

export class KafkaSender {
  readonly #kafka: Kafka;
  #producer: Promise<Producer> | undefined;

  constructor(kafka: Kafka) {
    this.#kafka = kafka;
  }

  /**
   * Rejects with LogUnavailable, or PortError `RecordTooLarge` (not retriable). After a rejection the producer id is given up: kafkajs would
   * number other records like those that may have been stored, and the broker would take them for repeats.
   */
  async send(flight: readonly Outgoing[]): Promise<readonly number[]> {
    try {
      this.#producer ??= this.#connect();
      return await sendAll(await this.#producer, flight);
    } catch (error) {
      this.#discard();
      throw refusal(error);
    }
  }

  async close(): Promise<void> {
    const producer = await this.#producer?.catch(() => undefined); // it never connected: its flight was told
    this.#producer = undefined;
    if (producer !== undefined) await withinCloseTime(producer.disconnect());
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: FOREVER,
    });
    await producer.connect();
    return producer;
  }

  #discard(): void {
    const producer = this.#producer;
    this.#producer = undefined;
    producer?.then((old) => withinCloseTime(old.disconnect())).catch(() => undefined); // it never connected: its flight was told
  }
}

/** kafkajs waits for its requests when it disconnects; a dead broker answers none. */
async function withinCloseTime(disconnected: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_MS).unref();
  });
  await Promise.race([disconnected, patience]).finally(() => clearTimeout(timer));
}

/**
 * Sends until every partition has answered: when a leader moves in the middle of a send, kafkajs may resolve without having sent to
 * the moved partitions, and says so only by leaving them out.
 */
async function sendAll(producer: Producer, flight: readonly Outgoing[]): Promise<readonly number[]> {
  const offsets = new Array<number>(flight.length);
  let left = groupByPartition(flight);
  while (left.size > 0) {
    const byTopic = new Map<string, { key: string; value: string; headers: Record<string, string>; partition: number }[]>();
    for (const { topic, partition, indexes } of left.values()) {
      const messages = byTopic.get(topic) ?? [];
      byTopic.set(topic, messages);
      for (const index of indexes) {
        const { key, value, headers } = (flight[index] as Outgoing).record;
        messages.push({ key, value, headers: { ...headers }, partition });
      }
    }
    const answers = await producer.sendBatch({
      acks: -1,
      timeout: 10_000,
      topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
    });
    const before = left.size;
    left = new Map(left);
    for (const { topicName, partition, baseOffset } of answers) {
      const group = left.get(`${topicName}/${partition}`);
      if (group === undefined || baseOffset === undefined) continue;
      group.indexes.forEach((index, n) => {
        offsets[index] = Number(baseOffset) + n;
      });
      left.delete(`${topicName}/${partition}`);
    }
    if (left.size === before) throw new Error('the broker acknowledged none of the partitions');
  }
  return offsets;
}

interface PartitionGroup {
  readonly topic: string;
  readonly partition: number;
  readonly indexes: number[];
}

function groupByPartition(flight: readonly Outgoing[]): Map<string, PartitionGroup> {
  const groups = new Map<string, PartitionGroup>();
  flight.forEach(({ topic, partition }, index) => {
    const name = `${topic}/${partition}`;
    const group = groups.get(name) ?? { topic, partition, indexes: [] };
    groups.set(name, group);
    group.indexes.push(index);
  });
  return groups;
}

function refusal(error: unknown): PortError {
  const types = [error, (error as { cause?: unknown }).cause].map((one) => (one as { type?: string } | undefined)?.type);
  if (types.includes('MESSAGE_TOO_LARGE') || types.includes('RECORD_LIST_TOO_LARGE'))
    return new PortError('RecordTooLarge', 'the broker takes no record of this size', false, { cause: error });
  return new LogUnavailable('the broker did not take the records', { cause: error });
}
