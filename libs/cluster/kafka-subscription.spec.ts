import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import type { Clock } from '#ports';
import { KafkaSubscription } from './kafka-subscription.js';

type Listener = (event: { readonly payload: Record<string, unknown> }) => void;
const TIMES = { sessionMs: 5_000, heartbeatMs: 1_000, rebalanceMs: 5_000 };

/** A member as kafkajs plays it: what it hears is said by the test. */
class FakeConsumer {
  readonly events = { REQUEST: 'request', HEARTBEAT: 'heartbeat', GROUP_JOIN: 'join', STOP: 'stop', CRASH: 'crash' };
  readonly #listeners = new Map<string, Listener>();
  eachBatch: (payload: EachBatchPayload) => Promise<void> = async () => undefined;
  isDisconnected = false;
  on = (name: string, listener: Listener) => this.#listeners.set(name, listener);
  connect = async () => undefined;
  subscribe = async () => undefined;
  run = async ({ eachBatch }: { eachBatch: FakeConsumer['eachBatch'] }) => {
    this.eachBatch = eachBatch;
  };
  disconnect = async () => {
    this.isDisconnected = true;
  };
  pause = () => undefined;
  resume = () => undefined;
  seek = () => undefined;
  commitOffsets = async () => undefined;

  say(name: string, payload: Record<string, unknown> = {}): void {
    this.#listeners.get(name)?.({ payload });
  }
  join(memberId: string): void {
    this.say('request', { apiName: 'SyncGroup', createdAt: Date.now() });
    this.say('join', { memberId, memberAssignment: { events: [0] } });
  }
  give(offset: number, isStale = false): Promise<void> {
    const messages = [{ offset: String(offset), key: Buffer.from('k'), value: Buffer.from(`v${offset}`), headers: {} }];
    const batch = { topic: 'events', partition: 0, messages, highWatermark: String(offset + 1) };
    return this.eachBatch({ batch, isStale: () => isStale } as unknown as EachBatchPayload);
  }
}

/** Timers wait until the test lets them run; promises are given their turn. */
class FakeClock implements Clock {
  #now = Date.now();
  #timers: { at: number; run: () => void }[] = [];
  now = () => this.#now;
  after = (ms: number, run: () => void) => {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  };
  async pass(ms: number): Promise<void> {
    for (const end = this.#now + ms; this.#now < end; ) {
      this.#now += 500;
      const due = this.#timers.filter(({ at }) => at <= this.#now);
      this.#timers = this.#timers.filter(({ at }) => at > this.#now);
      for (const { run } of due) run();
      await turn();
    }
  }
}
const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

describe('a member of a consumer group', () => {
  const consumers: FakeConsumer[] = [];
  let clock: FakeClock;
  let handled: string[];
  let subscription: KafkaSubscription;
  const latest = () => consumers.at(-1) as FakeConsumer;
  beforeEach(async () => {
    consumers.length = 0;
    clock = new FakeClock();
    handled = [];
    const kafka = {
      consumer: () => {
        consumers.push(new FakeConsumer());
        return latest();
      },
    } as unknown as Kafka;
    subscription = new KafkaSubscription({
      kafka,
      group: 'service',
      topics: new Map([['events', 'events']]),
      subscriber: {
        onAssigned: async () => 0,
        onBatch: async ({ records }) => void handled.push(...records.map(({ value }) => value)),
        onRevoked: () => undefined,
      },
      times: TIMES,
      clock,
      onTrouble: () => undefined,
    });
    await subscription.start();
  });
  afterEach(() => subscription.close());

  it('that the group does not answer for longer than a rebalance looks for it anew', async () => {
    await clock.pass(TIMES.sessionMs + TIMES.rebalanceMs);
    expect(consumers).toHaveLength(1);
    await clock.pass(3_000);
    expect(consumers).toHaveLength(2);
    expect(consumers.map(({ isDisconnected }) => isDisconnected)).toEqual([true, false]);
    latest().join('second');
    await turn();
    await latest().give(0);
    await turn();
    expect(handled).toEqual(['v0']);
  });

  it('that was given up and joins after all leaves, and delivers nothing', async () => {
    await clock.pass(TIMES.sessionMs + TIMES.rebalanceMs + 3_000);
    const [old, fresh] = consumers as [FakeConsumer, FakeConsumer];
    fresh.join('second');
    await turn();
    old.isDisconnected = false;
    old.join('first');
    // Further on than the new one is: what lies between would be missed.
    await old.give(7);
    await fresh.give(0);
    await turn();
    expect(old.isDisconnected).toBe(true);
    expect(handled).toEqual(['v0']);
  });

  it('does not deliver what was fetched before its place began anew', async () => {
    latest().join('first');
    await turn();
    await latest().give(7, true);
    await latest().give(0);
    await turn();
    expect(handled).toEqual(['v0']);
  });

  it('that crashes is replaced', async () => {
    latest().join('first');
    latest().say('crash', { error: new Error('gone') });
    await clock.pass(2_000);
    expect(consumers).toHaveLength(2);
  });
});
