// From a snapshot to a linear program and from its solution to a plan. Objectives in this order: what was promised, energy, cost (time of
// use, peak, carbon), finishing early. Limits are rows, never objectives; what remains equal is T1's to share.
import { type LinearProgram, type LinearSolution, type LinearSolver, type Objective, ProgramBuilder } from './linear-program.js';
import type { PlanCar, PlannedCar, PlanRow, SitePlanAhead, SiteSnapshot } from './snapshot.js';

const NONE = Number.NEGATIVE_INFINITY;
const ANY = Number.POSITIVE_INFINITY;
/** Later objectives may spend this share of what an earlier one reached: solver noise, no policy. */
const NOISE = 1e-7;

interface Layout {
  readonly program: LinearProgram;
  /** Column of car × slot, −1 where the car is gone. */
  readonly cell: Int32Array;
  /** The same for what it feeds back, −1 where it does not. */
  readonly back: Int32Array;
  /** Row of what a car needs, −1 where it needs nothing. */
  readonly need: Int32Array;
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
  const { slots, cars, rows, exportRows = [], costs } = snapshot;
  const builder = new ProgramBuilder();
  const cell = new Int32Array(cars.length * slots.length).fill(-1);
  const back = new Int32Array(cell);
  const need = new Int32Array(cars.length).fill(-1);
  const at = (car: number, slot: number): number => cell[car * slots.length + slot] as number;
  const backAt = (car: number, slot: number): number => back[car * slots.length + slot] as number;
  const energy: [number, number][] = []; // column, kWh per ampere
  const early: [number, number][] = [];
  const missed: [number, number][] = [];
  const horizon = slots.length;

  cars.forEach((car, index) => {
    const { kwPerA, maxA, needKwh, departureMs, promisedMs = departureMs, mustKwh = 0, weight = 1, isCharging = false, keepA = 0 } = car;
    const urgency = (SOONER * slots.filter((_, slot) => presence(snapshot, slot, departureMs) <= 0).length) / horizon;
    // Worth something by prices alone: without costs nobody feeds back.
    const discharge = costs === undefined ? undefined : car.discharge;
    const own: [number, number][] = [];
    const due: [number, number][] = [];
    slots.forEach(({ hours }, slot) => {
      const share = presence(snapshot, slot, departureMs);
      if (share <= 0 || (needKwh <= 0 && discharge === undefined)) return;
      // A car that leaves within the slot gets less energy from the same current.
      const column = builder.column(0, maxA);
      cell[index * slots.length + slot] = column;
      const kwh = kwPerA * hours * share;
      own.push([column, kwh]);
      due.push([column, kwPerA * hours * Math.min(share, presence(snapshot, slot, promisedMs))]);
      const haste = (isCharging ? STAY : 1) + urgency;
      early.push([column, kwh * (1 - slot / horizon) * haste]);
      if (discharge === undefined) {
        energy.push([column, kwh * weight * (car.stays?.[slot] ?? 1)]);
        return;
      }
      const out = builder.column(0, discharge.maxA);
      back[index * slots.length + slot] = out;
      own.push([out, -kwh / discharge.roundTrip]);
      due.push([out, -(due.at(-1)?.[1] ?? 0) / discharge.roundTrip]);
      // The earliest charge earns no more than this costs: nothing goes to and fro to be early.
      early.push([out, (-kwh * haste) / discharge.roundTrip]);
      // Never below the reserve, nor above what it wants: it may hold no more.
      builder.row(-discharge.spareKwh, Math.max(0, needKwh), own);
    });
    if (own.length === 0) return;
    if (discharge === undefined) need[index] = builder.row(NONE, needKwh, own);
    else {
      // What it has counts as far as it is wanted: more than that may go again.
      const wanted = builder.column(NONE, needKwh);
      builder.row(0, ANY, [...own, [wanted, -1]]);
      energy.push([wanted, weight]);
    }
    const now = at(index, 0);
    if (keepA > 0 && now >= 0) {
      const missing = builder.column(0, keepA);
      builder.row(keepA, ANY, [
        [now, 1],
        [missing, 1],
      ]);
      missed.push([missing, -1]);
    }
    if (mustKwh <= 0 && (discharge === undefined || car.mustKwh === undefined)) return;
    const missing = builder.column(0, Math.max(0, mustKwh));
    builder.row(mustKwh, ANY, [...due, [missing, 1]]);
    missed.push([missing, -weight]);
  });

  // What is fed back is below limits of its own, and makes no room for what is drawn.
  const bound = (limits: readonly PlanRow[], columnOf: typeof at, mostA: (car: PlanCar) => number): void => {
    for (const { factor, limitA } of limits) {
      const members = cars.flatMap((_, index) => (factor[index] === 0 ? [] : [index]));
      slots.forEach((_, slot) => {
        const entries = members.map((index) => [columnOf(index, slot), factor[index] as number] as const).filter(([column]) => column >= 0);
        const limit = Math.max(0, limitA[slot] as number);
        const most = members.reduce(
          (sum, index) => sum + (columnOf(index, slot) < 0 ? 0 : Math.max(0, factor[index] as number) * mostA(cars[index] as PlanCar)),
          0,
        );
        if (most > limit) builder.row(NONE, limit, entries);
      });
    }
  };
  bound(rows, at, ({ maxA }) => maxA);
  bound(exportRows, backAt, ({ discharge }) => discharge?.maxA ?? 0);

