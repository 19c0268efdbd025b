// How far a meter or a rounding may be off.

/** More than 1 A or 5 % above what was told is no rounding. */
const TOLERANCE_MA = 1_000;
const TOLERANCE_SHARE = 0.05;

export const isClearlyAbove = (ma: number, allowedMa: number): boolean =>
  ma > allowedMa + Math.max(TOLERANCE_MA, allowedMa * TOLERANCE_SHARE);
