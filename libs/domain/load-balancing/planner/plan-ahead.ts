// From a snapshot to a linear program and from its solution to a plan. Objectives in this order: what was promised, energy, cost (time of
// use, peak, carbon), finishing early. Limits are rows, never objectives; what remains equal is T1's to share.
import { type LinearProgram, type LinearSolution, type LinearSolver, type Objective, ProgramBuilder } from './linear-program.js';
import type { PlanCar, PlannedCar, SitePlanAhead, SiteSnapshot } from './snapshot.js';

const NONE = Number.NEGATIVE_INFINITY;
const ANY = Number.POSITIVE_INFINITY;
/** Later objectives may spend this share of what an earlier one reached: solver noise, no policy. */
const NOISE = 1e-7;

interface Layout {
  readonly program: LinearProgram;
  /** Column of car × slot, −1 where the car is gone. */
  readonly cell: Int32Array;
}

export function planAhead(snapshot: SiteSnapshot, solve: LinearSolver): SitePlanAhead {
  const layout = programOf(snapshot);
  return readPlan(snapshot, layout, solve(layout.program));
}

/** The share of a slot a car is there for. */
function presence({ slots }: SiteSnapshot, slot: number, untilMs: number): number {
  const { fromMs, hours } = slots[slot] as SiteSnapshot['slots'][number];
  return Math.max(0, Math.min(1, (untilMs - fromMs) / (hours * 3_600_000)));
}

export function programOf(snapshot: SiteSnapshot): Layout {
  const { slots, cars, rows, costs } = snapshot;
  const builder = new ProgramBuilder();
  const cell = new Int32Array(cars.length * slots.length).fill(-1);
  const at = (car: number, slot: number): number => cell[car * slots.length + slot] as number;
  const energy: [number, number][] = []; // column, kWh per ampere
  const early: [number, number][] = [];
  const missed: [number, number][] = [];
  const horizon = slots.length;

  cars.forEach((car, index) => {
    const { kwPerA, maxA, needKwh, departureMs, promisedMs = departureMs, mustKwh = 0, weight = 1, isCharging = false, keepA = 0 } = car;
    const urgency = (SOONER * slots.filter((_, slot) => presence(snapshot, slot, departureMs) <= 0).length) / horizon;
    const own: [number, number][] = [];
    const due: [number, number][] = [];
    slots.forEach(({ hours }, slot) => {
      const share = presence(snapshot, slot, departureMs);
      if (share <= 0 || needKwh <= 0) return;
      // A car that leaves within the slot gets less energy from the same current.
      const column = builder.column(0, maxA);
      cell[index * slots.length + slot] = column;
      const kwh = kwPerA * hours * share;
      own.push([column, kwh]);
      due.push([column, kwPerA * hours * Math.min(share, presence(snapshot, slot, promisedMs))]);
      energy.push([column, kwh * weight]);
      early.push([column, kwh * (1 - slot / horizon) * ((isCharging ? STAY : 1) + urgency)]);
    });
    if (own.length === 0) return;
    builder.row(NONE, needKwh, own);
    const now = at(index, 0);
    if (keepA > 0 && now >= 0) {
      const missing = builder.column(0, keepA);
      builder.row(keepA, ANY, [
        [now, 1],
        [missing, 1],
      ]);
      missed.push([missing, -1]);
    }
    if (mustKwh <= 0) return;
    const missing = builder.column(0, mustKwh);
    builder.row(mustKwh, ANY, [...due, [missing, 1]]);
    missed.push([missing, -weight]);
  });

  for (const { factor, limitA } of rows) {
    const members = cars.flatMap((_, index) => (factor[index] === 0 ? [] : [index]));
    slots.forEach((_, slot) => {
      const entries = members.map((index) => [at(index, slot), factor[index] as number] as const).filter(([column]) => column >= 0);
      const limit = Math.max(0, limitA[slot] as number);
      const most = members.reduce(
        (sum, index) => sum + (at(index, slot) < 0 ? 0 : Math.max(0, factor[index] as number) * (cars[index] as PlanCar).maxA),
        0,
      );
      if (most > limit) builder.row(NONE, limit, entries);
    });
  }

  const spend = costs === undefined ? [] : costTerms(snapshot, builder, at);
  const objective = (terms: readonly (readonly [number, number])[], giveBack: number): Objective => {
    const factor = new Float64Array(builder.columns);
    for (const [column, value] of terms) factor[column] = (factor[column] as number) + value;
    return { factor, giveBack };
  };
  const objectives: Objective[] = [];
  const wanted = cars.reduce((sum, { needKwh, weight = 1 }) => sum + needKwh * weight, 0);
  if (missed.length > 0) objectives.push(objective(missed, wanted * NOISE));
  // Without costs the last two agree: more is better and sooner is better. One objective then does for both, with the energy far ahead.
  if (spend.length === 0)
    objectives.push(
      objective(
        energy.map(([column, kwh], index) => [column, kwh + EARLY * (early[index]?.[1] ?? 0)] as const),
        0,
      ),
    );
  else objectives.push(objective(energy, wanted * NOISE), objective(spend, wanted * NOISE), objective(early, 0));
  return { program: builder.build(objectives), cell };
}

