// A street of cars that may feed back, under every fault: plans that ask for anything, drivers who change their minds, nodes that take back less
// than before, and an auditor who asks only stations. What must hold is said in the spec; broken rules meet it too (scripts/mutate.mjs).
import type { CommandRequested, SiteEventData } from '#contracts';
import type { NodeConfig } from '#domain/load-balancing';
import { GRACE_MS, HOUR, LEASE_S } from './never-exceed.fixture.js';
import { type Random, randomFrom } from './stage/chance.fixture.js';
import { Edge } from './stage/edge.fixture.js';
import { FeedingStation } from './stage/feeding-station.fixture.js';
import { OwnerProcess, SiteDecider } from './stage/owner.fixture.js';
import { Stage } from './stage/stage.fixture.js';

const VOLTAGE_V = 230;
const ROUND_TRIP = 0.8;
/** Three lines at the highest voltage: the most that a second of one ampere takes out [Wh]. */
const WH_PER_AMPERE_SECOND = (VOLTAGE_V * 1.1 * 3) / 3_600;
const PANEL = new Set(['S0', 'S1', 'S2']);

interface Chances {
  readonly loss: number;
  readonly outage: number;
  readonly reboot: number;
  readonly ownerPause: number;
  readonly rejection: number;
}
const ROUGH: Chances = { loss: 0.08, outage: 0.004, reboot: 0.0008, ownerPause: 0.002, rejection: 0.04 };
const CALM: Chances = { loss: 0, outage: 0, reboot: 0, ownerPause: 0, rejection: 0 };

interface Bound {
  readonly from: number;
  readonly gridA: number;
  readonly panelA: number;
}

export class FeedingWorld {
  /** Highest excess over what nodes take back [A], or what a car lost beyond its driver's reserve [kWh]; never above 0 is the promise. */
  worstA = Number.NEGATIVE_INFINITY;
  /** What flowed [As]. */
  fedAs = 0;
  readonly stations: FeedingStation[];
  readonly #stage = new Stage(Date.parse('2026-03-01T12:00:00Z'));
  readonly #decider = new SiteDecider();
  readonly #edge: Edge;
  readonly #owner: OwnerProcess;
  readonly #bounds: Bound[] = [];
  readonly #signals: { readonly from: number; readonly until: number; readonly gridA: number }[] = [];
  /** Per station: the reserve agreed to at the beginning of its transaction, what had flowed back then, and since when nothing is agreed. */
  readonly #agreed = new Map<string, { reserveWh: number; fromWh: number; withdrawnAt: number }>();
  #transactions = 0;

