// Simulated stations charging on the network at scale: sites with a tight limit, dialled through all edges, cars that come and go on command.
// Faults are brought by the specs; what was answered, drawn and billed is compared in audit.ts.
import { jest } from '@jest/globals';
import { type Dial, type Fleet, idTokensOf, type Station, startFleet, webSocketDial } from '#apps/simulator';
import { type NetworkOptions, ProcessNetwork } from '../../cluster/support/process-network.js';
import { until } from '../../cluster/support/until.js';
import { DrawWatch } from './draw-watch.js';
import { FLAT_TARIFF } from './flat-tariff.js';

export interface ChargingOptions extends NetworkOptions {
  readonly stations: number;
  readonly sites: number;
  /** Of each site, per phase. */
  readonly limitA: number;
  readonly leaseSeconds?: number;
  /** Of the stations, and what their sites ask for (not of an older version: it may not know the word). */
  readonly sampleIntervalS: number;
  readonly seed: number;
}

/** A command as its station got it, and what that said to it; no status in an error. */
export interface Received {
  readonly siteId: string;
  readonly stationId: string;
  readonly at: number;
  readonly commandId: string;
  readonly action: string;
  readonly status?: string;
}

/** Why a station's line went down, or a call of it failed. */
export interface Setback {
  readonly stationId: string;
  readonly at: number;
  readonly reason: string;
  readonly retryAfterMs?: number;
}

// Against hanging only: what is waited for has limits of its own, and says what is missing.
jest.setTimeout(1_200_000);

const CAR = { batteryWh: 80_000, soc: 0.1, maxA: 32, phases: 3 } as const;
const AT_ONCE = 16;
/** What a site may ask for. */
const LEAST_SAMPLES_S = 10;
/** Between the first dials of two: a network is taken into service station by station; a fleet that comes all at once is `bench -- storm`. */
const FIRST_DIAL_MS = 50;
const DRIVERS = 20;
/** Impatient stations: a run should not wait for the longest back-off of the standard. */
const BACK_OFF = { leastMs: 1_000, randomMs: 1_000, doublings: 3 };

/** Sends each station to one edge after the other, those `resting` left out, as a load balancer in front of them would. */
function balanced(ports: readonly number[], resting: ReadonlySet<number>): Dial {
  const dial = webSocketDial();
  const turns = new Map<string, number>();
  return (target, handlers) => {
    const turn = turns.get(target.url) ?? turns.size;
    turns.set(target.url, turn + 1);
    const serving = ports.filter((port) => !resting.has(port));
    return dial({ ...target, url: target.url.replace('//edges/', `//127.0.0.1:${serving[turn % serving.length]}/`) }, handlers);
  };
}

async function several<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  const one = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

async function configure(
  network: ProcessNetwork,
  { limitA, leaseSeconds, sampleIntervalS, root: older }: ChargingOptions,
  siteIds: readonly string[],
  siteOf: (stationId: string) => string,
  stations: readonly { readonly stationId: string; readonly password: string }[],
  idTokens: readonly string[],
): Promise<void> {
  await network.insist('PUT', '/v1/tariffs/flat', FLAT_TARIFF);
  await several(siteIds, async (siteId) => {
    const root = { nodeId: 'grid', limitA, unmanagedMaxA: 0, phases: 3 };
    const sampling = older === undefined && { sampleSeconds: Math.max(LEAST_SAMPLES_S, sampleIntervalS) };
    const site = { name: siteId, timeZone: 'UTC', voltageV: 230, root, leaseSeconds, ...sampling };
    await network.insist('PUT', `/v1/sites/${siteId}`, site);
    await network.insist('PUT', `/v1/sites/${siteId}/tariff`, { tariffId: 'flat' });
  });
  const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }];
  await several(stations, ({ stationId, password }) =>
    network.insist('PUT', `/v1/stations/${stationId}`, { siteId: siteOf(stationId), nodeId: 'grid', securityProfile: 1, password, evses }),
  );
  await several(idTokens, (idToken) => network.insist('PUT', `/v1/tokens/ISO14443/${idToken}`, { status: 'Accepted' }));
}

export class ChargingNetwork {
  readonly received: Received[] = [];
  /** Lines that went down, with the reason: `closed with 1013`, `HTTP 503`, … */
  readonly downs: Setback[] = [];
  /** Calls that failed: a CALLERROR, silence, an answer that fits no schema. */
  readonly failures: Setback[] = [];
  readonly draws: DrawWatch;
  readonly #commissioned = new Set<string>();
  readonly #lastAnswered = new Map<string, number>();
  #visits = 0;

  private constructor(
    readonly network: ProcessNetwork,
    readonly fleet: Fleet,
    readonly siteOf: (stationId: string) => string,
    /** Ports of edges that no station is sent to. */
    readonly resting: Set<number>,
  ) {
    this.draws = new DrawWatch(fleet, siteOf);
    for (const station of fleet.stations) this.#listen(station);
  }

