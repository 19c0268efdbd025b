// Bad days by chance: which faults come how often. What each does is said where it happens: weather, wire, processes, stations.
// Rates are means per hour and process, station or network.
import type { Chance, Fleet } from '#apps/simulator';
import type { SimulatedNetwork } from './network.js';
import type { Moment, Server } from './weather.js';

export interface FaultKinds {
  /** Processes die at whatever they are doing, and start again. */
  readonly crashes: number;
  /** Processes stand still and wake up as zombies. */
  readonly pauses: number;
  /** A process loses the log, the rows or the routing server for a while. */
  readonly cuts: number;
  /** Processes die or stand still at the worst moment: where those are is said in weather.ts. */
  readonly strikes: number;
  /** The room loses its power for a moment: everything in the routing server, an edge, and for a while a process of services. */
  readonly blackouts: number;
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
  /** Per station: a frame takes seconds each way. */
  readonly slowLinks: number;
  readonly lostAnswers: number;
  /** A station does what it was told, and its answer is lost. */
  readonly lostReplies: number;
  readonly repeatedFrames: number;
  readonly resets: number;
  readonly powerLosses: number;
  readonly silences: number;
  /** Share of what the payment provider is asked, or answers, that gets lost. */
  readonly lostPayments: number;
  /** Share of stations that draw what they like. */
  readonly disobedience: number;
  /** Largest error of a station's clock [ms]. */
  readonly skewMs: number;
  /** Largest error of the clock of one of our processes [ms]: they are kept by NTP. */
  readonly clockErrorMs: number;
}

export const CALM: FaultKinds = {
  crashes: 0,
  pauses: 0,
  cuts: 0,
  strikes: 0,
  blackouts: 0,
  expulsions: 0,
  slowConsumers: 0,
  fullDisks: 0,
  emptiedRouting: 0,
  lostLinks: 0,
  silentLinks: 0,
  slowLinks: 0,
  lostAnswers: 0,
  lostReplies: 0,
  repeatedFrames: 0,
  resets: 0,
  powerLosses: 0,
  silences: 0,
  lostPayments: 0,
  disobedience: 0,
  skewMs: 0,
  clockErrorMs: 0,
};

export const ROUGH: FaultKinds = {
  crashes: 4,
  pauses: 4,
  cuts: 6,
  strikes: 6,
  blackouts: 2,
  expulsions: 4,
  slowConsumers: 2,
  fullDisks: 2,
  emptiedRouting: 4,
  lostLinks: 5,
  silentLinks: 4,
  slowLinks: 2,
  lostAnswers: 4,
  lostReplies: 3,
  repeatedFrames: 4,
  resets: 1,
  powerLosses: 1,
  silences: 1,
  lostPayments: 0.2,
  disobedience: 0.05,
  skewMs: 20_000,
  clockErrorMs: 1_500,
};

/** Stations answer late, not at all, or are away with what they were granted; nothing makes the network look at its worst case meanwhile. */
export const LINKS: FaultKinds = {
  ...CALM,
  pauses: 1,
  slowLinks: 4,
  lostLinks: 3,
  lostReplies: 8,
  silences: 6,
  skewMs: 20_000,
};

/** Sites change their owners all the time, in the middle of what they do. */
export const HANDOVERS: FaultKinds = {
  ...CALM,
  crashes: 2,
  pauses: 4,
  strikes: 20,
  expulsions: 30,
  cuts: 4,
  slowLinks: 12,
  lostLinks: 3,
  silences: 3,
  lostPayments: 0.1,
  clockErrorMs: 1_500,
};

/** The routing server forgets, and stations come back while it does. */
export const BLACKOUTS: FaultKinds = { ...CALM, blackouts: 8, emptiedRouting: 8, crashes: 2, lostLinks: 4, silentLinks: 6 };

/** Stations do not hear that they were heard, and say it again. */
export const REPEATS: FaultKinds = { ...CALM, lostAnswers: 20, repeatedFrames: 20, lostLinks: 6, silentLinks: 4 };

/** Nothing goes wrong, but for stations that draw what they like. */
export const ROGUES: FaultKinds = { ...CALM, disobedience: 0.3 };

