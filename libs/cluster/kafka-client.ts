// How this product talks to Kafka through kafkajs 2.2.4: one place for its settings, its repairs and the one thing taken from its inside.
// kafkajs is unmaintained; whatever replaces it replaces this file and what imports it.
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { Kafka, logLevel, type RetryOptions } from 'kafkajs';
import type { OnTrouble } from './trouble.js';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly onTrouble: OnTrouble;
}

/** Bounded inside one operation; who must go on for ever sets `retries` himself. */
export const RETRY: Required<Pick<RetryOptions, 'initialRetryTime' | 'maxRetryTime' | 'factor' | 'multiplier' | 'retries'>> = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  factor: 0.2,
  multiplier: 2,
  retries: 5,
};

export const FOREVER: RetryOptions = { ...RETRY, retries: Number.MAX_SAFE_INTEGER };

export function kafkaClient({ brokers, clientId, onTrouble }: KafkaOptions): Kafka {
  repairOnce();
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: RETRY,
    logLevel: logLevel.ERROR,
    logCreator:
      () =>
      ({ namespace, log: { message, error, broker, groupId } }) => {
        // An error answer is told again by whoever asked, and many are routine (a group rebalances, a coordinator loads).
        if (namespace === 'Connection' && message.startsWith('Response ')) return;
        onTrouble({ server: 'kafka', message, ...(error !== undefined && { error }), fields: { broker, groupId } });
      },
  });
}

interface RequestQueue {
  pending: readonly unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

let repaired = false;

function repairOnce(): void {
  if (repaired) return;
  repairBusyTimer();
  repairConnecting();
  repairSilence();
  repairEnding();
  repaired = true;
}

const require = createRequire(import.meta.url);

/**
 * kafkajs looks at an empty queue every millisecond, for ever and per connection: 3–4 % of a core, and a TimeoutNegativeWarning on Node 24
 * (its issues 1704 and 1751). Requests that wait are looked at when an answer arrives and every 10 ms, as before; an empty queue is left alone.
 */
function repairBusyTimer(): void {
  const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as { readonly prototype: RequestQueue };
  if (typeof prototype.scheduleCheckPendingRequests !== 'function') throw new Error('this kafkajs is not the version we know');
  prototype.scheduleCheckPendingRequests = function scheduleCheckPendingRequests() {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
    const check = (): void => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    };
    this.throttleCheckTimeoutId = setTimeout(check, Math.max(10, this.throttledUntil - Date.now()));
  };
}

interface Connection {
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  socket?: Socket;
  isConnected(): boolean;
  connect(): Promise<boolean>;
}

const LENGTH_BYTES = 4;

/**
 * A connection of kafkajs keeps half an answer that its dead socket left, and takes the first bytes of the next socket for the rest: from then
 * on it understands no answer any more, for ever. And whoever finds it not connected opens a socket of his own into the same buffers, as
 * many as ask at once. A new socket starts with nothing of an older one here, and is opened once for all who wait.
 */
function repairConnecting(): void {
  const { prototype } = require('kafkajs/src/network/connection.js') as { readonly prototype: Connection };
  const { connect } = prototype;
  if (typeof connect !== 'function') throw new Error('this kafkajs is not the version we know');
  const underWay = new WeakMap<Connection, Promise<boolean>>();
  prototype.connect = function connectOnce() {
    if (this.isConnected()) return Promise.resolve(true);
    const other = underWay.get(this);
    if (other !== undefined) return other;
    this.socket?.removeAllListeners('data').destroy();
    this.chunks = [];
    this.bytesBuffered = 0;
    this.bytesNeeded = LENGTH_BYTES;
    const connected = connect.call(this).finally(() => underWay.delete(this));
    underWay.set(this, connected);
    return connected;
  };
}

interface Runner {
  readonly running: boolean;
  readonly fetchManager: { stop(): Promise<void> };
  fetch(nodeId: string): Promise<readonly unknown[]>;
}

/**
 * Where a broker comes or goes in the moment a consumer is told to end, kafkajs begins new fetchers after it stopped the old ones. They find the consumer not running
 * and ask again at once, for ever, without a turn of the event loop: the process does nothing else any more, and never ends. The first that asks ends them all.
 */
function repairEnding(): void {
  const { prototype } = require('kafkajs/src/consumer/runner.js') as { readonly prototype: Runner };
  const { fetch } = prototype;
  if (typeof fetch !== 'function') throw new Error('this kafkajs is not the version we know');
  prototype.fetch = function fetchOrEnd(nodeId) {
    if (!this.running) void this.fetchManager.stop();
    return fetch.call(this, nodeId);
  };
}

