// What the session service remembers of a site: its tariffs, and of each station the link, registry, outlets, sessions and open commands.
// Plain JSON, shared between versions of the state wherever it did not change.
import type { SiteTariffs } from '#domain/billing';
import type { Corrections } from '#domain/quirks';
import { NO_SESSIONS, type StationSessions } from '#domain/session';
import type { OcppVersion } from '#ocpp';
import type { Generation, TokenEntry } from '#ports';
import type { Awaited } from './awaited.js';
import type { CommandProgress } from './command-progress.js';

/** The station as configured, as far as an edge or a session needs it. */
export interface Registry {
  readonly securityProfile: 0 | 1 | 2 | 3;
  readonly credentialHash?: string;
  readonly offered?: { readonly offerId: string; readonly credentialHash: string };
  readonly certificate?: { readonly commonName?: string; readonly organization?: string };
  /** The newest one it was seen with, while it is of security profile 3. */
  readonly provenCertificate?: { readonly issuer: string; readonly serialNumber: string; readonly notBefore: string };
  readonly assignmentSeq: number;
  /** It moved to another site. */
  readonly isRemoved: boolean;
  /** 1.6 connector → EVSE. */
  readonly connectors: Readonly<Record<string, number>>;
  readonly evseIds: readonly number[];
  readonly strict?: true;
}

/** Whether the station is taken, as an operator decided; absent = it is. */
export interface AdmissionState {
  readonly bootStatus: 'Accepted' | 'Pending' | 'Rejected';
  readonly heartbeatIntervalS?: number;
}

export interface Link {
  readonly connectionId: string;
  readonly generation: Generation;
  readonly ocppVersion: OcppVersion;
  /** As shown: the end of a connection counts after a while only (link.ts). */
  readonly isOnline: boolean;
  /** Since when there is no connection; absent while there is one. */
  readonly lostMs?: number;
  readonly connectedMs: number;
  /** Before it connected it may have been offline since then: a message as old as that may have waited. */
  readonly offlineFromMs: number;
  readonly heardMs: number;
}

/** An EVSE as it reports itself. */
export interface Outlet {
  /** Connector → its last status. */
  readonly connectors: Readonly<Record<string, string>>;
  /** When that was, by the rule for bad clocks; absent in states of before it was kept. Connector 0 is the whole EVSE (2.x NotifyEvent). */
  readonly toldMs?: Readonly<Record<string, number>>;
  readonly statusMs?: number;
  readonly errorCode?: string;
  readonly powerW?: number;
  readonly currentA?: number;
  readonly registerWh?: number;
  readonly measuredMs?: number;
}

/** What was last said of whether ports work, and how often the station is to be heard. */
export interface Availability {
  /** As told at the last accepted boot [s]. */
  readonly heartbeatS?: number;
  /** `evseId/connectorId` → the latest word by its own time. */
  readonly told: Readonly<Record<string, ToldWord>>;
}
export interface ToldWord {
  readonly atMs: number;
  readonly connectionId: string;
  readonly down?: 'faulted' | 'unavailable';
  readonly errorCode?: string;
}

export interface RemoteStart {
  readonly tokenHash: string;
  readonly tokenType: string;
  /** Sealed. */
  readonly idToken: string;
  /** Of the record that asked for it; absent in states of before it was kept. */
  readonly offset?: number;
}

export interface StationState {
  readonly registry?: Registry;
  readonly link?: Link;
  readonly admission?: AdmissionState;
  /** What its model of the last boot gets wrong. */
  readonly corrections?: Corrections;
  /** What it shows of prices, by its device model. */
  readonly shows?: { readonly costs: boolean; readonly tariffs: boolean };
  readonly outlets: Readonly<Record<string, Outlet>>;
  readonly availability?: Availability;
  /** Who was to charge by a remote start, by its remoteStartId. */
  readonly remoteStarts?: Readonly<Record<string, RemoteStart>>;
  readonly sessions: StationSessions;
  readonly commands: Readonly<Record<string, CommandProgress>>;
  /** Of the last record about it; orders what is written into the answer book. */
  readonly offset: number;
}

export interface SiteState extends SiteTariffs {
  readonly kind: 'site';
  readonly tenantId: string;
  readonly siteId: string;
  readonly timeZone?: string;
  /** Commands without an end yet, by id. */
  readonly awaited?: Readonly<Record<string, Awaited>>;
  /** Two levels, so that a change copies a few dozen references and not one per station of a large site. */
  readonly shards: Readonly<Record<string, Readonly<Record<string, StationState>>>>;
}

export interface TokenState {
  readonly kind: 'token';
  readonly tenantId: string;
  readonly entry?: TokenEntry;
  /** The token of a driver who was erased: nobody knows it any more. */
  readonly erased?: string;
  readonly offset: number;
}

export type SessionServiceState = SiteState | TokenState;

const SHARDS = 32;
const NEW_STATION: StationState = { outlets: {}, sessions: NO_SESSIONS, commands: {}, offset: -1 };

export function stationIn({ shards }: SiteState, stationId: string): StationState {
  const shard = shards[shardOf(stationId)];
  return (shard !== undefined && Object.hasOwn(shard, stationId) && shard[stationId]) || NEW_STATION;
}

export function withStation(site: SiteState, stationId: string, station: StationState): SiteState {
  const shard = shardOf(stationId);
  if (site.shards[shard]?.[stationId] === station) return site;
  return { ...site, shards: { ...site.shards, [shard]: { ...site.shards[shard], [stationId]: station } } };
}

export function* stationsOf({ shards }: SiteState): Generator<readonly [stationId: string, station: StationState]> {
  for (const shard of Object.values(shards)) yield* Object.entries(shard);
}

function shardOf(stationId: string): string {
  let hash = 0;
  for (let index = 0; index < stationId.length; index++) hash = (hash * 31 + stationId.charCodeAt(index)) | 0;
  return String((hash >>> 0) % SHARDS);
}
