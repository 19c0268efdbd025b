// Many stations in one world: starts them, sends cars and faults, sums up what happened.
// One station is described in station.ts.
import { randomUUID } from 'node:crypto';
import type { OcppVersion } from '#ocpp';
import { type Chance, chance } from './chance.js';
import { type Cancel, type Clock, scaledClock, systemClock } from './clock.js';
import { type Arrivals, driveTo } from './drivers.js';
import { bringFaults, type FaultRates } from './faults.js';
import { DEFAULT_KEPT } from './ledger.js';
import { type BackOff, DEFAULT_BACK_OFF } from './line.js';
import { type Dial, webSocketDial } from './link.js';
import type { Phase } from './meter.js';
import type { StationSpec } from './specs.js';
import { type Registration, Station } from './station.js';
import type { AnsweredMessage, IdToken, TransactionRecord } from './transaction.js';

export interface FleetOptions {
  /** Without the station ids, e.g. `ws://127.0.0.1:9220/ocpp`. */
  readonly url: string;
  readonly stations: readonly StationSpec[];
  readonly seed?: number | string;
  /** Seconds between samples until the CSMS says otherwise; 10 unless told. */
  readonly sampleIntervalS?: number;
  /** Everything runs this much faster, timestamps included, so the CSMS must live on the same clock; 1 unless told. */
  readonly timeScale?: number;
  /** Instead of the machine's clock. */
  readonly clock?: Clock;
  /** 'none': nobody comes; the caller plugs cars in by `station.charging.arrive`. */
  readonly arrivals?: Arrivals | 'none';
  /** Tokens of the drivers; ten made from the seed unless told. */
  readonly idTokens?: readonly string[];
  readonly faults?: FaultRates;
  /** The first dials are spread over this time [ms]; 0 unless told. */
  readonly dialWithinMs?: number;
  readonly backOff?: BackOff;
  /** Real sockets unless told. */
  readonly dial?: Dial;
  /** Message and transaction ids; random UUIDs unless told. */
  readonly ids?: () => string;
  /** How long a reset takes [ms]; 3000 unless told. */
  readonly bootMs?: number;
  /** Answered messages and transactions remembered per station; 5000 unless told. */
  readonly kept?: number;
}

export interface StationTotals {
  readonly stationId: string;
  readonly ocppVersion: OcppVersion;
  readonly online: boolean;
  readonly registration: Registration;
  readonly connections: number;
  /** Messages waiting. */
  readonly queued: number;
  readonly answeredCount: number;
  readonly failedCount: number;
  readonly answeredByAction: Readonly<Record<string, number>>;
  /** In the order of the answers. */
  readonly answered: readonly AnsweredMessage[];
  readonly registers: readonly { readonly evseId: number; readonly registerWh: number }[];
  readonly transactions: readonly TransactionRecord[];
}

/** What one outlet really draws now, whatever it was told. */
export interface Draw {
  readonly stationId: string;
  readonly evseId: number;
  readonly phase: Phase;
  /** Negative where its car feeds back. */
  readonly currentMa: number;
}

export interface Fleet {
  readonly stations: readonly Station[];
  readonly idTokens: readonly string[];
  /** Throws on an unknown id. */
  station(stationId: string): Station;
  totals(): readonly StationTotals[];
  draws(): readonly Draw[];
  /** No more cars, no more faults; running transactions go on. */
  calm(): void;
  /** Switches everything off. Running transactions are not ended. */
  stop(): Promise<void>;
}

/** Seven-byte card numbers in hex, as an ISO 14443 reader shows them. */
export function idTokensOf(seed: number | string, count = 10): readonly string[] {
  const source = chance(`${seed}/tokens`);
  const byte = () => source.integer(0, 255).toString(16).padStart(2, '0').toUpperCase();
  return Array.from({ length: count }, () => `04${byte()}${byte()}${byte()}${byte()}${byte()}${byte()}`);
}

function totalsOf(station: Station): StationTotals {
  const { ledger, spec } = station;
  return {
    stationId: spec.stationId,
    ocppVersion: spec.ocppVersion,
    online: station.online,
    registration: station.registration,
    connections: station.connections,
    queued: station.queued,
    answeredCount: ledger.answeredCount,
    failedCount: ledger.failedCount,
    answeredByAction: { ...ledger.answeredByAction },
    answered: [...ledger.answered],
    registers: station.installation.outlets.map(({ evseId, meter }) => ({ evseId, registerWh: meter.registerMwh / 1000 })),
    transactions: ledger.transactions.map((record) => ({ ...record, answered: [...record.answered] })),
  };
}

function build(options: FleetOptions, clock: Clock, source: Chance): readonly Station[] {
  const { timeScale = 1, sampleIntervalS = 10, backOff = DEFAULT_BACK_OFF, bootMs = 3_000, kept = DEFAULT_KEPT } = options;
  const world = {
    url: options.url,
    clock,
    ids: options.ids ?? randomUUID,
    dial: options.dial ?? webSocketDial(),
    sampleIntervalS,
    backOff,
    followsServerClock: timeScale === 1 && options.clock === undefined,
    kept,
    bootMs,
  };
  return options.stations.map((spec) => new Station(spec, { ...world, chance: source.fork(spec.stationId) }));
}

/** Resolves as soon as every station is on its way to the CSMS; a CSMS that is not there is dialled again and again. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { seed = 1, timeScale = 1, arrivals = {}, dialWithinMs = 0, faults } = options;
  const source = chance(seed);
  const clock = options.clock ?? (timeScale === 1 ? systemClock : scaledClock(timeScale));
  const stations = build(options, clock, source);
  const idTokens = options.idTokens ?? idTokensOf(seed);
  const [first, ...others] = idTokens.map((idToken): IdToken => ({ idToken, type: 'ISO14443' }));

  const pastimes: Cancel[] = [];
  const dials: Cancel[] = [];
  for (const station of stations) {
    const own = source.fork(`${station.stationId}/world`);
    if (dialWithinMs > 0) dials.push(clock.after(own.between(0, dialWithinMs), () => station.start()));
    else station.start();
    if (arrivals !== 'none' && first !== undefined)
      pastimes.push(driveTo(station, clock, own.fork('drivers'), [first, ...others], arrivals));
    if (faults !== undefined) pastimes.push(bringFaults(station, clock, own.fork('faults'), faults));
  }
  const byId = new Map(stations.map((station) => [station.stationId, station]));
  const calm = () => {
    for (const cancel of pastimes.splice(0)) cancel();
  };
  return {
    stations,
    idTokens,
    station: (stationId) => {
      const station = byId.get(stationId);
      if (station === undefined) throw new Error(`no station ${stationId} in this fleet`);
      return station;
    },
    totals: () => stations.map(totalsOf),
    draws: () =>
      stations.flatMap(({ stationId, installation }) => {
        installation.settle(clock.now());
        return installation.outlets.flatMap(({ evseId, flows }) =>
          flows.map(({ phase, currentMa }) => ({ stationId, evseId, phase, currentMa })),
        );
      }),
    calm,
    stop: async () => {
      calm();
      for (const cancel of dials) cancel();
      for (const station of stations) station.stop();
    },
  };
}
