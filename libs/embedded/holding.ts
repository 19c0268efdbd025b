// One member of a consumer group holding one partition.
// Assigning → Following → Pausing (a batch was rejected) → Following; → Lost (OwnershipLost) → Assigning; any → Released.
// Which member holds which partition is the group's decision.
import { type Clock, type Lease, OwnershipLost, type Subscriber } from '#ports';
import type { Partition } from './partition.js';

const BATCH_RECORDS = 500;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/** Told of every rejected handler; the log itself only redelivers. */
export type OnRejected = (failure: { readonly topic: string; readonly partition: number; readonly error: unknown }) => void;

export class Holding {
  readonly #partition: Partition;
  readonly #subscriber: Subscriber;
  readonly #clock: Clock;
  readonly #onRejected: OnRejected;
  readonly #done: Promise<void>;
  #released = false;
  /** Leases in a row under which no batch was handled. */
  #losses = 0;
  #signal = Promise.withResolvers<void>();
  #endPause: (() => void) | undefined;

  constructor(partition: Partition, subscriber: Subscriber, clock: Clock, onRejected: OnRejected) {
    this.#partition = partition;
    this.#subscriber = subscriber;
    this.#clock = clock;
    this.#onRejected = onRejected;
    this.#done = this.#run();
  }

  /** The lease is not held from now on; resolves when no handler of this partition runs any more. */
  release(): Promise<void> {
    this.#released = true;
    this.#signal.resolve();
    this.#endPause?.();
    return this.#done;
  }

  async #run(): Promise<void> {
    const stopListening = this.#partition.onGrowth(() => this.#signal.resolve());
    for (; !this.#released; this.#losses++) {
      await this.#pause(this.#losses);
      if (!this.#released) await this.#hold();
    }
    stopListening();
  }

  /** One lease, from its assignment to its end. Never rejects: what a handler rejects with decides what comes next. */
  async #hold(): Promise<void> {
    let lost = false;
    const isHeld = (): boolean => !lost && !this.#released;
    const heartbeat = async (): Promise<void> => {
      if (!isHeld()) throw new OwnershipLost(`${this.#name} is not held any more`);
    };
    const lease: Lease = { isHeld, heartbeat };
    try {
      await this.#follow(await this.#subscriber.onAssigned(this.#partition.ref, lease), lease);
    } catch (error) {
      this.#reject(error);
    }
    lost = true;
    this.#subscriber.onRevoked(this.#partition.ref);
  }

  /** Hands on batches until the lease ends; rejects when it has to be taken anew. */
  async #follow(start: number, lease: Lease): Promise<void> {
    let offset = start;
    let rejections = 0;
    while (lease.isHeld()) {
      const records = this.#partition.read(offset, BATCH_RECORDS);
      const last = records.at(-1);
      if (last === undefined) {
        await this.#growth();
        continue;
      }
      try {
        await this.#subscriber.onBatch({ ...this.#partition.ref, records, head: this.#partition.head }, lease);
        offset = last.offset + 1;
        rejections = 0;
        this.#losses = 0;
        await new Promise(setImmediate); // a long catch-up shares the event loop
      } catch (error) {
        if (error instanceof OwnershipLost) throw error;
        this.#reject(error);
        await this.#pause(++rejections);
      }
    }
  }

  async #growth(): Promise<void> {
    await this.#signal.promise;
    if (!this.#released) this.#signal = Promise.withResolvers();
  }

  /** The n-th pause in a row is twice as long as the one before; none for n = 0. */
  async #pause(n: number): Promise<void> {
    if (n === 0 || this.#released) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(Math.min(FIRST_PAUSE_MS * 2 ** (n - 1), LONGEST_PAUSE_MS), resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
    this.#endPause = undefined;
  }

  #reject(error: unknown): void {
    if (!(error instanceof OwnershipLost && this.#released)) this.#onRejected({ ...this.#partition.ref, error });
  }

  get #name(): string {
    return `${this.#partition.ref.topic}/${this.#partition.ref.partition}`;
  }
}
