// Writes the answer book after each commit, and all of a partition again when it went live or the book was lost.
// States of a partition: Catching up (nothing is written) → Writing (everything, then the mark) → Kept (changes only) → Writing when the mark is gone.
// What is written is in book-entries.ts; the book's promises are the port's.
import type { AnswerBook, BookEntry, Cancel, Clock } from '#ports';
import type { Change, Effects, HeldPartition, Logger } from '#service';
import { allEntries, type BookSettings, changedEntries, identityOf } from './book-entries.js';
import type { SessionInput } from './definition.js';
import { type SiteInput, stationOf } from './site-fold.js';
import type { SessionServiceState } from './state.js';

const RETRY_MS = 1000;
const CHECK_MS = 1000;
const MOST_AT_ONCE = 500;

type Held = HeldPartition<SessionServiceState>;

interface Ledger {
  partition: Held;
  /** Not written yet, latest per identity; bounded by what the partition has. */
  readonly dirty: Map<string, BookEntry>;
  needsMark: boolean;
  isWriting: boolean;
}

export class BookKeeper implements Effects<SessionServiceState, SessionInput> {
  private readonly ledgers = new Map<string, Ledger>();
  private isStopped = false;
  private cancelCheck: Cancel = () => undefined;

  constructor(
    private readonly book: AnswerBook,
    private readonly clock: Clock,
    private readonly settings: BookSettings,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.cancelCheck = this.clock.after(CHECK_MS, () => void this.check());
  }

  stop(): void {
    this.isStopped = true;
    this.cancelCheck();
  }

  onLive(partition: Held): void {
    const ledger: Ledger = { partition, dirty: new Map(), needsMark: true, isWriting: false };
    this.ledgers.set(keyOf(partition), ledger);
    this.writeAll(ledger);
  }

  onCommitted(partition: Held, changes: readonly Change<SessionServiceState, SessionInput>[]): void {
    const ledger = this.ledgers.get(keyOf(partition));
    // Before it is live everything is written at once; an older holder's ledger is not this one's.
    if (ledger === undefined || !partition.isLive || ledger.partition.lease !== partition.lease) return;
    ledger.partition = partition;
    for (const { before, after, input } of changes) {
      const stationId = input.at.topic === 'site-events' ? stationOf(input as SiteInput) : undefined;
      for (const entry of changedEntries(before, after, stationId, this.settings)) ledger.dirty.set(identityOf(entry), entry);
    }
    void this.write(ledger);
  }

  private writeAll(ledger: Ledger): void {
    ledger.needsMark = true;
    for (const state of ledger.partition.states.values())
      for (const entry of allEntries(state, this.settings)) ledger.dirty.set(identityOf(entry), entry);
    void this.write(ledger);
  }

  private isMine = (ledger: Ledger): boolean =>
    !this.isStopped && ledger.partition.lease.isHeld() && this.ledgers.get(keyOf(ledger.partition)) === ledger;

  /** Until nothing is left; what could not be written stays and is tried again after a pause. */
  private async write(ledger: Ledger): Promise<void> {
    if (ledger.isWriting) return;
    ledger.isWriting = true;
    try {
      while (this.isMine(ledger) && (ledger.dirty.size > 0 || ledger.needsMark)) {
        const batch = [...ledger.dirty].slice(0, MOST_AT_ONCE);
        if (batch.length > 0) await this.book.put(batch.map(([, entry]) => entry));
        for (const [identity, entry] of batch) if (ledger.dirty.get(identity) === entry) ledger.dirty.delete(identity);
        if (ledger.dirty.size === 0 && ledger.needsMark && this.isMine(ledger)) await this.mark(ledger);
      }
      ledger.isWriting = false;
    } catch (error) {
      this.logger.warn(
        { service: 'session', ...ledger.partition.ref, waiting: ledger.dirty.size, err: error },
        'the answer book did not take its entries',
      );
      this.clock.after(RETRY_MS, () => {
        ledger.isWriting = false;
        void this.write(ledger);
      });
    }
  }

  private async mark(ledger: Ledger): Promise<void> {
    const { topic, partition } = ledger.partition.ref;
    ledger.needsMark = false;
    try {
      await this.book.markFolded(topic, partition);
    } catch (error) {
      ledger.needsMark = true;
      throw error;
    }
  }

  /** The book may have been lost at any time: then all of it is written again. */
  private async check(): Promise<void> {
    for (const [key, ledger] of this.ledgers) {
      if (!this.isMine(ledger)) this.ledgers.delete(key);
      else if (!ledger.needsMark) await this.checkOne(ledger);
    }
    if (!this.isStopped) this.start();
  }

  private async checkOne(ledger: Ledger): Promise<void> {
    const { topic, partition } = ledger.partition.ref;
    try {
      if (await this.book.isFolded(topic, partition)) return;
      this.logger.warn({ service: 'session', topic, partition }, 'the answer book was lost and is written again');
      this.writeAll(ledger);
    } catch (error) {
      this.logger.warn({ service: 'session', topic, partition, err: error }, 'the answer book cannot be asked');
    }
  }
}

const keyOf = ({ ref }: Held): string => `${ref.topic}/${ref.partition}`;
