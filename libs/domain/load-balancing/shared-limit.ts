// A limit that several sites share (T3): what each is to have now, and when to look again.
// Dividing is share-level's; what a site was given and may still be using is site-share's; numbering and delivery are the caller's.
import { real } from './columns.js';
import { type ByWindow, type ShareColumns, shareColumns, type Window } from './share-columns.js';
import { shareOut } from './share-level.js';
import type { Amounts, ShareStep, SiteShare } from './site-share.js';

/** Never mutated. */
export interface SharedLimit {
  /** In order of time; before the first nothing is limited. */
  readonly steps: readonly ShareStep[];
  readonly expiresMs: number;
  /** Binding after the expiry; absent = the limit ends. */
  readonly fallback?: Amounts;
}

/** What a site is to be told. */
export interface NewShare {
  readonly siteId: string;
  readonly steps: readonly ShareStep[];
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

/**
 * Who is to be told what now. Never more in all than the limit, counting every share that might still be in use at its highest. What frees
 * something goes first: it depends on nobody, and what it frees counts only once the site has followed.
 */
export function planShares(limit: SharedLimit, sites: readonly SiteShare[], nowMs: number): readonly NewShare[] {
  const windows = windowsOf(limit, nowMs);
  const held = shareColumns(limit, sites, windows);
  const shares = wantedIn(windows, held);
  const causeOf = causesOf(held, shares, nowMs);
  const [lowered, others]: [number[], number[]] = [[], []];
  for (let site = 0; site < sites.length; site++) {
    const cause = causeOf(site);
    if (cause !== undefined) (cause === 'lower' ? lowered : others).push(site);
  }
  if (lowered.length + others.length === 0) return [];

  const inUse = held.most.map((lines) => lines.map(sumOf));
  const told: NewShare[] = [];
  for (const site of [...lowered, ...others]) {
    // It gets what is free of all the others; never rising, as what is wanted. Mostly that is nothing new.
    for (let w = 0; w < windows.length; w++)
      for (let line = 0; line < (windows[w] as Window).budgets.length; line++) {
        const budget = (windows[w] as Window).budgets[line] as number;
        const free = budget - (inUse[w]?.[line] as number) + at(held.most, w, line, site);
        const before = w === 0 ? free : at(shares, w - 1, line, site);
        (shares[w]?.[line] as Float64Array)[site] = Math.max(0, Math.min(before, at(shares, w, line, site), free));
      }
    if (causeOf(site) === undefined) continue;
    const steps = windows.map(({ fromMs, budgets }, w) => ({ fromMs, amounts: budgets.map((_, line) => at(shares, w, line, site)) }));
    for (const [w, { amounts }] of steps.entries())
      for (const [line, amount] of amounts.entries())
        (inUse[w] as number[])[line] = (inUse[w]?.[line] as number) + Math.max(0, amount - at(held.most, w, line, site));
    told.push({ siteId: (sites[site] as SiteShare).siteId, steps });
  }
  return told;
}

/** When to look again though nothing was heard. */
export function nextShareLook(limit: SharedLimit, sites: readonly SiteShare[], nowMs: number): number {
  const { grantedMs, endsMs, untilMs } = shareColumns(limit, sites, windowsOf(limit, nowMs));
  let next = Number.POSITIVE_INFINITY;
  const consider = (t: number): void => {
    if (t > nowMs && t < next) next = t;
  };
  for (const { fromMs } of limit.steps) consider(fromMs);
  consider(limit.expiresMs);
  const over = untilMs[0] as Float64Array;
  for (let site = 0; site < sites.length; site++) {
    const mayRaise = real(grantedMs, site) + RAISE_PAUSE_MS;
    if (mayRaise > nowMs && mayRaise < next) next = mayRaise;
    if (real(over, site) > nowMs && real(over, site) < next) next = real(over, site);
    const renews = real(endsMs, site) - SHARE_LEASE_MS / 2;
    if (renews > nowMs && renews < next) next = renews;
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

/** From when the limit holds, each announced change within a lease that begins now, and its end. */
function windowsOf(limit: SharedLimit, nowMs: number): readonly Window[] {
  const { steps, expiresMs } = limit;
  const first = Math.max(nowMs, steps[0]?.fromMs ?? nowMs);
  const end = Math.max(nowMs + SHARE_LEASE_MS, first + 1);
  const changes = [...steps.map(({ fromMs }) => fromMs).filter((t) => t < expiresMs), expiresMs].filter((t) => t > first && t < end);
  const windows = [first, ...changes].map((fromMs) => ({ fromMs, budgets: limitAt(limit, fromMs) }));
  return [...windows, { fromMs: end, budgets: lowestFrom(limit, end) }];
}

// What sites are to have

const at = (amounts: ByWindow, window: number, line: number, site: number): number => real(amounts[window]?.[line] as Float64Array, site);

function wantedIn(windows: readonly Window[], { weight, floor, demand, lapsed }: ShareColumns): ByWindow {
  const wanted = windows.map(({ budgets }, w) =>
    budgets.map((budget, line) => {
      const most = (w === windows.length - 1 ? lapsed : demand)[line] as Float64Array;
      return shareOut(budget, { floor: floor[line] as Float64Array, demand: most, weight }).amounts;
    }),
  );
  // A lease promises nothing that a later window could take back.
  for (let w = 1; w < wanted.length; w++)
    for (const [line, amounts] of (wanted[w] ?? []).entries()) {
      const earlier = wanted[w - 1]?.[line] as Float64Array;
      for (let site = 0; site < amounts.length; site++) amounts[site] = Math.min(real(amounts, site), real(earlier, site));
    }
  return wanted;
}

/** Why a site is to be told, undefined where it is not. What follows a lease changes with each renewal: only what holds during it is compared. */
function causesOf({ newest, grantedMs, endsMs }: ShareColumns, shares: ByWindow, nowMs: number) {
  const now = shares.slice(0, -1).flat();
  const before = newest.slice(0, -1).flat();
  return (site: number): 'lower' | 'raise' | 'renew' | undefined => {
    let lowest = 0;
    let highest = 0;
    for (let k = 0; k < now.length; k++) {
      const difference = real(now[k] as Float64Array, site) - real(before[k] as Float64Array, site);
      if (difference < lowest) lowest = difference;
      if (difference > highest) highest = difference;
    }
    if (lowest <= -DEADBAND) return 'lower';
    if (highest >= DEADBAND && nowMs - real(grantedMs, site) >= RAISE_PAUSE_MS) return 'raise';
    return real(endsMs, site) - nowMs < SHARE_LEASE_MS / 2 ? 'renew' : undefined;
  };
}

const sumOf = (amounts: Float64Array): number => {
  let sum = 0;
  for (let site = 0; site < amounts.length; site++) sum += real(amounts, site);
  return sum;
};
