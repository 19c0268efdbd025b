// A limit that several sites share (T3): what each was given, may still be using, and is to have now. A share is a lease, as a station's is.
// Dividing is share-level's; how a site keeps below its share is the site's own ledger's; numbering and delivery are the caller's.
import { shareOut } from './share-level.js';

/** By line [mA], or over all lines [W]: three numbers or one, whole. */
export type Amounts = readonly number[];

export interface ShareStep {
  readonly fromMs: number;
  readonly amounts: Amounts;
}

export interface SharedLimit {
  /** In order of time; before the first nothing is limited. */
  readonly steps: readonly ShareStep[];
  readonly expiresMs: number;
  /** Binding after the expiry; absent = the limit ends. */
  readonly fallback?: Amounts;
}

/** What a site may use from each step on; the last one, at the end of its lease, holds until it hears more. */
export interface ShareGrant {
  /** Rises with every share that is given. */
  readonly seq: number;
  readonly steps: readonly ShareStep[];
}

export interface SiteShare {
  readonly siteId: string;
  /** Share relative to others, above 0. */
  readonly weight: number;
  /** Those that may be in force, the newest last. */
  readonly granted: readonly ShareGrant[];
  /** When the newest was given. */
  readonly grantedMs?: number;
  /** What it needs whatever happens, and the most it can make use of; absent until it has said so. */
  readonly needs?: { readonly floor: Amounts; readonly demand: Amounts };
}

/**
 * Longer than a site needs to come down without hearing anything: longest station lease, skew bound and settling. Then the end of a share binds to the
 * second, as every cut does that is announced so early.
 */
export const SHARE_LEASE_MS = 30 * 60_000;
/** Smaller changes are not worth a record [mA or W]. */
const DEADBAND = 1_000;
/** Between two raises of one site: its cars come and go [ms]. */
const RAISE_PAUSE_MS = 10_000;

export interface SharePlan {
  /** In the order to be given: those that free something first. */
  readonly grants: readonly { readonly siteId: string; readonly steps: readonly ShareStep[] }[];
  /** Not even the floors fit. */
  readonly isShort: boolean;
}

/** Who is to be told what now. Never more in all than the limit, counting every share that might still be in use at its highest. */
export function planShares(limit: SharedLimit, sites: readonly SiteShare[], nowMs: number): SharePlan {
  const leaseEndMs = nowMs + SHARE_LEASE_MS;
  const starts = windowsOf(limit, nowMs, leaseEndMs);
  const limits = starts.map((t, window) => (window === starts.length - 1 ? lowestFrom(limit, t) : limitAt(limit, t)));
  let isShort = false;
  const wanted = limits.map((amounts, window) => {
    const isLapse = window === limits.length - 1;
    return amounts.map((budget, line) => {
      const shares = shareOut(budget, sharersOf(sites, budget, line, isLapse));
      isShort ||= shares.isShort;
      return shares.amounts;
    });
  });
  // A lease promises nothing that a later window could take back.
  for (let window = 1; window < wanted.length; window++)
    for (const [line, amounts] of (wanted[window] ?? []).entries())
      for (let site = 0; site < amounts.length; site++)
        amounts[site] = Math.min(amounts[site] as number, wanted[window - 1]?.[line]?.[site] as number);

  const causes = sites.map((share, site) => causeOf(share, starts, (window, line) => wanted[window]?.[line]?.[site] as number, nowMs));
  if (causes.every((cause) => cause === undefined)) return { grants: [], isShort };

  const counted = starts.map((t, window) =>
    (limits[window] as Amounts).map((_, line) => columnOf(sites, ({ granted }) => mostOf(granted, t, line))),
  );
  const sums = counted.map((lines) => lines.map((amounts) => amounts.reduce((sum, amount) => sum + amount, 0)));
  /** What it is to have, as far as that is free of all the others; never rising, as what is wanted. */
  const stepsOf = (site: number): readonly ShareStep[] => {
    const bounds = (limits[0] as Amounts).map(() => Number.POSITIVE_INFINITY);
    return starts.map((fromMs, window) => ({
      fromMs,
      amounts: (limits[window] as Amounts).map((budget, line) => {
        const own = counted[window]?.[line]?.[site] as number;
        const free = budget - ((sums[window]?.[line] as number) - own);
        const bound = Math.max(0, Math.min(bounds[line] as number, wanted[window]?.[line]?.[site] as number, free));
        bounds[line] = bound;
        return bound;
      }),
    }));
  };
  const enter = (site: number, steps: readonly ShareStep[]): void => {
    for (const [window, { amounts }] of steps.entries())
      for (const [line, amount] of amounts.entries()) {
        const column = counted[window]?.[line] as Float64Array;
        const rise = Math.max(0, amount - (column[site] as number));
        column[site] = (column[site] as number) + rise;
        (sums[window] as number[])[line] = (sums[window]?.[line] as number) + rise;
      }
  };

  const grants: { readonly siteId: string; readonly steps: readonly ShareStep[] }[] = [];
  // What frees something goes first: it depends on nobody, and what it frees counts only once the site has followed.
  for (const isLowering of [true, false])
    for (const [site, share] of sites.entries()) {
      const cause = causes[site];
      if (cause === undefined || (cause === 'lower') !== isLowering) continue;
      const steps = stepsOf(site);
      const isWorthwhile = cause !== 'raise' || causeOf(share, starts, (window, line) => steps[window]?.amounts[line] as number, nowMs);
      if (!isWorthwhile) continue;
      enter(site, steps);
      grants.push({ siteId: share.siteId, steps });
    }
  return { grants, isShort };
}

