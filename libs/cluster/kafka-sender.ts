// Makes a flight of records durable: all in-sync replicas have it, and what is sent again is stored once, also when a leader moves in between.
// kafkajs' own producer sends a partition again under new sequences when its leader comes under a new connection, which stores it twice.
// Gathering and deadlines are the micro-batcher's.
import { type Clock, LogUnavailable, PortError } from '#ports';
import { type Broker, type InnerCluster, lookAgain, type ProduceRequest, rootOf } from './kafka-client.js';
import type { Outgoing } from './micro-batcher.js';
import type { OnTrouble } from './trouble.js';

const CLOSE_MS = 3_000;
const REPLICAS_MS = 10_000;
const IDENTIFY_MS = 10_000;
const TRANSACTION_MS = 60_000; // Kafka wants one, also where there are no transactions
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** Sequences are 32 bits with a sign, and begin anew after the last. */
const SEQUENCES = 2 ** 31;

interface Producer {
  readonly producerId: string;
  readonly producerEpoch: number;
  /** The next sequence by partition. */
  readonly sequences: Map<string, number>;
}

/** What one partition gets of a flight: on the wire always the same batch under the same sequence, until it is acknowledged. */
interface Batch {
  readonly topic: string;
  readonly partition: number;
  /** Places in the flight. */
  readonly indexes: readonly number[];
}

type Leaders = ReadonlyMap<number, number>;

export class KafkaSender {
  readonly #cluster: InnerCluster;
  readonly #clock: Clock;
  readonly #onTrouble: OnTrouble;
  readonly #topics = new Set<string>();
  #producer: Producer | undefined;
  #isClosed = false;

