import { beforeEach, describe, expect, it } from '@jest/globals';
import { LogUnavailable } from '#ports';
import { systemClock } from '#system';
import type { Broker, InnerCluster, ProduceRequest } from './kafka-client.js';
import { KafkaSender } from './kafka-sender.js';
import type { Outgoing } from './micro-batcher.js';

const failure = (name: string, more: object = {}): Error => Object.assign(new Error(name), { name, retriable: true }, more);
const moved = () => failure('KafkaJSProtocolError', { type: 'NOT_LEADER_FOR_PARTITION' });

/** Partitions of one topic on brokers that remember, as Kafka does, which sequence of which producer they stored last. */
class FakeKafka {
  readonly stored = new Map<number, string[]>();
  readonly leaders = new Map([
    [0, 1],
    [1, 2],
  ]);
  readonly removed: number[] = [];
  ids = 0;
  beforeId: () => void = () => undefined;
  /** Asked before a broker stores, and before it answers. */
  beforeStore: (nodeId: number, request: ProduceRequest) => void = () => undefined;
  beforeAnswer: (nodeId: number, request: ProduceRequest) => void = () => undefined;
  onRefresh: () => void = () => undefined;
  readonly #expected = new Map<string, { readonly next: number; readonly baseOffset: number; readonly first: number }>();

  readonly cluster: Partial<InnerCluster> = {
    isConnected: () => true,
    connect: async () => undefined,
    disconnect: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    refreshMetadata: async () => this.onRefresh(),
    refreshMetadataIfNecessary: async () => undefined,
    removeBroker: ({ port }) => this.removed.push(port),
    findTopicPartitionMetadata: () => [...this.leaders].map(([partitionId, leader]) => ({ partitionId, leader })),
    findControllerBroker: async () => this.#broker(1),
    findBroker: async ({ nodeId }) => {
      if (Number(nodeId) < 0) throw failure('KafkaJSBrokerNotFound');
      return this.#broker(Number(nodeId));
    },
  };

  #broker(nodeId: number): Broker {
    return {
      initProducerId: async () => {
        this.beforeId();
        return { producerId: String(++this.ids), producerEpoch: 0 };
      },
      produce: async (request) => {
        this.beforeStore(nodeId, request);
        const topics = request.topicData.map(({ topic, partitions }) => ({
          topicName: topic,
          partitions: partitions.map((one) => ({
            partition: one.partition,
            baseOffset: String(this.#store(nodeId, request.producerId, one)),
          })),
        }));
        this.beforeAnswer(nodeId, request);
        return { topics };
      },
      fetch: () => Promise.reject(new Error('nothing is read here')),
    };
  }

  #store(nodeId: number, producerId: string, batch: ProduceRequest['topicData'][number]['partitions'][number]): number {
    const { partition, firstSequence, messages } = batch;
    if (this.leaders.get(partition) !== nodeId) throw moved();
    const key = `${producerId}/${partition}`;
    const last = this.#expected.get(key);
    if (last?.first === firstSequence) return last.baseOffset;
    if (firstSequence !== (last?.next ?? 0))
      throw failure('KafkaJSProtocolError', { type: 'OUT_OF_ORDER_SEQUENCE_NUMBER', retriable: false });
    const records = this.stored.get(partition) ?? [];
    const baseOffset = records.length;
    this.stored.set(partition, [...records, ...messages.map(({ value }) => value)]);
    this.#expected.set(key, { first: firstSequence, next: firstSequence + messages.length, baseOffset });
    return baseOffset;
  }
}

const flight = (...values: readonly string[]): readonly Outgoing[] =>
  values.map((value, index) => ({ topic: 'site-events', partition: index % 2, record: { key: 'site', headers: {}, value } }));

describe('a flight on its way to Kafka', () => {
  let kafka: FakeKafka;
  let sender: KafkaSender;
  beforeEach(() => {
    kafka = new FakeKafka();
    sender = new KafkaSender(kafka.cluster as InnerCluster, systemClock, () => undefined);
  });
  const stored = () => [kafka.stored.get(0), kafka.stored.get(1)];

  it('is told its offsets in its own order', async () => {
    expect(await sender.send(flight('a', 'b', 'c'))).toEqual([0, 0, 1]);
    expect(await sender.send(flight('d', 'e'))).toEqual([2, 1]);
    expect(stored()).toEqual([
      ['a', 'c', 'd'],
      ['b', 'e'],
    ]);
    expect(kafka.ids).toBe(1);
  });

  it('is stored once when a broker stored it, never answered, and another leads now', async () => {
    await sender.send(flight('a', 'b'));
    let isSilent = true;
    kafka.beforeAnswer = (nodeId) => {
      if (nodeId === 2 && isSilent) throw failure('KafkaJSConnectionClosedError', { host: 'broker', port: 2 });
    };
    kafka.onRefresh = () => {
      kafka.leaders.set(1, 1);
      isSilent = false;
    };
    expect(await sender.send(flight('c', 'd', 'e', 'f'))).toEqual([1, 1, 2, 2]);
    expect(stored()).toEqual([
      ['a', 'c', 'e'],
      ['b', 'd', 'f'],
    ]);
    expect(kafka.removed).toEqual([2]);
    expect(await sender.send(flight('g', 'h'))).toEqual([3, 3]);
  });

  it('is sent again where one partition of a request failed, and not where it landed', async () => {
    kafka.leaders.set(1, 1);
    kafka.beforeStore = () => {
      kafka.leaders.set(1, 2);
      kafka.beforeStore = () => undefined;
    };
    expect(await sender.send(flight('a', 'b'))).toEqual([0, 0]);
    expect(stored()).toEqual([['a'], ['b']]);
  });

  it('waits for a broker that has just started and knows no producers yet', async () => {
    kafka.beforeId = () => {
      kafka.beforeId = () => undefined;
      throw failure('KafkaJSProtocolError', { type: 'GROUP_LOAD_IN_PROGRESS' });
    };
    expect(await sender.send(flight('a', 'b'))).toEqual([0, 0]);
    expect(kafka.ids).toBe(1);
  });

  it('waits where a partition has no leader', async () => {
    kafka.leaders.delete(1);
    kafka.onRefresh = () => kafka.leaders.set(1, 2);
    expect(await sender.send(flight('a', 'b'))).toEqual([0, 0]);
  });

  it('is refused for good where no broker takes it, and the next one comes from another producer', async () => {
    kafka.beforeStore = (nodeId) => {
      if (nodeId === 2) throw failure('KafkaJSProtocolError', { type: 'RECORD_LIST_TOO_LARGE', retriable: false });
    };
    await expect(sender.send(flight('a', 'b'))).rejects.toMatchObject({ code: 'RecordTooLarge', retriable: false });
    kafka.beforeStore = () => undefined;
    expect(await sender.send(flight('c', 'd'))).toEqual([1, 0]);
    expect(kafka.ids).toBe(2);
  });

  it('is refused when the log closes while the broker is away', async () => {
    kafka.beforeStore = () => {
      throw failure('KafkaJSConnectionError');
    };
    const sent = sender.send(flight('a'));
    await sender.close();
    await expect(sent).rejects.toBeInstanceOf(LogUnavailable);
  });
});
