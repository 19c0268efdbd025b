// What the owner of a site remembers. Plain JSON, never mutated.
// How it changes is in absorb.ts; what follows from it is decided in decide.ts.

import type { EvseLimit, NodeLoad, ProfileRequested, SiteNeedsReported, StationDisobeyed } from '#contracts';
import {
  type CarPlan,
  compileNetwork,
  type Demand,
  type EnergyStep,
  type GridLimit,
  type Measurement,
  type Network,
  type PastStay,
  type Placement,
  placeStation,
  type SiteConfig,
  type StationConfig,
  type StationLedger,
  type UnconfiguredLoad,
  type Use,
  type Visit,
} from '#domain/load-balancing';
import type { Corrections } from '#domain/quirks';
import { entryOf, type Later, perShard, type Shards, valuesOf, withEntry } from '#kernel';
import type { OcppVersion } from '#ocpp';
import type { Episode, QuarterAbove } from './exceedance.js';
import type { RunningQuarter } from './quarter-peak.js';
import type { Registered } from './registers.js';

export type Wanting = Demand & {
  readonly connectorId?: number;
  /** 2.x: a car was there. */
  readonly isPluggedIn?: boolean;
  /** The station lets it charge with priority (2.1 K20): it may leave its plan until that is over. */
  readonly hasPriority?: boolean;
  /** What its station was last told of whether it may feed back, what it made of that, and on which connection (2.1 Q02). */
  readonly leave?: { readonly allows: boolean; readonly answer: string; readonly on: number };
};

/** What a meter last said of one EVSE. */
export interface Measured {
  readonly atMs: number;
  /** Measured, or what the currents come to. */
  readonly powerW?: number;
  /** Highest line current [mA]. */
  readonly currentMa?: number;
  /** Between what bounds the highest line current lies that flows back [mA]; absent = nothing does, or its meter has been turned round. */
  readonly back?: { readonly leastMa: number; readonly mostMa: number };
  /** Samples in a row above what was allowed, and at or below it. */
  readonly above: number;
  readonly below: number;
  /** What it was allowed to draw and to feed back at the last samples, the newest first [mA]. */
  readonly allowedMa?: readonly (readonly [drawnMa: number, backMa: number])[];
  readonly use: Use;
  /** Its energy register, where it tells nothing else. */
  readonly registered?: Registered;
  /** When it was last found to be above what it was allowed, and how; until it obeys again. */
  readonly flaggedMs?: number;
  readonly flag?: { readonly reason: StationDisobeyed['reason']; readonly allowedMa: number; readonly reportedMa: number };
}

/** Measured where nothing is configured. */
export interface Unconfigured {
  readonly sinceMs: number;
  /** The most one line may have carried since then [mA]: nobody steers what draws there, so it may do so again. */
  readonly lineMa: number;
  readonly transactionId?: string;
  /** Nothing was measured yet: the station's rating. */
  readonly isAssumed?: true;
}

/** Where a station says it does something else than it was told: goes on behind the end of a lease, or anything else that is no more than it may. */
export interface Differing {
  readonly kind: 'outlasts' | 'differs';
  /** The transaction whose plan that was. */
  readonly transactionId: string;
  readonly toldMa: number;
  readonly saidMa: number;
}

/** A question of ours a station has not answered yet. */
export type Inquiry =
  /** `isShared`: somebody else asked for its whole configuration, and what we want to know is in the answer. */
  | {
      readonly kind: 'capabilities';
      readonly isShared?: true;
      /** 1.6: by name, which. */
      readonly keys?: readonly string[];
    }
  | { readonly kind: 'interval' | 'measurands' | 'clock' }
  | {
      readonly kind: 'composite';
      readonly evseId: number;
      readonly askedMs: number;
      readonly forS?: number;
      readonly transactionId?: string;
    }
  | { readonly kind: 'leave'; readonly transactionId: string; readonly allows: boolean };

