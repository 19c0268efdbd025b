// One member of a consumer group: joins, keeps its membership, fetches for all its partitions, and hands each to its holding.
// Stopped → Joining → Fetching → Joining (the group rebalances) | Broken (kafkajs gave up) | Lost (not heard for too long) → Joining; any → Closed.
// Starting positions come from the subscriber; what is committed to Kafka serves lag tools only.
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { type Clock, LogUnavailable, type PartitionRef, type Subscriber, type Subscription } from '#ports';
import { FOREVER } from './kafka-client.js';
import { KafkaHolding } from './kafka-holding.js';
import { toLogRecord } from './kafka-record.js';
import { Membership } from './membership.js';
import type { OnTrouble } from './trouble.js';

export interface GroupTimes {
  /** Without a sign of life for so long, a member's partitions go to others. The broker's lower bound is 6 s. */
  readonly sessionMs: number;
  readonly heartbeatMs: number;
  /** So long the others wait for a member to join again. */
  readonly rebalanceMs: number;
}

/** Handlers never hold up the heartbeats, so the session may be short: it is how long a killed service's sites wait. */
export const GROUP_TIMES: GroupTimes = { sessionMs: 10_000, heartbeatMs: 1_000, rebalanceMs: 20_000 };

/** An idle member asks this often; a partition it was given, or goes on with, waits as long for the fetch that is under way. */
const FETCH_WAIT_MS = 500;
const LOOK_EVERY_MS = 1_000;
const RESTART_AFTER_MS = 1_000;
const COMMIT_MS = 1_000;
const CLOSE_MS = 5_000;

export interface SubscriptionOptions {
  /** A client of its own: kafkajs shares committed offsets between the consumers of a client. */
  readonly kafka: Kafka;
  readonly group: string;
  /** As Kafka knows them → as the product knows them. */
  readonly topics: ReadonlyMap<string, string>;
  readonly subscriber: Subscriber;
  readonly times: GroupTimes;
  readonly clock: Clock;
  readonly onTrouble: OnTrouble;
}

const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

