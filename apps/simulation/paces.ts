// How much a network has to say: how often cars come and stations report, what a site is told of leases, how much operators and utilities ask.
// What one seed makes of it is in plan.ts; where the figures come from is in docs/simulation.md.
import type { Arrivals } from '#apps/simulator';
import type { SiteConfig } from '#domain/load-balancing';

export interface PaceRates {
  /** Between two samples of a station, until its site says otherwise [s]. */
  readonly sampleIntervalS: number;
  readonly arrivals: Arrivals;
  /** What sites say of it; absent = the product's defaults. */
  readonly site: Pick<SiteConfig, 'leaseSeconds' | 'sampleSeconds'>;
  /** Grid limits per site and hour, at most. */
  readonly mostLimits: number;
  /** What operators ask of a station, per hour. */
  readonly commands: number;
  /** What comes to a consumer within this time is one batch, as with the log of a cluster [ms]; 0: nearly every record is alone, so that more meets. */
  readonly gatherMs: number;
}

/** What is said where nobody is in a hurry. */
const QUIET = { sampleIntervalS: 60, site: { sampleSeconds: 60 }, mostLimits: 8 / 24, commands: 1 / 24, gatherMs: 200 } as const;

/**
 * `crowded`: a car every few minutes, short leases, a sample every 20 s and a limit every few minutes, so that much meets within an hour.
 * `ordinary`: what real garages have: six cars in ten days and outlet, for some six hours (ACN-Data 2019 to 2021), samples every minute, leases of the default, and
 * seldom anything else.
 * `busy`: the same, but each outlet is taken for a third of the day, by seven times as many cars.
 * `mixed`: the mix of messages that budgets are given for, four fifths of them samples, with leases and samples as they are where nothing is said.
 */
export const PACES = {
  crowded: {
    sampleIntervalS: 30,
    arrivals: { occupancyAtStart: 0, gapS: [20, 150], stayS: [120, 1_500] },
    site: { leaseSeconds: 180 },
    mostLimits: 10,
    commands: 4,
    gatherMs: 0,
  },
  ordinary: { ...QUIET, arrivals: { occupancyAtStart: 0.16, firstWithinS: 3_600, gapS: [0, 242_000], stayS: [3_600, 42_000] } },
  busy: { ...QUIET, arrivals: { occupancyAtStart: 0.2, gapS: [3_600, 18_000], stayS: [1_800, 14_400] } },
  mixed: {
    sampleIntervalS: 20,
    arrivals: { occupancyAtStart: 0, gapS: [30, 120], stayS: [400, 880] },
    site: {},
    mostLimits: 1,
    commands: 0,
    gatherMs: 0,
  },
} as const satisfies Readonly<Record<string, PaceRates>>;

export type Pace = keyof typeof PACES;
