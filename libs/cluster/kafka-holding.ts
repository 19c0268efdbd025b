// One partition that this member of a group holds. Records are fetched ahead into a bounded queue, so that a slow handler holds up neither
// the other partitions nor the heartbeats.
// Waiting (for the group) → Assigning → Following → Pausing (a batch was rejected) → Following; → Lost (OwnershipLost, or the membership
// lapsed) → Waiting; any → Released. What is assigned to whom is the group's decision.
import { type Clock, type Lease, type LogRecord, OwnershipLost, type PartitionRef, type Subscriber } from '#ports';
import type { Membership } from './membership.js';

const BATCH_RECORDS = 500;
/**
 * A fold works without a pause, and so long no heartbeat leaves. A batch that takes longer than this is halved next time, one that takes
 * a quarter of it doubled: otherwise a slow fold would lose its membership with every batch, and never get on.
 */
const LONG_BATCH_MS = 1_000;
/**
 * What comes in quick succession is handled together: a batch of one record costs its statement, its relay and their answers as much as one of fifty does. The
 * first record after a while waits for nothing, and a long queue does not either.
 */
const GATHER_MS = 200;
const GATHERED_ENOUGH = 50;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
/** The queue's bound [UTF-16 units of values]: fetching stops above it and goes on below half of it. */
const QUEUE_TEXT = 1024 * 1024;

/** What the holding asks of the member's one fetching loop. */
export interface Tap {
  /** From now on records from `offset` on are delivered. */
  open(offset: number): void;
  shut(): void;
}

export type OnRejected = (failure: { readonly partition: PartitionRef; readonly error: unknown }) => void;

export class KafkaHolding {
  readonly ref: PartitionRef;
  readonly #subscriber: Subscriber;
  readonly #membership: Membership;
  readonly #tap: Tap;
  readonly #clock: Clock;
  readonly #onRejected: OnRejected;
  readonly #done: Promise<void>;
  #released = false;
  /** Leases in a row under which no batch was handled. */
  #losses = 0;
  #signal = Promise.withResolvers<void>();
  #queue: LogRecord[] = [];
  #queuedText = 0;
  #isFollowing = false;
  #isTapOpen = false;
  /** Offset that the next delivered record must reach; below it is a repeat. */
  #nextFetched = 0;
  #head = 0;
  #handled: number | undefined;
  #batchRecords = BATCH_RECORDS;
  /** When the last batch began. */
  #batchMs = Number.NEGATIVE_INFINITY;

  constructor(ref: PartitionRef, subscriber: Subscriber, membership: Membership, tap: Tap, clock: Clock, onRejected: OnRejected) {
    this.ref = ref;
    this.#subscriber = subscriber;
    this.#membership = membership;
    this.#tap = tap;
    this.#clock = clock;
    this.#onRejected = onRejected;
    this.#done = this.#run();
  }

  /** The next offset after what the handler has taken; undefined while that is not known. */
  get handled(): number | undefined {
    return this.#handled;
  }

  /** Something about the membership changed. */
  wake(): void {
    this.#signal.resolve();
  }

  /** The fetching loop starts over and knows nothing of us any more: all its taps are shut. */
  retap(): void {
    this.#isTapOpen = false;
    this.#adjustTap();
  }

