// A consumer group over a network. A member that is not heard of loses its partitions to the others, and learns of it only when it is heard
// of again: until then two members hold one partition, and both are handed its records.
// Member: In → Expelled (nobody told it) → In again after its next heartbeat. Partition: held by one member that is In, and by any number that were expelled.
import type { PartitionRef, Subscriber, Subscription } from '#ports';
import type { Broker } from './broker.js';
import { Holding } from './holding.js';
import type { Life } from './process.js';

const HEARTBEAT_MS = 3_000;
const SESSION_MS = 10_000;

interface Member {
  readonly life: Life;
  readonly topics: readonly string[];
  readonly subscriber: Subscriber;
  readonly holdings: Map<string, Holding>;
  heardMs: number;
  isExpelled: boolean;
  isLeaving: boolean;
}

interface Held {
  readonly member: Member;
  isEnding: boolean;
}

export class ConsumerGroup {
  #members: Member[] = [];
  readonly #held = new Map<string, Held>();

  constructor(
    readonly name: string,
    private readonly broker: Broker,
  ) {}

  join(life: Life, topics: readonly string[], subscriber: Subscriber): Subscription {
    const { timeline } = this.broker;
    const member: Member = {
      life,
      topics,
      subscriber,
      holdings: new Map(),
      heardMs: timeline.now(),
      isExpelled: false,
      isLeaving: false,
    };
    this.#members.push(member);
    const beat = (): void => {
      if (member.isLeaving) return;
      if (!this.broker.weather.isCut(life.name, 'log')) this.#heard(member);
      life.after(HEARTBEAT_MS, beat);
    };
    life.after(HEARTBEAT_MS, beat);
    this.#deal();
    return {
      close: async () => {
        member.isLeaving = true;
        await Promise.all([...member.holdings.values()].map((holding) => holding.release()));
        this.#remove(member);
      },
    };
  }

  /** Takes everything from one member behind its back. */
  expel(pick: (count: number) => number): void {
    const members = this.#members.filter(({ isExpelled }) => !isExpelled);
    const member = members[pick(members.length)];
    if (member === undefined || members.length < 2) return;
    this.#expel(member);
  }

  #heard(member: Member): void {
    member.heardMs = this.broker.timeline.now();
    if (!member.isExpelled) return;
    const released = [...member.holdings.values()].map((holding) => holding.release());
    member.holdings.clear();
    void Promise.all(released).then(() => {
      member.isExpelled = false;
      if (!member.isLeaving && !this.#members.includes(member)) this.#members.push(member);
      this.#deal();
    });
  }

  /** Called once a second. */
  expelSilent(): void {
    const oldest = this.broker.timeline.now() - SESSION_MS;
    for (const member of this.#members) if (member.heardMs < oldest && !member.isExpelled) this.#expel(member);
  }

  #expel(member: Member): void {
    member.isExpelled = true;
    this.#remove(member);
  }

  #remove(member: Member): void {
    this.#members = this.#members.filter((other) => other !== member);
    for (const [key, held] of this.#held) if (held.member === member) this.#held.delete(key);
    this.#deal();
  }

  #deal(): void {
    for (const [key, { ref, member }] of this.#shares()) {
      const held = this.#held.get(key);
      if (held?.member === member) continue;
      if (held === undefined) {
        this.#held.set(key, { member, isEnding: false });
        member.holdings.set(key, new Holding(this.broker, ref, member.subscriber, member.life));
      } else if (!held.isEnding) {
        held.isEnding = true;
        const ended = held.member.holdings.get(key)?.release() ?? Promise.resolve();
        void ended.then(() => {
          held.member.holdings.delete(key);
          if (this.#held.get(key) !== held) return;
          this.#held.delete(key);
          this.#deal();
        });
      }
    }
  }

  #shares(): ReadonlyMap<string, { readonly ref: PartitionRef; readonly member: Member }> {
    const shares = new Map<string, { ref: PartitionRef; member: Member }>();
    const members = this.#members.filter(({ isLeaving }) => !isLeaving);
    for (const topic of new Set(members.flatMap(({ topics }) => topics))) {
      const takers = members.filter(({ topics }) => topics.includes(topic));
      for (let partition = 0; partition < this.broker.partitions; partition++) {
        const member = takers[partition % takers.length];
        if (member !== undefined) shares.set(`${topic}/${partition}`, { ref: { topic, partition }, member });
      }
    }
    return shares;
  }
}
