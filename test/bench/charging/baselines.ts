// What others do, written down anew for comparison: charge at once, round robin, first come, earliest deadline, least laxity.
// As in ACN-Sim: each period a queue is sorted, each car in turn gets the most that is feasible, with exact phasor sums.
import { CABLE_A, CAR_A, EVSES, KW_PER_A, lineLimitsA, PERIOD_HOURS, PODS, TURNS_RATIO } from './garage.js';
import type { Plugged, Policy } from './month.js';

/** Load of lines and pods while a schedule is built; answers whether one more ampere somewhere still fits. */
class Load {
  readonly #pairs: [number, number, number] = [0, 0, 0];
  readonly #pods = new Map<string, number>();
  readonly #secondary2: number;
  readonly #primary2: number;

  constructor(kW: number) {
    const { secondaryA, primaryA } = lineLimitsA(kW);
    this.#secondary2 = secondaryA ** 2;
    this.#primary2 = (primaryA * TURNS_RATIO) ** 2;
  }

  add(evse: number, amps: number): void {
    const { pair, pod } = EVSES[evse] as (typeof EVSES)[number];
    this.#pairs[pair] += amps;
    if (pod !== undefined) this.#pods.set(pod, (this.#pods.get(pod) ?? 0) + amps);
  }

  fits(): boolean {
    const [ab, bc, ca] = this.#pairs;
    // Two currents 60° apart, and primaries as two currents 120° apart: squares of the phasor sums.
    const apart60 = (x: number, y: number): boolean => x * x + y * y + x * y <= this.#secondary2;
    const apart120 = (x: number, y: number): boolean => x * x + y * y - x * y <= this.#primary2;
    return (
      apart60(ab, ca) &&
      apart60(bc, ab) &&
      apart60(ca, bc) &&
      apart120(ab + 2 * ca, bc + 2 * ca) &&
      apart120(bc + 2 * ab, ca + 2 * ab) &&
      apart120(ca + 2 * bc, ab + 2 * bc) &&
      PODS.every(({ name, limitA }) => (this.#pods.get(name) ?? 0) <= limitA)
    );
  }

  fitsWith(evse: number, amps: number): boolean {
    this.add(evse, amps);
    const fits = this.fits();
    this.add(evse, -amps);
    return fits;
  }
}

const fullA = ({ remainingKwh }: Plugged): number => remainingKwh / (KW_PER_A * PERIOD_HOURS);

export const uncontrolled: Policy = (_, plugged) => plugged.map(() => CABLE_A);

type Urgency = (car: Plugged, period: number) => number;

/** In the order of `urgency`, smallest first; each takes the most that fits. `useLevels`: real pilot levels instead of any current. */
const sorted =
  (urgency: Urgency) =>
  (kW: number, useLevels: boolean): Policy =>
  (period, plugged) => {
    const load = new Load(kW);
    const amps = new Float64Array(plugged.length);
    const rank = plugged.map((car) => urgency(car, period));
    const order = [...plugged.keys()].sort((a, b) => (rank[a] as number) - (rank[b] as number) || a - b);
    for (const index of order) {
      const car = plugged[index] as Plugged;
      const { evse } = car.session;
      const most = Math.min(CABLE_A, fullA(car));
      amps[index] = useLevels ? highestLevel(load, evse, fullA(car)) : bisect(load, evse, most);
      load.add(evse, amps[index] as number);
    }
    return amps;
  };

function bisect(load: Load, evse: number, most: number): number {
  if (load.fitsWith(evse, most)) return most;
  let [low, high] = [0, most];
  while (high - low > 0.001) {
    const middle = (low + high) / 2;
    if (load.fitsWith(evse, middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** A car close to full may be told the level above what it still takes. */
function highestLevel(load: Load, evse: number, full: number): number {
  if (full <= 0) return 0;
  const levels = EVSES[evse]?.levelsA ?? [];
  const useful = levels.slice(0, Math.max(1, levels.findIndex((level) => level >= full) + 1 || levels.length));
  return useful.findLast((level) => load.fitsWith(evse, level)) ?? 0;
}

export const firstCome = sorted(({ session }) => session.arrival);
export const earliestDeadline = sorted(({ session }) => session.departure);
export const leastLaxity = sorted((car, period) => car.session.departure - period - fullA(car) / Math.min(CABLE_A, CAR_A));

/** One step for each in turn until nobody can take another. */
export const roundRobin =
  (kW: number, useLevels: boolean): Policy =>
  (_, plugged) => {
    const load = new Load(kW);
    const amps = new Float64Array(plugged.length);
    let hopeful = [...plugged.keys()].filter((index) => fullA(plugged[index] as Plugged) > 0);
    while (hopeful.length > 0) {
      hopeful = hopeful.filter((index) => {
        const car = plugged[index] as Plugged;
        const now = amps[index] as number;
        const next = useLevels ? (EVSES[car.session.evse]?.levelsA.find((level) => level > now) ?? Number.POSITIVE_INFINITY) : now + 0.1;
        if (now >= fullA(car) || next > CABLE_A || !load.fitsWith(car.session.evse, next - now)) return false;
        load.add(car.session.evse, next - now);
        amps[index] = next;
        return true;
      });
    }
    return amps;
  };
