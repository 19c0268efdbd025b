// One profile sent, or about to be sent, to a station: what it permits as a function of time, and what became of it.
// Which grants count together, and until when, is the ledger's.

import type { DynamicSchedule } from './dynamic.js';

/** What a profile replaces at the station: the running transaction's plan, the default, or the station's maximum. */
export type GrantSlot = 'plan' | 'default' | 'stationMax';

/** Steps in rising time; the first also covers all earlier time, the last holds for ever. */
export interface GrantStep {
  readonly fromMs: number;
  readonly limitMa: number;
  /** What the car may feed back meanwhile, as a positive current; absent = nothing. It charges nothing then: limitMa is 0. */
  readonly dischargeMa?: number;
}

/** Totally ordered over all owners a site ever has. */
export interface GrantOrder {
  readonly ownerEpoch: number;
  readonly grantSeq: number;
}

export const isLater = (a: GrantOrder, b: GrantOrder): boolean =>
  a.ownerEpoch !== b.ownerEpoch ? a.ownerEpoch > b.ownerEpoch : a.grantSeq > b.grantSeq;

/** What tells a profile of somebody else from our own. */
export interface ForeignProfile {
  readonly profileId: number;
  readonly stackLevel: number;
  /** When it may hold; absent = for all time. */
  readonly validFromMs?: number;
  readonly validToMs?: number;
  /** The cap it puts on our own plan: rising time, the first also covers all earlier time; huge where it has none. */
  readonly caps: readonly GrantStep[];
  /** Set by something at the site itself: what that is (ChargingLimitSourceEnumType). */
  readonly limitSource?: string;
  /** At the place where our own plan goes, which then takes its place again. */
  readonly isReplaceable?: true;
  /** A dynamic profile (2.1): what it was told last. */
  readonly dynamic?: DynamicSchedule;
}

/** What a ClearChargingProfile may remove; absent fields match everything. */
export interface ClearScope {
  readonly evseIds: readonly number[];
  readonly profileId?: number;
  readonly slot?: GrantSlot;
  readonly stackLevel?: number;
  /** Only taken from the station: its cap goes on in our own plan. */
  readonly keepsCaps?: true;
}

export interface Grant extends GrantOrder {
  readonly commandId: string;
  readonly slot: GrantSlot;
  /** 0 = the whole station. */
  readonly evseId: number;
  /** Plans: the transaction it is for; absent while a remote start has not become one. */
  readonly transactionId?: string;
  readonly steps: readonly GrantStep[];
  readonly requestedMs: number;
  readonly notAfterMs: number;
  /** requested → sent → accepted | unanswered. Refused ones leave the ledger: they never were in force. */
  readonly state: 'requested' | 'sent' | 'accepted' | 'unanswered';
  /** The connection it went out on (rising number), once known. */
  readonly sentOn?: number;
  readonly sentMs?: number;
  readonly acceptedMs?: number;
  /** Replaced by a later one that the station confirmed; counts until then, so that the car has time to follow. */
  readonly endsMs?: number;
  /** A profile somebody else asked for. */
  readonly foreign?: ForeignProfile;
  /** Taken from the station by us; counts for nothing after `endsMs`, but its cap goes on. */
  readonly isWithdrawn?: true;
}

export const limitAt = ({ steps }: Pick<Grant, 'steps'>, t: number): number =>
  (steps.findLast(({ fromMs }) => fromMs <= t) ?? steps[0])?.limitMa ?? 0;

/** Whether one that was told earlier can still reach the station once `newest` was confirmed. */
export function cannotArriveAfter(grant: Grant, newest: Grant): boolean {
  const leftMs = newest.sentMs ?? newest.requestedMs;
  if (grant.sentOn === undefined || newest.sentOn === undefined) return grant.notAfterMs <= leftMs;
  if (grant.sentOn > newest.sentOn) return false;
  return grant.state === 'accepted' || grant.sentOn === newest.sentOn || grant.notAfterMs <= leftMs;
}

/** How long a car may take to follow a lower limit [ms]: head-room stays reserved until then. */
export const SETTLE_MS = 5_000;

/**
 * The highest current at `t`: the limit at any moment the station's clock may take for `t`, and whatever the car is still coming down from.
 * Without a bound on its clock: at any moment at all.
 */
export function permittedMa(grant: Grant, t: number, skewMs: number | undefined): number {
  const earliest = skewMs === undefined ? Number.NEGATIVE_INFINITY : t - skewMs - SETTLE_MS;
  const latest = skewMs === undefined ? Number.POSITIVE_INFINITY : t + skewMs;
  let most = skewMs === undefined ? Number.NEGATIVE_INFINITY : limitAt(grant, earliest);
  for (const { fromMs, limitMa } of grant.steps) if (fromMs > earliest && fromMs <= latest) most = Math.max(most, limitMa);
  return most;
}

/** The same for what may be fed back: a car needs as long to stop that. */
export const permittedDischargeMa = (grant: Grant, t: number, skewMs: number | undefined): number =>
  grant.steps.every(({ dischargeMa = 0 }) => dischargeMa === 0)
    ? 0
    : permittedMa({ ...grant, steps: grant.steps.map(({ fromMs, dischargeMa = 0 }) => ({ fromMs, limitMa: dischargeMa })) }, t, skewMs);

export const dischargeAt = ({ steps }: Pick<Grant, 'steps'>, t: number): number =>
  (steps.findLast(({ fromMs }) => fromMs <= t) ?? steps[0])?.dischargeMa ?? 0;

/** The start of its last step, by the station's clock: the lease end of a plan. */
export const leaseEndMs = ({ steps }: Grant): number => steps.at(-1)?.fromMs ?? Number.NEGATIVE_INFINITY;
