// A consumer group of this process: deals the partitions out to its members, one holder each, and moves them when members come or go.
// What a member does with a partition is in the holding.
import type { Clock, Subscriber } from '#ports';
import { Holding, type OnRejected } from './holding.js';
import type { Partition } from './partition.js';

export interface Member {
  readonly topics: readonly string[];
  readonly subscriber: Subscriber;
}

interface Held {
  readonly member: Member;
  readonly holding: Holding;
}

export class ConsumerGroup {
  readonly #members = new Set<Member>();
  readonly #held = new Map<Partition, Held>();
  readonly #partitionsOf: (topic: string) => readonly Partition[];
  readonly #clock: Clock;
  readonly #onRejected: OnRejected;
  #dealing: Promise<void> = Promise.resolve();

  constructor(partitionsOf: (topic: string) => readonly Partition[], clock: Clock, onRejected: OnRejected) {
    this.#partitionsOf = partitionsOf;
    this.#clock = clock;
    this.#onRejected = onRejected;
  }

  /** Resolves when the member holds its share. */
  join(member: Member): Promise<void> {
    this.#members.add(member);
    return this.#deal();
  }

  /** The member's leases end at once; resolves when none of its handlers runs and others hold what it held. */
  leave(member: Member): Promise<void> {
    this.#members.delete(member);
    for (const { member: holder, holding } of this.#held.values()) if (holder === member) void holding.release();
    return this.#deal();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#members].map((member) => this.leave(member)));
  }

  /** One deal at a time. A partition is given on only after the last handler of its former holder has ended. */
  #deal(): Promise<void> {
    this.#dealing = this.#dealing.then(async () => {
      const shares = this.#shares();
      const moving = [...this.#held].filter(([partition, { member }]) => shares.get(partition) !== member);
      await Promise.all(moving.map(([, { holding }]) => holding.release()));
      for (const [partition] of moving) this.#held.delete(partition);
      for (const [partition, member] of shares) {
        if (this.#held.has(partition) || !this.#members.has(member)) continue;
        this.#held.set(partition, { member, holding: new Holding(partition, member.subscriber, this.#clock, this.#onRejected) });
      }
    });
    return this.#dealing;
  }

  #shares(): ReadonlyMap<Partition, Member> {
    const shares = new Map<Partition, Member>();
    for (const topic of new Set([...this.#members].flatMap(({ topics }) => topics))) {
      const takers = [...this.#members].filter(({ topics }) => topics.includes(topic));
      for (const [index, partition] of this.#partitionsOf(topic).entries()) shares.set(partition, takers[index % takers.length] as Member);
    }
    return shares;
  }
}
