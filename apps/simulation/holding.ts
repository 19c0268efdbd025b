// One member of a consumer group with one partition: assigned, handed batches of whatever size, told when it is over.
// Whether others hold it too is the group's secret.
import { type Lease, OwnershipLost, type PartitionRef, type Subscriber } from '#ports';
import type { Broker } from './broker.js';
import type { Life } from './process.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

export class Holding {
  readonly #done: Promise<void>;
  #isReleased = false;
  #wake: () => void = () => {};
  #stopListening: () => void = () => {};

  constructor(
    private readonly broker: Broker,
    private readonly ref: PartitionRef,
    private readonly subscriber: Subscriber,
    private readonly life: Life,
  ) {
    this.#done = this.#run();
    life.onDeath(() => this.#stopListening());
  }

  /** The lease ends now; resolves when no handler runs any more, or never if its process dies before. */
  release(): Promise<void> {
    this.#isReleased = true;
    this.#wake();
    return this.#done;
  }

  async #run(): Promise<void> {
    const { life, broker } = this;
    await life.sleep(broker.weather.latency());
    for (let losses = 0; !this.#isReleased; losses++) {
      if (losses > 0) await life.sleep(pauseMs(losses));
      if (!this.#isReleased) await this.#hold();
    }
  }

  async #hold(): Promise<void> {
    let isLost = false;
    const isHeld = (): boolean => !isLost && !this.#isReleased && this.life.isAlive;
    const lease: Lease = {
      isHeld,
      heartbeat: async () => {
        if (!isHeld()) throw new OwnershipLost('not held any more');
      },
    };
    try {
      await this.#follow(await this.subscriber.onAssigned(this.ref, lease), lease);
    } catch {
      // the next assignment comes after a pause
    }
    isLost = true;
    this.subscriber.onRevoked(this.ref);
  }

  async #follow(start: number, lease: Lease): Promise<void> {
    const { broker, life, ref } = this;
    const { weather, timeline } = broker;
    let offset = start;
    let rejections = 0;
    let beganMs = Number.NEGATIVE_INFINITY;
    while (lease.isHeld()) {
      const stored = broker.records(ref);
      if (offset >= stored.length || weather.isCut(life.name, 'log')) {
        await this.#growth(offset);
        continue;
      }
      const onItsWayMs = weather.latency() + (weather.slowConsumers.get(life.name) ?? 0);
      await life.sleep(Math.max(onItsWayMs, beganMs + broker.gatherMs - timeline.now()));
      if (!lease.isHeld()) return;
      beganMs = timeline.now();
      const most = weather.chance.next() < 0.5 ? 500 : weather.chance.integer(1, 8);
      const records = stored.slice(offset, offset + most);
      try {
        await this.subscriber.onBatch({ ...ref, records, head: stored.length }, lease);
        offset += records.length;
        rejections = 0;
      } catch (error) {
        if (error instanceof OwnershipLost) throw error;
        await life.sleep(pauseMs(++rejections));
      }
    }
  }

  /** Until there is more than `offset`, the lease ends, or a second has passed while the log is out of reach. */
  #growth(offset: number): Promise<void> {
    const { broker, life, ref } = this;
    return new Promise((resolve) => {
      const end = (): void => {
        this.#stopListening();
        cancel();
        life.run(resolve);
      };
      this.#stopListening = broker.onGrowth(ref, end);
      const cancel = broker.records(ref).length > offset ? life.after(1_000, end) : () => {};
      this.#wake = end;
    });
  }
}

const pauseMs = (n: number): number => Math.min(FIRST_PAUSE_MS * 2 ** Math.min(n - 1, 10), LONGEST_PAUSE_MS);
