// When a lease is told again: late, since each time wears a flash, and with time for the attempts that get lost (ADR 0035).
// What is leased is the plan's; for how long the site's, and longer only where no cut can come that needs it back (ADR 0066).

import type { Demand } from './claims.js';
import { type Grant, leaseEndMs, SETTLE_MS } from './grant.js';
import { LARGEST_SKEW_MS } from './skew.js';

/** From a command that gets lost to the next one: silence counts after 30 s, and the station is asked again 10 s later [ms]. */
const ATTEMPT_MS = 40_000;
/** Another owner takes over within this time [ms]. */
const TAKE_OVER_MS = 60_000;
/** A car that charges is to notice nothing of an owner that dies and a lost attempt of the next (ADR 0084); one that rests loses nothing by a late one. */
const AHEAD_MS = { charging: 2 * ATTEMPT_MS + TAKE_OVER_MS, resting: 2 * ATTEMPT_MS } as const;

/**
 * So many leases a lasting one lasts: whoever holds more keeps it from more others while its station is away. The next one of a car at rest lasts
 * twice as long as the one before (`beforeMs`), up to the longest.
 */
const LASTING = { above: 2, atMinimum: 4, longest: 8 } as const;
export const longestMs = (leaseMs: number): number => LASTING.longest * leaseMs;
export const lastingMs = (leaseMs: number, isAtMinimum: boolean, beforeMs: number): number =>
  isAtMinimum ? Math.min(longestMs(leaseMs), Math.max(LASTING.atMinimum * leaseMs, 2 * beforeMs)) : LASTING.above * leaseMs;
/** From when on no other lease that was told by now counts any more, whatever the clock of its station. */
export const leasesOverMs = (nowMs: number, leaseMs: number): number => nowMs + leaseMs + LARGEST_SKEW_MS + SETTLE_MS + 2_000;

/** It makes use of no more than its minimum: it stands there full, or waits for its hour. */
export const isResting = ({ usableMa }: Demand, minMa: number): boolean => usableMa !== undefined && usableMa <= minMa;

/** When a lease is to be told again; where leases are short, when half of it is over. */
export const dueMs = (grant: Grant, leaseMs: number, isAtRest: boolean): number =>
  leaseEndMs(grant) - Math.min(isAtRest ? AHEAD_MS.resting : AHEAD_MS.charging, leaseMs / 2);