interface Exchange {
  readonly request: { readonly apiName: string };
}

interface AskedConnection extends Connection {
  readonly host: string;
  readonly port: number;
  send(exchange: Exchange): Promise<unknown>;
  rejectRequests(error: Error): void;
  disconnect(): Promise<boolean>;
}

type ClosedError = new (message: string, place: { readonly host: string; readonly port: number }) => Error;

/**
 * A broker that stands still holds its connections. kafkajs goes on asking it, for the leaders too, for as long as it stands: a connection with
 * an unanswered request is closed here, as every other client does, and told as one that the broker closed, which makes kafkajs look for others.
 */
function repairSilence(): void {
  const { prototype } = require('kafkajs/src/network/connection.js') as { readonly prototype: AskedConnection };
  const { KafkaJSConnectionClosedError } = require('kafkajs/src/errors.js') as { readonly KafkaJSConnectionClosedError: ClosedError };
  const { send } = prototype;
  if (typeof send !== 'function') throw new Error('this kafkajs is not the version we know');
  prototype.send = async function sendOrClose(exchange) {
    const { socket } = this;
    try {
      return await send.call(this, exchange);
    } catch (error) {
      if ((error as Error).name !== 'KafkaJSRequestTimeoutError') throw error;
      const closed = new KafkaJSConnectionClosedError(`no answer to ${exchange.request.apiName}`, this);
      if (socket !== undefined && socket === this.socket && !socket.destroyed) {
        socket.destroy();
        this.rejectRequests(closed);
        await this.disconnect();
      }
      throw closed;
    }
  };
}

export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[] | undefined>>;
  readonly isControlRecord?: boolean;
}

interface FetchRequest {
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string; readonly maxBytes: number }[];
  }[];
}

export interface ProduceRequest {
  readonly acks: -1;
  /** The broker waits so long for its replicas. */
  readonly timeout: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence: number;
      readonly messages: readonly { readonly key: string; readonly value: string; readonly headers: Readonly<Record<string, string>> }[];
    }[];
  }[];
}

export interface Broker {
  initProducerId(request: {
    readonly transactionTimeout: number;
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>;
  /** Rejects with the first error of any partition, whatever became of the others. */
  produce(request: ProduceRequest): Promise<{
    readonly topics: readonly {
      readonly topicName: string;
      readonly partitions: readonly { readonly partition: number; readonly baseOffset: string }[];
    }[];
  }>;
  fetch(request: FetchRequest): Promise<{
    readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly FetchedMessage[] }[] }[];
  }>;
}

/** The part of kafkajs' inner Cluster that reading without a consumer group, and writing with sequences of our own, need. */
export interface InnerCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  isConnected(): boolean;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  removeBroker(address: { readonly host: string; readonly port: number }): void;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  findBroker(broker: { readonly nodeId: string }): Promise<Broker>;
  findControllerBroker(): Promise<Broker>;
  fetchTopicsOffset(
    topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number }[];
      readonly fromBeginning: false;
    }[],
  ): Promise<
    readonly { readonly topic: string; readonly partitions: readonly { readonly partition: number; readonly offset: string }[] }[]
  >;
}

/** What tells a broker's name for an error, its retriability and the address of a closed connection, below what kafkajs wraps around it. */
export interface KafkaFailure {
  readonly name: string;
  readonly message: string;
  readonly type?: string;
  readonly retriable?: boolean;
  readonly host?: string;
  readonly port?: number;
}

export function rootOf(error: unknown): KafkaFailure {
  let root = error as KafkaFailure & { readonly cause?: unknown };
  while (root.cause instanceof Error) root = root.cause as typeof root;
  return root;
}

/**
 * kafkajs offers no reading of a range outside a consumer group, and a group costs a rebalance (seconds) per range. What its own consumer
 * reads with is within reach, so that is used; and what its producer writes with (kafka-sender.ts says why).
 */
export function innerCluster(kafka: Kafka): InnerCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === 'private:Kafka:createCluster');
  const create = symbol && (kafka as unknown as Record<symbol, unknown>)[symbol];
  if (typeof create !== 'function') throw new Error('this kafkajs is not the version we know');
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false }) as InnerCluster;
}

/** After failures: closed connections are forgotten, and whoever answers says who leads what now. Rejects when nobody does. */
export async function lookAgain(cluster: InnerCluster, failures: readonly unknown[]): Promise<void> {
  for (const failure of failures) {
    const { name, host, port } = rootOf(failure);
    if (name === 'KafkaJSConnectionClosedError' && host !== undefined && port !== undefined) cluster.removeBroker({ host, port });
  }
  if (!cluster.isConnected()) await cluster.connect();
  await cluster.refreshMetadata();
}
