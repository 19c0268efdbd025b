// The network as the api tells it: sites, stations, outlets, running sessions, points of a load.
// What of it is right now is folded in model/.
import { ShapeError } from './errors.js';
import { numberOf, objectOf, textOf, timeOf } from './strict-json.js';

/** A part of a site that has a limit. `limitA` is per phase; one number means the same on each. */
export interface SiteNode {
  readonly nodeId: string;
  readonly limitA: number | readonly number[];
  readonly phases: number;
  readonly children: readonly SiteNode[];
}

export interface Site {
  readonly siteId: string;
  readonly name: string;
  /** IANA name; charts of the site use its time. */
  readonly timeZone: string;
  readonly voltageV: number;
  readonly root: SiteNode | null;
}

export interface Evse {
  readonly evseId: number;
  /** The station's own word: a 1.6 or 2.x status, or a 2.x charging state. */
  readonly status: string;
  /** What the network allows now, per phase [A]; null when nothing was said. */
  readonly limitA: number | null;
  /** What the network wants it to have; below `limitA` while that is not certain, since what is not known counts as the worst case [A]. */
  readonly wantedA: number | null;
  /** Why a plan gives it less than its fair share; null where none does. */
  readonly heldBy: HeldBy | null;
  /** It waits for current at this node and phase, where this many and perhaps more have the share; null where it does not. */
  readonly waits: (TightPlace & { readonly behind: number }) | null;
  /** The node and phase whose limit keeps it from more; null where none does. */
  readonly tightAt: TightPlace | null;
  /** What somebody else caps it at [A per phase]; null where nobody does. */
  readonly capA: number | null;
  readonly powerW: number | null;
  readonly sessionId: string | null;
}

export interface TightPlace {
  readonly nodeId: string;
  readonly phase: string;
  /** Full is what nobody can take away there: all that a charger may have whose clock is not known. */
  readonly isFirm: boolean;
}

/** An outlet, or with 0 the whole station, does not follow its limits. */
export interface LimitAlarm {
  readonly evseId: number;
  readonly kind: (typeof ALARM_KINDS)[number];
  readonly sinceMs: number;
  /** [A per phase] */
  readonly allowedA: number | null;
  readonly drawnA: number | null;
}

export const ALARM_KINDS = ['ignores', 'rejects', 'silent', 'outlasts', 'differs'] as const;

export const HELD_BY = ['cheaperHour', 'laterDeparture', 'needMet'] as const;

export type HeldBy = (typeof HELD_BY)[number];

export interface Station {
  readonly stationId: string;
  readonly siteId: string | null;
  readonly online: boolean;
  /** Its connection is lost since then, and it is not offline yet: short breaks are none; null while it is connected, or not known. */
  readonly lostAtMs: number | null;
  /** As people say it: 1.6, 2.0.1. */
  readonly ocppVersion: string | null;
  /** Vendor and model, as far as it said them. */
  readonly model: string | null;
  readonly firmwareVersion: string | null;
  /** When its last message arrived [ms since 1970]; null when it never spoke. */
  readonly lastSeenAtMs: number | null;
  readonly alarms: readonly LimitAlarm[];
  readonly evses: readonly Evse[];
}

/** A decimal string and its currency; never a float. */
export interface Money {
  readonly amount: string;
  readonly currency: string;
}

export interface Session {
  readonly sessionId: string;
  readonly stationId: string;
  /** As the station calls it; null where that is not known. */
  readonly transactionId: string | null;
  readonly evseId: number | null;
  readonly siteId: string | null;
  readonly active: boolean;
  readonly startedAtMs: number;
  readonly energyWh: number;
  /** What its car fed back, beside what it got; null where that is not metered. */
  readonly exportedWh: number | null;
  /** Its driver lets the car feed back, and whether that is possible now; null without consent. */
  readonly consent: 'possible' | 'notPossible' | null;
  /** Negative where the car feeds back. */
  readonly powerW: number | null;
  readonly limitA: number | null;
  readonly cost: Money | null;
}

/** One bucket of a site's load. null: not known at that time. */
export interface LoadPoint {
  readonly atMs: number;
  readonly measuredW: number | null;
  readonly allocatedW: number | null;
  readonly limitW: number | null;
}

export function readSite(json: unknown): Site {
  const row = objectOf(json);
  const siteId = textOf(row.siteId, 'siteId');
  return {
    siteId,
    name: typeof row.name === 'string' && row.name !== '' ? row.name : siteId,
    timeZone: typeof row.timeZone === 'string' ? row.timeZone : 'UTC',
    voltageV: numberOf(row.voltageV) ?? 230,
    root: row.root === undefined || row.root === null ? null : readNode(row.root),
  };
}

