// The promise that matters most: whatever is lost, late or out of order, what obedient stations might draw stays within the limit.
// The stations here believe every profile they received, as OCPP text, and an auditor asks only them.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested, Recorded, SiteEvent, SiteEventData } from '#contracts';
import { type CompositePeriod, compositeSchedule } from '#domain/charging-profiles';
import { siteFold } from './decide.js';
import { newSite, type SiteState } from './state.js';

const START = Date.parse('2026-03-01T12:00:00Z');
const LEASE_S = 300;
/** The car follows a lower limit within this time [ms]. */
const CAR_FOLLOWS_MS = 4_000;

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

interface Faults {
  readonly loss: number;
  readonly rejection: number;
  readonly outage: number;
  readonly reboot: number;
  readonly ownerPause: number;
}
const CALM: Faults = { loss: 0, rejection: 0, outage: 0, reboot: 0, ownerPause: 0 };
const ROUGH: Faults = { loss: 0.08, rejection: 0.04, outage: 0.003, reboot: 0.0008, ownerPause: 0.002 };

interface Profile {
  readonly purpose: string;
  readonly raw: unknown;
}

class Station {
  profiles: Profile[] = [];
  /** Offset of the StationConnected it stands on; undefined while it is away. */
  connection: number | undefined;
  booted = false;
  transactionId: number | undefined;
  busyUntil = 0;
  /** What the car was allowed lately: it may still draw that. */
  readonly recent: { at: number; limitA: number }[] = [];
  #composite: { profiles: Profile[]; fromMs: number; untilMs: number; periods: readonly CompositePeriod[] } | undefined;

  constructor(
    readonly stationId: string,
    readonly skewMs: number,
  ) {}

  /** What it lets a car draw at `now`; nothing before its first default, while it is being installed. */
  allowedA(now: number): number {
    if (this.profiles.length === 0) return 0;
    const t = now + this.skewMs;
    if (this.#composite?.profiles !== this.profiles || t >= this.#composite.untilMs) {
      const isCharging = this.transactionId !== undefined;
      const profiles = this.profiles.filter(({ purpose }) => purpose !== 'TxProfile' || isCharging).map(({ raw }) => raw);
      const at = new Date(t).toISOString();
      const { periods } = compositeSchedule({ ocppVersion: 'ocpp1.6', profiles, durationS: 1800, at, maxA: 32 });
      this.#composite = { profiles: this.profiles, fromMs: t, untilMs: t + 1_800_000, periods };
    }
    const { fromMs, periods } = this.#composite;
    return periods.findLast(({ startPeriod }) => startPeriod * 1000 <= t - fromMs)?.limit ?? 32;
  }

  /** The most its car can be drawing. */
  drawsA(now: number): number {
    const limitA = this.transactionId === undefined ? 0 : this.allowedA(now);
    this.recent.push({ at: now, limitA });
    while ((this.recent[0]?.at ?? now) < now - CAR_FOLLOWS_MS) this.recent.shift();
    return Math.max(...this.recent.map((entry) => entry.limitA));
  }

  take(payload: {
    readonly connectorId: number;
    readonly csChargingProfiles: { readonly chargingProfilePurpose: string; readonly transactionId?: number };
  }): 'Accepted' | 'Rejected' {
    const { chargingProfilePurpose: purpose, transactionId } = payload.csChargingProfiles;
    if (purpose === 'TxProfile' && transactionId !== this.transactionId) return 'Rejected';
    this.profiles = [...this.profiles.filter((held) => held.purpose !== purpose), { purpose, raw: payload.csChargingProfiles }];
    return 'Accepted';
  }

  startTransaction(transactionId: number): void {
    this.transactionId = transactionId;
    this.profiles = [...this.profiles];
  }

  endTransaction(): void {
    this.transactionId = undefined;
    this.recent.length = 0; // the contactor is open
    this.profiles = this.profiles.filter(({ purpose }) => purpose !== 'TxProfile');
  }
}

class World {
  now = START;
  state: SiteState = newSite('t/s');
  readonly stations: Station[] = [];
  readonly log: Recorded<SiteEvent>[] = [];
  grantedAs = 0;
  worstA = 0;
  limits: { readonly from: number; readonly limitA: number }[] = [];
  #next = 0;
  #ownerAwakeAt = 0;
  #relayAt = 0;
  readonly #events: { at: number; order: number; run: () => void }[] = [];
  #order = 0;
  #transactions = 0;

  constructor(
    readonly random: () => number,
    readonly faults: Faults,
  ) {}

  chance = (probability: number): boolean => this.random() < probability;
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

