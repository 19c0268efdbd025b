// What a car makes use of: one that draws clearly less than it is offered gives the rest back, and is probed upward when it comes near.
// Only its claim changes; what it might draw is the ledger's, who gets the rest is the split's.

/** Drawing clearly less for this long gives current back; twice as long after each probe that turned out needless, up to 32 times. */
export const GIVE_BACK_AFTER_MS = 60_000;
const MOST_DOUBLINGS = 5;
/** Kept above what it draws [mA, share]: meters and cars are not exact. */
const MARGIN_MA = 2_000;
const MARGIN_SHARE = 0.1;
/** This close to what it is offered, it may want more [mA]. */
const NEAR_MA = 700;
/** A pause in the samples longer than this says nothing about the time in between [ms]. */
const LONGEST_GAP_MS = 120_000;
const STEP_MA = 100;

export interface Use {
  /** Samples clearly below the offer without a break since then. */
  readonly underSinceMs?: number;
  /** The most it seems to need; absent = all it may have. */
  readonly usableMa?: number;
  /** How often it was offered more again. */
  readonly probes: number;
}

export interface UseSample {
  readonly nowMs: number;
  readonly previousMs?: number;
  /** Highest line current; for a car that may still be following a change, the sample is not to be given here. */
  readonly drawnMa: number;
  readonly offeredMa: number;
  readonly minMa: number;
}

export function observeUse(use: Use, { nowMs, previousMs, drawnMa, offeredMa, minMa }: UseSample): Use {
  const { underSinceMs, ...rest } = use;
  const { usableMa, probes } = use;
  if (offeredMa <= 0) return rest;
  if (usableMa !== undefined && drawnMa >= offeredMa - NEAR_MA && offeredMa >= usableMa - STEP_MA) return { probes: probes + 1 };
  const marginMa = Math.max(MARGIN_MA, drawnMa * MARGIN_SHARE);
  if (drawnMa + 2 * marginMa > offeredMa) return rest;
  const isBroken = previousMs === undefined || nowMs - previousMs > LONGEST_GAP_MS;
  const sinceMs = isBroken ? nowMs : (underSinceMs ?? nowMs);
  if (nowMs - sinceMs < GIVE_BACK_AFTER_MS * 2 ** Math.min(probes, MOST_DOUBLINGS)) return { ...rest, underSinceMs: sinceMs };
  return { probes, usableMa: Math.max(minMa, Math.ceil((drawnMa + marginMa) / STEP_MA) * STEP_MA) };
}
