// What one site was given of a limit that several share, and may still be using. A share is a lease, as a station's is.
// Who is to have how much is shared-limit's; how a site keeps below its share is the site's own ledger's.

/** By line [mA], or over all lines [W]: three numbers or one, whole. */
export type Amounts = readonly number[];

export interface ShareStep {
  readonly fromMs: number;
  readonly amounts: Amounts;
}

/** What a site may use from each step on; the last one, at the end of its lease, holds until it hears more. */
export interface ShareGrant {
  /** Rises with every share that is given. */
  readonly seq: number;
  readonly steps: readonly ShareStep[];
}

/** Never mutated: what changes is another object. */
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

export function shareAt({ steps }: ShareGrant, t: number, line: number): number {
  let at = steps.length - 1;
  while (at > 0 && (steps[at] as ShareStep).fromMs > t) at--;
  return steps[at]?.amounts[line] ?? 0;
}

/** The most of all shares that may be in force. */
export function mostOf({ granted }: SiteShare, t: number, line: number): number {
  let most = 0;
  for (const grant of granted) most = Math.max(most, shareAt(grant, t, line));
  return most;
}

function isWithin(earlier: ShareGrant, later: ShareGrant, nowMs: number): boolean {
  const times = [nowMs, ...[...earlier.steps, ...later.steps].map(({ fromMs }) => fromMs).filter((t) => t > nowMs)];
  const lines = later.steps[0]?.amounts.length ?? 0;
  return times.every((t) =>
    Array.from({ length: lines }, (_, line) => line).every((line) => shareAt(earlier, t, line) <= shareAt(later, t, line)),
  );
}
