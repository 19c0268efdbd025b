// A site for days of virtual time: its owner (ours, or the control), chargers that believe what they are told, lost messages, broken links,
// killed owners, limits that are cut with and without warning. At every second an auditor adds up what flows.

import type { CommandRequested } from '#contracts';
import { type Range, randomFrom } from '../../../../apps/load-balancing/stage/chance.fixture.js';
import { Edge, type Way } from '../../../../apps/load-balancing/stage/edge.fixture.js';
import { type Decider, OwnerProcess, SiteDecider } from '../../../../apps/load-balancing/stage/owner.fixture.js';
import { Stage } from '../../../../apps/load-balancing/stage/stage.fixture.js';
import { StagedStation } from '../../../../apps/load-balancing/stage/station.fixture.js';
import { Economy } from './economy.js';
import { CLOCKS_ERR_MS, LimitBook } from './limits.js';
import { Outlet, type Surroundings } from './outlet.js';
import { HOUR_MS, type Place } from './place.js';

const START = Date.parse('2026-03-02T00:00:00Z');
/** Before the first car everybody connects, gets its default, and shows its clock for ten minutes. */
const COMMISSIONING_MS = HOUR_MS / 2;
/** Cuts last two leases, so that half of one told without warning binds; in leases also how late one comes, and from one to the next. */
const CUT = { lasts: 2, late: 16 / 3, every: 22 / 3 };
const MINUTE_MS = 60_000;

/** Times are means of exponential gaps; absent = never. */
export interface Faults {
  readonly loss: number;
  readonly delayMs: Range;
  readonly linkEveryMs?: number;
  readonly linkForMs: Range;
  readonly killEveryMs?: number;
  /** A charger loses its power, and boots after this time with what it kept: profiles and its transaction. */
  readonly powerEveryMs?: number;
  readonly powerForMs?: Range;
}
export const NO_FAULTS: Faults = { loss: 0, delayMs: [100, 500], linkForMs: [0, 0] };
export const FAULTS: Faults = {
  loss: 0.05,
  delayMs: [1_000, 4_000],
  linkEveryMs: 2 * HOUR_MS,
  linkForMs: [MINUTE_MS, 21 * MINUTE_MS],
  killEveryMs: 6 * HOUR_MS,
};
/** The same, and every charger loses its power twice a day. */
export const POWER_FAULTS: Faults = { ...FAULTS, powerEveryMs: 12 * HOUR_MS, powerForMs: [20_000, 10 * MINUTE_MS] };

export interface Setting {
  readonly place: Place;
  readonly seed: number;
  readonly faults: Faults;
  readonly decider?: Decider;
  readonly sampleMs: number;
  /** Chance and length as said in the part's text; false = the limit stays. */
  readonly cuts: boolean;
  readonly lastsMs: number;
  /** Drivers say when they leave and what they need; absent = nobody says anything. */
  readonly areFrank?: boolean;
}

export class SafetyWorld {
  readonly stage = new Stage(START - COMMISSIONING_MS);
  readonly outlets: readonly Outlet[];
  readonly economy: Economy;
  readonly limits: LimitBook;
  readonly decider: Decider;
  /** Above the limit in force [s], and above what P6 still allows. */
  insideGraceS = 0;
  beyondS = 0;
  /** Highest excess over the limit in force, and over what P6 still allows [A]. */
  worstA = Number.NEGATIVE_INFINITY;
  worstBeyondA = Number.NEGATIVE_INFINITY;
  /** Everything is lost from now on. */
  isDark = false;
  readonly #owner: OwnerProcess;
  readonly #drawnA: Float64Array;
  #transactions = 0;
  readonly #random;