  constructor(cluster: InnerCluster, clock: Clock, onTrouble: OnTrouble) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#onTrouble = onTrouble;
  }

  /**
   * One flight at a time. Rejects with LogUnavailable or PortError `RecordTooLarge` (not retriable); as long as the brokers may have stored some of it
   * without saying so it tries again. After a rejection the producer id is given up, since its next sequences are not known.
   */
  async send(flight: readonly Outgoing[]): Promise<readonly number[]> {
    try {
      const batches = batchesOf(flight);
      await this.#know(batches.map(({ topic }) => topic));
      this.#producer ??= await this.#identify();
      return await this.#sendAll(flight, batches, this.#producer);
    } catch (error) {
      this.#producer = undefined;
      throw refusal(error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const patience = Promise.withResolvers<void>();
    const cancel = this.#clock.after(CLOSE_MS, patience.resolve); // a dead broker answers nothing
    await Promise.race([this.#cluster.disconnect(), patience.promise]).finally(cancel);
  }

  /** A broker that has just started knows no producers yet. Nothing is stored so far: a refusal is certain. */
  async #identify(): Promise<Producer> {
    const giveUpAt = this.#clock.now() + IDENTIFY_MS;
    for (;;) {
      try {
        const broker = await this.#cluster.findControllerBroker();
        const identity = await broker.initProducerId({ transactionTimeout: TRANSACTION_MS });
        return { ...identity, sequences: new Map() };
      } catch (error) {
        if (rootOf(error).retriable !== true || this.#isClosed || this.#clock.now() > giveUpAt) throw error;
        await this.#pause(LONGEST_PAUSE_MS / 4);
        await this.#lookAgain([error]);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(ms, resolve));
  }

  async #know(topics: readonly string[]): Promise<void> {
    const isConnected = this.#cluster.isConnected();
    if (!isConnected) await this.#cluster.connect();
    if (topics.some((topic) => !this.#topics.has(topic))) {
      await this.#cluster.addMultipleTargetTopics(topics);
      for (const topic of topics) this.#topics.add(topic);
    }
    await (isConnected ? this.#cluster.refreshMetadataIfNecessary() : this.#cluster.refreshMetadata());
  }

  async #sendAll(flight: readonly Outgoing[], batches: readonly Batch[], producer: Producer): Promise<readonly number[]> {
    const offsets = new Array<number>(flight.length);
    const land = (batch: Batch, baseOffset: number): void =>
      batch.indexes.forEach((index, n) => {
        offsets[index] = baseOffset + n;
      });
    let left = new Map(batches.map((batch) => [nameOf(batch.topic, batch.partition), batch]));
    for (let pauseMs = FIRST_PAUSE_MS; left.size > 0; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const landed = await Promise.allSettled(this.#byLeader(left.values()).map((group) => this.#produce(flight, group, producer)));
      left = new Map(left);
      for (const outcome of landed) {
        if (outcome.status === 'rejected') continue;
        for (const [name, baseOffset] of outcome.value) {
          const batch = left.get(name);
          if (batch === undefined) continue;
          land(batch, baseOffset);
          left.delete(name);
          const next = (producer.sequences.get(name) ?? 0) + batch.indexes.length;
          producer.sequences.set(name, next % SEQUENCES);
        }
      }
      if (left.size === 0) break;
      const failures = landed.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
      for (const failure of failures) if (rootOf(failure).retriable !== true) throw failure;
      if (this.#isClosed) throw new LogUnavailable('the log is closed');
      await this.#pause(pauseMs);
      await this.#lookAgain(failures);
    }
    return offsets;
  }

  /** Leaders as last told; whose leader is not known waits for the next look under a leader that nobody is. */
  #byLeader(batches: Iterable<Batch>): readonly { readonly nodeId: string; readonly batches: readonly Batch[] }[] {
    const leaders = new Map<string, Leaders>();
    const groups = new Map<string, Batch[]>();
    for (const batch of batches) {
      const known = leaders.get(batch.topic) ?? this.#leadersOf(batch.topic);
      leaders.set(batch.topic, known);
      const nodeId = String(known.get(batch.partition) ?? -1);
      const group = groups.get(nodeId);
      if (group === undefined) groups.set(nodeId, [batch]);
      else group.push(batch);
    }
    return [...groups].map(([nodeId, group]) => ({ nodeId, batches: group }));
  }

  #leadersOf(topic: string): Leaders {
    return new Map(this.#cluster.findTopicPartitionMetadata(topic).map(({ partitionId, leader }) => [partitionId, leader]));
  }

  /** Offset of the first record by partition. */
  async #produce(
    flight: readonly Outgoing[],
    { nodeId, batches }: { readonly nodeId: string; readonly batches: readonly Batch[] },
    { producerId, producerEpoch, sequences }: Producer,
  ): Promise<readonly (readonly [string, number])[]> {
    const broker: Broker = await this.#cluster.findBroker({ nodeId });
    const topics = new Map<string, ProduceRequest['topicData'][number]['partitions'][number][]>();
    for (const { topic, partition, indexes } of batches) {
      const messages = indexes.map((index) => (flight[index] as Outgoing).record);
      const partitions = topics.get(topic) ?? [];
      topics.set(topic, partitions);
      partitions.push({ partition, firstSequence: sequences.get(nameOf(topic, partition)) ?? 0, messages });
    }
    const topicData = [...topics].map(([topic, partitions]) => ({ topic, partitions }));
    const answer = await broker.produce({ acks: -1, timeout: REPLICAS_MS, producerId, producerEpoch, topicData });
    return answer.topics.flatMap(({ topicName, partitions }) =>
      partitions.map(({ partition, baseOffset }) => [nameOf(topicName, partition), Number(baseOffset)] as const),
    );
  }

  /** What fails here fails again when it is sent to. */
  async #lookAgain(failures: readonly unknown[]): Promise<void> {
    for (const error of failures) this.#onTrouble({ server: 'kafka', message: 'records are sent again', error });
    try {
      await lookAgain(this.#cluster, failures);
    } catch (error) {
      this.#onTrouble({ server: 'kafka', message: 'leaders are not known', error });
    }
  }
}

const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

function batchesOf(flight: readonly Outgoing[]): readonly Batch[] {
  const batches = new Map<string, { readonly topic: string; readonly partition: number; readonly indexes: number[] }>();
  flight.forEach(({ topic, partition }, index) => {
    const name = nameOf(topic, partition);
    const batch = batches.get(name);
    if (batch === undefined) batches.set(name, { topic, partition, indexes: [index] });
    else batch.indexes.push(index);
  });
  return [...batches.values()];
}

function refusal(error: unknown): PortError {
  const { type } = rootOf(error);
  if (error instanceof PortError) return error;
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE')
    return new PortError('RecordTooLarge', 'the broker takes no record of this size', false, { cause: error });
  return new LogUnavailable('the broker did not take the records', { cause: error });
}
