// One seed of the safety run: the same cars and cuts four times, and what is to be judged of each.
import type { Decider } from '../../../../apps/load-balancing/stage/owner.fixture.js';
import { HOUR_MS, type Place } from './place.js';
import { SendAndForget } from './send-and-forget.js';
import { FAULTS, type Faults, NO_FAULTS, SafetyWorld } from './world.js';

export const DAY_MS = 24 * HOUR_MS;
const SAMPLE_MS = 60_000;

export interface RunResult {
  readonly seed: number;
  readonly days: number;
  readonly kWh: number;
  readonly beyondS: number;
  readonly insideGraceS: number;
  /** Over the limit in force, and over what P6 allows [A]. */
  readonly worstA: number;
  readonly worstBeyondA: number;
  readonly commands: number;
  readonly changed: number;
  readonly renewals: number;
  readonly owed: number;
  readonly hasty: number;
  readonly writesPerChargerYear: number;
  readonly records: number;
}

export function runOnce(place: Place, seed: number, days: number, faults: Faults, decider?: Decider): RunResult {
  const lastsMs = Math.round(days * DAY_MS);
  const world = new SafetyWorld({
    place,
    seed,
    faults,
    sampleMs: SAMPLE_MS,
    cuts: true,
    lastsMs,
    ...(decider && { decider }),
  });
  world.commission().run(lastsMs);
  const { economy, beyondS, insideGraceS, worstA, worstBeyondA, stage, deliveredKwh } = world;
  return {
    seed,
    days,
    kWh: deliveredKwh,
    beyondS,
    insideGraceS,
    worstA,
    worstBeyondA,
    commands: economy.commands,
    changed: economy.changed,
    renewals: economy.byCause['renew, nothing new'] ?? 0,
    owed: economy.owed,
    hasty: economy.hasty,
    writesPerChargerYear: economy.writesPerChargerYear(place.stations.length, lastsMs),
    records: stage.length,
  };
}

export interface SeedResult {
  readonly ours: RunResult;
  readonly calm: RunResult;
  readonly control: RunResult;
}

export const runSeed = (place: Place, seed: number, days: number): SeedResult => ({
  ours: runOnce(place, seed, days, FAULTS),
  calm: runOnce(place, seed, days, NO_FAULTS),
  control: runOnce(place, seed, days, FAULTS, new SendAndForget(place)),
});
