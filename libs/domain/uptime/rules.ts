// Rule sets as data: what counts as an outage, what may be taken off, over which time, and what has to be reached.
// How they are applied is in uptime.ts; sources and reasons in docs/uptime.md.
import { DECLARED_CAUSES } from './declarations.js';
import type { DownCause } from './timeline.js';

/** Why an outage is not the operator's fault. The first six are those of 23 CFR 680.116(b)(3), in this order. */
export const EXCLUSION_CAUSES = [
  'utilityInterruption',
  'vehicleFault',
  'scheduledMaintenance',
  'vandalism',
  'naturalDisaster',
  'outsideOpeningHours',
] as const;
export type ExclusionCause = (typeof EXCLUSION_CAUSES)[number];

/** How much of a cause may be taken off; absent = all of it. */
export interface Allowance {
  /** From the beginning of what was classified. */
  readonly perIncidentMs?: number;
  /** In the whole window. */
  readonly perWindowMs?: number;
}

export interface RuleSet {
  readonly name: RuleSetName;
  readonly title: string;
  readonly source: string;
  readonly down: readonly DownCause[];
  /** While one of these holds nothing is known of a port, and it counts as working, whatever it said before. */
  readonly unknown?: readonly DownCause[];
  readonly excluded: Readonly<Partial<Record<ExclusionCause, Allowance>>>;
  /** Hours in which nobody can come are no part of the time that is looked at. */
  readonly onlyOpeningHours: boolean;
  /** What outages are compared with; absent = the time in service. */
  readonly divisorMs?: number;
  /** Hundredths of a percent; `isStrict`: more than this, otherwise at least. */
  readonly target: { readonly basisPoints: number; readonly isStrict: boolean };
  readonly window: 'trailing12Months' | 'calendarYear';
  /** What has to reach it: each port, or all together on average. */
  readonly judged: 'port' | 'network';
  /** Ports of less power are not covered [W]; absent = all are. */
  readonly leastRatedW?: number;
}

export const RULE_SET_NAMES = ['nevi', 'california', 'uk'] as const;
export type RuleSetName = (typeof RULE_SET_NAMES)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const RULE_SETS: Readonly<Record<RuleSetName, RuleSet>> = {
  nevi: {
    name: 'nevi',
    title: 'NEVI minimum standards',
    source: '23 CFR 680.116(b)',
    down: ['offline', 'faulted', 'unavailable', ...DECLARED_CAUSES],
    excluded: {
      utilityInterruption: {},
      vehicleFault: {},
      scheduledMaintenance: {},
      vandalism: {},
      naturalDisaster: {},
      outsideOpeningHours: {},
    },
    onlyOpeningHours: false,
    // The text says 525,600 minutes, in leap years too.
    divisorMs: 525_600 * MINUTE_MS,
    target: { basisPoints: 9700, isStrict: true },
    window: 'trailing12Months',
    judged: 'port',
  },
  california: {
    name: 'california',
    title: 'California, publicly funded chargers',
    source: 'California Energy Commission, AB 2061 and AB 126',
    down: ['offline', 'faulted', 'unavailable', ...DECLARED_CAUSES],
    excluded: {
      utilityInterruption: {},
      scheduledMaintenance: { perWindowMs: 72 * HOUR_MS },
      vandalism: { perIncidentMs: 10 * 24 * HOUR_MS },
      naturalDisaster: {},
    },
    onlyOpeningHours: false,
    target: { basisPoints: 9700, isStrict: false },
    window: 'trailing12Months',
    judged: 'port',
  },
  uk: {
    name: 'uk',
    title: 'United Kingdom, rapid charge points',
    source: 'The Public Charge Point Regulations 2023 (SI 2023/1168), regulations 2 and 7',
    // By the OCPI status: UNKNOWN counts as reliable, and is that of a point nobody hears, also where it was OUTOFORDER before.
    down: ['faulted', 'unavailable'],
    unknown: ['offline'],
    excluded: {},
    onlyOpeningHours: true,
    target: { basisPoints: 9900, isStrict: false },
    window: 'calendarYear',
    judged: 'network',
    leastRatedW: 50_000,
  },
};

/** Whether a port is what the rules speak of. One whose power nobody knows is: nobody looks better for what is not configured. */
export const covers = ({ leastRatedW = 0 }: Pick<RuleSet, 'leastRatedW'>, ratedW: number | undefined): boolean =>
  ratedW === undefined || ratedW >= leastRatedW;

/** The window whose figure is reported for a month `YYYY-MM` [ms since 1970]. */
export function windowOf({ window }: Pick<RuleSet, 'window'>, month: string): { readonly fromMs: number; readonly toMs: number } {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return { fromMs: window === 'calendarYear' ? Date.UTC(year, 0) : Date.UTC(year - 1, number), toMs: Date.UTC(year, number) };
}