/** A site has read the share `seq`; `isSettled`: nothing of it can draw more than that any more, so what it had before is over. */
export function shareConfirmed(share: SiteShare, seq: number, isSettled: boolean): SiteShare {
  const granted = isSettled ? share.granted.filter((grant) => grant.seq >= seq) : share.granted;
  return granted.length === share.granted.length ? share : { ...share, granted };
}

export function shareGranted(share: SiteShare, grant: ShareGrant, nowMs: number): SiteShare {
  // An earlier one that never allows more from here on makes no difference.
  const kept = share.granted.filter((earlier) => !isWithin(earlier, grant, nowMs));
  return { ...share, granted: [...kept, grant], grantedMs: nowMs };
}

/** When to look again though nothing was heard. */
export function nextShareLook(limit: SharedLimit, sites: readonly SiteShare[], nowMs: number): number {
  let next = Number.POSITIVE_INFINITY;
  const consider = (t: number): void => {
    if (t > nowMs && t < next) next = t;
  };
  for (const { fromMs } of limit.steps) consider(fromMs);
  consider(limit.expiresMs);
  for (const { granted, grantedMs = 0 } of sites) {
    consider(grantedMs + RAISE_PAUSE_MS);
    for (const { steps } of granted) for (const { fromMs } of steps) consider(fromMs);
    consider((granted.at(-1)?.steps.at(-1)?.fromMs ?? 0) - SHARE_LEASE_MS / 2);
  }
  return next;
}

// What is limited when

export const limitAt = ({ steps, expiresMs, fallback }: SharedLimit, t: number): Amounts =>
  (t >= expiresMs && fallback !== undefined ? fallback : steps.findLast(({ fromMs }) => fromMs <= t)?.amounts) ?? steps[0]?.amounts ?? [];

/** What holds for whoever hears nothing any more: the least of all that is announced. */
function lowestFrom(limit: SharedLimit, fromMs: number): Amounts {
  const later = limit.steps.filter((step) => step.fromMs > fromMs && step.fromMs < limit.expiresMs).map(({ amounts }) => amounts);
  const all = [limitAt(limit, fromMs), ...later, ...(limit.fallback ? [limit.fallback] : [])];
  return (all[0] ?? []).map((_, line) => Math.min(...all.map((amounts) => amounts[line] as number)));
}

/** From when the limit holds, each announced change within the lease, and the end of the lease. */
function windowsOf({ steps, expiresMs }: SharedLimit, nowMs: number, leaseEndMs: number): readonly number[] {
  const first = Math.max(nowMs, steps[0]?.fromMs ?? nowMs);
  const changes = [...steps.map(({ fromMs }) => fromMs).filter((t) => t < expiresMs), expiresMs];
  return [first, ...changes.filter((t) => t > first && t < leaseEndMs), Math.max(leaseEndMs, first + 1)];
}

/** A plain loop: what takes an iterator is many times slower. */
function columnOf(sites: readonly SiteShare[], amountOf: (share: SiteShare) => number): Float64Array {
  const column = new Float64Array(sites.length);
  for (let site = 0; site < sites.length; site++) column[site] = amountOf(sites[site] as SiteShare);
  return column;
}

/** After the end of its lease a site has what it needs whatever happens; one that has not said what that is has an equal share. */
function sharersOf(sites: readonly SiteShare[], budget: number, line: number, isLapse: boolean) {
  return {
    floor: columnOf(sites, ({ needs }) => needs?.floor[line] ?? 0),
    demand: columnOf(sites, ({ needs }) => (isLapse ? needs?.floor[line] : needs?.demand[line]) ?? budget),
    weight: columnOf(sites, ({ weight }) => weight),
  };
}

// What sites hold

export function shareAt({ steps }: ShareGrant, t: number, line: number): number {
  let at = steps.length - 1;
  while (at > 0 && (steps[at] as ShareStep).fromMs > t) at--;
  return steps[at]?.amounts[line] ?? 0;
}

/** The most of all shares that may be in force. */
const mostOf = (granted: readonly ShareGrant[], t: number, line: number): number => {
  let most = 0;
  for (const grant of granted) most = Math.max(most, shareAt(grant, t, line));
  return most;
};

function isWithin(earlier: ShareGrant, later: ShareGrant, nowMs: number): boolean {
  const times = [nowMs, ...[...earlier.steps, ...later.steps].map(({ fromMs }) => fromMs).filter((t) => t > nowMs)];
  const lines = later.steps[0]?.amounts.length ?? 0;
  return times.every((t) =>
    Array.from({ length: lines }, (_, line) => line).every((line) => shareAt(earlier, t, line) <= shareAt(later, t, line)),
  );
}

/** Why a site is to be told, undefined where it is not. What follows a lease changes with each renewal: only what holds during it is compared. */
function causeOf(
  { granted, grantedMs = 0 }: SiteShare,
  starts: readonly number[],
  target: (window: number, line: number) => number,
  nowMs: number,
): 'lower' | 'raise' | 'renew' | undefined {
  const last = granted.at(-1);
  if (last === undefined) return 'raise';
  const lines = last.steps[0]?.amounts.length ?? 0;
  let [lowest, highest] = [0, 0];
  for (let window = 0; window < starts.length - 1; window++)
    for (let line = 0; line < lines; line++) {
      const difference = target(window, line) - shareAt(last, starts[window] as number, line);
      lowest = Math.min(lowest, difference);
      highest = Math.max(highest, difference);
    }
  if (lowest <= -DEADBAND) return 'lower';
  if (highest >= DEADBAND && nowMs - grantedMs >= RAISE_PAUSE_MS) return 'raise';
  return (last.steps.at(-1)?.fromMs ?? 0) - nowMs < SHARE_LEASE_MS / 2 ? 'renew' : undefined;
}
