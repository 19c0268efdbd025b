// Limits from outside, of one site and of several together with each its share; what was measured beside the stations.
import type { SiteAmounts } from '#domain/load-balancing';

export interface GridLimitReceived {
  readonly limitId: string;
  /** Absent = the root of the site. */
  readonly nodeId?: string;
  /** Export: of what cars feed back; absent = of what is drawn. */
  readonly direction?: 'import' | 'export';
  readonly schedule: readonly {
    readonly startsAt: string;
    readonly limitA?: number | readonly [number, number, number];
    readonly limitW?: number;
  }[];
  readonly expiresAt: string;
  /** Binding after `expiresAt` until replaced; absent = the limit ends. */
  readonly fallback?: { readonly limitA?: number | readonly [number, number, number]; readonly limitW?: number };
  readonly source: string;
  /** It is a share of a limit over several sites; numbers rise. Producer: load-balancing (network limits). */
  readonly shareSeq?: number;
}

/** The limits of this id are over before their time, other than shares. Producer: api. Of a share: producer load-balancing (network limits). */
export interface GridLimitWithdrawn {
  readonly limitId: string;
  /** Only what this source sent under that id, and only at this node; absent = whatever stands under it at the site. */
  readonly source?: string;
  readonly nodeId?: string;
  /** The source of a limit over several sites: the site's share of it is over, whatever its id. */
  readonly shareOf?: string;
  readonly requestedBy: string;
}

/** One limit for all these sites together (`:network`). All in amperes or all in watts. Producer: api. */
export interface SharedLimitReceived {
  readonly limitId: string;
  readonly siteIds: readonly string[];
  readonly schedule: GridLimitReceived['schedule'];
  readonly expiresAt: string;
  readonly fallback?: GridLimitReceived['fallback'];
  /** A later limit of the same source over several sites takes its place; limits of single sites stand beside it. */
  readonly source: string;
}

/** A limit over several sites is over before its time (`:network`). Producer: api. */
export interface SharedLimitWithdrawn {
  readonly limitId: string;
  readonly requestedBy: string;
}

/** A site's share of such a limit, before the site hears of it (`:network`). Producer: load-balancing (network limits). */
export interface ShareGranted {
  readonly siteId: string;
  readonly limit: GridLimitReceived;
}

/** What a site needs, and how it stands to its shares (`:network`). Producer: load-balancing. By line in mA, in all in W. */
export interface SiteNeedsReported {
  readonly siteId: string;
  readonly floor: SiteAmounts;
  readonly demand: SiteAmounts;
  /** `isSettled`: nothing of the site can draw more than this share any more. */
  readonly shares: readonly { readonly source: string; readonly shareSeq: number; readonly isSettled: boolean }[];
}

export interface MeasurementsReported {
  readonly measurements: readonly {
    readonly nodeId: string;
    readonly at: string;
    readonly currentA: readonly [number, number, number];
    readonly ttlSeconds: number;
  }[];
}
