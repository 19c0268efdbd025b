// The people of the simulation: when cars come, which ones, how long they stay.
// Each outlet has its own chance, so that one more station changes nothing at the others.
import type { CarSpec } from './car.js';
import type { Chance } from './chance.js';
import type { Cancel, Clock } from './clock.js';
import type { Station } from './station.js';
import type { IdToken } from './transaction.js';

export interface Arrivals {
  /** Share of outlets with a car in the first seconds; 0.8 unless told. */
  readonly occupancyAtStart?: number;
  /** Those come within this time [s]; 8 unless told. */
  readonly firstWithinS?: number;
  /** How long a car stays [s], from and to; 180 to 540 unless told. */
  readonly stayS?: readonly [number, number];
  /** How long an outlet is free between two cars [s]; 15 to 75 unless told. */
  readonly gapS?: readonly [number, number];
}

/** What is on the road: mostly three-phase at 16 A, some on one phase, some at 32 A. */
const MODELS: readonly [Omit<CarSpec, 'soc'>, ...Omit<CarSpec, 'soc'>[]] = [
  { batteryWh: 58_000, maxA: 16, phases: 3 },
  { batteryWh: 77_000, maxA: 16, phases: 3 },
  { batteryWh: 75_000, maxA: 16, phases: 3 },
  { batteryWh: 52_000, maxA: 32, phases: 3 },
  { batteryWh: 90_000, maxA: 32, phases: 3 },
  { batteryWh: 40_000, maxA: 32, phases: 1 },
  { batteryWh: 26_000, maxA: 16, phases: 2 },
];

const REFUSED_AGAIN_S = 3;
const MOST_REFUSALS = 6;

/** A car from the street; one in five comes nearly full and finishes while it stands there. */
export const someCar = (chance: Chance): CarSpec => ({
  ...chance.pick(MODELS),
  soc: chance.next() < 0.2 ? chance.between(0.95, 0.995) : chance.between(0.1, 0.85),
});

/** Sends cars to every outlet of a station until the returned function is called. Cars that stand there then stay. */
export function driveTo(
  station: Station,
  clock: Clock,
  chance: Chance,
  idTokens: readonly [IdToken, ...IdToken[]],
  arrivals: Arrivals,
): Cancel {
  const { occupancyAtStart = 0.8, firstWithinS = 8, stayS = [180, 540], gapS = [15, 75] } = arrivals;
  const timers = new Map<string, Cancel>();
  const later = (name: string, seconds: number, task: () => void) => {
    timers.get(name)?.();
    timers.set(name, clock.after(seconds * 1000, task));
  };

  const drivers = station.spec.evses.map(({ evseId }) => {
    const own = chance.fork(`evse ${evseId}`);
    let refusals = 0;
    const gap = () => later(`next ${evseId}`, own.between(...gapS), come);
    const leave = () => {
      station.charging.depart(evseId);
      gap();
    };
    const come = () => {
      refusals = 0;
      // Not now: taken, out of service or without power. The next car tries again.
      if (station.charging.arrive(evseId, someCar(own), own.pick(idTokens))) later(`next ${evseId}`, own.between(...stayS), leave);
      else gap();
    };
    later(`next ${evseId}`, own.next() < occupancyAtStart ? own.between(0, firstWithinS) : own.between(...gapS), come);
    return { evseId, come, leave, refused: () => refusals++ < MOST_REFUSALS };
  });

  const unlisten = station.listen((event) => {
    if (event.type === 'RemoteStartAwaitsCar') {
      const driver = drivers.find(({ evseId }) => evseId === event.evseId);
      if (driver !== undefined) later(`next ${event.evseId}`, 2, driver.come);
    }
    if (event.type === 'CarRefused') {
      const driver = drivers.find(({ evseId }) => evseId === event.evseId);
      // A driver tries the card a few times before driving on.
      if (driver?.refused()) later(`card ${event.evseId}`, REFUSED_AGAIN_S, () => station.charging.present(event.evseId, event.idToken));
      else driver?.leave();
    }
  });
  return () => {
    unlisten();
    for (const cancel of timers.values()) cancel();
  };
}