/** By name. */
export const FAULT_KINDS = {
  calm: CALM,
  rough: ROUGH,
  repeats: REPEATS,
  links: LINKS,
  handovers: HANDOVERS,
  blackouts: BLACKOUTS,
  rogues: ROGUES,
};
export type FaultName = keyof typeof FAULT_KINDS;

export interface Faults {
  /** No fault begins any more, and what can be mended is mended. */
  readonly calm: () => void;
  /** The end of the latest trouble known of so far. */
  readonly troubledUntilMs: () => number;
}

const HOUR_MS = 3_600_000;
const SERVERS: readonly [Server, ...Server[]] = ['log', 'rows', 'routing'];
const MOMENTS: readonly [Moment, ...Moment[]] = ['append', 'begin', 'commit', 'route'];
/** Long enough for another owner to take over, short enough for a limit still to be sent [ms]. */
const OVERTAKEN_MS = [10_500, 19_500] as const;
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
  const { timeline, weather, wire, routing, broker, bank } = network;
  let isCalm = false;
  let untilMs = Number.NEGATIVE_INFINITY;

  const struck = (lastsMs: number): void => {
    onTrouble(timeline.now());
    untilMs = Math.max(untilMs, timeline.now() + lastsMs + AFTERMATH_MS);
  };

  /** `strike` says how long it lasts [ms]. */
  const every = (name: string, perHour: number, strike: (own: Chance) => number): void => {
    if (perHour <= 0) return;
    const own = chance.fork(name);
    const arm = (afterMs: number): void => {
      const at = afterMs + own.wait(HOUR_MS / perHour);
      if (at > toMs) return;
      timeline.at(at, () => {
        if (isCalm) return;
        struck(strike(own));
        arm(at);
      });
    };
    arm(fromMs);
  };
  const lasting = (own: Chance, longestMs: number): number => Math.round(longestMs * own.next() ** 2) + 100;

  bank.lost = kinds.lostPayments;
  for (const process of network.processes) {
    const { name } = process;
    if (kinds.clockErrorMs > 0)
      network.clockErrors.set(name, Math.round(chance.fork(`clock ${name}`).between(-kinds.clockErrorMs, kinds.clockErrorMs)));
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
    every(`strike ${name}`, kinds.strikes, (own) => {
      const [downMs, pausedMs, isFatal] = [lasting(own, 30_000), own.between(...OVERTAKEN_MS), own.next() < 0.5];
      weather.ambush(name, own.pick(MOMENTS), () => {
        struck(isFatal ? downMs : pausedMs);
        if (isFatal) network.crash(process, downMs);
        else network.pause(process, pausedMs);
      });
      return 0;
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
  every('blackout', kinds.blackouts, (own) => {
    const ms = lasting(own, 30_000);
    const pick = (kind: string) => network.processes.filter((process) => process.kind === kind)[own.integer(0, 1)];
    const [edge, services] = [pick('edge'), pick('services')];
    routing.empty();
    if (edge !== undefined) network.crash(edge, 100);
    if (services !== undefined) network.pause(services, ms);
    return ms;
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
    every(`slow ${stationId}`, kinds.slowLinks, (own) => {
      const ms = lasting(own, 300_000);
      wire.slowLinks.set(stationId, own.between(1_000, 8_000));
      timeline.after(ms, () => wire.slowLinks.delete(stationId));
      return ms;
    });
    every(`reply ${stationId}`, kinds.lostReplies, () => {
      wire.lostReplies.add(stationId);
      return 60_000;
    });
    every(`answers ${stationId}`, kinds.lostAnswers, (own) => {
      const start = station.spec.ocppVersion === 'ocpp1.6' ? 'StartTransaction' : 'TransactionEvent';
      station.loseAnswers(own.integer(1, 2), own.next() < 0.3 ? start : undefined);
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
      bank.lost = 0;
      wire.slowLinks.clear();
      wire.lostReplies.clear();
      for (const { life } of network.processes) if (life.isPaused) life.resume();
    },
    troubledUntilMs: () => untilMs,
  };
}