  /** Resolves when every station is connected and knows its safe level. */
  static async open(options: ChargingOptions): Promise<ChargingNetwork> {
    const { stations, sites, sampleIntervalS, seed } = options;
    const siteIds = Array.from({ length: sites }, (_, index) => `park-${index}`);
    const siteOf = (stationId: string): string => siteIds[Number(stationId.slice(3)) % sites] as string;
    const specs = Array.from({ length: stations }, (_, index) => ({
      stationId: `CP-${index}`,
      ocppVersion: index % 2 === 0 ? ('ocpp1.6' as const) : ('ocpp2.0.1' as const),
      password: `password-of-${index}`,
      evses: [{ evseId: 1, maxA: 32 }],
    }));
    const idTokens = idTokensOf(seed, DRIVERS);
    const dialWithinMs = Math.max(2_000, stations * FIRST_DIAL_MS);
    const network = await ProcessNetwork.open(options);
    const resting = new Set<number>();
    let charging: ChargingNetwork | undefined;
    try {
      await configure(network, options, siteIds, siteOf, specs, idTokens);
      const fleet = await startFleet({
        url: 'ws://edges/ocpp',
        dial: balanced(network.edgePorts, resting),
        stations: specs,
        seed,
        arrivals: 'none',
        idTokens,
        sampleIntervalS,
        dialWithinMs,
        backOff: BACK_OFF,
      });
      const opened = new ChargingNetwork(network, fleet, siteOf, resting);
      charging = opened;
      await opened.until('every station has its safe level', () => opened.#commissioned.size === stations, dialWithinMs + 180_000);
      return opened;
    } catch (error) {
      await (charging ?? network).close();
      throw error;
    }
  }

  get stationIds(): readonly string[] {
    return this.fleet.stations.map(({ stationId }) => stationId);
  }

  until<T>(what: string, look: () => Promise<T | undefined | false> | T | undefined | false, withinMs?: number): Promise<T> {
    const tell = (): string => [...this.network.deaths, this.#stateOfFleet()].join('\n');
    return until(what, look, { tell, ...(withinMs !== undefined && { withinMs }) });
  }

  /** A car comes to each of these stations. */
  arrive(stationIds: readonly string[]): void {
    for (const stationId of stationIds) {
      const idToken = this.fleet.idTokens[this.#visits++ % DRIVERS] ?? '';
      const plugged = this.fleet.station(stationId).charging.arrive(1, CAR, { idToken, type: 'ISO14443' });
      if (!plugged) throw new Error(`${stationId} has no room for a car`);
    }
  }

  /** A car comes to every station, evenly over this time: those that come at once tell at once what they draw, ever after. */
  async allArrive(overMs: number): Promise<void> {
    const beganAt = Date.now();
    for (const [index, stationId] of this.stationIds.entries()) {
      const at = beganAt + (index / this.stationIds.length) * overMs;
      await this.until('the turn of a car', () => Date.now() >= at, overMs + 60_000);
      this.arrive([stationId]);
    }
  }

  /** Why edges sent stations away, in their own words. */
  refusedUpgrades(): readonly string[] {
    const edges = this.network.names.filter((name) => name.startsWith('edge-'));
    return edges.flatMap((name) => this.network.linesOf(name).filter((line) => line.includes('upgrade refused')));
  }

  isFree(stationId: string): boolean {
    return this.fleet.station(stationId).installation.outlets.every(({ car }) => car === undefined);
  }

  depart(stationIds: readonly string[]): void {
    for (const stationId of stationIds) this.fleet.station(stationId).charging.depart(1);
  }

  isCharging(stationId: string): boolean {
    return this.fleet.station(stationId).charging.running().length > 0;
  }

  /** Resolves when every station that charges was answered to something after `since`; the others have nothing to say. */
  async allAnsweredSince(since: number, withinMs = 60_000): Promise<void> {
    const silent = (): readonly string[] =>
      this.stationIds.filter((stationId) => this.isCharging(stationId) && (this.#lastAnswered.get(stationId) ?? 0) <= since);
    await this.until('every station answered again', () => silent().length === 0, withinMs);
  }

  /** Everybody unplugs; resolves when the stations have been answered to all they had to say. */
  async allDepart(): Promise<void> {
    this.depart(this.stationIds);
    await this.until('every station said all it had to say', () =>
      this.fleet.totals().every(({ queued, online }) => queued === 0 && online),
    );
  }

  async close(): Promise<void> {
    await this.fleet.stop();
    await this.network.close();
  }

  #listen(station: Station): void {
    const { stationId } = station;
    const siteId = this.siteOf(stationId);
    station.listen((event) => {
      const at = Date.now();
      if (event.type === 'Answered') this.#lastAnswered.set(stationId, at);
      if (event.type === 'Disconnected') this.downs.push({ ...event, stationId, at });
      if (event.type === 'Failed') this.failures.push({ stationId, at, reason: `${event.action}: ${event.reason}` });
      if (event.type !== 'Called') return;
      const { messageId: commandId, action } = event;
      const { status } = event.reply as { readonly status?: string };
      this.received.push({ siteId, stationId, at, commandId, action, ...(status !== undefined && { status }) });
      const isDefault = action === 'SetChargingProfile' && JSON.stringify(event.payload).includes('TxDefaultProfile');
      if (isDefault && status === 'Accepted') this.#commissioned.add(stationId);
    });
  }

  #stateOfFleet(): string {
    const offline = this.fleet.stations.filter(({ online }) => !online).map(({ stationId, lastLoss }) => `${stationId}: ${lastLoss}`);
    const waiting = this.fleet.stations
      .filter(({ queued }) => queued > 0)
      .map(({ stationId, queued }) => `${stationId}: ${queued} waiting`);
    return [
      `offline: ${offline.join(', ')}`,
      `not answered: ${waiting.join(', ')}`,
      `uncommissioned: ${this.stationIds.filter((id) => !this.#commissioned.has(id)).join(', ')}`,
      `charging: ${this.stationIds.filter((id) => this.isCharging(id)).length}`,
    ].join('\n');
  }
}
