// A site under every fault, for the promise that matters most: an owner, an unreliable way to stations, stations that believe every profile
// they received, as OCPP text, and an auditor that asks only them. What must hold is said in the spec; broken rules meet it too (scripts/mutate.mjs).
// Long because it is a world: its parts know each other, and each is short.
import type { CommandRequested, LimitsDecided, Recorded, SiteEvent, SiteEventData } from '#contracts';
import { type CompositePeriod, compositeSchedule } from '#domain/charging-profiles';
import { siteFold } from './decide.js';
import { newSite, type SiteState, stationIn } from './state.js';

const START = Date.parse('2026-03-01T12:00:00Z');
export const HOUR = 3_600_000;
const LEASE_S = 300;
const RATING_A = 32;
/** A car follows a lower limit within this time [ms]. */
const CAR_FOLLOWS_MS = 4_000;
/** After an unannounced cut: the longest lease, the largest clock error, and half a minute. */
const GRACE_MS = LEASE_S * 1000 + 62_000 + 30_000;

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

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
  /** A refusal by the station that forgets its profiles with its power, where that is another chance than for all. */
  readonly forgetfulRefuses?: number;
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

interface Profile {
  readonly purpose: string;
  readonly stackLevel: number;
  readonly id: number;
  readonly raw: unknown;
}
interface ProfilePayload {
  readonly id?: number;
  readonly csChargingProfiles?: {
    readonly chargingProfileId: number;
    readonly stackLevel: number;
    readonly chargingProfilePurpose: string;
    readonly transactionId?: number;
  };
}

class Station {
  profiles: readonly Profile[] = [];
  /** Offset of the StationConnected it stands on; undefined while it is away. */
  connection: number | undefined;
  booted = false;
  wasSetUp = false;
  bootedAt = 0;
  transactionId: number | undefined;
  busyUntil = 0;
  /** Ignores every limit until then. */
  rogueUntil = 0;
  /** What the edge last let through. */
  fence: readonly [epoch: number, seq: number] = [-1, -1];
  /** What the car was allowed lately: it may still draw that. */
  readonly #recent: { at: number; limitA: number }[] = [];
  #composite: { profiles: readonly Profile[]; fromMs: number; untilMs: number; periods: readonly CompositePeriod[] } | undefined;

  constructor(
    readonly stationId: string,
    readonly skewMs: number,
    /** Profiles are gone with the power. */
    readonly isForgetful: boolean,
  ) {}

  /** What it lets a car draw at `now`. */
  allowedA(now: number): number {
    if (this.profiles.length === 0) return RATING_A;
    const t = now + this.skewMs;
    if (this.#composite?.profiles !== this.profiles || t >= this.#composite.untilMs) {
      const isCharging = this.transactionId !== undefined;
      const profiles = this.profiles.filter(({ purpose }) => purpose !== 'TxProfile' || isCharging).map(({ raw }) => raw);
      const at = new Date(t).toISOString();
      const { periods } = compositeSchedule({ ocppVersion: 'ocpp1.6', profiles, durationS: 1800, at, maxA: RATING_A });
      this.#composite = { profiles: this.profiles, fromMs: t, untilMs: t + 1_800_000, periods };
    }
    const { fromMs, periods } = this.#composite;
    return periods.findLast(({ startPeriod }) => startPeriod * 1000 <= t - fromMs)?.limit ?? RATING_A;
  }