  constructor(
    private readonly random: Random,
    private readonly chances: Chances,
  ) {
    const way = { delayMs: [0, 2_000], loss: chances.loss } as const;
    this.#edge = new Edge(this.#stage, random, { toStation: way, toEdge: way }, (command, station) =>
      command.grant === undefined
        ? { status: 'NotSupported' }
        : { status: this.#chance(chances.rejection) ? 'Rejected' : station.take(command) },
    );
    this.#owner = new OwnerProcess(
      this.#stage,
      random,
      { toLogMs: [0, 300], toEdgeMs: [0, 1_000], lateToEdgeMs: [0, 30_000], lostToEdge: chances.loss },
      this.#decider,
      (command) => this.#deliver(command),
      () => {},
    );
    const calm = chances === CALM;
    this.stations = Array.from(
      { length: 6 },
      // One has a clock nobody can trust, one forgets with its power.
      (_, number) =>
        new FeedingStation(`S${number}`, 32, number === 5 && !calm ? 90_000 : Math.round((random() - 0.5) * 60_000), number === 2),
    );
  }

  #chance(probability: number): boolean {
    return this.random() < probability;
  }

  #put<Type extends keyof SiteEventData>(type: Type, data: SiteEventData[Type], stationId?: string): number {
    return this.#stage.append(type, data, stationId);
  }

  #deliver(command: CommandRequested): void {
    const station = this.stations.find(({ stationId }) => stationId === command.stationId);
    if (station) this.#edge.take(command, station);
  }

  /** What nodes take back from now on; what they took before may go on for as long as a lease. */
  configure(gridA: number, panelA: number): void {
    this.#bounds.push({ from: this.#stage.now, gridA, panelA });
    const children: readonly NodeConfig[] = [{ nodeId: 'panel', limitA: 200, exportLimitA: panelA }];
    const root: NodeConfig = { nodeId: 'grid', limitA: 200, unmanagedMaxA: 0, exportLimitA: gridA, children };
    const site = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: VOLTAGE_V, leaseSeconds: LEASE_S, root, energy: { prices: [] } };
    this.#put('ConfigurationRequested', { requestId: 'site', requestedBy: 'x', change: { kind: 'site', config: site } });
  }

  /** The grid takes no more than this back through the site, announced so early that no lease outlasts it. */
  announce(gridA: number, forMs: number): void {
    const [from, until] = [this.#stage.now + GRACE_MS, this.#stage.now + GRACE_MS + forMs];
    this.#signals.push({ from, until, gridA });
    const [startsAt, expiresAt] = [new Date(from).toISOString(), new Date(until).toISOString()] as const;
    this.#put('GridLimitReceived', {
      limitId: 'l',
      direction: 'export',
      schedule: [{ startsAt, limitA: gridA }],
      expiresAt,
      source: 'dso',
    });
  }

  begin(): this {
    this.#put('SiteTaken', { ownerId: 'first' });
    for (const station of this.stations) {
      const { stationId } = station;
      const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0, maxDischargeA: 20, roundTripEfficiency: ROUND_TRIP }] as const;
      const nodeId = PANEL.has(stationId) ? 'panel' : 'grid';
      const change = { kind: 'station', assignmentSeq: 1, config: { stationId, siteId: 's', nodeId, securityProfile: 1, evses } } as const;
      this.#put('ConfigurationRequested', { requestId: stationId, requestedBy: 'x', change }, stationId);
      this.#stage.after(2_000, () => this.#edge.connect(station, true));
    }
    return this;
  }

  #event(station: FeedingStation, eventType: string, more: object = {}): void {
    const transactionInfo = { transactionId: station.transaction };
    const timestamp = station.stamp(this.#stage.now);
    this.#edge.call(station, 'TransactionEvent', { eventType, timestamp, transactionInfo, evse: { id: 1 }, ...more });
  }

  #drop(station: FeedingStation, forMs: number, boots: boolean): void {
    if (station.connection === undefined) return;
    if (boots) station.losePower(this.#stage.now);
    this.#edge.disconnect(station, this.random() * 40_000);
    this.#stage.after(forMs, () => this.#edge.connect(station, boots));
  }

  #live(): void {
    const { chances } = this;
    for (const station of this.stations) {
      const isThere = station.connection !== undefined && station.wasSetUp;
      if (station.transaction === undefined) {
        if (isThere && this.#chance(0.02)) this.#arrive(station);
      } else if (isThere && this.#chance(0.0005)) {
        const transactionInfo = { transactionId: station.transaction };
        station.endTransaction();
        this.#event(station, 'Ended', { transactionInfo });
      } else {
        if (this.#chance(0.05)) this.#sample(station);
        if (this.#chance(0.002)) this.#agree(station, !this.#chance(0.3));
      }
      if (this.#chance(chances.outage)) this.#drop(station, this.random() * 900_000, false);
      else if (this.#chance(chances.reboot)) this.#drop(station, this.random() * 1_200_000, true);
    }
    if (this.#chance(0.02)) this.#planAnything();
  }

  #arrive(station: FeedingStation): void {
    station.startTransaction(++this.#transactions);
    const reserveWh = -Math.round(this.random() ** 2 * 40_000);
    this.#agreed.set(station.stationId, { reserveWh, fromWh: station.backWh, withdrawnAt: Number.POSITIVE_INFINITY });
    this.#event(station, 'Started');
    this.#edge.call(station, 'NotifyEVChargingNeeds', { evseId: 1, chargingNeeds: { requestedEnergyTransfer: 'AC_BPT' } });
    this.#agree(station, true);
  }

  #agree(station: FeedingStation, consents: boolean): void {
    const agreed = this.#agreed.get(station.stationId);
    if (agreed === undefined || station.transaction === undefined) return;
    agreed.withdrawnAt = consents ? Number.POSITIVE_INFINITY : Math.min(agreed.withdrawnAt, this.#stage.now);
    const discharge = consents ? { discharge: { reserveWh: agreed.reserveWh } } : {};
    // Its needs are met, so that starts do not matter (isKept).
    const needs = { evseId: 1, transactionId: station.transaction, energyWh: -1_000_000, ...discharge };
    this.#put('ChargingNeedsStated', { ...needs, requestedBy: 'x' }, station.stationId);
  }

  #sample(station: FeedingStation): void {
    const sampledValue = [
      { value: 1_000, measurand: 'Energy.Active.Import.Register' },
      { value: Math.round(station.backWh), measurand: 'Energy.Active.Export.Register' },
    ];
    this.#event(station, 'Updated', { meterValue: [{ timestamp: station.stamp(this.#stage.now), sampledValue }] });
  }

  /** Targets for the next minutes: mostly to feed back, and together more than nodes take, so that whatever is free is used at once. */
  #planAnything(): void {
    const iso = (ms: number): string => new Date(this.#stage.now + ms).toISOString();
    const slots = [0, 300_000, 900_000].map(iso);
    const wantMa = (): number[] => slots.map(() => (this.#chance(0.15) ? 0 : -8_000 - Math.floor(this.random() * 12_000)));
    const evses = this.stations
      .filter(({ transaction }) => transaction !== undefined && this.#chance(0.8))
      .map(({ stationId, transaction = '' }) => ({
        stationId,
        evseId: 1,
        transactionId: transaction,
        wantMa: wantMa(),
        departsAt: iso(HOUR),
        needWh: 0,
        plannedWh: 0,
      }));
    const { ownerEpoch, outlookAt } = this.#decider.state;
    const times = { madeFor: iso(0), expiresAt: iso(1_800_000), slots };
    this.#put('PlanComputed', { planId: 'p', ownerEpoch, basedOn: outlookAt, isCosted: this.#chance(0.9), peakKw: 0, evses, ...times });
  }

  #audit(): void {
    const { now } = this.#stage;
    let [gridA, panelA] = [0, 0];
    for (const station of this.stations) {
      const amps = station.feedsA(now);
      station.backWh += amps * WH_PER_AMPERE_SECOND;
      gridA += amps;
      if (PANEL.has(station.stationId)) panelA += amps;
      const { reserveWh, fromWh, withdrawnAt } = this.#agreed.get(station.stationId) ?? { reserveWh: 0, fromWh: 0, withdrawnAt: now };
      if (amps === 0) continue;
      this.fedAs += amps;
      // Registers are read in whole Wh.
      this.#miss((reserveWh + (station.backWh - fromWh) / ROUND_TRIP - 10) / 1_000);
      if (now > withdrawnAt + GRACE_MS) this.#miss(amps);
    }
    // A node that takes less than before has to wait for leases that were given.
    const holding = this.#bounds.filter(({ from }, index) => from <= now && now < (this.#bounds[index + 1]?.from ?? ANY) + GRACE_MS);
    this.#miss(rounded(gridA - Math.max(...holding.map((bound) => bound.gridA))));
    this.#miss(rounded(panelA - Math.max(...holding.map((bound) => bound.panelA))));
    for (const signal of this.#signals) if (signal.from <= now && now < signal.until) this.#miss(rounded(gridA - signal.gridA));
  }

  #miss(excess: number): void {
    this.worstA = Math.max(this.worstA, excess);
  }

  /** Ends early once the promise is broken. */
  run(ms: number): this {
    const reads = (): void => {
      if (this.#owner.read() && this.#chance(this.chances.ownerPause)) this.#owner.stall(60_000);
    };
    for (const end = this.#stage.now + ms; this.#stage.now < end && this.worstA <= 0; ) {
      this.#stage.passTo(this.#stage.now + 1_000, reads);
      this.#live();
      reads();
      this.#audit();
    }
    return this;
  }
}
const ANY = Number.POSITIVE_INFINITY;
const rounded = (amps: number): number => Math.round(amps * 10) / 10;

const worldOf = (seed: number, chances: Chances): FeedingWorld => {
  const it = new FeedingWorld(randomFrom(seed), chances);
  it.configure(40, 24);
  return it.begin();
};

export const FEEDING_SCENARIOS = {
  feeding: (seed: number): FeedingWorld => {
    const it = worldOf(seed, ROUGH);
    it.run(HOUR / 2);
    it.configure(20, 20);
    it.run(HOUR / 4);
    it.configure(40, 10);
    it.announce(5, HOUR / 12);
    return it.run(HOUR / 4);
  },
  feedingHandovers: (seed: number): FeedingWorld => worldOf(seed, { ...ROUGH, ownerPause: 0.03, outage: 0 }).run(HOUR),
  feedingCalm: (seed: number): FeedingWorld => worldOf(seed, CALM).run((HOUR * 2) / 3),
} as const;