/** What a station said of itself. */
export interface StationFacts {
  /** Vendor, model and firmware of its last boot, and for which of them it was asked. */
  readonly model?: string;
  readonly askedFor?: string;
  /** 1.6: for how many keys it may be asked at once, and for which it is to be asked still; absent = unknown, and all that we want to know. */
  readonly mostKeys?: number;
  readonly keysLeft?: readonly string[];
  /** Another station of that model and firmware was asked, not this one. */
  readonly isInherited?: true;
  /** Highest stack level it takes; ours are at the lowest. */
  readonly maxStackLevel?: number;
  readonly maxPeriods?: number;
  /** The only unit its schedules may have. */
  readonly onlyUnit?: 'A' | 'W';
  /** What its model is known for; what it says itself comes first. */
  readonly corrections?: Corrections;
  readonly sampleIntervalS?: number;
  readonly intervalAsked?: boolean;
  /** What it samples, where that can be set and tells neither current nor power. */
  readonly measurands?: string;
  readonly measurandsAsked?: boolean;
  /** The connection on which a question got no answer. */
  readonly silentOn?: number;
  /** The connection on which it answered a TriggerMessage: what it sends there from then on is live. */
  readonly clockOn?: number;
  readonly clockAskedMs?: number;
  readonly refusesTriggerOn?: number;
  /** The connection on which it refused a default though it takes profiles; forgotten once it said what it takes. */
  readonly refusedDefaultOn?: number;
  readonly composedMs?: number;
  readonly refusesComposite?: boolean;
  /** What its samples have shown under this firmware. */
  readonly seen?: Seen;
}

/** Without being asked: that 0 A stops a car that drew, and that limits hold out of reach; absent = nothing has shown it yet. */
export interface Seen {
  readonly stopsAt0?: boolean;
  readonly keepsOffline?: boolean;
}

/** What is alike in all stations of a model and firmware. */
export type Capabilities = Pick<StationFacts, 'maxStackLevel' | 'maxPeriods' | 'onlyUnit' | 'sampleIntervalS'>;

export interface StationState {
  readonly config: StationConfig;
  readonly credentialHash?: string;
  readonly assignmentSeq: number;
  readonly ocppVersion?: OcppVersion;
  readonly ledger: StationLedger;
  /** By EVSE id. */
  readonly demands: Readonly<Record<string, Wanting>>;
  readonly measured: Readonly<Record<string, Measured>>;
  /** By connector in 1.6, by EVSE in 2.x; absent where there is none, as nearly everywhere. */
  readonly unconfigured?: Readonly<Record<string, Unconfigured>>;
  /** 2.x, by EVSE id: transactions that began there and are no demand; absent where there is none. */
  readonly places?: Readonly<Record<string, string>>;
  /** Transactions it has ended lately: when, by its own clock, and when that was heard. */
  readonly over?: readonly { readonly transactionId: string; readonly endedMs: number; readonly heardMs: number }[];
  /** Cars that are there, by EVSE id: what they need and what they got. */
  readonly visits: Readonly<Record<string, Visit>>;
  readonly quietUntilMs: number;
  /** What was last told of its EVSEs. */
  readonly shown: Readonly<Record<string, EvseLimit>>;
  readonly facts: StationFacts;
  /** By EVSE id, as it last said; absent where it says what it was told. */
  readonly differing?: Readonly<Record<string, Differing>>;
  readonly asking?: Inquiry & { readonly commandId: string };
  /** Transactions that were given the first place. */
  readonly firstPlaces?: readonly string[];
  /** Told to end the priority of this transaction. */
  readonly ending?: { readonly commandId: string; readonly transactionId: string };
  /** When its newest connection was asked for. */
  readonly connectedMs?: number;
  /** When it was last heard, to half a minute. */
  readonly heardMs?: number;
  /** How often it is to be heard, as it was told when it booted. */
  readonly heartbeatS?: number;
  /** The link was lost at this time and has not come back. */
  readonly lostAtMs?: number;
  /** Limits it does not follow, by kind and EVSE: since when, and which of its limits that is about. */
  readonly alarms?: Readonly<Record<string, { readonly sinceMs: number; readonly slot?: 'plan' | 'default' }>>;
}