  const spend = costs === undefined ? [] : costTerms(snapshot, builder, at, backAt);
  const objective = (terms: readonly (readonly [number, number])[], giveBack: number): Objective => {
    const factor = new Float64Array(builder.columns);
    for (const [column, value] of terms) factor[column] = (factor[column] as number) + value;
    return { factor, giveBack };
  };
  const objectives: Objective[] = [];
  const wanted = cars.reduce((sum, { needKwh, weight = 1 }) => sum + Math.max(0, needKwh) * weight, 0);
  if (missed.length > 0) objectives.push(objective(missed, wanted * NOISE));
  // Without costs the last two agree: more is better and sooner is better. One objective then does for both, with the energy far ahead.
  if (spend.length === 0) objectives.push(objective([...energy, ...early.map(([column, value]) => [column, EARLY * value] as const)], 0));
  else objectives.push(objective(energy, wanted * NOISE), objective(spend, wanted * NOISE), objective(early, 0));
  return { program: builder.build(objectives), cell, back, need };
}

/** Whoever charges already is finished first, so that cars start seldom. */
const STAY = 1.05;
/** Of those who charge already, or do not, the one that leaves sooner is finished first: who is early then lost less. */
const SOONER = 0.04;
/** Weight of finishing early beside energy: an hour sooner is never worth a kWh. */
const EARLY = 0.01;

/** Grid power per slot and its peak become columns; terms are costs, negative. */
function costTerms(
  snapshot: SiteSnapshot,
  builder: ProgramBuilder,
  at: (car: number, slot: number) => number,
  backAt: (car: number, slot: number) => number,
): readonly (readonly [number, number])[] {
  const { slots, cars, costs = {} } = snapshot;
  const { demandPerKw = 0, peakSoFarKw = 0, carbonPerKg = 0, wearPerKwh = 0 } = costs;
  const terms: [number, number][] = [];
  const peak = builder.column(peakSoFarKw, ANY);
  if (demandPerKw > 0) terms.push([peak, -demandPerKw]);
  slots.forEach(({ hours, pricePerKwh = 0, feedInPerKwh = 0, carbonKgPerKwh = 0, otherLoadKw = 0 }, slot) => {
    const taken = builder.column(0, ANY);
    const power: [number, number][] = cars.flatMap(({ kwPerA }, index) => (at(index, slot) < 0 ? [] : [[at(index, slot), kwPerA]]));
    power.push([taken, -1]);
    const kwhCost = pricePerKwh + carbonPerKg * carbonKgPerKwh;
    terms.push([taken, -kwhCost * hours]);
    let mostBackKw = 0;
    cars.forEach(({ kwPerA, discharge, departureMs }, index) => {
      const out = backAt(index, slot);
      if (out < 0 || discharge === undefined) return;
      const kw = kwPerA * presence(snapshot, slot, departureMs);
      power.push([out, -kw]);
      mostBackKw += kw * discharge.maxA;
      terms.push([out, -wearPerKwh * kw * hours]);
    });
    if (mostBackKw > 0) {
      // What leaves the site is paid as own production is, and never for more than it costs to buy.
      const returned = builder.column(0, mostBackKw);
      power.push([returned, 1]);
      terms.push([returned, Math.min(feedInPerKwh, kwhCost) * hours]);
    }
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

function readPlan(snapshot: SiteSnapshot, { cell, back, need }: Layout, { status, x, rowPrice }: LinearSolution): SitePlanAhead {
  const { slots, cars, costs } = snapshot;
  const isSolved = status === 'optimal';
  const powerKw = slots.map(({ otherLoadKw = 0 }) => otherLoadKw);
  const planned = cars.map((car, index): PlannedCar => {
    const { id, kwPerA, maxA, needKwh, departureMs, promisedMs = departureMs, mustKwh = 0, weight = 1, discharge } = car;
    const row = need[index] as number;
    let [plannedKwh, dueKwh] = [0, 0];
    const currentA = Float64Array.from(slots, ({ hours }, slot) => {
      const column = cell[index * slots.length + slot] as number;
      const out = back[index * slots.length + slot] as number;
      if (!isSolved || column < 0) return 0;
      // Both at once would only waste energy.
      const amps = Math.max(
        discharge === undefined ? 0 : -discharge.maxA,
        Math.min(maxA, (x[column] as number) - (out < 0 ? 0 : (x[out] as number))),
      );
      const kwh = (amps * kwPerA * hours) / (amps < 0 ? (discharge?.roundTrip ?? 1) : 1);
      powerKw[slot] = (powerKw[slot] as number) + amps * kwPerA;
      plannedKwh += kwh * presence(snapshot, slot, departureMs);
      dueKwh += kwh * Math.min(presence(snapshot, slot, departureMs), presence(snapshot, slot, promisedMs));
      return amps;
    });
    return {
      id,
      needKwh: Math.max(0, needKwh),
      departureMs,
      currentA,
      ...(rowPrice && row >= 0 && costs === undefined && { worth: Math.max(0, Math.min(1, 1 - (rowPrice[row] as number) / weight)) }),
      plannedKwh,
      shortfallKwh: Math.max(0, needKwh - plannedKwh),
      mustShortfallKwh: Math.max(0, mustKwh - dueKwh),
    };
  });
  return { status: isSolved ? 'planned' : 'none', cars: planned, peakKw: Math.max(0, ...powerKw) };
}
