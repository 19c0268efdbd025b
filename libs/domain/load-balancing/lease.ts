// When a lease is told again: late, since each time wears a flash, and with time for the attempts that get lost (ADR 0035).
// What is leased, and for how long, is the plan's and the site's.

import type { Demand } from './claims.js';
import { type Grant, leaseEndMs } from './grant.js';

/** From a command that gets lost to the next one: silence counts after 30 s, and the station is asked again 10 s later [ms]. */
const ATTEMPT_MS = 40_000;
/** Another owner takes over within this time [ms]. */
const TAKE_OVER_MS = 60_000;
/** A car that charges is to notice nothing of four lost attempts, or of an owner that dies; one that rests loses nothing by a late one. */
const AHEAD_MS = { charging: 4 * ATTEMPT_MS + TAKE_OVER_MS, resting: 2 * ATTEMPT_MS } as const;

/** It makes use of no more than its minimum: it stands there full, or waits for its hour. */
export const isResting = ({ usableMa }: Demand, minMa: number): boolean => usableMa !== undefined && usableMa <= minMa;

/** When a lease is to be told again; where leases are short, when half of it is over. */
export const dueMs = (grant: Grant, leaseMs: number, isAtRest: boolean): number =>
  leaseEndMs(grant) - Math.min(isAtRest ? AHEAD_MS.resting : AHEAD_MS.charging, leaseMs / 2);
