// Announced cuts when nobody hears anything any more: every message is lost from the announcement on, or from shortly before the cut.
// What was told before has to be enough.
import { HOUR_MS, panel } from './place.js';
import { FAULTS, SafetyWorld } from './world.js';

const MINUTE_MS = 60_000;
const FULL_A = 400;
const CUT_A = 200;

export interface DarkResult {
  readonly cuts: number;
  readonly beyondS: number;
  /** At the moment of the cut, the most of all runs [A]; more than nothing where the schedules themselves hold the cut. */
  readonly drawnA: { readonly fromAnnouncement: number; readonly fromShortlyBefore: number };
}

export function darkCuts(seeds: readonly number[]): DarkResult {
  const runs = seeds.map((seed) => ({ early: cutInTheDark(seed, undefined), late: cutInTheDark(seed, 3 * MINUTE_MS) }));
  const all = runs.flatMap(({ early, late }) => [early, late]);
  return {
    cuts: all.length,
    beyondS: all.reduce((sum, { beyondS }) => sum + beyondS, 0),
    drawnA: {
      fromAnnouncement: Math.max(...runs.map(({ early }) => early.drawnA)),
      fromShortlyBefore: Math.max(...runs.map(({ late }) => late.drawnA)),
    },
  };
}

/** `darkMs` before the cut; absent = with its announcement, a lease, the clock error and half a minute ahead. */
function cutInTheDark(seed: number, darkMs: number | undefined): { readonly beyondS: number; readonly drawnA: number } {
  const place = panel(30, FULL_A, CUT_A, true);
  const faults = { ...FAULTS, killEveryMs: HOUR_MS };
  const world = new SafetyWorld({ place, seed, faults, sampleMs: MINUTE_MS, cuts: false, lastsMs: 6 * HOUR_MS });
  world.commission().run(2 * HOUR_MS);
  const aheadMs = world.limits.graceMs;
  world.cut(aheadMs);
  world.stage.after(aheadMs - (darkMs ?? aheadMs), () => {
    world.isDark = true;
  });
  world.run(aheadMs);
  const drawnA = world.outlets.reduce((sum, outlet) => sum + outlet.drawnA(), 0);
  world.run(30 * MINUTE_MS - 1_000);
  return { beyondS: world.beyondS, drawnA };
}
