// Chargers that do not do as they are told, one at a time among cars that want more than there is: how many samples pass until the ledger
// counts them with all they draw, and how long somebody else stays below his minimum for it.

import { committedMa } from '#domain/load-balancing';
import { SiteDecider } from '../../../../apps/load-balancing/stage/owner.fixture.js';
import { stationIn } from '../../../../apps/load-balancing/state.js';
import type { Conduct } from './outlet.js';
import { HOUR_MS, type Place, panel } from './place.js';
import { NO_FAULTS, SafetyWorld } from './world.js';

/** What the owner asks stations for, where they can. */
const SAMPLE_MS = 20_000;
const FULL_A = 120;
const LESS_A = 90;

export interface Finding {
  readonly conduct: Conduct;
  readonly seed: number;
  /** The site's limit changes all the time. */
  readonly isRestless: boolean;
  /** Samples since it stopped obeying until all it draws is counted; undefined = never. */
  readonly samples: number | undefined;
  /** From the change of conduct on [s]. */
  readonly seconds: number | undefined;
  /** Somebody else's longest time below his minimum, while his car wants current [s]. */
  readonly longestWaitS: number;
  /** Above the limit after everybody had a lease to give way [s]. */
  readonly beyondS: number;
}

const place = (): Place => panel(12, FULL_A, FULL_A, true);

export function findings(seeds: readonly number[]): readonly Finding[] {
  return seeds.flatMap((seed) =>
    (['ignores', 'rejects', 'silent'] as const).flatMap((conduct) => [false, true].map((isRestless) => find(conduct, seed, isRestless))),
  );
}

/** Less than a minute apart, so that every car always follows some change. */
const RESTLESS_MS = 37_000;

function find(conduct: Conduct, seed: number, isRestless: boolean): Finding {
  const decider = new SiteDecider();
  const setting = {
    place: place(),
    seed,
    faults: { ...NO_FAULTS, delayMs: [1_000, 4_000] },
    decider,
    sampleMs: SAMPLE_MS,
  } as const;
  const world = new SafetyWorld({ ...setting, cuts: false, lastsMs: 6 * HOUR_MS });
  world.commission().run(3 * HOUR_MS);
  const culprit = world.outlets.find(({ isHungry }) => isHungry);
  if (culprit === undefined) throw new Error(`seed ${seed}: nobody charges`);
  const { stage } = world;
  const fromMs = stage.now;
  const before = culprit.samples;
  let found: { readonly samples: number; readonly seconds: number } | undefined;
  let beyondS = 0;
  const waits = world.outlets.map(() => 0);
  let longestWaitS = 0;
  culprit.conduct = conduct;
  if (isRestless) swing(world, 0);
  world.run(HOUR_MS, () => {
    const station = stationIn(decider.state, culprit.station.stationId);
    const evse = station?.ledger.evses[0];
    if (station === undefined || evse === undefined) return;
    if (!culprit.isHungry) return;
    const isCounted = committedMa(station.ledger, evse, stage.now, false) >= culprit.drawnA() * 1000;
    if (isCounted) found ??= { samples: culprit.samples - before, seconds: (stage.now - fromMs) / 1000 };
    for (const [index, outlet] of world.outlets.entries()) {
      const isBelow = outlet !== culprit && outlet.isHungry && outlet.drawnA() < 6;
      waits[index] = isBelow ? (waits[index] ?? 0) + 1 : 0;
      longestWaitS = Math.max(longestWaitS, waits[index] ?? 0);
    }
    const drawnA = world.outlets.reduce((sum, outlet) => sum + outlet.drawnA(), 0);
    if (found !== undefined && stage.now > fromMs + found.seconds * 1000 + world.limits.graceMs && drawnA > FULL_A + 1e-6) beyondS++;
  });
  return { conduct, seed, isRestless, samples: found?.samples, seconds: found?.seconds, longestWaitS, beyondS };
}

function swing({ stage }: Pick<SafetyWorld, 'stage'>, count: number): void {
  const at = (ms: number): string => new Date(ms).toISOString();
  const limitA = count % 2 === 0 ? LESS_A : FULL_A;
  stage.append('GridLimitReceived', {
    limitId: `swing ${count}`,
    nodeId: 'panel',
    schedule: [{ startsAt: at(stage.now), limitA }],
    expiresAt: at(stage.now + HOUR_MS),
    source: 'dso',
  });
  stage.after(RESTLESS_MS, () => swing({ stage }, count + 1));
}
