// A site under every fault, for the promise that matters most: cars come and go, links break, owners stall, operators interfere, limits change,
// and an auditor asks only the stations. What must hold is said in the spec; broken rules meet it too (scripts/mutate.mjs).
// The owner, the edge and the stations stand on the stage beside this file; what is run is in never-exceed-scenarios.
import type { CommandRequested, LimitAlarmReported, LimitExceeded, LimitsDecided, SiteEventData } from '#contracts';
import type { Output } from '#service';
import { Building } from './stage/building.fixture.js';
import type { Random } from './stage/chance.fixture.js';
import { Edge } from './stage/edge.fixture.js';
import { OwnerProcess, SiteDecider } from './stage/owner.fixture.js';
import { Stage } from './stage/stage.fixture.js';
import type { Said, StagedStation } from './stage/station.fixture.js';
import { type SiteState, stationIn } from './state.js';

const START = Date.parse('2026-03-01T12:00:00Z');
export const HOUR = 3_600_000;
export const LEASE_S = 300;
export const RATING_A = 32;
/** After an unannounced cut: the longest lease, the largest clock error, and half a minute. */
export const GRACE_MS = LEASE_S * 1000 + 62_000 + 30_000;

/** Chances: of a message lost each way, of a refusal, and per second and station (per read for the owner) of everything else. */
export interface Faults {
  readonly loss: number;
  readonly rejection: number;
  readonly outage: number;
  readonly reboot: number;
  readonly ownerPause: number;
  readonly operator: number;
  readonly rogue: number;
  /** Of a plan that makes no sense, in the words of this or another owner. */
  readonly plan: number;
  /** Of a car that has had enough for now, or wants more again; absent = all always take what they get. */
  readonly idle?: number;
  /** A refusal by the station that forgets its profiles with its power, where that is another chance than for all. */
  readonly forgetfulRefuses?: number;
  /** That what an operator wants is a dynamic profile, or an update of one (2.1); absent = never. */
  readonly dynamic?: number;
}
export const CALM: Faults = { loss: 0, rejection: 0, outage: 0, reboot: 0, ownerPause: 0, operator: 0, rogue: 0, plan: 0 };
export const ROUGH: Faults = {
  loss: 0.08,
  rejection: 0.04,
  outage: 0.003,
  reboot: 0.0008,
  ownerPause: 0.002,
  operator: 0.002,
  rogue: 0,
  plan: 0,
};

interface Limit {
  readonly from: number;
  readonly limitA: number;
  readonly isAnnounced: boolean;
}

/** A node below the grid connection. */
export interface Branch {
  readonly stations: ReadonlySet<StagedStation>;
  /** Of each line. */
  readonly limitA: readonly [number, number, number];
}
const LINES = [0, 1, 2] as const;

export class FaultyWorld {
  /** On which lines a station is; absent = on all. */
  readonly wired = new Map<StagedStation, readonly number[]>();
  readonly branches: Branch[] = [];
  /** Other loads behind the grid connection; absent = there are none. */
  building?: Building;
  readonly stations: StagedStation[] = [];
  grantedAs = 0;
  /** Limits of dynamic profiles that stations took. */
  updated = 0;
  /** Highest excess of what was drawn over what was allowed [A]; never above 0 is the promise. */
  worstA = Number.NEGATIVE_INFINITY;
  readonly limits: Limit[] = [];
  /** Decisions in which a plan held somebody back: it was in force. */
  heldBack = 0;
  readonly counted: Record<string, number> = {};
  /** What was measured above a limit, and why. */
  readonly exceeded: LimitExceeded[] = [];
  /** Who was said to believe something else than it was told: here all say what they do. */
  readonly accused: LimitAlarmReported[] = [];
  readonly #stage = new Stage(START);
  readonly #decider = new SiteDecider();
  readonly #edge: Edge;
  readonly #owner: OwnerProcess;
  #transactions = 0;
  #asked = 0;
  readonly #flaggedAt = new Map<string, number>();
  /** Stations whose cars take nothing for now. */
  readonly #idle = new Set<StagedStation>();