export class KafkaSubscription implements Subscription {
  readonly #options: SubscriptionOptions;
  readonly #membership: Membership;
  /** By the topic's name in Kafka. */
  readonly #holdings = new Map<string, KafkaHolding>();
  /** Released, a handler may still run. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #committed = new Map<string, number>();
  #mine: ReadonlyMap<string, PartitionRef> = new Map();
  #consumer: Consumer | undefined;
  #lastAskedMs = 0;
  /** Looks in a row at which we were no member; time that this process slept does not count. */
  #looksWithoutGroup = 0;
  #cancelLook: (() => void) | undefined;
  #cancelRestart: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#membership = new Membership(options.times.sessionMs);
  }

  /** Resolves when the group has given us our share for the first time. Rejects with LogUnavailable. */
  async start(): Promise<void> {
    try {
      await this.#join();
    } catch (cause) {
      await this.close();
      throw new LogUnavailable(`the group ${this.#options.group} could not be joined`, { cause });
    }
    this.#scheduleLook();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#cancelLook?.();
    this.#cancelRestart?.();
    const handled = this.#handledNow();
    for (const name of [...this.#holdings.keys()]) this.#release(name);
    await Promise.all(this.#leaving.values());
    const consumer = this.#consumer;
    if (consumer === undefined) return;
    await this.#within(COMMIT_MS, this.#commit(consumer, handled));
    this.#consumer = undefined;
    await this.#within(CLOSE_MS, consumer.disconnect());
  }

  async #join(): Promise<void> {
    const { kafka, group, topics, times } = this.#options;
    const consumer = kafka.consumer({
      groupId: group,
      sessionTimeout: times.sessionMs,
      heartbeatInterval: times.heartbeatMs,
      rebalanceTimeout: times.rebalanceMs,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytesPerPartition: 512 * 1024,
      allowAutoTopicCreation: false,
      // A crash ends this consumer: what kafkajs starts again by itself nobody could give up (below).
      retry: { ...FOREVER, restartOnFailure: async () => false },
    });
    this.#consumer = consumer;
    this.#looksWithoutGroup = 0;
    this.#watch(consumer);
    const isOurs = (): boolean => this.#consumer === consumer;
    try {
      await consumer.connect();
      if (isOurs()) await consumer.subscribe({ topics: [...topics.keys()], fromBeginning: true });
      const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
        if (isOurs() && !payload.isStale()) this.#deliver(payload); // not what was fetched before a holding began anew elsewhere: it would miss what is between
      };
      if (isOurs()) await consumer.run({ autoCommit: false, eachBatch });
    } catch (error) {
      if (isOurs()) throw error;
    }
    if (!isOurs()) await this.#within(CLOSE_MS, consumer.disconnect()); // given up in the meantime
  }

  /** kafkajs calls these listeners within the step they tell of: before the next fetch, and after the request that caused them. */
  #watch(consumer: Consumer): void {
    const { events } = consumer;
    consumer.on(events.REQUEST, ({ payload: { apiName, createdAt } }) => {
      if (this.#consumer !== consumer) return;
      if (apiName === 'Heartbeat' || apiName === 'SyncGroup') this.#lastAskedMs = createdAt;
    });
    consumer.on(events.HEARTBEAT, () => {
      if (this.#consumer !== consumer) return;
      const { tenure } = this.#membership;
      this.#membership.renew(this.#ageMs());
      if (this.#membership.tenure !== tenure) this.#wakeAll();
    });
    consumer.on(events.GROUP_JOIN, ({ payload: { memberId, memberAssignment } }) => {
      if (this.#consumer === consumer) this.#assign(consumer, memberId, memberAssignment);
      // Given up while it was joining, which kafkajs cannot stop: it would hold partitions that nobody reads. It can leave in the next turn.
      else setTimeout(() => void this.#within(CLOSE_MS, consumer.disconnect()));
    });
    consumer.on(events.STOP, () => {
      if (this.#consumer === consumer) this.#leave();
    });
    consumer.on(events.CRASH, ({ payload: { error } }) => {
      if (this.#closing !== undefined || this.#consumer !== consumer) return;
      this.#tell('a consumer gave up and starts again', error);
      this.#consumer = undefined;
      this.#leave();
      this.#restart();
    });
  }

  /**
   * kafkajs asks the same coordinator for ever, also one that stands still while another has taken over. Longer than a rebalance takes, nobody is without a
   * group: a new consumer looks for the coordinator anew.
   */
  #joinAnewIfLost(): void {
    const { times } = this.#options;
    const consumer = this.#consumer;
    this.#looksWithoutGroup = this.#membership.isAlive() ? 0 : this.#looksWithoutGroup + 1;
    if (consumer === undefined || this.#looksWithoutGroup * LOOK_EVERY_MS <= times.sessionMs + times.rebalanceMs) return;
    this.#tell('the group does not answer, and is joined anew');
    this.#consumer = undefined;
    this.#leave();
    void this.#within(CLOSE_MS, consumer.disconnect());
    this.#restart();
  }

  #ageMs(): number {
    return Math.max(0, Date.now() - this.#lastAskedMs);
  }

  #restart(): void {
    this.#cancelRestart?.();
    this.#cancelRestart = this.#options.clock.after(RESTART_AFTER_MS, () => {
      if (this.#closing !== undefined) return;
      this.#join().catch((error: unknown) => {
        this.#tell('the group cannot be joined', error);
        this.#consumer = undefined;
        this.#restart();
      });
    });
  }

  /** Not a member any more. The holdings stay, wait for the next joining, and take their leases anew then. */
  #leave(): void {
    this.#membership.end();
    this.#wakeAll();
  }

  #assign(consumer: Consumer, memberId: string, assignment: Readonly<Record<string, readonly number[]>>): void {
    if (this.#closing !== undefined) return;
    this.#membership.join(memberId, this.#ageMs());
    const mine = new Map(
      Object.entries(assignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => [nameOf(topic, partition), { topic, partition }]),
      ),
    );
    this.#mine = mine;
    for (const { topic, partition } of mine.values()) consumer.pause([{ topic, partitions: [partition] }]);
    for (const name of [...this.#holdings.keys()]) if (!mine.has(name)) this.#release(name);
    for (const [name, place] of mine) {
      if (this.#holdings.has(name)) continue;
      const earlier = this.#leaving.get(name);
      if (earlier === undefined) this.#hold(name, place);
      else void earlier.then(() => this.#holdIfStillMine(name, place));
    }
    for (const holding of this.#holdings.values()) holding.retap();
    this.#wakeAll();
  }

  /** The former holding's handler has ended, and in the meantime the partition may have gone again. */
  #holdIfStillMine(name: string, place: PartitionRef): void {
    if (this.#closing === undefined && this.#mine.has(name) && !this.#holdings.has(name)) this.#hold(name, place);
  }

  #hold(name: string, { topic, partition }: PartitionRef): void {
    const { subscriber, clock, onTrouble, group, topics } = this.#options;
    const ref = { topic: topics.get(topic) ?? topic, partition };
    const tap = {
      open: (offset: number) =>
        this.#steer((consumer) => {
          consumer.seek({ topic, partition, offset: String(offset) });
          consumer.resume([{ topic, partitions: [partition] }]);
        }),
      shut: () => this.#steer((consumer) => consumer.pause([{ topic, partitions: [partition] }])),
    };
    const holding = new KafkaHolding(ref, subscriber, this.#membership, tap, clock, ({ error }) =>
      onTrouble({ server: 'kafka', message: 'a handler rejected', error, fields: { group, ...ref } }),
    );
    this.#holdings.set(name, holding);
  }

  /** kafkajs refuses to be steered between a crash and its restart; the next joining sets every tap anew. */
  #steer(steering: (consumer: Consumer) => void): void {
    if (this.#consumer !== undefined && this.#membership.isAlive()) steering(this.#consumer);
  }

  #release(name: string): void {
    const holding = this.#holdings.get(name);
    if (holding === undefined) return;
    this.#holdings.delete(name);
    this.#committed.delete(name);
    const left = holding.release().then(() => {
      if (this.#leaving.get(name) === left) this.#leaving.delete(name);
    });
    this.#leaving.set(name, left);
  }

  #deliver({ batch: { topic, partition, messages, highWatermark } }: EachBatchPayload): void {
    const holding = this.#holdings.get(nameOf(topic, partition));
    holding?.deliver(
      messages.map((message) => toLogRecord(holding.ref, message)),
      Number(highWatermark),
    );
  }

  #tell(message: string, error?: unknown): void {
    const { onTrouble, group } = this.#options;
    onTrouble({ server: 'kafka', message, ...(error !== undefined && { error }), fields: { group } });
  }

  #wakeAll(): void {
    for (const holding of this.#holdings.values()) holding.wake();
  }

  #scheduleLook(): void {
    this.#cancelLook = this.#options.clock.after(LOOK_EVERY_MS, () => {
      this.#joinAnewIfLost();
      const consumer = this.#consumer;
      const committed = consumer === undefined ? Promise.resolve() : this.#commit(consumer, this.#handledNow());
      void committed.then(() => {
        if (this.#closing === undefined) this.#scheduleLook();
      });
    });
  }

  #handledNow(): ReadonlyMap<string, number> {
    return new Map([...this.#holdings].flatMap(([name, { handled }]) => (handled === undefined ? [] : [[name, handled]])));
  }

  /** A commit that fails is made up for by the next one. */
  async #commit(consumer: Consumer, handled: ReadonlyMap<string, number>): Promise<void> {
    const news = [...handled].filter(([name, offset]) => this.#committed.get(name) !== offset);
    if (news.length === 0 || !this.#membership.isAlive()) return;
    const positions = news.map(([name, offset]) => {
      const at = name.lastIndexOf('/');
      return { topic: name.slice(0, at), partition: Number(name.slice(at + 1)), offset: String(offset) };
    });
    try {
      await consumer.commitOffsets(positions);
      for (const [name, offset] of news) if (this.#holdings.has(name)) this.#committed.set(name, offset);
    } catch (error) {
      this.#tell('positions for lag tools could not be committed', error);
    }
  }

  /** A broker that is away must not keep us from closing: the group notices by itself that we are gone. */
  async #within(ms: number, work: Promise<void>): Promise<void> {
    const timeout = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(ms, timeout.resolve);
    try {
      await Promise.race([work, timeout.promise]);
    } catch (error) {
      this.#tell('a consumer did not close well', error);
    } finally {
      cancel();
    }
  }
}