function readNode(json: unknown): SiteNode {
  const row = objectOf(json);
  const limitA = Array.isArray(row.limitA) ? row.limitA.map((each) => numberOf(each) ?? 0) : (numberOf(row.limitA) ?? 0);
  const phases = Array.isArray(row.phases) ? row.phases.length : (numberOf(row.phases) ?? 3);
  return {
    nodeId: textOf(row.nodeId, 'nodeId'),
    limitA,
    phases,
    children: Array.isArray(row.children) ? row.children.map(readNode) : [],
  };
}

export function readStation(json: unknown): Station {
  const row = objectOf(json);
  return {
    stationId: textOf(row.stationId, 'stationId'),
    siteId: typeof row.siteId === 'string' ? row.siteId : null,
    online: row.online === true,
    lostAtMs: row.online === true ? timeOf(row.disconnectedAt) : null,
    ocppVersion: typeof row.ocppVersion === 'string' ? row.ocppVersion.replace(/^ocpp/, '') : null,
    model: [row.vendor, row.model].filter((each) => typeof each === 'string' && each !== '').join(' ') || null,
    firmwareVersion: typeof row.firmwareVersion === 'string' ? row.firmwareVersion : null,
    lastSeenAtMs: timeOf(row.lastSeenAt),
    alarms: (Array.isArray(row.alarms) ? row.alarms : []).flatMap(readAlarm),
    evses: (Array.isArray(row.evses) ? row.evses : []).map(readEvse),
  };
}

function readAlarm(json: unknown): readonly LimitAlarm[] {
  const row = objectOf(json);
  const kind = ALARM_KINDS.find((each) => each === row.kind);
  const sinceMs = timeOf(row.since);
  if (kind === undefined || sinceMs === null) return [];
  return [{ kind, sinceMs, evseId: numberOf(row.evseId) ?? 0, allowedA: numberOf(row.allowedA), drawnA: numberOf(row.drawnA) }];
}

function readPlace(reason: unknown): TightPlace | null {
  if (typeof reason !== 'object' || reason === null) return null;
  const { nodeId, phase, isFirm } = objectOf(reason);
  return { nodeId: textOf(nodeId, 'nodeId'), phase: textOf(phase, 'phase'), isFirm: isFirm === true };
}

function readWaits({ reason, behind }: Readonly<Record<string, unknown>>): Evse['waits'] {
  const place = readPlace(reason);
  return place === null || !Array.isArray(behind) ? null : { ...place, behind: behind.length };
}

function readEvse(json: unknown): Evse {
  const row = objectOf(json);
  return {
    evseId: numberOf(row.evseId) ?? 0,
    status: typeof row.status === 'string' ? row.status : 'Unknown',
    limitA: numberOf(row.limitA),
    wantedA: numberOf(row.wantedA),
    heldBy: HELD_BY.find((each) => each === row.heldBy) ?? null,
    waits: readWaits(row),
    tightAt: readPlace(row.reason),
    capA: row.cap === null || row.cap === undefined ? null : numberOf(objectOf(row.cap).limitA),
    powerW: numberOf(row.powerW),
    sessionId: typeof row.sessionId === 'string' ? row.sessionId : null,
  };
}

export function readSession(json: unknown): Session {
  const row = objectOf(json);
  return {
    sessionId: textOf(row.sessionId, 'sessionId'),
    stationId: textOf(row.stationId, 'stationId'),
    transactionId: typeof row.transactionId === 'string' ? row.transactionId : null,
    evseId: numberOf(row.evseId),
    siteId: typeof row.siteId === 'string' ? row.siteId : null,
    active: typeof row.status === 'string' ? row.status.toLowerCase() === 'active' : timeOf(row.endedAt) === null,
    startedAtMs: timeOf(row.startedAt) ?? 0,
    energyWh: numberOf(row.energyWh) ?? 0,
    exportedWh: numberOf(row.exportedWh),
    consent: readConsent(row.needs),
    powerW: numberOf(row.powerW),
    limitA: numberOf(row.limitA),
    cost: readMoney(row.cost, row.currency),
  };
}

function readConsent(needs: unknown): Session['consent'] {
  const { discharge } = typeof needs === 'object' && needs !== null ? objectOf(needs) : {};
  if (typeof discharge !== 'object' || discharge === null) return null;
  return objectOf(discharge).state === 'possible' ? 'possible' : 'notPossible';
}

export function readMoney(cost: unknown, currency: unknown): Money | null {
  if (cost === undefined || cost === null) return null;
  const { amount, currency: own } = typeof cost === 'object' ? objectOf(cost) : { amount: cost, currency };
  return typeof amount === 'string' && typeof own === 'string' ? { amount, currency: own } : null;
}

export function readLoadPoint(json: unknown): LoadPoint {
  const row = objectOf(json);
  const atMs = timeOf(row.at ?? row.time ?? row.bucket);
  if (atMs === null) throw new ShapeError('A load point has no time');
  return { atMs, measuredW: numberOf(row.measuredW), allocatedW: numberOf(row.allocatedW), limitW: numberOf(row.limitW) };
}