  constructor(
    readonly random: Random,
    readonly faults: Faults,
  ) {
    const { loss } = faults;
    const way = { delayMs: [0, 2_000], loss } as const;
    this.#edge = new Edge(this.#stage, random, { toStation: way, toEdge: way }, (command, station) => this.#answer(command, station));
    this.#owner = new OwnerProcess(
      this.#stage,
      random,
      { toLogMs: [0, 300], toEdgeMs: [0, 1_000], lateToEdgeMs: [0, 30_000], lostToEdge: loss },
      this.#decider,
      (command) => {
        const station = this.stations.find(({ stationId }) => stationId === command.stationId);
        if (station) this.#edge.take(command, station);
      },
      (output) => this.#note(output),
    );
  }

  get now(): number {
    return this.#stage.now;
  }

  get state(): SiteState {
    return this.#decider.state;
  }

  #chance(probability: number): boolean {
    return this.random() < probability;
  }

  after(ms: number, run: () => void): void {
    this.#stage.after(ms, run);
  }

  append<Type extends keyof SiteEventData>(type: Type, data: SiteEventData[Type], stationId?: string): number {
    return this.#stage.append(type, data, stationId);
  }

  #ownerReads(): void {
    if (this.#owner.read() && this.#chance(this.faults.ownerPause)) this.#owner.stall(60_000);
  }

  #note({ type, data }: Output): void {
    this.counted[type] = (this.counted[type] ?? 0) + 1;
    if (type === 'LimitAlarmReported') this.#noteAccused(data as LimitAlarmReported);
    if (type === 'LimitExceeded') this.exceeded.push(data as LimitExceeded);
    if (type === 'LimitsDecided' && (data as LimitsDecided).evses.some(({ heldBy }) => heldBy !== undefined)) this.heldBack++;
  }

  #noteAccused(alarm: LimitAlarmReported): void {
    if (alarm.kind === 'outlasts' || alarm.kind === 'differs') this.accused.push(alarm);
  }

  // Stations

  #answer(command: CommandRequested, station: StagedStation): unknown {
    if (command.grant === undefined) return this.#reply(command, station);
    const { rejection, forgetfulRefuses = rejection } = this.faults;
    const status = this.#chance(station.isForgetful ? forgetfulRefuses : rejection) ? 'Rejected' : station.take(command);
    if (command.action === 'UpdateDynamicSchedule' && status === 'Accepted') this.updated++;
    return { status };
  }

  /** Questions: a trigger is answered, and followed by what was asked for. */
  #reply(command: CommandRequested, station: StagedStation): unknown {
    if (command.action !== 'TriggerMessage') return station.reply(command, this.now);
    this.after(3_000, () => this.#tell(station, station.status(this.now, this.random)));
    return { status: 'Accepted' };
  }

  #tell(station: StagedStation, said: Said): void {
    if (station.connection === undefined) station.keep(said);
    else this.#edge.call(station, said.action, said.payload, said.answer);
  }

  #drawsA(station: StagedStation): number {
    const mostA = station.drawsA(this.now);
    return this.#idle.has(station) ? 0 : mostA;
  }

  #sample(station: StagedStation): void {
    if (station.transactionId === undefined) return;
    const drawnA = this.now < station.rogueUntil ? station.ratingA : this.#drawsA(station);
    this.#tell(station, station.samples(this.now, drawnA));
  }

  connect(station: StagedStation, boots: boolean): void {
    this.#edge.connect(station, boots);
    if (station.pull !== undefined) this.#edge.call(station, 'PullDynamicScheduleUpdate', station.pull, { status: 'Rejected' });
    for (const said of station.kept(this.now, this.random)) this.#tell(station, said);
  }

  #drop(station: StagedStation, forMs: number, boots: boolean): void {
    if (station.connection === undefined) return;
    if (boots) station.losePower(this.now);
    this.#edge.disconnect(station, this.random() * 40_000);
    this.after(forMs, () => this.connect(station, boots));
  }

  /** Every link breaks, for that long. */
  goDark(forMs: number): void {
    for (const station of this.stations) this.#drop(station, forMs, false);
  }

  /** One second of life: cars come and go, links break, stations speak, operators interfere. */
  #live(): void {
    for (const station of this.stations) {
      if (station.transactionId === undefined) {
        // Without its default a station counts with its rating; others need time to give way before it draws that.
        const isKnown = station.profiles.length > 0 || this.now > station.bootedAt + GRACE_MS;
        if (station.isOpen && station.wasSetUp && isKnown && this.#chance(0.01)) {
          station.startTransaction(++this.#transactions);
          for (const said of station.starts(this.now, this.random)) this.#tell(station, said);
        }
      } else if (this.#chance(0.0015) && station.isOpen) {
        const stop = station.stops(this.now);
        station.endTransaction();
        this.#tell(station, stop);
      }
      if (this.#chance(0.05)) this.#tell(station, station.status(this.now, this.random));
      if (this.#chance(0.05)) this.#sample(station);
      if (this.#chance(this.faults.operator)) this.#interfere(station);
      if (this.faults.idle !== undefined && this.#chance(this.faults.idle) && !this.#idle.delete(station)) this.#idle.add(station);
      // One at a time: two at their rating would leave no room for anybody's honesty to matter.
      const isAlone = this.stations.every(({ rogueUntil }) => rogueUntil < this.now - GRACE_MS);
      if (this.faults.rogue > 0 && isAlone && this.#chance(this.faults.rogue)) station.rogueUntil = this.now + 1_200_000;
      if (this.#chance(this.faults.outage)) this.#drop(station, this.random() * 900_000, false);
      else if (this.#chance(this.faults.reboot)) this.#drop(station, this.#chance(0.5) ? 20_000 : this.random() * 1_200_000, true);
    }
    if (this.faults.plan > 0 && this.#chance(this.faults.plan)) this.#planAnything();
    const report = this.building?.report(this.now);
    if (report !== undefined && !this.#chance(this.faults.loss)) this.append('MeasurementsReported', report);
  }

  /** Any targets, for any slots, for some cars that are there and some that are not, by an owner that may be gone, and already old or not yet begun. */
  #planAnything(): void {
    const atRandom = (ms: number): string => new Date(this.now + (this.random() - 0.3) * ms).toISOString();
    const slots = Array.from({ length: 1 + Math.floor(this.random() * 4) }, () => atRandom(HOUR / 4)).sort();
    const evses = this.stations
      .filter(() => this.#chance(0.8))
      .map(({ stationId, transactionId }) => ({
        stationId,
        evseId: 1,
        transactionId: String(this.#chance(0.9) ? transactionId : this.#transactions),
        wantMa: slots.map(() => (this.#chance(0.3) ? 0 : Math.floor(this.random() * 90_000))),
        departsAt: atRandom(HOUR),
        needWh: 1,
        plannedWh: 1,
      }));
    const isOwn = this.#chance(0.9);
    this.append('PlanComputed', {
      planId: `plan-${this.#stage.length}`,
      ownerEpoch: isOwn ? this.state.ownerEpoch : this.state.ownerEpoch - 1,
      basedOn: this.#chance(0.8) ? this.state.outlookAt : this.state.outlookAt - 5,
      madeFor: new Date(this.now).toISOString(),
      expiresAt: atRandom(HOUR),
      isCosted: this.#chance(0.5),
      slots,
      evses,
      peakKw: 0,
    });
  }

  #interfere(station: StagedStation): void {
    const { stationId, transactionId } = station;
    const limitA = 6 + Math.floor(this.random() * 27);
    const isClear = this.#chance(0.3);
    const isDefault = transactionId === undefined || this.#chance(0.3);
    const stackLevel = this.#chance(0.5) ? 0 : 1;
    const isDynamic = this.faults.dynamic !== undefined && this.#chance(this.faults.dynamic);
    const isUpdate = isDynamic && station.pull !== undefined && this.#chance(0.7);
    const wanted = { stackLevel, isDefault, fromMs: this.now - 60_000, limitA, isDynamic };
    const asked = {
      commandId: `asked-${this.#asked++}`,
      stationId,
      action: isUpdate ? 'UpdateDynamicSchedule' : isClear ? 'ClearChargingProfile' : 'SetChargingProfile',
      payload: isUpdate
        ? { ...station.pull, scheduleUpdate: { limit: limitA } }
        : isClear
          ? this.#chance(0.5)
            ? station.clearRequest
            : {}
          : station.request(wanted),
      notAfter: new Date(this.now + 30_000).toISOString(),
      timeoutMs: 30_000,
      requestedBy: 'api:1',
    };
    this.append('ProfileRequested', asked, stationId);
  }

  // Limits, and whoever watches them

  /** A limit that is told `aheadMs` before it holds; long enough ahead it binds to the second. */
  cut(limitA: number, aheadMs = 0): void {
    const from = this.now + aheadMs;
    const running = this.limits.findLast((limit) => limit.from <= this.now)?.limitA ?? limitA;
    this.limits.push({ from, limitA, isAnnounced: aheadMs >= GRACE_MS });
    const at = (ms: number): string => new Date(ms).toISOString();
    this.append('GridLimitReceived', {
      limitId: `g${this.limits.length}`,
      schedule: [...(aheadMs > 0 ? [{ startsAt: at(this.now), limitA: running }] : []), { startsAt: at(from), limitA }],
      expiresAt: at(from + 10 * HOUR),
      source: 'dso',
    });
  }

  /** The limit nobody may be above now. */
  #boundA(): number {
    const allowed = this.limits.filter(({ from }, index) => {
      const next = this.limits[index + 1];
      const untilMs = next === undefined ? Number.POSITIVE_INFINITY : next.from + (next.isAnnounced ? 0 : GRACE_MS);
      return from <= this.now && this.now < untilMs;
    });
    return Math.max(...allowed.map(({ limitA }) => limitA));
  }

  /** A station that ignores its limits counts with its rating once it was found and the others had time to give way. */
  #countedA(station: StagedStation): number {
    const { stationId, rogueUntil, transactionId } = station;
    const drawn = this.#drawsA(station);
    const isFlagged = stationIn(this.state, stationId)?.ledger.evses[0]?.disobedient === true;
    if (!isFlagged) this.#flaggedAt.delete(stationId);
    else if (!this.#flaggedAt.has(stationId)) this.#flaggedAt.set(stationId, this.now);
    const sinceMs = this.#flaggedAt.get(stationId);
    const isRogue = this.now < rogueUntil && transactionId !== undefined;
    return isRogue && sinceMs !== undefined && this.now > sinceMs + GRACE_MS ? station.ratingA : drawn;
  }

  /** Ends early once the promise is broken. */
  run(ms: number): this {
    for (const end = this.now + ms; this.now < end && this.worstA <= 0; ) {
      this.#stage.passTo(this.now + 1_000, () => this.#ownerReads());
      this.#live();
      this.#ownerReads();
      const drawn = new Map(this.stations.map((station) => [station, this.#countedA(station)]));
      this.grantedAs += tenths([...drawn.values()]);
      this.worstA = Math.max(this.worstA, this.#excessA(drawn));
    }
    return this;
  }

  /** A rise of other loads is an unannounced cut, known when their meter speaks or what it said last runs out (ADR 0063). */
  #besideA(line: (typeof LINES)[number]): number {
    return this.building?.leastA(line, this.now, Building.HOLDS_S * 1000 + GRACE_MS) ?? 0;
  }

  /** Of the worst line, of the whole site or a branch of it. */
  #excessA(drawn: ReadonlyMap<StagedStation, number>): number {
    const on = (line: number, stations: Iterable<StagedStation>): number =>
      tenths([...stations].map((station) => (this.wired.get(station)?.includes(line) === false ? 0 : (drawn.get(station) ?? 0))));
    const boundA = this.#boundA();
    return Math.max(
      ...LINES.flatMap((line) => [
        on(line, this.stations) + this.#besideA(line) - boundA,
        ...this.branches.map(({ stations, limitA }) => on(line, stations) - limitA[line]),
      ]),
    );
  }
}

const tenths = (amps: readonly number[]): number => Math.round(amps.reduce((sum, each) => sum + each, 0) * 10) / 10;