  deliver(records: readonly LogRecord[], head: number): void {
    if (!this.#isFollowing) return;
    this.#head = head;
    for (const record of records) {
      if (record.offset < this.#nextFetched) continue;
      this.#queue.push(record);
      this.#queuedText += record.value.length;
      this.#nextFetched = record.offset + 1;
    }
    this.#adjustTap();
    this.wake();
  }

  /** The lease is not held from now on; resolves when no handler of this partition runs any more. */
  release(): Promise<void> {
    this.#released = true;
    this.wake();
    return this.#done;
  }

  async #run(): Promise<void> {
    for (; !this.#released; this.#losses++) {
      await this.#pause(this.#losses);
      while (!this.#released && !this.#membership.isAlive()) await this.#nextSignal();
      if (!this.#released) await this.#hold();
    }
  }

  /** One lease, from its assignment to its end. Never rejects: what a handler rejects with decides what comes next. */
  async #hold(): Promise<void> {
    const { tenure } = this.#membership;
    let lost = false;
    const isHeld = (): boolean => {
      lost ||= this.#released || this.#membership.tenure !== tenure || !this.#membership.isAlive();
      return !lost;
    };
    const heartbeat = async (): Promise<void> => {
      if (!isHeld()) throw new OwnershipLost(`${this.ref.topic}/${this.ref.partition} is not held any more`);
    };
    const lease: Lease = { isHeld, heartbeat };
    try {
      const start = await this.#subscriber.onAssigned(this.ref, lease);
      this.#follow(start);
      while (isHeld()) await this.#handleNext(lease);
    } catch (error) {
      if (!(error instanceof OwnershipLost && this.#released)) this.#onRejected({ partition: this.ref, error });
    }
    lost = true;
    this.#unfollow();
    this.#subscriber.onRevoked(this.ref);
  }

  #follow(start: number): void {
    this.#queue = [];
    this.#queuedText = 0;
    this.#nextFetched = start;
    this.#handled = start;
    this.#isFollowing = true;
    this.#isTapOpen = false;
    this.#adjustTap();
  }

  #unfollow(): void {
    this.#isFollowing = false;
    this.#handled = undefined;
    this.#isTapOpen = false;
    if (!this.#released) this.#tap.shut();
  }

  #adjustTap(): void {
    if (!this.#isFollowing || this.#released) return;
    if (this.#isTapOpen && this.#queuedText > QUEUE_TEXT) {
      this.#isTapOpen = false;
      this.#tap.shut();
    } else if (!this.#isTapOpen && this.#queuedText <= QUEUE_TEXT / 2) {
      this.#isTapOpen = true;
      this.#tap.open(this.#nextFetched);
    }
  }

  async #handleNext(lease: Lease): Promise<void> {
    const gatherMs = Math.min(GATHER_MS, this.#batchMs + GATHER_MS - this.#clock.now());
    if (this.#queue.length > 0 && gatherMs > 0) await this.#wait(gatherMs, () => this.#queue.length >= GATHERED_ENOUGH);
    const records = this.#queue.slice(0, this.#batchRecords);
    const last = records.at(-1);
    if (last === undefined) return this.#nextSignal();
    for (let rejections = 0; lease.isHeld(); ) {
      const beganMs = this.#clock.now();
      this.#batchMs = beganMs;
      try {
        await this.#subscriber.onBatch({ ...this.ref, records, head: Math.max(this.#head, last.offset + 1) }, lease);
        this.#queue.splice(0, records.length);
        for (const { value } of records) this.#queuedText -= value.length;
        this.#handled = last.offset + 1;
        this.#losses = 0;
        this.#adjustTap();
        this.#learnFrom(records.length, this.#clock.now() - beganMs);
        return;
      } catch (error) {
        this.#learnFrom(records.length, this.#clock.now() - beganMs);
        if (error instanceof OwnershipLost) throw error;
        this.#onRejected({ partition: this.ref, error });
        await this.#pause(++rejections);
      }
    }
  }

  #learnFrom(count: number, tookMs: number): void {
    if (tookMs > LONG_BATCH_MS) this.#batchRecords = Math.max(1, Math.floor(count / 2));
    else if (tookMs < LONG_BATCH_MS / 4) this.#batchRecords = Math.min(BATCH_RECORDS, Math.max(this.#batchRecords, count * 2));
  }

  async #nextSignal(): Promise<void> {
    const signal = this.#signal;
    await signal.promise;
    if (this.#signal === signal) this.#signal = Promise.withResolvers();
  }

  /** The n-th pause in a row is twice as long as the one before; none for n = 0, and a release ends it. */
  async #pause(n: number): Promise<void> {
    if (n > 0) await this.#wait(Math.min(FIRST_PAUSE_MS * 2 ** (n - 1), LONGEST_PAUSE_MS), () => false);
  }

  /** So long, or until it is enough, or released. */
  async #wait(ms: number, isEnough: () => boolean): Promise<void> {
    let over = false;
    const end = Promise.withResolvers<void>();
    const cancel = this.#clock.after(ms, () => {
      over = true;
      end.resolve();
    });
    while (!over && !this.#released && !isEnough()) await Promise.race([end.promise, this.#nextSignal()]);
    cancel();
  }
}