/** The only unit it takes limits in, as it said itself or its model is known for. */
export const onlyUnitOf = ({ facts }: StationState): 'A' | 'W' | undefined => facts.onlyUnit ?? facts.corrections?.onlyUnit;

/** A command without an outcome, and when silence is taken for one. */
export interface Pending {
  readonly stationId: string;
  readonly isGrant: boolean;
  readonly giveUpMs: number;
}

/** The newest plan of the site's owner, by `station/EVSE`. */
export interface PlanInForce {
  readonly planId: string;
  readonly basedOn: number;
  readonly cars: Readonly<Record<string, Omit<CarPlan, 'isMet'> & { readonly transactionId: string }>>;
}

/** A limit from the grid that no later one has replaced, with its record's place in the stream. */
export type StandingLimit = GridLimit & { readonly limitId: string; readonly offset: number; readonly shareSeq?: number };

/** Costs and carbon that this source says for times ahead, in their order. */
export interface EnergySeries {
  readonly source: string;
  readonly steps: readonly EnergyStep[];
}

export interface SiteState {
  readonly tenantId: string;
  readonly siteId: string;
  /** Rises with each accepted configuration. */
  readonly version: number;
  readonly config?: SiteConfig;
  readonly stations: Shards<StationState>;
  readonly gridLimits: readonly StandingLimit[];
  /** By source, the latest word last. */
  readonly energySeries?: readonly EnergySeries[];
  /** What was last told of its needs to the owner of a limit it shares. */
  readonly needsTold?: SiteNeedsReported;
  readonly measurements: readonly Measurement[];
  /** By vendor, model and firmware; the oldest first. */
  readonly models?: Readonly<Record<string, Capabilities>>;
  readonly seen?: Readonly<Record<string, Seen>>;
  /** The process that took the site last, and where its SiteTaken stands: -1 while nobody has. */
  readonly ownerId: string;
  readonly ownerEpoch: number;
  readonly grantSeq: number;
  /** Stream time: the highest receive time so far. */
  readonly nowMs: number;
  readonly pending: Shards<Pending>;
  /** Profiles others ask for, not yet answered: nobody owned the site when they came. */
  readonly asked: readonly ProfileRequested[];
  /** When the plan wants to be looked at again: a number in a state at rest. */
  readonly lookAgainMs?: number | Later;
  /** When the plan was last made; large sites wait a moment before the next one. */
  readonly plannedMs: number;
  /** Offset of the last record that changed what a look ahead rests on: who is there, what they need, limits, costs. */
  readonly outlookAt: number;
  readonly plan?: PlanInForce;
  /** Those who were here lately, oldest first. */
  readonly past: readonly PastStay[];
  /** Highest power from the grid in a month of the site's calendar, by quarter hours. */
  readonly peak?: { readonly month: string; readonly kW: number };
  readonly quarter?: RunningQuarter;
  /** What was last told of nodes, and columns (`node/phase`) that more might be drawn from than is allowed: told once. */
  readonly nodes: Readonly<Record<string, NodeLoad>>;
  readonly shortfalls: readonly string[];
  /** When the limits of the tree were last configured. */
  readonly configuredMs: number;
  /** Columns that are above their limit by what is measured, and the quarter hours they were in. */
  readonly exceeded: Readonly<Record<string, Episode>>;
  readonly exceededLately: Readonly<Record<string, QuarterAbove>>;
}

