// Bad days by chance: links that drop, answers that get lost, power that fails. Each kind has its own rate.
// The faults themselves are methods of the station, which a test calls directly.
import type { Chance } from './chance.js';
import type { Cancel, Clock } from './clock.js';
import type { Station } from './station.js';

/** Mean number per station and hour; absent means never. */
export interface FaultRates {
  readonly linkLossesPerHour?: number;
  /** How long a lost link stays away [s], from and to; 1 to 120 unless told. */
  readonly linkDownS?: readonly [number, number];
  readonly lostAnswersPerHour?: number;
  readonly repeatedMessagesPerHour?: number;
  readonly resetsPerHour?: number;
  readonly powerLossesPerHour?: number;
  /** Periods of a minute in which calls of the CSMS meet silence. */
  readonly silencesPerHour?: number;
  /** Share of stations that ignore their limits; chosen once. */
  readonly disobedientShare?: number;
  /** Largest clock error [ms]; each station gets its own. */
  readonly clockSkewMs?: number;
}

const HOUR_MS = 3_600_000;
const SILENCE_MS = 60_000;

/** Applies faults to one station until the returned function is called. */
export function bringFaults(station: Station, clock: Clock, chance: Chance, rates: FaultRates): Cancel {
  const cancels = new Map<string, Cancel>();
  const every = (name: string, perHour: number | undefined, fault: (own: Chance) => void) => {
    if (perHour === undefined || perHour <= 0) return;
    const own = chance.fork(name);
    const arm = () => {
      cancels.set(
        name,
        clock.after(own.wait(HOUR_MS / perHour), () => {
          fault(own);
          arm();
        }),
      );
    };
    arm();
  };
  const [downFrom, downTo] = rates.linkDownS ?? [1, 120];
  every('link', rates.linkLossesPerHour, (own) => station.loseLink(own.between(downFrom, downTo) * 1000));
  every('answer', rates.lostAnswersPerHour, () => station.loseAnswers());
  every('repeat', rates.repeatedMessagesPerHour, () => station.repeatLastMessage());
  every('reset', rates.resetsPerHour, () => station.reset('HardReset'));
  every('power', rates.powerLossesPerHour, (own) => station.losePower(own.between(2, 60) * 1000));
  every('silence', rates.silencesPerHour, () => {
    station.ignoreCalls(true);
    cancels.set(
      'silence over',
      clock.after(SILENCE_MS, () => station.ignoreCalls(false)),
    );
  });
  if (chance.fork('disobedient').next() < (rates.disobedientShare ?? 0)) station.disobey(true);
  if (rates.clockSkewMs !== undefined) station.skewClock(Math.round(chance.fork('skew').between(-rates.clockSkewMs, rates.clockSkewMs)));
  return () => {
    for (const cancel of cancels.values()) cancel();
  };
}
