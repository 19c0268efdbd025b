// The book keeper against a book that refuses, and one that is lost: in the end the book has everything.
// Time is the test's: the clock moves when it says so.
import { describe, expect, it } from '@jest/globals';
import { inProcessBook } from '#embedded';
import { type AnswerBook, type BookEntry, RouterUnavailable } from '#ports';
import { foldBatch, type HeldPartition, type PartitionMemory } from '#service';
import { BookKeeper } from './book-keeper.js';
import { sessionDefinition } from './definition.js';
import { Stream } from './records.fixture.js';
import type { SessionServiceState } from './state.js';

const ref = { topic: 'site-events', partition: 0 };

class HandClock {
  private tasks: { dueMs: number; task: () => void }[] = [];
  private nowMs = 0;
  now = (): number => this.nowMs;
  after = (delayMs: number, task: () => void) => {
    const entry = { dueMs: this.nowMs + delayMs, task };
    this.tasks.push(entry);
    return () => {
      this.tasks = this.tasks.filter((each) => each !== entry);
    };
  };
  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    const due = this.tasks.filter(({ dueMs }) => dueMs <= this.nowMs);
    this.tasks = this.tasks.filter(({ dueMs }) => dueMs > this.nowMs);
    for (const { task } of due) task();
    await quiet();
  }
}
/** Lets everything that was started and needs no time come to its end. */
const quiet = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

class MoodyBook implements AnswerBook {
  isAway = false;
  private book = inProcessBook([ref]);
  lose(): void {
    this.book = inProcessBook([ref]);
  }
  private reach = (): AnswerBook => {
    if (this.isAway) throw new RouterUnavailable('away');
    return this.book;
  };
  isComplete = async () => this.reach().isComplete();
  station = async (tenantId: string, stationId: string) => this.reach().station(tenantId, stationId);
  token = async (tenantId: string, tokenHash: string) => this.reach().token(tenantId, tokenHash);
  openSessions = async (tenantId: string, tokenHash: string) => this.reach().openSessions(tenantId, tokenHash);
  put = async (entries: readonly BookEntry[]) => this.reach().put(entries);
  markFolded = async (topic: string, partition: number) => this.reach().markFolded(topic, partition);
  isFolded = async (topic: string, partition: number) => this.reach().isFolded(topic, partition);
}

function keeping() {
  const clock = new HandClock();
  const book = new MoodyBook();
  const warnings: string[] = [];
  const logger = { info: () => undefined, warn: (_: object, message: string) => void warnings.push(message), error: () => undefined };
  const keeper = new BookKeeper(book, clock, { heartbeatIntervalS: 300 }, logger);
  keeper.start();
  let isHeld = true;
  const lease = { isHeld: () => isHeld, heartbeat: async () => undefined };
  const states = new Map<string, SessionServiceState>();
  let memory: PartitionMemory<SessionServiceState> = { ref, next: 0, seen: {}, states, recorded: new Map() };
  const partition = (isLive: boolean): HeldPartition<SessionServiceState> => ({ ref, lease, states, isLive, lag: 0 });
  /** Folds what the stream has more than before, as the runner does. */
  const commit = (stream: Stream, isLive = true): void => {
    const result = foldBatch(sessionDefinition, memory, stream.logged());
    for (const [aggregate, state] of result.changed) states.set(aggregate, state);
    memory = { ...memory, next: result.next };
    keeper.onCommitted(partition(isLive), result.changes);
  };
  const revoke = (): void => {
    isHeld = false;
  };
  return { clock, book, warnings, commit, live: () => keeper.onLive(partition(true)), revoke };
}
const charging = (): Stream => new Stream().configured().connected(0).started(1, 1000);

describe('the book', () => {
  it('is incomplete until everything up to the head was written', async () => {
    const { book, commit, live } = keeping();
    commit(charging(), false);
    await quiet();
    expect([await book.isComplete(), await book.station('default', 'CP1')]).toEqual([false, undefined]);
    live();
    await quiet();
    expect(await book.isComplete()).toBe(true);
    expect(await book.openSessions('default', 'ann')).toHaveLength(1);
  });
  it('gets what it refused once it is back', async () => {
    const { clock, book, commit, live, warnings } = keeping();
    const stream = charging();
    commit(stream, false);
    live();
    await quiet();
    book.isAway = true;
    commit(stream.stopped(9, 2000));
    await quiet();
    book.isAway = false;
    expect(await book.openSessions('default', 'ann')).toHaveLength(1);
    await clock.pass(1000);
    expect(await book.openSessions('default', 'ann')).toEqual([]);
    expect(warnings).toContain('the answer book did not take its entries');
  });
  it('is written again when it was lost', async () => {
    const { clock, book, commit, live } = keeping();
    commit(charging(), false);
    live();
    await quiet();
    book.lose();
    expect(await book.isComplete()).toBe(false);
    await clock.pass(1000);
    expect(await book.isComplete()).toBe(true);
    expect(await book.station('default', 'CP1')).toMatchObject({ siteId: 'depot' });
  });
  it('tells edges which stations are under certification, and no longer', async () => {
    const { book, commit, live } = keeping();
    const stream = new Stream().configured(undefined, 1, { strict: true });
    commit(stream, false);
    live();
    await quiet();
    expect(await book.station('default', 'CP1')).toMatchObject({ strict: true });
    commit(stream.configured());
    await quiet();
    expect(await book.station('default', 'CP1')).toMatchObject({ strict: false });
  });
  it('is left alone by who no longer holds the partition', async () => {
    const { clock, book, commit, live, revoke } = keeping();
    const stream = charging();
    commit(stream, false);
    live();
    await quiet();
    revoke();
    commit(stream.stopped(9, 2000));
    book.lose();
    await clock.pass(1000);
    expect(await book.isComplete()).toBe(false);
  });
});