export const newSite = (aggregate: string): SiteState => {
  const slash = aggregate.indexOf('/');
  return {
    tenantId: aggregate.slice(0, slash),
    siteId: aggregate.slice(slash + 1),
    version: 0,
    stations: {},
    gridLimits: [],
    measurements: [],
    ownerId: '',
    ownerEpoch: -1,
    grantSeq: 0,
    nowMs: 0,
    plannedMs: 0,
    outlookAt: -1,
    past: [],
    pending: {},
    asked: [],
    nodes: {},
    shortfalls: [],
    configuredMs: 0,
    exceeded: {},
    exceededLately: {},
  };
};

export const stationIn = ({ stations }: SiteState, stationId: string): StationState | undefined => entryOf(stations, stationId);
export const stationsOf = ({ stations }: Pick<SiteState, 'stations'>): readonly StationState[] => valuesOf(stations);
export const stationConfigs = (state: Pick<SiteState, 'stations'>): readonly StationConfig[] =>
  stationsOf(state).map(({ config }) => config);

const sizes = perShard<StationState, number>(({ length }) => length);
export const stationCount = ({ stations }: SiteState): number => sizes(stations).reduce((sum, size) => sum + size, 0);

interface Compiled {
  /** What was looked at last; other stations may have the same configurations. */
  stations: SiteState['stations'];
  readonly key: readonly StationConfig[];
  readonly network: Network;
  readonly placements: Map<StationConfig, Placement>;
}
const compiled = new WeakMap<SiteConfig, Compiled>();

/** The compiled tree; kept per configuration, since it is asked for with every message. */
export function networkOf(state: Pick<SiteState, 'config' | 'stations'>): Network | undefined {
  const { config } = state;
  if (config === undefined) return undefined;
  const kept = compiled.get(config);
  if (kept?.stations === state.stations) return kept.network;
  const configs = stationConfigs(state);
  if (kept?.key.length === configs.length && configs.every((each, index) => each === kept.key[index])) {
    kept.stations = state.stations;
    return kept.network;
  }
  const network = compileNetwork(config.root, config.voltageV, configs);
  const { stations } = state;
  compiled.set(config, {
    stations,
    key: configs,
    network,
    placements: new Map(configs.map((each) => [each, placeStation(network, each)])),
  });
  return network;
}

const unconfiguredLoads = perShard<StationState, readonly UnconfiguredLoad[]>((stations) =>
  stations.flatMap(({ config: { stationId, nodeId, maxA }, unconfigured = {} }) =>
    Object.entries(unconfigured).map(([outletId, { lineMa }]) => ({
      nodeId: maxA === undefined ? nodeId : stationId,
      stationId,
      outletId: Number(outletId),
      lineMa,
    })),
  ),
);

interface SiteConditions {
  readonly gridLimits: readonly StandingLimit[];
  readonly measurements: readonly Measurement[];
  readonly unconfigured?: readonly UnconfiguredLoad[];
}
const conditions = new WeakMap<SiteState['gridLimits'], SiteConditions>();

/**
 * What binds the network now: limits from the grid, other loads, and what is drawn where nothing is configured. The same object while there is nothing
 * new, since what follows from it is kept.
 */
export function conditionsOf({
  gridLimits,
  measurements,
  stations,
}: Pick<SiteState, 'gridLimits' | 'measurements' | 'stations'>): SiteConditions {
  const unconfigured = unconfiguredLoads(stations).flat();
  if (unconfigured.length > 0) return { gridLimits, measurements, unconfigured };
  const known = conditions.get(gridLimits);
  if (known?.measurements === measurements) return known;
  const found = { gridLimits, measurements };
  conditions.set(gridLimits, found);
  return found;
}

/** Where stations hang, for the network compiled last. */
export const placementsOf = (config: SiteConfig): ReadonlyMap<StationConfig, Placement> => compiled.get(config)?.placements ?? new Map();

export const withStation = (state: SiteState, stationId: string, change: (station: StationState) => StationState): SiteState => {
  const station = stationIn(state, stationId);
  if (station === undefined) return state;
  const changed = change(station);
  return changed === station ? state : { ...state, stations: withEntry(state.stations, stationId, changed) };
};
