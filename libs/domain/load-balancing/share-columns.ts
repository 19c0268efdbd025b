// What sites said and hold, as columns of numbers that are kept from one look to the next: reading ten thousand objects is most of the work of
// a look, and mostly one of them has changed. What follows from them is shared-limit's.
import { real } from './columns.js';
import { type Amounts, mostOf, type SiteShare, shareAt } from './site-share.js';

/** A time from which on all together may use so much. */
export interface Window {
  readonly fromMs: number;
  readonly budgets: Amounts;
}

/** By window and line, one entry per site. */
export type ByWindow = readonly (readonly Float64Array[])[];

const kept = new WeakMap<object, ShareColumns>();

/** The columns of the sites below a limit, as of these windows; they are the next caller's too. */
export function shareColumns(limit: object, sites: readonly SiteShare[], windows: readonly Window[]): ShareColumns {
  const before = kept.get(limit);
  const columns = before?.canMoveTo(sites, windows) ? before : new ShareColumns(sites, windows);
  kept.set(limit, columns);
  columns.update(sites, windows);
  return columns;
}

export class ShareColumns {
  readonly weight: Float64Array;
  /** By line; 0 and Infinity for a site that has not said anything. */
  readonly floor: readonly Float64Array[];
  readonly demand: readonly Float64Array[];
  /** What it has after the end of its lease, Infinity for an equal share: its floor, once that is known. */
  readonly lapsed: readonly Float64Array[];
  /** What it holds by its newest share, and at most by all that may be in force; -Infinity and 0 without any. */
  readonly newest: ByWindow;
  readonly most: ByWindow;
  /** When the newest was given, -Infinity for never, and when it ends. */
  readonly grantedMs: Float64Array;
  readonly endsMs: Float64Array;
  /** By window, when the next step of any of its shares begins; Infinity after the last. */
  readonly untilMs: readonly Float64Array[];
  private known: readonly SiteShare[] = [];

  constructor(
    sites: readonly SiteShare[],
    private windows: readonly Window[],
  ) {
    const column = (): Float64Array => new Float64Array(sites.length);
    const byLine = (): readonly Float64Array[] => (windows[0] as Window).budgets.map(column);
    [this.weight, this.grantedMs, this.endsMs] = [column(), column(), column()];
    [this.floor, this.demand, this.lapsed] = [byLine(), byLine(), byLine()];
    [this.newest, this.most] = [windows.map(byLine), windows.map(byLine)];
    this.untilMs = windows.map(column);
  }

  /** What was read holds until the next step: windows may only go on. */
  canMoveTo(sites: readonly SiteShare[], windows: readonly Window[]): boolean {
    return (
      sites.length === this.weight.length &&
      windows.length === this.windows.length &&
      windows.every(({ fromMs }, w) => fromMs >= (this.windows[w] as Window).fromMs)
    );
  }

  /** Reads what is another than before, and what has got to its next step. */
  update(sites: readonly SiteShare[], windows: readonly Window[]): void {
    this.windows = windows;
    // Identity alone, as in claim-columns.
    for (let site = 0; site < sites.length; site++)
      if (!Object.is(sites[site], this.known[site])) this.read(site, sites[site] as SiteShare);
    for (const [w, { fromMs }] of windows.entries()) {
      const until = this.untilMs[w] as Float64Array;
      for (let site = 0; site < sites.length; site++) if (fromMs >= real(until, site)) this.read(site, sites[site] as SiteShare);
    }
    this.known = sites;
  }

  private read(site: number, share: SiteShare): void {
    const { weight, needs, granted, grantedMs = 0 } = share;
    const last = granted.at(-1);
    const steps = granted.flatMap((grant) => grant.steps);
    this.weight[site] = weight;
    this.grantedMs[site] = last === undefined ? Number.NEGATIVE_INFINITY : grantedMs;
    this.endsMs[site] = last?.steps.at(-1)?.fromMs ?? 0;
    for (const [line, floor] of this.floor.entries()) floor[site] = needs?.floor[line] ?? 0;
    for (const [line, demand] of this.demand.entries()) demand[site] = needs?.demand[line] ?? Number.POSITIVE_INFINITY;
    for (const [line, lapsed] of this.lapsed.entries()) lapsed[site] = needs?.floor[line] ?? Number.POSITIVE_INFINITY;
    for (const [w, { fromMs }] of this.windows.entries()) {
      for (const [line, newest] of (this.newest[w] ?? []).entries())
        newest[site] = last === undefined ? Number.NEGATIVE_INFINITY : shareAt(last, fromMs, line);
      for (const [line, most] of (this.most[w] ?? []).entries()) most[site] = mostOf(share, fromMs, line);
      (this.untilMs[w] as Float64Array)[site] = Math.min(...steps.map((step) => step.fromMs).filter((t) => t > fromMs));
    }
  }
}
