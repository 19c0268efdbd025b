// The event log on Kafka. Every guarantee that Kafka gives only when asked is asked for here and in the files beside.
// What the records mean is nobody's business here.
import { type ICustomPartitioner, type Kafka, Partitioners } from 'kafkajs';
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
import { innerCluster, kafkaClient } from './kafka-client.js';
import { KafkaReader } from './kafka-reader.js';
import { KafkaSender } from './kafka-sender.js';
import { GROUP_TIMES, type GroupTimes, KafkaSubscription } from './kafka-subscription.js';
import { ensureTopics } from './kafka-topics.js';
import { MicroBatcher, type MicroBatcherLimits } from './micro-batcher.js';
import { type OnTrouble, sparing, warn } from './trouble.js';

export interface KafkaLogOptions {
  readonly brokers: readonly string[];
  /** Of every topic, for ever; default 64. */
  readonly partitions?: number;
  /** Of new topics; default 1. */
  readonly replication?: number;
  /** Before every topic and group name, where several installations share a cluster. */
  readonly prefix?: string;
  readonly limits?: Partial<MicroBatcherLimits>;
  readonly times?: Partial<GroupTimes>;
  readonly clock?: Clock;
  readonly onTrouble?: OnTrouble;
}

const REMEMBERED_KEYS = 100_000;

/** Nothing is connected before `open`. */
export function kafkaLog(options: KafkaLogOptions): EventLog {
  return new KafkaLog(options);
}

class KafkaLog implements EventLog {
  readonly #prefix: string;
  readonly #partitions: number;
  readonly #replication: number;
  readonly #times: GroupTimes;
  readonly #clock: Clock;
  readonly #onTrouble: OnTrouble;
  readonly #newClient: () => Kafka;
  readonly #reader: KafkaReader;
  readonly #sender: KafkaSender;
  readonly #batcher: MicroBatcher;
  readonly #topics = new Set<string>();
  readonly #placed = new Map<string, number>();
  readonly #place: ReturnType<ICustomPartitioner>;
  readonly #subscriptions = new Set<KafkaSubscription>();
  #closing: Promise<void> | undefined;

  constructor({
    brokers,
    partitions = 64,
    replication = 1,
    prefix = '',
    limits,
    times,
    clock = systemClock,
    onTrouble = warn,
  }: KafkaLogOptions) {
    this.#prefix = prefix;
    this.#partitions = partitions;
    this.#replication = replication;
    this.#times = { ...GROUP_TIMES, ...times };
    this.#clock = clock;
    this.#onTrouble = sparing(onTrouble);
    this.#newClient = () => kafkaClient({ brokers, clientId: 'joulestream', onTrouble: this.#onTrouble });
    this.#reader = new KafkaReader(innerCluster(this.#newClient()), clock);
    this.#sender = new KafkaSender(innerCluster(this.#newClient()), clock, this.#onTrouble);
    this.#batcher = new MicroBatcher((flight) => this.#sender.send(flight), clock, limits);
    this.#place = Partitioners.DefaultPartitioner();
  }

  async open(topics: readonly string[]): Promise<void> {
    this.#refuseWhenClosed();
    const names = topics.map((topic) => this.#prefix + topic);
    await ensureTopics(this.#newClient(), names, { partitions: this.#partitions, replication: this.#replication });
    await this.#reader.open(names);
    for (const topic of topics) this.#topics.add(topic);
  }

  partitionCount(topic: string): number {
    this.#known(topic);
    return this.#partitions;
  }

  /** As every Kafka client with the default partitioner places it (murmur2). The keys are sites, so the answers are worth remembering. */
  partitionOf(topic: string, key: string): number {
    this.#known(topic);
    const known = this.#placed.get(key);
    if (known !== undefined) return known;
    const partitionMetadata = Array.from({ length: this.#partitions }, (_, partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 0,
      replicas: [],
      isr: [],
    }));
    const partition = this.#place({ topic, partitionMetadata, message: { key, value: null } });
    if (this.#placed.size >= REMEMBERED_KEYS) this.#placed.clear();
    this.#placed.set(key, partition);
    return partition;
  }

  async append(topic: string, records: readonly NewRecord[]): Promise<readonly Position[]> {
    this.#refuseWhenClosed();
    const name = this.#prefix + topic;
    const positions = await this.#batcher.append(
      records.map((record) => ({ topic: name, partition: this.partitionOf(topic, record.key), record })),
    );
    return this.#prefix === '' ? positions : positions.map(({ partition, offset }) => ({ topic, partition, offset }));
  }

  async subscribe(group: string, topics: readonly string[], subscriber: Subscriber): Promise<Subscription> {
    this.#refuseWhenClosed();
    for (const topic of topics) this.#known(topic);
    const subscription = new KafkaSubscription({
      kafka: this.#newClient(),
      group: this.#prefix + group,
      topics: new Map(topics.map((topic) => [this.#prefix + topic, topic])),
      subscriber,
      times: this.#times,
      clock: this.#clock,
      onTrouble: this.#onTrouble,
    });
    this.#subscriptions.add(subscription);
    await subscription.start();
    return { close: () => subscription.close().finally(() => this.#subscriptions.delete(subscription)) };
  }

  async *read(topic: string, partition: number, from: number, to: number): AsyncIterable<readonly LogRecord[]> {
    this.#refuseWhenClosed();
    this.#known(topic);
    const batches = this.#reader.read({ topic: this.#prefix + topic, partition }, from, to);
    if (this.#prefix === '') yield* batches;
    else for await (const records of batches) yield records.map((record) => ({ ...record, topic }));
  }

  async head(topic: string, partition: number): Promise<number> {
    this.#refuseWhenClosed();
    if (partition >= this.partitionCount(topic)) throw new RangeError(`${topic} has no partition ${partition}`);
    return this.#reader.head(this.#prefix + topic, partition);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    await this.#batcher.close();
    await this.#sender.close();
    await this.#reader.close();
  }

  #known(topic: string): void {
    if (!this.#topics.has(topic)) throw new Error(`topic ${topic} was not opened`);
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) throw new LogUnavailable('the log is closed');
  }
}
