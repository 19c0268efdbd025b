// What an answer rule is given and what it gives: a result or an error, never both, never nothing.
// Rules are pure; lookups and the log happen before and after them.
import type { TokenVerdict } from '#domain/authorization';
import type { ConfirmedPlan } from '#domain/load-balancing';
import type { StationEntry } from '#ports';
import type { CompanyFinding } from './company-desk.js';
import type { PkiFindings } from './pki-desk.js';

export type Answer =
  | { readonly kind: 'result'; readonly payload: object }
  /** `code` in the words of 2.x; spelled as the version does when it is sent. */
  | { readonly kind: 'error'; readonly code: string; readonly description: string };

export interface AnswerContext {
  readonly entry: Pick<StationEntry, 'bootStatus' | 'heartbeatIntervalS' | 'evseIds' | 'shows' | 'terms'>;
  /** A station that is not accepted boots again after this. */
  readonly bootRetryIntervalS: number;
  /** ISO 8601 UTC, the moment the call was received. */
  readonly now: string;
  /** Verdict on the token the call presents; absent when it presents none. */
  readonly verdict?: TokenVerdict;
  /** 1.6 StartTransaction: the id this transaction has. */
  readonly transactionId?: number;
  /** What the transaction of this event costs by now, where it is known. */
  readonly totalCost?: number;
  /** What was found out for a call about certificates. */
  readonly pki?: PkiFindings;
  /** Plans that the station confirmed on this connection, by EVSE id. */
  readonly plans?: ReadonlyMap<number, ConfirmedPlan>;
  /** VatNumberValidation: whose number it is. */
  readonly company?: CompanyFinding;
  /** What a dynamic profile says by the station's own confirmation on this connection (2.1). */
  readonly dynamicLimits?: (profileId: number) => Readonly<Record<string, number>> | undefined;
}

export type Payload = Readonly<Record<string, unknown>>;
export type AnswerRule = (context: AnswerContext, payload: Payload) => object;

export const result = (payload: object): Answer => ({ kind: 'result', payload });
export const error = (code: string, description: string): Answer => ({ kind: 'error', code, description });

export const nothing: AnswerRule = () => ({});
export const heartbeat: AnswerRule = ({ now }) => ({ currentTime: now });
/** The interval is that of heartbeats for a station that is accepted, and the time until its next boot for any other (B01.FR.04, B02.FR.04). */
export const boot: AnswerRule = ({ entry: { bootStatus, heartbeatIntervalS }, bootRetryIntervalS, now }) => ({
  status: bootStatus,
  currentTime: now,
  interval: bootStatus === 'Accepted' ? heartbeatIntervalS : bootRetryIntervalS,
});
