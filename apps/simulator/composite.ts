// The composite schedule a station answers: its own view of every limit over a time to come.
// The wire shapes of both versions are made in the dialects.
import type { Profile } from './profile.js';
import { limitMa, nextChange, outletLimit, stationLimit, type TransactionView } from './stacking.js';

export interface OutletView {
  readonly evseId: number;
  readonly maxA: number;
  /** Nominal voltages of the wired phases [0.1 V]. */
  readonly voltagesDv: readonly number[];
  readonly transaction?: TransactionView;
}

export interface CompositePeriod {
  readonly startS: number;
  readonly limitMa: number;
  readonly phases: number;
}

/** The most periods a station computes; a longer composite is cut there. */
const MOST_PERIODS = 200;

function outletMa(profiles: readonly Profile[], outlet: OutletView, at: number): { readonly limitMa: number; readonly phases: number } {
  const limit = outletLimit(profiles, outlet.evseId, at, outlet.transaction);
  const voltages = outlet.voltagesDv.slice(0, limit?.phases ?? 3);
  const most = outlet.maxA * 1000;
  return { limitMa: limit === undefined ? most : Math.min(most, limitMa(limit, voltages)), phases: voltages.length };
}

/**
 * Limits from `at` for `durationS`, equal neighbours merged. One outlet: its limit within the station's maximum.
 * Several: their sum within the station's maximum, as asked for connector or EVSE 0.
 */
export function compositeSchedule(
  profiles: readonly Profile[],
  outlets: readonly OutletView[],
  at: number,
  durationS: number,
): readonly CompositePeriod[] {
  const periods: CompositePeriod[] = [];
  const transactions = outlets.flatMap(({ transaction }) => transaction ?? []);
  const end = at + Math.max(1, durationS * 1000);
  for (let time = at; time < end && periods.length < MOST_PERIODS; time = nextChange(profiles, time, transactions)) {
    const each = outlets.map((outlet) => outletMa(profiles, outlet, time));
    const sum = each.reduce((total, outlet) => total + outlet.limitMa, 0);
    const phases = Math.max(1, ...each.map((outlet) => outlet.phases));
    const cap = stationLimit(profiles, time);
    const voltages = outlets.find(({ voltagesDv }) => voltagesDv.length === phases)?.voltagesDv ?? outlets[0]?.voltagesDv ?? [];
    const total = cap === undefined ? sum : Math.min(sum, limitMa(cap, voltages));
    const last = periods.at(-1);
    if (last?.limitMa !== total || last.phases !== phases) periods.push({ startS: Math.floor((time - at) / 1000), limitMa: total, phases });
  }
  return periods;
}
