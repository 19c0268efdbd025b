// A subscriber that a test can watch: what it was assigned, what it got, what was taken away.
// It waits for events and never for time.
import type { Batch, EventLog, Lease, LogRecord, PartitionRef, Subscriber, Subscription } from '#ports';

export interface ConsumerOptions {
  /** Where to start each partition; default 0. */
  readonly startAt?: (partition: PartitionRef, assignments: number) => number;
  /** Runs before a batch counts as handled; a rejection is the handler's. */
  readonly handle?: (batch: Batch, lease: Lease) => Promise<void>;
}

export class Consumer implements Subscriber {
  readonly assigned: PartitionRef[] = [];
  readonly revoked: PartitionRef[] = [];
  readonly batches: Batch[] = [];
  readonly leases: Lease[] = [];
  readonly #options: ConsumerOptions;
  #changed = Promise.withResolvers<void>();

  constructor(options: ConsumerOptions = {}) {
    this.#options = options;
  }

  get records(): readonly LogRecord[] {
    return this.batches.flatMap(({ records }) => records);
  }

  /** The handled records' values, in the order they came. */
  get values(): readonly string[] {
    return this.records.map(({ value }) => value);
  }

  /** Partitions held now, as `topic/partition`. */
  get holds(): readonly string[] {
    const held = new Map<string, number>();
    for (const ref of this.assigned) held.set(nameOf(ref), (held.get(nameOf(ref)) ?? 0) + 1);
    for (const ref of this.revoked) held.set(nameOf(ref), (held.get(nameOf(ref)) ?? 0) - 1);
    return [...held]
      .filter(([, count]) => count > 0)
      .map(([name]) => name)
      .sort();
  }

  async onAssigned(partition: PartitionRef, lease: Lease): Promise<number> {
    this.assigned.push(partition);
    this.leases.push(lease);
    this.#change();
    return this.#options.startAt?.(partition, this.assigned.length) ?? 0;
  }

  async onBatch(batch: Batch, lease: Lease): Promise<void> {
    await this.#options.handle?.(batch, lease);
    this.batches.push(batch);
    this.#change();
  }

  onRevoked(partition: PartitionRef): void {
    this.revoked.push(partition);
    this.#change();
  }

  /** Resolves as soon as the condition holds; asked again after everything that happens to this consumer. */
  async until(condition: (consumer: this) => boolean): Promise<void> {
    while (!condition(this)) await this.#changed.promise;
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

const nameOf = ({ topic, partition }: PartitionRef): string => `${topic}/${partition}`;

/** Subscribes a new consumer. */
export async function consume(
  log: EventLog,
  group: string,
  topics: readonly string[],
  options?: ConsumerOptions,
): Promise<Consumer & { readonly subscription: Subscription }> {
  const consumer = new Consumer(options);
  const subscription = await log.subscribe(group, topics, consumer);
  return Object.assign(consumer, { subscription });
}
