// What a station did and what it was answered, for progress lines and for an auditor.
// It is filled by the station and decides nothing.
import type { Answered } from './conversation.js';
import type { Dialect } from './dialect.js';
import type { Outlet } from './installation.js';
import type { AnsweredMessage, StopCause, Transaction, TransactionRecord } from './transaction.js';

/** Answered messages and ended transactions kept per station; older ones are forgotten, counters go on. */
export const DEFAULT_KEPT = 5_000;

export class Ledger {
  readonly answeredByAction: Record<string, number> = {};
  answeredCount = 0;
  failedCount = 0;
  /** Outside transactions too, in the order of the answers. */
  answered: AnsweredMessage[] = [];
  transactions: TransactionRecord[] = [];
  readonly #recordOf = new WeakMap<Transaction, TransactionRecord>();

  constructor(
    private readonly stationId: string,
    private readonly kept: number,
    private readonly clock: { now(): number },
  ) {}

  started(dialect: Dialect, transaction: Transaction): TransactionRecord {
    const record: TransactionRecord = {
      stationId: this.stationId,
      evseId: transaction.evseId,
      key: transaction.key,
      idToken: transaction.idToken.idToken,
      startedAt: new Date(transaction.startedAt).toISOString(),
      startedOffline: transaction.startedOffline,
      meterStartWh: dialect.toldWh(transaction.meterStartMwh),
      energyWh: 0,
      exportedWh: 0,
      answered: [],
    };
    this.#recordOf.set(transaction, record);
    this.transactions.push(record);
    if (this.transactions.length > this.kept) this.transactions.shift();
    this.learn(dialect, transaction);
    return record;
  }

  ended(dialect: Dialect, outlet: Outlet, transaction: Transaction, cause: StopCause, at: number): TransactionRecord | undefined {
    const record = this.#recordOf.get(transaction);
    if (record === undefined) return undefined;
    record.endedAt = new Date(at).toISOString();
    record.meterStopWh = dialect.toldWh(outlet.meter.registerMwh);
    record.stopCause = cause;
    this.flowed(outlet, transaction);
    return record;
  }

  flowed(outlet: Outlet, transaction: Transaction): void {
    const record = this.#recordOf.get(transaction);
    if (record === undefined) return;
    record.energyWh = (outlet.meter.registerMwh - transaction.meterStartMwh) / 1000;
    record.exportedWh = (outlet.exportMeter.registerMwh - transaction.exportStartMwh) / 1000;
  }

  /** The transaction's id on the wire, once there is one. */
  learn(dialect: Dialect, transaction: Transaction): void {
    const record = this.#recordOf.get(transaction);
    const id = dialect.transactionIdOf(transaction);
    if (record !== undefined && id !== undefined) record.transactionId = id;
  }

  record({ out, messageId, messageIds, payload }: Answered): AnsweredMessage {
    const message: AnsweredMessage = {
      messageId,
      messageIds: [...messageIds],
      action: out.action,
      payload,
      answeredAt: this.clock.now(),
      ...(out.transaction === undefined ? {} : { transactionKey: out.transaction.key }),
    };
    this.answeredCount++;
    this.answeredByAction[out.action] = (this.answeredByAction[out.action] ?? 0) + 1;
    this.answered.push(message);
    if (this.answered.length > this.kept) this.answered.shift();
    if (out.transaction !== undefined) this.#recordOf.get(out.transaction)?.answered.push(message);
    return message;
  }
}
