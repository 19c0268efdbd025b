// What a station has to be able to say and to answer, whatever version it speaks; each version fills it in.
// The station itself knows only this page.
import type { OcppVersion } from '#ocpp';
import type { CertificateStore } from './certificates.js';
import type { Charging } from './charging.js';
import type { Reply } from './conversation.js';
import type { Installation, Outlet } from './installation.js';
import type { Outgoing } from './outbox.js';
import type { Settings } from './settings.js';
import type { StationSpec } from './specs.js';
import type { IdToken, StopCause, Transaction } from './transaction.js';

export type BootReason = 'PowerUp' | 'RemoteReset' | 'Watchdog' | 'Triggered';

/** Why a reading was taken. */
export type ReadingCause = 'Begin' | 'Periodic' | 'End' | 'Trigger';

export interface BootAnswer {
  readonly status: 'Accepted' | 'Pending' | 'Rejected';
  readonly intervalS: number;
  readonly currentTime: string;
}

/** A message without its place in the queue. */
export interface Message {
  readonly action: string;
  readonly payload: () => object;
}

export interface Dialect {
  readonly version: OcppVersion;
  bootNotification(reason: BootReason): Message;
  bootAnswer(payload: unknown): BootAnswer;
  heartbeat(): Message;
  /** Server time [ms since 1970] in the answer to a Heartbeat. */
  heartbeatAnswer(payload: unknown): number;
  /** State of one outlet, or of the station itself (1.6 connector 0); undefined when the version has no such message. */
  status(outlet: Outlet | undefined): Message | undefined;
  /** The word for the state of an outlet; a message is due when it changes. */
  statusOf(outlet: Outlet): string;
  authorize(idToken: IdToken): Message;
  authorized(payload: unknown): boolean;
  /** Messages that tell of a transaction, in order; [] when the version says it by StatusNotification alone. */
  started(outlet: Outlet, transaction: Transaction): readonly Outgoing[];
  sampled(outlet: Outlet, transaction: Transaction, cause: ReadingCause): readonly Outgoing[];
  stateChanged(outlet: Outlet, transaction: Transaction): readonly Outgoing[];
  ended(outlet: Outlet, transaction: Transaction, cause: StopCause): readonly Outgoing[];
  /** Whole or fractional Wh, as the version tells a register at start and stop. */
  toldWh(registerMwh: number): number;
  transactionIdOf(transaction: Transaction): string | undefined;
  answer(action: string, payload: unknown): Reply;
}

/** The station as its dialect sees it. */
export interface StationControls {
  readonly spec: StationSpec;
  readonly settings: Settings;
  readonly installation: Installation;
  readonly charging: Charging;
  readonly certificates: CertificateStore;
  /** Station time. */
  readonly now: () => number;
  readonly isOnline: () => boolean;
  readonly bootStatus: () => 'Accepted' | 'Pending' | 'Rejected' | 'Unknown';
  readonly refusesProfiles: () => boolean;
  send(out: Outgoing): void;
  sendBoot(reason: BootReason): void;
  /** Messages of transactions still waiting, of one (by its key) or of all. */
  queued(transactionKey?: string): number;
  heartbeatChanged(): void;
  /** After so long [ms of true time], unless it is switched off. */
  later(delayMs: number, task: () => void): void;
  /** What it remembers of a driver, a line for each transaction. */
  sessionsOf(idToken: string): readonly string[];
  reset(cause: 'SoftReset' | 'HardReset'): void;
  resetWhenIdle(): void;
  /** After a new password: the next link uses it. */
  reconnect(): void;
}