/** Whoever charges already is finished first, so that cars start seldom. */
const STAY = 1.05;
/** Of those who charge already, or do not, the one that leaves sooner is finished first: who is early then lost less. */
const SOONER = 0.04;
/** Weight of finishing early beside energy: an hour sooner is never worth a kWh. */
const EARLY = 0.01;

/** Grid power per slot and its peak become columns; terms are costs, negative. */
function costTerms(
  { slots, cars, costs = {} }: SiteSnapshot,
  builder: ProgramBuilder,
  at: (car: number, slot: number) => number,
): readonly (readonly [number, number])[] {
  const { demandPerKw = 0, peakSoFarKw = 0, carbonPerKg = 0 } = costs;
  const terms: [number, number][] = [];
  const peak = builder.column(peakSoFarKw, ANY);
  if (demandPerKw > 0) terms.push([peak, -demandPerKw]);
  slots.forEach(({ hours, pricePerKwh = 0, feedInPerKwh = 0, carbonKgPerKwh = 0, otherLoadKw = 0 }, slot) => {
    const taken = builder.column(0, ANY);
    const power: [number, number][] = cars.flatMap(({ kwPerA }, index) => (at(index, slot) < 0 ? [] : [[at(index, slot), kwPerA]]));
    power.push([taken, -1]);
    terms.push([taken, -(pricePerKwh + carbonPerKg * carbonKgPerKwh) * hours]);
    if (otherLoadKw < 0) {
      // What the surplus earns when nobody uses it is not earned by using it.
      const fedIn = builder.column(0, -otherLoadKw);
      power.push([fedIn, 1]);
      terms.push([fedIn, feedInPerKwh * hours]);
    }
    builder.row(0 - otherLoadKw, 0 - otherLoadKw, power);
    if (demandPerKw > 0)
      builder.row(NONE, 0, [
        [taken, 1],
        [peak, -1],
      ]);
  });
  return terms.filter(([, value]) => value !== 0);
}

function readPlan(snapshot: SiteSnapshot, { cell }: Layout, { status, x }: LinearSolution): SitePlanAhead {
  const { slots, cars } = snapshot;
  const isSolved = status === 'optimal';
  const powerKw = slots.map(({ otherLoadKw = 0 }) => otherLoadKw);
  const planned = cars.map((car, index): PlannedCar => {
    const { id, kwPerA, maxA, needKwh, departureMs, promisedMs = departureMs, mustKwh = 0 } = car;
    let [plannedKwh, dueKwh] = [0, 0];
    const currentA = Float64Array.from(slots, ({ hours }, slot) => {
      const column = cell[index * slots.length + slot] as number;
      if (!isSolved || column < 0) return 0;
      const amps = Math.max(0, Math.min(maxA, x[column] as number));
      const kwh = amps * kwPerA * hours;
      powerKw[slot] = (powerKw[slot] as number) + amps * kwPerA;
      plannedKwh += kwh * presence(snapshot, slot, departureMs);
      dueKwh += kwh * Math.min(presence(snapshot, slot, departureMs), presence(snapshot, slot, promisedMs));
      return amps;
    });
    return {
      id,
      needKwh,
      departureMs,
      currentA,
      plannedKwh,
      shortfallKwh: Math.max(0, needKwh - plannedKwh),
      mustShortfallKwh: Math.max(0, mustKwh - dueKwh),
    };
  });
  return { status: isSolved ? 'planned' : 'none', cars: planned, peakKw: Math.max(0, ...powerKw) };
}
