// Bad days by chance: which faults come how often. What each does is said where it happens: weather, wire, processes, stations.
// Rates are means per hour and process, station or network.
import type { Chance, Fleet } from '#apps/simulator';
import type { SimulatedNetwork } from './network.js';
import type { Server } from './weather.js';

export interface FaultKinds {
  /** Processes die at whatever they are doing, and start again. */
  readonly crashes: number;
  /** Processes stand still and wake up as zombies. */
  readonly pauses: number;
  /** A process loses the log, the rows or the routing server for a while. */
  readonly cuts: number;
  /** A consumer loses its partitions without being told. */
  readonly expulsions: number;
  readonly slowConsumers: number;
  /** The log refuses every record. */
  readonly fullDisks: number;
  /** Directory, router and answer book are emptied. */
  readonly emptiedRouting: number;
  /** Per station: links lost, with offline queues as their consequence. */
  readonly lostLinks: number;
  readonly silentLinks: number;
  readonly lostAnswers: number;
  readonly repeatedFrames: number;
  readonly resets: number;
  readonly powerLosses: number;
  readonly silences: number;
  /** Share of stations that draw what they like. */
  readonly disobedience: number;
  /** Largest error of a station's clock [ms]. */
  readonly skewMs: number;
}

export const CALM: FaultKinds = {
  crashes: 0,
  pauses: 0,
  cuts: 0,
  expulsions: 0,
  slowConsumers: 0,
  fullDisks: 0,
  emptiedRouting: 0,
  lostLinks: 0,
  silentLinks: 0,
  lostAnswers: 0,
  repeatedFrames: 0,
  resets: 0,
  powerLosses: 0,
  silences: 0,
  disobedience: 0,
  skewMs: 0,
};

export const ROUGH: FaultKinds = {
  crashes: 4,
  pauses: 4,
  cuts: 6,
  expulsions: 4,
  slowConsumers: 2,
  fullDisks: 2,
  emptiedRouting: 4,
  lostLinks: 5,
  silentLinks: 4,
  lostAnswers: 4,
  repeatedFrames: 4,
  resets: 1,
  powerLosses: 1,
  silences: 1,
  disobedience: 0.05,
  skewMs: 20_000,
};

export interface Faults {
  /** No fault begins any more, and what can be mended is mended. */
  readonly calm: () => void;
  /** The end of the latest trouble known of so far. */
  readonly troubledUntilMs: () => number;
}

const HOUR_MS = 3_600_000;
const SERVERS: readonly [Server, ...Server[]] = ['log', 'rows', 'routing'];
/** Until everything a fault set going has come to rest. */
const AFTERMATH_MS = 120_000;

export function bringFaults(
  network: SimulatedNetwork,
  fleet: Fleet,
  chance: Chance,
  kinds: FaultKinds,
  fromMs: number,
  toMs: number,
  onTrouble: (atMs: number) => void = () => {},
): Faults {
  const { timeline, weather, wire, routing, broker } = network;
  let isCalm = false;
  let untilMs = Number.NEGATIVE_INFINITY;

  /** `strike` says how long it lasts [ms]. */
  const every = (name: string, perHour: number, strike: (own: Chance) => number): void => {
    if (perHour <= 0) return;
    const own = chance.fork(name);
    const arm = (afterMs: number): void => {
      const at = afterMs + own.wait(HOUR_MS / perHour);
      if (at > toMs) return;
      timeline.at(at, () => {
        if (isCalm) return;
        const lastsMs = strike(own);
        onTrouble(timeline.now());
        untilMs = Math.max(untilMs, timeline.now() + lastsMs + AFTERMATH_MS);
        arm(at);
      });
    };
    arm(fromMs);
  };
  const lasting = (own: Chance, longestMs: number): number => Math.round(longestMs * own.next() ** 2) + 100;

  for (const process of network.processes) {
    const { name } = process;
    every(`crash ${name}`, kinds.crashes, (own) => {
      const downMs = lasting(own, 120_000);
      network.crash(process, downMs);
      return downMs;
    });
    every(`pause ${name}`, kinds.pauses, (own) => {
      const ms = lasting(own, 60_000);
      network.pause(process, ms);
      return ms;
    });
    every(`cut ${name}`, kinds.cuts, (own) => {
      const server = own.pick(SERVERS);
      const ms = lasting(own, 90_000);
      weather.cut(name, server);
      timeline.after(ms, () => weather.heal(name, server));
      return ms;
    });
    if (process.kind === 'services')
      every(`slow ${name}`, kinds.slowConsumers, (own) => {
        const ms = lasting(own, 180_000);
        weather.slowConsumers.set(name, own.between(500, 20_000));
        timeline.after(ms, () => weather.slowConsumers.delete(name));
        return ms;
      });
  }
  every('expulsion', kinds.expulsions * 4, (own) => {
    const groups = broker.groups();
    groups[own.integer(0, groups.length - 1)]?.expel((count) => own.integer(0, count - 1));
    return 10_000;
  });
  every('disk', kinds.fullDisks, (own) => {
    const ms = lasting(own, 60_000);
    weather.isDiskFull = true;
    timeline.after(ms, () => {
      weather.isDiskFull = false;
    });
    return ms;
  });
  every('routing', kinds.emptiedRouting, () => {
    routing.empty();
    return 10_000;
  });
  every('silent links', kinds.silentLinks, (own) => {
    wire.goSilent(own.next() ** 2);
    return 180_000;
  });

  for (const station of fleet.stations) {
    const { stationId } = station;
    every(`link ${stationId}`, kinds.lostLinks, (own) => {
      const ms = lasting(own, 600_000);
      station.loseLink(ms);
      return ms;
    });
    every(`answers ${stationId}`, kinds.lostAnswers, (own) => {
      station.loseAnswers(own.integer(1, 2));
      return 60_000;
    });
    every(`repeat ${stationId}`, kinds.repeatedFrames, () => {
      station.repeatLastMessage();
      return 1_000;
    });
    every(`reset ${stationId}`, kinds.resets, () => {
      station.reset('HardReset');
      return 10_000;
    });
    every(`power ${stationId}`, kinds.powerLosses, (own) => {
      const ms = lasting(own, 300_000);
      station.losePower(ms);
      return ms;
    });
    every(`silence ${stationId}`, kinds.silences, (own) => {
      const ms = lasting(own, 120_000);
      station.ignoreCalls(true);
      timeline.after(ms, () => station.ignoreCalls(false));
      return ms;
    });
    if (kinds.skewMs > 0) station.skewClock(Math.round(chance.fork(`skew ${stationId}`).between(-kinds.skewMs, kinds.skewMs)));
  }
  return {
    calm: () => {
      isCalm = true;
      weather.healAll();
      for (const { life } of network.processes) if (life.isPaused) life.resume();
    },
    troubledUntilMs: () => untilMs,
  };
}
