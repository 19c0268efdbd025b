// What a station still has to say, in order: what may be lost with the link, and what must be told whatever happens.
// It sends nothing itself; one message at a time is taken by the conversation.
import type { Transaction } from './transaction.js';

export interface Outgoing {
  readonly action: string;
  /** Rendered each time it is sent: a 1.6 stop learns its transactionId from the answer to its start. */
  readonly payload: () => object;
  /**
   * boot: allowed before acceptance. volatile: given up when the link is lost. status: kept, but of those with one `subject` only the
   * newest survives a lost link. transaction: kept in order, repeated after errors and silence.
   */
  readonly kind: 'boot' | 'volatile' | 'status' | 'transaction';
  readonly subject?: string;
  /** Asked for by TriggerMessage: allowed while the boot is Pending. */
  readonly triggered?: boolean;
  /** A sample between start and stop: the first to go when memory is short (OCPP 2.0.1 E04, 1.6 §4.7). */
  readonly expendable?: boolean;
  readonly transaction?: Transaction;
  readonly answered?: (payload: unknown) => void;
  /** It will never be answered: the link was lost, or all attempts failed. */
  readonly abandoned?: () => void;
}

export interface Entry {
  readonly out: Outgoing;
  attempts: number;
  notBefore: number;
  /** Ids it was sent under. */
  readonly messageIds: string[];
}

export type Gate = 'BootOnly' | 'Triggered' | 'All';

/** Samples beyond this many queued messages push out older samples. */
const MOST_QUEUED = 2_000;

export class Outbox {
  #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** Messages of transactions that are not answered yet. */
  pendingOf(transactionKey?: string): number {
    return this.#entries.filter(
      ({ out }) => out.kind === 'transaction' && (transactionKey === undefined || out.transaction?.key === transactionKey),
    ).length;
  }

  /** `online`: there is a link now. */
  add(out: Outgoing, online: boolean): void {
    if (out.expendable && this.#entries.length >= MOST_QUEUED) {
      const oldest = this.#entries.findIndex((held) => held.out.expendable);
      if (oldest >= 0) this.#entries.splice(oldest, 1);
    }
    this.#entries.push({ out, attempts: 0, notBefore: 0, messageIds: [] });
    if (!online) this.#keepNewestStatus();
  }

  /** The next message that may be sent now, or the time to ask again, or nothing to do. */
  next(now: number, gate: Gate): Entry | { readonly askAgainAt: number } | undefined {
    let askAgainAt = Number.POSITIVE_INFINITY;
    let transactionsHeld = false;
    for (const entry of this.#entries) {
      const { kind, triggered } = entry.out;
      const allowed = kind === 'boot' || gate === 'All' || (gate === 'Triggered' && triggered === true);
      if (!allowed || (kind === 'transaction' && transactionsHeld)) continue;
      if (entry.notBefore <= now) return entry;
      // The order of transaction messages is kept: the others wait behind one that waits for its next attempt.
      if (kind === 'transaction') transactionsHeld = true;
      askAgainAt = Math.min(askAgainAt, entry.notBefore);
    }
    return Number.isFinite(askAgainAt) ? { askAgainAt } : undefined;
  }

  remove(entry: Entry): void {
    this.#entries = this.#entries.filter((held) => held !== entry);
  }

  /** An error or no answer: a transaction message waits longer each time and is given up after `mostAttempts` (2.0.1 E13, 1.6 §4.8). */
  failed(entry: Entry, now: number, mostAttempts: number, intervalMs: number): void {
    entry.attempts++;
    if (entry.out.kind === 'transaction' && entry.attempts < mostAttempts) {
      entry.notBefore = now + intervalMs * entry.attempts;
      return;
    }
    this.remove(entry);
    entry.out.abandoned?.();
  }

  /** The link is gone: what is volatile with it; the rest waits for the next link, and no attempt is counted. */
  linkLost(): void {
    const [lost, kept] = [this.#entries.filter(isLostWithLink), this.#entries.filter((entry) => !isLostWithLink(entry))];
    this.#entries = kept;
    this.#keepNewestStatus();
    for (const { out } of lost) out.abandoned?.();
  }

  /** After an outage the CSMS wants to know how things are, not how they were in between. */
  #keepNewestStatus(): void {
    this.#entries = this.#entries.filter(
      ({ out }, index) =>
        out.kind !== 'status' ||
        !this.#entries.slice(index + 1).some((later) => later.out.kind === 'status' && later.out.subject === out.subject),
    );
  }
}

const isLostWithLink = ({ out }: Entry): boolean => out.kind === 'volatile' || out.kind === 'boot';
