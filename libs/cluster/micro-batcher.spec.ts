// Micro-batching: what flies together, what is refused when, and that nobody waits for ever.
import { describe, expect, it } from '@jest/globals';
import type { Clock } from '#ports';
import { MicroBatcher, type MicroBatcherLimits, type Outgoing } from './micro-batcher.js';

/** A clock that moves when told to. */
class HeldClock implements Clock {
  #now = 0;
  #tasks: { at: number; task: () => void }[] = [];
  now(): number {
    return this.#now;
  }
  after(delayMs: number, task: () => void): () => void {
    const entry = { at: this.#now + delayMs, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }
  advance(ms: number): void {
    this.#now += ms;
    const due = this.#tasks.filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at);
    this.#tasks = this.#tasks.filter(({ at }) => at > this.#now);
    for (const { task } of due) task();
  }
  get waiting(): number {
    return this.#tasks.length;
  }
}

const outgoing = (...values: readonly string[]): Outgoing[] =>
  values.map((value) => ({ topic: 't', partition: 0, record: { key: 'k', headers: {}, value } }));

/** A sender whose flights land or fail when the test says so. */
function bench(limits: Partial<MicroBatcherLimits> = {}) {
  const clock = new HeldClock();
  const flights: { values: readonly string[]; land: () => void; fail: (error: Error) => void }[] = [];
  let offset = 0;
  const batcher = new MicroBatcher(
    (flight) =>
      new Promise((resolve, reject) => {
        flights.push({ values: flight.map(({ record }) => record.value), land: () => resolve(flight.map(() => offset++)), fail: reject });
      }),
    clock,
    { lingerMs: 5, deadlineMs: 1_000, ...limits },
  );
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { clock, flights, batcher, turn };
}

describe('MicroBatcher', () => {
  it('lets appends of a few milliseconds fly together, in order, each with its own positions', async () => {
    const { clock, flights, batcher } = bench();
    const first = batcher.append(outgoing('a', 'b'));
    clock.advance(4);
    const second = batcher.append(outgoing('c'));
    expect(flights).toHaveLength(0);
    clock.advance(1);
    expect(flights.map(({ values }) => values)).toEqual([['a', 'b', 'c']]);
    flights[0]?.land();
    expect((await first).map(({ offset }) => offset)).toEqual([0, 1]);
    expect((await second).map(({ offset }) => offset)).toEqual([2]);
    expect(clock.waiting).toBe(0);
  });

  it('flies at once when full, one flight at a time, and splits what is too much for one', async () => {
    const { clock, flights, batcher, turn } = bench({ flightRecords: 3 });
    const appended = batcher.append(outgoing('a', 'b', 'c', 'd', 'e', 'f', 'g'));
    expect(flights.map(({ values }) => values)).toEqual([['a', 'b', 'c']]);
    flights[0]?.land();
    await turn();
    expect(flights[1]?.values).toEqual(['d', 'e', 'f']);
    flights[1]?.land();
    await turn();
    clock.advance(5);
    flights[2]?.land();
    expect((await appended).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('never loads more bytes than a broker takes, unless one record alone has them', async () => {
    const { clock, flights, batcher, turn } = bench({ flightBytes: 200 });
    void batcher.append(outgoing('x'.repeat(120), 'y'.repeat(120), 'z'.repeat(500)));
    for (let n = 0; n < 3; n++) {
      clock.advance(5);
      flights[n]?.land();
      await turn();
    }
    expect(flights.map(({ values }) => values.map(({ length }) => length))).toEqual([[120], [120], [500]]);
  });

  it('refuses at the deadline what is not acknowledged, and never sends what it refused', async () => {
    const { clock, flights, batcher, turn } = bench();
    const stuck = batcher.append(outgoing('stuck'));
    clock.advance(5);
    const waiting = batcher.append(outgoing('waiting'));
    const refused = Promise.allSettled([stuck, waiting]);
    clock.advance(1_000);
    for (const outcome of await refused)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'LogUnavailable', retriable: true } });
    const later = batcher.append(outgoing('later'));
    flights[0]?.land(); // the broker is back
    await turn();
    clock.advance(5);
    expect(flights.map(({ values }) => values)).toEqual([['stuck'], ['later']]);
    flights[1]?.land();
    expect((await later).map(({ offset }) => offset)).toEqual([1]);
  });

  it('refuses the calls of a failed flight and goes on with the others', async () => {
    const { clock, flights, batcher, turn } = bench();
    const failing = batcher.append(outgoing('a'));
    clock.advance(5);
    const next = batcher.append(outgoing('b'));
    const failure = new Error('not taken');
    flights[0]?.fail(failure);
    await expect(failing).rejects.toBe(failure);
    await turn();
    clock.advance(5);
    flights[1]?.land();
    expect(await next).toHaveLength(1);
  });

  it('bounds what waits, and refuses beyond', async () => {
    const { batcher } = bench({ waitingBytes: 1_000, flightBytes: 500 });
    void batcher.append(outgoing('flying', 'x'.repeat(400), ...Array.from({ length: 5 }, () => 'y'.repeat(400))));
    await expect(batcher.append(outgoing('one more'))).rejects.toMatchObject({ code: 'LogUnavailable' });
  });

  it('sends what waits when it is closed, waits for it, and refuses what comes after', async () => {
    const { flights, batcher, turn } = bench();
    const last = batcher.append(outgoing('last'));
    const closed = batcher.close();
    await expect(batcher.append(outgoing('late'))).rejects.toMatchObject({ code: 'LogUnavailable' });
    await turn();
    flights[0]?.land();
    await closed;
    expect(await last).toHaveLength(1);
  });
});