  constructor(private readonly setting: Setting) {
    const { place, seed, faults, sampleMs, decider = new SiteDecider(), areFrank = false } = setting;
    this.decider = decider;
    this.economy = new Economy(place.leaseS * 1000);
    this.#random = randomFrom(seed);
    const random = this.#random;
    const { stage } = this;
    const usual: Way = { delayMs: faults.delayMs, loss: faults.loss };
    const world = this;
    const way = {
      delayMs: faults.delayMs,
      get loss() {
        return world.isDark ? 1 : faults.loss;
      },
    };
    const edge = new Edge(stage, random, { toStation: way, toEdge: way }, (command, { stationId }) => this.#answer(command, stationId));
    const around: Surroundings = {
      stage,
      edge,
      random,
      wayUp: () => (this.isDark ? { ...usual, loss: 1 } : usual),
      sampleMs,
      carA: place.carA,
      kWPerA: place.kWPerA,
      areFrank,
      nextTransactionId: () => ++this.#transactions,
    };
    this.outlets = place.stations.map(({ stationId, evses }) => {
      const skewMs = Math.round((random() * 2 - 1) * CLOCKS_ERR_MS);
      return new Outlet(new StagedStation(stationId, evses[0]?.maxA ?? 32, skewMs, false), around);
    });
    this.#drawnA = new Float64Array(this.outlets.length);
    const byId = new Map(this.outlets.map((outlet) => [outlet.station.stationId, outlet]));
    this.#byId = byId;
    this.#owner = new OwnerProcess(
      stage,
      random,
      { toLogMs: [0, 200], toEdgeMs: [0, 200], lateToEdgeMs: [0, 30_000], lostToEdge: 0 },
      {
        get ownerEpoch() {
          return decider.ownerEpoch;
        },
        decide: (input) => {
          if (input.type === 'CommandRefused') this.economy.refused(input.stationId ?? '', input.data.commandId);
          return decider.decide(input);
        },
        due: () => decider.due(),
      },
      (command) => {
        const outlet = byId.get(command.stationId);
        if (outlet !== undefined) edge.take(command, outlet.station);
      },
      ({ type, data }) => {
        if (type === 'ConfigurationRefused') throw new Error(`the site is refused: ${JSON.stringify(data)}`);
        if (type === 'CommandRequested') this.economy.note(data as CommandRequested, stage.now);
      },
    );
    this.limits = new LimitBook(place.fullSize, place.leaseS * 1000);
    this.#configure();
    this.#schedule();
  }

  readonly #byId: ReadonlyMap<string, Outlet>;

  get deliveredKwh(): number {
    return this.outlets.reduce((sum, { deliveredKwh }) => sum + deliveredKwh, 0);
  }