  /** The owner reads what is there; what it decides is published a little later, in order; what it reads back it delivers. */
  ownerReads(): void {
    if (this.now < this.#ownerAwakeAt) return;
    while (this.#next < this.log.length) {
      const input = this.log[this.#next++] as Recorded<SiteEvent>;
      const outputs = siteFold.decide(this.state, input);
      this.state = siteFold.evolve(this.state, input, outputs);
      this.#relayAt = Math.max(this.#relayAt, this.now) + this.random() * 300;
      for (const { topic, type, data, stationId } of outputs)
        if (topic === 'site-events')
          this.after(this.#relayAt - this.now, () => void this.append(type as 'SiteTaken', data as never, stationId));
      if (input.type === 'CommandRequested' && input.data.grant?.ownerEpoch === this.state.ownerEpoch) this.deliver(input.data);
    }
    const due = siteFold.nextDue?.(this.state);
    if (due !== undefined && due.dueMs <= this.now)
      this.append('TimeReached', { service: 'load-balancing', deadlineId: due.deadlineId, due: new Date(due.dueMs).toISOString() });
    if (this.chance(this.faults.ownerPause)) {
      // Another process takes over after a while, with what the log holds.
      this.#ownerAwakeAt = this.now + this.random() * 60_000;
      this.after(this.#ownerAwakeAt - this.now, () => void this.append('SiteTaken', { ownerId: String(this.now) }));
    }
  }

  deliver(command: CommandRequested): void {
    if (this.chance(this.faults.loss)) return; // the router lost it: nobody ever says what became of it
    const station = this.station(command.stationId);
    this.after(this.random() * 1_000, () => this.atEdge(command, station));
  }

  atEdge(command: CommandRequested, station: Station): void {
    const { commandId, stationId } = command;
    if (this.now > Date.parse(command.notAfter))
      return void this.append('CommandRefused', { commandId, reason: 'PastNotAfter' }, stationId);
    if (station.connection === undefined) return void this.append('CommandRefused', { commandId, reason: 'NotConnected' }, stationId);
    if (!station.booted) return void this.append('CommandRefused', { commandId, reason: 'NotBooted' }, stationId);
    if (this.now < station.busyUntil) return void this.after(station.busyUntil - this.now + 1, () => this.atEdge(command, station));
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
    if (this.chance(this.faults.loss)) return;
    this.after(this.random() * 2_000, () => {
      if (station.connection !== connection) return;
      const payload = command.grant === undefined ? this.reply(command, station) : { status: this.obey(command, station) };
      if (this.chance(this.faults.loss)) return;
      this.after(this.random() * 2_000, () => {
        answered = true;
        station.busyUntil = this.now;
        this.append('CommandAnswered', { ...sent, payload, violations: [] }, stationId);
      });
    });
  }

  obey(command: CommandRequested, station: Station): 'Accepted' | 'Rejected' {
    return this.chance(this.faults.rejection) ? 'Rejected' : station.take(command.payload as never);
  }

  /** Questions: a trigger is answered, and followed by what was asked for. */
  reply({ action }: CommandRequested, station: Station): unknown {
    if (action !== 'TriggerMessage') return { status: 'NotSupported' };
    this.after(3_000, () => this.speak(station));
    return { status: 'Accepted' };
  }

  speak(station: Station): void {
    const timestamp = new Date(Math.floor((this.now + station.skewMs) / 1000) * 1000).toISOString();
    this.call(station, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging', timestamp });
  }

  station(stationId: string): Station {
    const found = this.stations.find((each) => each.stationId === stationId);
    if (found === undefined) throw new Error(`no station ${stationId}`);
    return found;
  }

  call(station: Station, action: string, payload: unknown, answer: unknown = {}): void {
    if (station.connection === undefined) return;
    const generation = { assignmentSeq: 1, offset: station.connection };
    const result = { kind: 'result', payload: answer } as const;
    const data = {
      connectionId: 'c',
      generation,
      ocppVersion: 'ocpp1.6',
      messageId: 'm',
      action,
      violations: [],
      flags: [],
      answer: result,
      payload,
    } as const;
    this.append('CallReceived', data, station.stationId);
  }

  connect(station: Station, boots: boolean): void {
    const data = { connectionId: 'c', edgeId: 'e', assignmentSeq: 1, ocppVersion: 'ocpp1.6', securityProfile: 1 } as const;
    station.connection = this.append('StationConnected', data, station.stationId);
    station.busyUntil = 0;
    station.booted = true;
    if (boots)
      this.call(
        station,
        'BootNotification',
        { chargePointVendor: 'v', chargePointModel: 'm' },
        { status: 'Accepted', currentTime: '', interval: 300 },
      );
  }

  drop(station: Station, forMs: number, boots: boolean): void {
    const offset = station.connection;
    if (offset === undefined) return;
    station.connection = undefined;
    const data = { connectionId: 'c', edgeId: 'e', generation: { assignmentSeq: 1, offset }, closeCode: 1006, reason: '' };
    this.after(this.random() * 40_000, () => void this.append('StationDisconnected', data, station.stationId));
    this.after(forMs, () => this.connect(station, boots));
  }

  /** One second of life: cars come and go, links break, stations speak. */
  live(): void {
    for (const station of this.stations) {
      const stamp = new Date(Math.floor((this.now + station.skewMs) / 1000) * 1000).toISOString();
      if (station.transactionId === undefined) {
        if (station.connection !== undefined && station.profiles.length > 0 && this.chance(0.01)) {
          station.startTransaction(++this.#transactions);
          const answer = { transactionId: station.transactionId, idTagInfo: { status: 'Accepted' } };
          this.call(station, 'StartTransaction', { connectorId: 1, idTag: 'x', meterStart: 0, timestamp: stamp }, answer);
        }
      } else if (this.chance(0.0015) && station.connection !== undefined) {
        const transactionId = station.transactionId;
        station.endTransaction();
        this.call(station, 'StopTransaction', { transactionId, meterStop: 1, timestamp: stamp });
      }
      if (this.chance(0.1)) this.speak(station);
      if (this.chance(this.faults.outage)) this.drop(station, this.random() * 900_000, false);
      else if (this.chance(this.faults.reboot)) this.drop(station, 20_000, true);
    }
  }

  /** The limit nobody may be above now: a cut binds the unreachable when their leases have run out. */
  boundA(): number {
    const graceMs = LEASE_S * 1000 + 62_000 + 30_000;
    return Math.max(
      ...this.limits
        .filter(({ from }, index) => from <= this.now && this.now < (this.limits[index + 1]?.from ?? Number.POSITIVE_INFINITY) + graceMs)
        .map(({ limitA }) => limitA),
    );
  }

  run(ms: number): void {
    const end = this.now + ms;
    while (this.now < end) {
      const tick = this.now + 1_000;
      for (let event = this.#events[0]; event !== undefined && event.at <= tick; event = this.#events[0]) {
        this.#events.shift();
        this.now = Math.max(this.now, event.at);
        event.run();
        this.ownerReads();
      }
      this.now = tick;
      this.live();
      this.ownerReads();
      const drawn = Math.round(this.stations.reduce((sum, station) => sum + station.drawsA(this.now), 0) * 10) / 10;
      this.grantedAs += drawn;
      this.worstA = Math.max(this.worstA, drawn - this.boundA());
    }
  }
}

function world(seed: number, faults: Faults, count: number, limitA: number, safeA: number): World {
  const random = randomFrom(seed);
  const it = new World(random, faults);
  it.limits = [{ from: 0, limitA }];
  const root = { nodeId: 'grid', limitA };
  it.append('ConfigurationRequested', {
    requestId: 'site',
    requestedBy: 'x',
    change: { kind: 'site', config: { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, leaseSeconds: LEASE_S, root } },
  });
  it.append('SiteTaken', { ownerId: 'first' });
  for (let number = 0; number < count; number++) {
    const station = new Station(`S${number}`, Math.round((random() - 0.5) * 60_000));
    it.stations.push(station);
    const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA }] as const;
    const config = { stationId: station.stationId, siteId: 's', nodeId: 'grid', securityProfile: 1, evses } as const;
    it.append(
      'ConfigurationRequested',
      { requestId: station.stationId, requestedBy: 'x', change: { kind: 'station', assignmentSeq: 1, config } },
      station.stationId,
    );
    it.after(2_000 + number * 500, () => it.connect(station, true));
  }
  return it;
}

const HOUR = 3_600_000;

describe('a site under every fault', () => {
  it.each([1, 2, 3, 4])('never exceeds its limit (seed %i)', (seed) => {
    const it = world(seed, ROUGH, 8, 60, seed % 2 === 0 ? 6 : 0);
    it.run(3 * HOUR);
    expect(it.worstA).toBeLessThanOrEqual(0);
    expect(it.grantedAs / (3 * 3600)).toBeGreaterThan(15);
  });

  it.each([11, 12])('meets an unannounced cut when the leases have run out (seed %i)', (seed) => {
    const it = world(seed, ROUGH, 8, 80, 0);
    it.run(HOUR);
    for (let cut = 0; cut < 4; cut++) {
      const limitA = cut % 2 === 0 ? 30 : 80;
      const from = it.now;
      it.limits.push({ from, limitA });
      it.append('GridLimitReceived', {
        limitId: `g${cut}`,
        schedule: [{ startsAt: new Date(from).toISOString(), limitA }],
        expiresAt: new Date(from + 10 * HOUR).toISOString(),
        source: 'dso',
      });
      it.run(HOUR / 2);
    }
    expect(it.worstA).toBeLessThanOrEqual(0);
  });

  it('uses the limit when nothing goes wrong', () => {
    const it = world(7, CALM, 8, 60, 0);
    it.run(HOUR);
    it.grantedAs = 0;
    it.run(HOUR);
    expect(it.worstA).toBeLessThanOrEqual(0);
    expect(it.grantedAs / 3600).toBeGreaterThan(50);
  });
});