  /** The most its car can be drawing. */
  drawsA(now: number): number {
    const limitA = this.transactionId === undefined ? 0 : this.allowedA(now);
    this.#recent.push({ at: now, limitA });
    while ((this.#recent[0]?.at ?? now) < now - CAR_FOLLOWS_MS) this.#recent.shift();
    return Math.max(...this.#recent.map((entry) => entry.limitA));
  }

  take({ action, payload }: CommandRequested): 'Accepted' | 'Rejected' | 'Unknown' {
    const { id, csChargingProfiles } = payload as ProfilePayload;
    if (action === 'ClearChargingProfile') {
      const kept = id === undefined ? [] : this.profiles.filter((held) => held.id !== id);
      const isHit = kept.length < this.profiles.length;
      this.profiles = kept;
      return isHit ? 'Accepted' : 'Unknown';
    }
    if (csChargingProfiles === undefined) return 'Rejected';
    const { chargingProfilePurpose: purpose, transactionId, stackLevel, chargingProfileId } = csChargingProfiles;
    if (purpose === 'TxProfile' && transactionId !== this.transactionId) return 'Rejected';
    const others = this.profiles.filter(
      (held) => held.id !== chargingProfileId && (held.purpose !== purpose || held.stackLevel !== stackLevel),
    );
    this.profiles = [...others, { purpose, stackLevel, id: chargingProfileId, raw: csChargingProfiles }];
    this.wasSetUp = true;
    return 'Accepted';
  }

  startTransaction(transactionId: number): void {
    this.transactionId = transactionId;
    this.profiles = [...this.profiles];
  }

  endTransaction(): void {
    this.transactionId = undefined;
    this.#recent.length = 0; // the contactor is open
    this.profiles = this.profiles.filter(({ purpose }) => purpose !== 'TxProfile');
  }

  losePower(): void {
    if (!this.isForgetful) return;
    this.endTransaction();
    this.profiles = [];
  }
}

interface Limit {
  readonly from: number;
  readonly limitA: number;
  readonly isAnnounced: boolean;
}

export class FaultyWorld {
  now = START;
  state: SiteState = newSite('t/s');
  readonly stations: Station[] = [];
  readonly log: Recorded<SiteEvent>[] = [];
  grantedAs = 0;
  /** Highest excess of what was drawn over what was allowed [A]; never above 0 is the promise. */
  worstA = Number.NEGATIVE_INFINITY;
  readonly limits: Limit[] = [];
  /** Decisions in which a plan held somebody back: it was in force. */
  heldBack = 0;
  readonly counted: Record<string, number> = {};
  #next = 0;
  #ownerAwakeAt = 0;
  #relayAt = 0;
  readonly #events: { at: number; order: number; run: () => void }[] = [];
  #order = 0;
  #transactions = 0;
  #asked = 0;
  /** Owners that have lost the site and do not know it yet: they still hand over what they read. */
  #zombies: { readonly epoch: number; readonly until: number }[] = [];
  readonly #flaggedAt = new Map<string, number>();

  constructor(
    readonly random: () => number,
    readonly faults: Faults,
  ) {}

  #chance(probability: number): boolean {
    return this.random() < probability;
  }

  after(ms: number, run: () => void): void {
    this.#events.push({ at: this.now + ms, order: this.#order++, run });
    this.#events.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  append<Type extends keyof SiteEventData>(type: Type, data: SiteEventData[Type], stationId?: string): number {
    const offset = this.log.length;
    this.log.push({
      id: `r${offset}`,
      type,
      data: JSON.parse(JSON.stringify(data)),
      source: '/test',
      time: new Date(this.now).toISOString(),
      tenantId: 't',
      siteId: 's',
      ...(stationId !== undefined && { stationId }),
      at: { topic: 'site-events', partition: 0, offset },
    } as unknown as Recorded<SiteEvent>);
    return offset;
  }

  // The owner

  /** It reads what is there; what it decides is published a little later, in order; what it reads back it delivers. */
  #ownerReads(): void {
    if (this.now < this.#ownerAwakeAt) return;
    while (this.#next < this.log.length) {
      const input = this.log[this.#next++] as Recorded<SiteEvent>;
      const outputs = siteFold.decide(this.state, input);
      this.state = siteFold.evolve(this.state, input, outputs);
      this.#relayAt = Math.max(this.#relayAt, this.now) + this.random() * 300;
      for (const { topic, type, data, stationId } of outputs) {
        this.counted[type] = (this.counted[type] ?? 0) + 1;
        if (type === 'LimitsDecided' && (data as LimitsDecided).evses.some(({ heldBy }) => heldBy !== undefined)) this.heldBack++;
        if (topic === 'site-events')
          this.after(this.#relayAt - this.now, () => void this.append(type as 'SiteTaken', data as never, stationId));
      }
      if (input.type === 'CommandRequested') this.#handOver(input.data);
    }
    const due = siteFold.nextDue?.(this.state);
    if (due !== undefined && due.dueMs <= this.now)
      this.append('TimeReached', { service: 'load-balancing', deadlineId: due.deadlineId, due: new Date(due.dueMs).toISOString() });
    if (this.#chance(this.faults.ownerPause)) this.#ownerStalls();
  }

  /** Another process takes over after a while, with what the log holds; the old one goes on handing over for a minute. */
  #ownerStalls(): void {
    this.#zombies.push({ epoch: this.state.ownerEpoch, until: this.now + 60_000 });
    this.#ownerAwakeAt = this.now + this.random() * 60_000;
    this.after(this.#ownerAwakeAt - this.now, () => void this.append('SiteTaken', { ownerId: String(this.now) }));
  }

  #handOver(command: CommandRequested): void {
    const { grant, stationId } = command;
    const epoch = grant?.ownerEpoch ?? this.state.ownerEpoch;
    const isZombie = epoch !== this.state.ownerEpoch && this.#zombies.some((zombie) => zombie.epoch === epoch && zombie.until > this.now);
    if (epoch !== this.state.ownerEpoch && !isZombie) return;
    if (this.#chance(this.faults.loss)) return; // the router lost it: nobody ever says what became of it
    const station = this.stations.find((each) => each.stationId === stationId);
    if (station) this.after(this.random() * (isZombie ? 30_000 : 1_000), () => this.#atEdge(command, station));
  }

  // The edge

  #atEdge(command: CommandRequested, station: Station): void {
    const { commandId, stationId, grant } = command;
    if (grant !== undefined) {
      const [epoch, seq] = station.fence;
      if (grant.ownerEpoch < epoch || (grant.ownerEpoch === epoch && grant.grantSeq < seq))
        return void this.append('CommandRefused', { commandId, reason: 'OlderGrant' }, stationId);
      station.fence = [grant.ownerEpoch, grant.grantSeq];
    }
    if (this.now > Date.parse(command.notAfter))
      return void this.append('CommandRefused', { commandId, reason: 'PastNotAfter' }, stationId);
    if (station.connection === undefined) return void this.append('CommandRefused', { commandId, reason: 'NotConnected' }, stationId);
    if (!station.booted) return void this.append('CommandRefused', { commandId, reason: 'NotBooted' }, stationId);
    if (this.now < station.busyUntil) return void this.after(station.busyUntil - this.now + 1, () => this.#atEdge(command, station));
    const connection = station.connection;
    const sent = { commandId, connectionId: 'c', generation: { assignmentSeq: 1, offset: connection } };
    station.busyUntil = this.now + 30_000;
    this.append('CommandSent', sent, stationId);
    let answered = false;
    this.after(30_000, () => {
      if (answered) return;
      station.busyUntil = this.now;
      this.append('CommandUnanswered', { ...sent, reason: 'timeout' }, stationId);
    });
    if (this.#chance(this.faults.loss)) return;
    this.after(this.random() * 2_000, () => {
      if (station.connection !== connection) return;
      const payload = grant === undefined ? this.#reply(command, station) : { status: this.#obey(command, station) };
      if (this.#chance(this.faults.loss)) return;
      this.after(this.random() * 2_000, () => {
        answered = true;
        station.busyUntil = this.now;
        this.append('CommandAnswered', { ...sent, payload, violations: [] }, stationId);
      });
    });
  }

  #obey(command: CommandRequested, station: Station): 'Accepted' | 'Rejected' | 'Unknown' {
    const { rejection, forgetfulRefuses = rejection } = this.faults;
    return this.#chance(station.isForgetful ? forgetfulRefuses : rejection) ? 'Rejected' : station.take(command);
  }

  /** Questions: a trigger is answered, and followed by what was asked for. */
  #reply({ action }: CommandRequested, station: Station): unknown {
    if (action !== 'TriggerMessage') return { status: 'NotSupported' };
    this.after(3_000, () => this.#speak(station));
    return { status: 'Accepted' };
  }

  // Stations

  call(station: Station, action: string, payload: unknown, answer: unknown = {}): void {
    if (station.connection === undefined) return;
    const data = {
      connectionId: 'c',
      generation: { assignmentSeq: 1, offset: station.connection },
      ocppVersion: 'ocpp1.6',
      messageId: 'm',
      action,
      violations: [],
      flags: [],
      answer: { kind: 'result', payload: answer },
      payload,
    } as const;
    this.append('CallReceived', data, station.stationId);
  }

  #stamp(station: Station, ageMs = 0): string {
    return new Date(Math.floor((this.now + station.skewMs - ageMs) / 1000) * 1000).toISOString();
  }

  #speak(station: Station, ageMs = 0): void {
    const timestamp = this.#stamp(station, ageMs);
    this.call(station, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging', timestamp });
  }

  #sample(station: Station): void {
    const { transactionId } = station;
    if (transactionId === undefined) return;
    const drawnA = this.now < station.rogueUntil ? RATING_A : station.drawsA(this.now);
    const sampledValue = [{ value: String(drawnA), measurand: 'Current.Import', unit: 'A', phase: 'L1' }];
    this.call(station, 'MeterValues', { connectorId: 1, transactionId, meterValue: [{ timestamp: this.#stamp(station), sampledValue }] });
  }

  connect(station: Station, boots: boolean): void {
    const data = { connectionId: 'c', edgeId: 'e', assignmentSeq: 1, ocppVersion: 'ocpp1.6', securityProfile: 1 } as const;
    station.connection = this.append('StationConnected', data, station.stationId);
    station.busyUntil = 0;
    station.booted = true;
    const accepted = { status: 'Accepted', currentTime: '', interval: 300 };
    if (boots) station.bootedAt = this.now;
    if (boots) this.call(station, 'BootNotification', { chargePointVendor: 'v', chargePointModel: 'm' }, accepted);
    // What it could not send while it was away comes first.
    for (let queued = 0; queued < 3; queued++) this.#speak(station, this.random() * 600_000);
  }

  #drop(station: Station, forMs: number, boots: boolean): void {
    const offset = station.connection;
    if (offset === undefined) return;
    station.connection = undefined;
    if (boots) station.losePower();
    const data = { connectionId: 'c', edgeId: 'e', generation: { assignmentSeq: 1, offset }, closeCode: 1006, reason: '' };
    this.after(this.random() * 40_000, () => void this.append('StationDisconnected', data, station.stationId));
    this.after(forMs, () => this.connect(station, boots));
  }

  /** One second of life: cars come and go, links break, stations speak, operators interfere. */
  #live(): void {
    for (const station of this.stations) {
      if (station.transactionId === undefined) {
        // Without its default a station counts with its rating; others need time to give way before it draws that.
        const isKnown = station.profiles.length > 0 || this.now > station.bootedAt + GRACE_MS;
        if (station.connection !== undefined && station.wasSetUp && isKnown && this.#chance(0.01)) {
          station.startTransaction(++this.#transactions);
          const answer = { transactionId: station.transactionId, idTagInfo: { status: 'Accepted' } };
          const start = { connectorId: 1, idTag: 'x', meterStart: 0, timestamp: this.#stamp(station) };
          this.call(station, 'StartTransaction', start, answer);
        }
      } else if (this.#chance(0.0015) && station.connection !== undefined) {
        const { transactionId } = station;
        station.endTransaction();
        this.call(station, 'StopTransaction', { transactionId, meterStop: 1, timestamp: this.#stamp(station) });
      }
      if (this.#chance(0.05)) this.#speak(station);
      if (this.#chance(0.05)) this.#sample(station);
      if (this.#chance(this.faults.operator)) this.#interfere(station);
      // One at a time: two at their rating would leave no room for anybody's honesty to matter.
      const isAlone = this.stations.every(({ rogueUntil }) => rogueUntil < this.now - GRACE_MS);
      if (this.faults.rogue > 0 && isAlone && this.#chance(this.faults.rogue)) station.rogueUntil = this.now + 1_200_000;
      if (this.#chance(this.faults.outage)) this.#drop(station, this.random() * 900_000, false);
      else if (this.#chance(this.faults.reboot)) this.#drop(station, this.#chance(0.5) ? 20_000 : this.random() * 1_200_000, true);
    }
    if (this.faults.plan > 0 && this.#chance(this.faults.plan)) this.#planAnything();
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
      planId: `plan-${this.log.length}`,
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

  #interfere({ stationId, transactionId }: Station): void {
    const limit = 6 + Math.floor(this.random() * 27);
    const isClear = this.#chance(0.3);
    const isDefault = transactionId === undefined || this.#chance(0.3);
    const csChargingProfiles = {
      chargingProfileId: 7,
      stackLevel: this.#chance(0.5) ? 0 : 1,
      chargingProfilePurpose: isDefault ? 'TxDefaultProfile' : 'TxProfile',
      ...(!isDefault && { transactionId }),
      chargingProfileKind: 'Absolute',
      chargingSchedule: {
        startSchedule: new Date(this.now - 60_000).toISOString(),
        ...(!isDefault && { duration: 900 }),
        chargingRateUnit: 'A',
        chargingSchedulePeriod: [{ startPeriod: 0, limit }],
      },
    };
    const asked = {
      commandId: `asked-${this.#asked++}`,
      stationId,
      action: isClear ? 'ClearChargingProfile' : 'SetChargingProfile',
      payload: isClear ? (this.#chance(0.5) ? { id: 7 } : {}) : { connectorId: 1, csChargingProfiles },
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
  #countedA(station: Station): number {
    const { stationId, rogueUntil, transactionId } = station;
    const drawn = station.drawsA(this.now);
    const isFlagged = stationIn(this.state, stationId)?.ledger.evses[0]?.disobedient === true;
    if (!isFlagged) this.#flaggedAt.delete(stationId);
    else if (!this.#flaggedAt.has(stationId)) this.#flaggedAt.set(stationId, this.now);
    const sinceMs = this.#flaggedAt.get(stationId);
    const isRogue = this.now < rogueUntil && transactionId !== undefined;
    return isRogue && sinceMs !== undefined && this.now > sinceMs + GRACE_MS ? RATING_A : drawn;
  }

  /** Ends early once the promise is broken. */
  run(ms: number): this {
    for (const end = this.now + ms; this.now < end && this.worstA <= 0; ) {
      const tick = this.now + 1_000;
      for (let event = this.#events[0]; event !== undefined && event.at <= tick; event = this.#events[0]) {
        this.#events.shift();
        this.now = Math.max(this.now, event.at);
        event.run();
        this.#ownerReads();
      }
      this.now = tick;
      this.#live();
      this.#ownerReads();
      const drawn = Math.round(this.stations.reduce((sum, station) => sum + this.#countedA(station), 0) * 10) / 10;
      this.grantedAs += drawn;
      this.worstA = Math.max(this.worstA, drawn - this.#boundA());
    }
    return this;
  }
}

interface Setting {
  readonly faults: Faults;
  readonly stations: number;
  readonly limitA: number;
  readonly safeA: number;
}

export function faultyWorld(seed: number, { faults, stations, limitA, safeA }: Setting): FaultyWorld {
  const random = randomFrom(seed);
  const it = new FaultyWorld(random, faults);
  it.limits.push({ from: 0, limitA, isAnnounced: true });
  const root = { nodeId: 'grid', limitA };
  it.append('ConfigurationRequested', {
    requestId: 'site',
    requestedBy: 'x',
    change: { kind: 'site', config: { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, leaseSeconds: LEASE_S, root } },
  });
  it.append('SiteTaken', { ownerId: 'first' });
  for (let number = 0; number < stations; number++) {
    // One has a clock nobody can trust, one forgets with its power: two at their rating would be more than a cut leaves.
    const skewMs = number === 0 && faults !== CALM ? 90_000 : Math.round((random() - 0.5) * 60_000);
    const station = new Station(`S${number}`, skewMs, faults !== CALM && number === 2);
    it.stations.push(station);
    const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: RATING_A, safeA }] as const;
    const config = { stationId: station.stationId, siteId: 's', nodeId: 'grid', securityProfile: 1, evses } as const;
    const change = { kind: 'station', assignmentSeq: 1, config } as const;
    it.append('ConfigurationRequested', { requestId: station.stationId, requestedBy: 'x', change }, station.stationId);
    it.after(2_000 + number * 500, () => it.connect(station, true));
  }
  return it;
}

/** What the spec and the mutations run: the excess is in `worstA`. */
export const SCENARIOS = {
  rough: (seed: number): FaultyWorld =>
    faultyWorld(seed, { faults: ROUGH, stations: 8, limitA: 60, safeA: seed % 2 === 0 ? 6 : 0 }).run(2 * HOUR),
  cuts: (seed: number): FaultyWorld => {
    const it = faultyWorld(seed, { faults: ROUGH, stations: 8, limitA: 80, safeA: 0 }).run(HOUR / 2);
    for (let cut = 0; cut < 4; cut++) {
      it.cut(cut % 2 === 0 ? 40 : 80);
      it.run(HOUR / 3);
    }
    return it;
  },
  announced: (seed: number): FaultyWorld => {
    const it = faultyWorld(seed, { faults: ROUGH, stations: 8, limitA: 80, safeA: 0 }).run(HOUR / 2);
    for (let cut = 0; cut < 4; cut++) {
      it.cut(cut % 2 === 0 ? 40 : 80, GRACE_MS);
      it.run(HOUR / 3);
    }
    return it;
  },
  rogue: (seed: number): FaultyWorld =>
    faultyWorld(seed, {
      faults: { ...ROUGH, rogue: 0.001, outage: 0.0005, reboot: 0, operator: 0 },
      stations: 8,
      limitA: 60,
      safeA: 0,
    }).run(2 * HOUR),
  planned: (seed: number): FaultyWorld => {
    const setting = { faults: { ...ROUGH, plan: 0.02 }, stations: 8, limitA: 80, safeA: seed % 2 === 0 ? 6 : 0 };
    const it = faultyWorld(seed, setting).run(HOUR / 2);
    for (let cut = 0; cut < 4; cut++) {
      it.cut(cut % 2 === 0 ? 55 : 80, cut < 2 ? GRACE_MS : 0);
      it.run(HOUR / 3);
    }
    return it;
  },
  /** Owners come and go every few seconds: what one had asked for leaves while the next one already decides. */
  handovers: (seed: number): FaultyWorld =>
    faultyWorld(seed, { faults: { ...ROUGH, ownerPause: 0.03, outage: 0, operator: 0 }, stations: 8, limitA: 60, safeA: 0 }).run(2 * HOUR),
  /** Stations restart often, and one that has lost its default with its power takes none again for a long time. */
  restarts: (seed: number): FaultyWorld =>
    faultyWorld(seed, {
      faults: { ...ROUGH, reboot: 0.002, forgetfulRefuses: 0.9, outage: 0, operator: 0, ownerPause: 0 },
      stations: 8,
      limitA: 60,
      safeA: 0,
    }).run(2 * HOUR),
  calm: (seed: number): FaultyWorld => {
    const it = faultyWorld(seed, { faults: CALM, stations: 8, limitA: 60, safeA: 0 }).run(HOUR);
    it.grantedAs = 0;
    return it.run(HOUR);
  },
} as const;