  #configure(): void {
    const { place } = this.setting;
    const { stage } = this;
    const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: place.voltageV, leaseSeconds: place.leaseS, root: place.root };
    stage.append('ConfigurationRequested', { requestId: 'site', requestedBy: 'x', change: { kind: 'site', config } });
    stage.append('SiteTaken', { ownerId: 'first' });
    place.stations.forEach((station, index) => {
      const change = { kind: 'station', assignmentSeq: 1, config: station } as const;
      stage.append('ConfigurationRequested', { requestId: station.stationId, requestedBy: 'x', change }, station.stationId);
      stage.after(2_000 + index * 500, () => this.outlets[index]?.connect(true));
    });
  }

  /** Cars, faults and cuts, each from its own chance, so that runs under different faults meet the same cars and cuts. */
  #schedule(): void {
    const { place, seed, faults, cuts, lastsMs } = this.setting;
    const { stage } = this;
    for (const stay of place.stays(seed, lastsMs))
      stage.after(COMMISSIONING_MS + stay.fromMs, () => this.outlets[stay.outlet]?.arrive(stay));
    const { linkEveryMs, killEveryMs, powerEveryMs } = faults;
    if (linkEveryMs !== undefined) for (const outlet of this.outlets) this.#breakLinks(outlet, linkEveryMs);
    if (powerEveryMs !== undefined) for (const outlet of this.outlets) this.#cutPower(outlet, powerEveryMs);
    if (killEveryMs !== undefined) this.#kill(killEveryMs);
    if (cuts) this.#cut(randomFrom(seed + 104_729), 0);
  }

  #gapMs(meanMs: number): number {
    return -Math.log(1 - this.#random()) * meanMs;
  }

  #breakLinks(outlet: Outlet, everyMs: number): void {
    const { linkForMs } = this.setting.faults;
    this.stage.after(COMMISSIONING_MS + this.#gapMs(everyMs), () => this.#breakLink(outlet, everyMs, linkForMs));
  }

  #breakLink(outlet: Outlet, everyMs: number, forMs: Range): void {
    outlet.disconnect([0, 40_000]);
    this.stage.after(forMs[0] + this.#random() * (forMs[1] - forMs[0]), () => {
      outlet.connect(false);
      this.stage.after(this.#gapMs(everyMs), () => this.#breakLink(outlet, everyMs, forMs));
    });
  }

  #cutPower(outlet: Outlet, everyMs: number): void {
    const [least, most] = this.setting.faults.powerForMs ?? [0, 0];
    this.stage.after(COMMISSIONING_MS + this.#gapMs(everyMs), () => {
      outlet.losePower();
      this.stage.after(least + this.#random() * (most - least), () => {
        outlet.boot();
        this.#cutPower(outlet, everyMs);
      });
    });
  }

  #kill(everyMs: number): void {
    this.stage.after(this.#gapMs(everyMs), () => {
      this.#owner.stall(MINUTE_MS);
      this.#kill(everyMs);
    });
  }

  /** Three tenths of all time; every other one is told a lease, the clock error and half a minute ahead. */
  #cut(random: () => number, count: number): void {
    const leaseMs = this.setting.place.leaseS * 1000;
    this.stage.after(COMMISSIONING_MS + random() * CUT.late * leaseMs, () => this.cut(count % 2 === 0 ? 0 : this.limits.graceMs));
    this.stage.after(CUT.every * leaseMs, () => this.#cut(random, count + 1));
  }

  cut(aheadMs: number): void {
    const { cutSize, fullSize, leaseS } = this.setting.place;
    const { stage, limits } = this;
    const fromMs = stage.now + aheadMs;
    const toMs = fromMs + CUT.lasts * leaseS * 1000;
    limits.add({ fromMs, size: cutSize, isAnnounced: aheadMs > 0 });
    limits.add({ fromMs: toMs, size: fullSize, isAnnounced: true });
    const at = (ms: number): string => new Date(ms).toISOString();
    const size = [...(aheadMs > 0 ? [[stage.now, fullSize]] : []), [fromMs, cutSize], [toMs, fullSize]] as const;
    for (const [index, { nodeId }] of this.setting.place.limitsOf(fullSize).entries()) {
      const limitA = (value: number) => this.setting.place.limitsOf(value)[index]?.limitA ?? 0;
      stage.append('GridLimitReceived', {
        limitId: `${nodeId}@${fromMs}`,
        nodeId,
        schedule: size.map(([ms, value]) => ({ startsAt: at(ms as number), limitA: limitA(value as number) })),
        expiresAt: at(fromMs + 24 * HOUR_MS),
        source: 'dso',
      });
    }
  }

  #answer(command: CommandRequested, stationId: string): unknown {
    const outlet = this.#byId.get(stationId);
    if (outlet === undefined || outlet.conduct === 'silent') return undefined;
    if (!/ChargingProfile$/.test(command.action)) {
      if (command.action !== 'TriggerMessage') return { status: 'NotSupported' };
      // Behind its answer: both take the same socket.
      outlet.sayStatus(this.setting.faults.delayMs[1]);
      return { status: 'Accepted' };
    }
    if (outlet.conduct === 'rejects') return { status: 'Rejected' };
    return { status: outlet.conduct === 'ignores' ? 'Accepted' : outlet.station.take(command) };
  }

  /** `onHour` hears the hours that have passed. */
  run(ms: number, onSecond?: () => void): this {
    const { stage } = this;
    for (const end = stage.now + ms; stage.now < end; ) {
      stage.passTo(stage.now + 1_000, () => this.#owner.read());
      this.#owner.read();
      this.#audit();
      onSecond?.();
    }
    return this;
  }

  commission(): this {
    return this.run(COMMISSIONING_MS);
  }

  #audit(): void {
    const { place } = this.setting;
    let isDrawn = false;
    for (const [index, outlet] of this.outlets.entries()) {
      const amps = outlet.isHungry ? outlet.drawnA() : 0;
      this.#drawnA[index] = amps;
      if (amps === 0) continue;
      isDrawn = true;
      outlet.charge(amps, 1_000);
    }
    if (!isDrawn) return;
    const { size, bound } = this.limits.at(this.stage.now);
    const excessA = place.excessA(this.#drawnA, size);
    this.worstA = Math.max(this.worstA, excessA);
    if (excessA > 0 && bound > size) this.insideGraceS++;
    const beyondA = bound > size ? place.excessA(this.#drawnA, bound) : excessA;
    this.worstBeyondA = Math.max(this.worstBeyondA, beyondA);
    if (beyondA > 0) this.beyondS++;
  }
}
