// Facts of the whole network (`network-events`, one stream per tenant): tokens, tariffs, API keys and what reports need. Producers: api, stations for what they keep of tokens, and grid for what operators of grids say.

import type { NightlyReport, Party, Tariff } from '#domain/billing';
import type { ModuleNumber } from '#domain/ev-chart';
import type { OpenAdrVersion, SignalRefusal } from '#domain/grid-signals';
import type { ListQuestion } from '#domain/local-list';
import type { Envelope } from './envelope.js';
import type { GridControlEventData } from './grid-controls.js';
import type { VtnEventData } from './vtn-events.js';

export interface TokenChanged {
  readonly tokenHash: string;
  readonly tokenType: string;
  /** Sealed under the subject `tokenHash`. */
  readonly idToken: string;
  readonly status: 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'NoCredit';
  readonly groupHash?: string;
  /** The group's name, sealed under the subject `groupHash`; records of before 2026-11 have none. */
  readonly group?: string;
  readonly expiresAt?: string;
  /** Where it may be used; absent = everywhere. */
  readonly onlyAt?: readonly { readonly siteId: string; readonly stationId?: string; readonly evseIds?: readonly number[] }[];
  /** Stations with a local list keep it, to let its driver in while they are offline. */
  readonly isOnLists?: boolean;
  /** Characters of the token and of its group: what is sealed cannot be counted. */
  readonly idTokenLength?: number;
  readonly groupLength?: number;
}
/** A driver is forgotten: the key of what was sealed for him is destroyed. Producer: api. */
export interface DriverErased {
  readonly tokenHash: string;
  readonly requestedBy: string;
}
/** A station said whether it keeps a local list and a cache of tokens. Producer: stations. */
export interface TokenCopiesKept {
  readonly siteId: string;
  readonly stationId: string;
  readonly isListKept?: boolean;
  readonly isCacheKept?: boolean;
}
/** A station can take what changed in the list since it was last told; answered by TokenListOffered in its site's stream. Producer: stations. */
export interface TokenListAsked {
  readonly question: ListQuestion;
}
export interface TariffChanged {
  readonly tariff: Tariff;
}
export interface SiteTariffAssigned {
  readonly siteId: string;
  readonly tariffId: string;
}

export interface ApiKeyCreated {
  readonly keyId: string;
  readonly name: string;
  readonly role: string;
  /** Absent = all sites of its tenant. */
  readonly sites?: readonly string[];
  /** Keyed hash; the key itself is nowhere. */
  readonly keyHash: string;
  readonly createdBy: string;
}
export interface ApiKeyRevoked {
  readonly keyId: string;
  readonly revokedBy: string;
}

/** Somebody changed something over the HTTP interface, or tried to (ADR 0079). No personal data and no secrets. Producer: api. */
export interface ChangeAudited {
  readonly actor: AuditActor;
  readonly role: string;
  readonly method: string;
  /** As in the description of the interface, parameters in braces. */
  readonly route: string;
  /** Parameters of the path; a token by its keyed hash. */
  readonly subject: Readonly<Record<string, string>>;
  /** Of the answer. */
  readonly status: number;
  /** Why it was refused: the last part of the problem's type. */
  readonly problem?: string;
  /** What was asked, where it is configuration. */
  readonly content?: unknown;
}
export interface AuditActor {
  readonly kind: 'key' | 'user';
  /** Of the key, or what its issuer calls the person (`sub`). */
  readonly id: string;
  readonly name: string;
}
/** The place of an audited change in its tenant's chain. Producer: audit. */
export interface AuditChained {
  /** From 1, without gaps. */
  readonly seq: number;
  /** Of the entry before; empty at the first. */
  readonly previousHash: string;
  /** SHA-256 over place, hash before and entry. */
  readonly hash: string;
}

/** Where a tenant wants to be told of what happens (ADR 0080); takes the place of what was said of it before. Producer: api. */
export interface WebhookConfigured {
  readonly webhookId: string;
  /** Where to: `https:` or `mailto:`, sealed under the subject `webhook:<tenant>:<webhookId>`. */
  readonly target: string;
  readonly kinds: readonly string[];
  /** Of alerts, the least severe that are told. */
  readonly severity: 'critical' | 'warning' | 'info';
  readonly description?: string;
  readonly isEnabled: boolean;
  readonly requestedBy: string;
}
/** What its messages are signed with from now on; sealed as its target is. Until an instant they are signed with the one before as well. Producer: api. */
export interface WebhookSecretChanged {
  readonly webhookId: string;
  readonly secret: string;
  readonly previous?: { readonly secret: string; readonly until: string };
  readonly requestedBy: string;
}
export interface WebhookRemoved {
  readonly webhookId: string;
  readonly requestedBy: string;
}
/** It took nothing for so long that it gets nothing any more, until it is enabled again. Producer: api. */
export interface WebhookDisabled {
  readonly webhookId: string;
  readonly reason: string;
}
/** By topic and partition, the offset of the last record told. */
export type ToldUpTo = Readonly<Record<string, Readonly<Record<string, number>>>>;
/** How far a webhook was told, for rows that are made anew: now and then, and when the process that tells it stops. Producer: api. */
export interface WebhookTold {
  readonly webhookId: string;
  readonly told: ToldUpTo;
}
/** An alert that somebody wants to be told of is there, or is there with another severity. Producer: api. */
export interface AlertOpened {
  /** The same while it lasts. */
  readonly alertId: string;
  readonly kind: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly siteId: string | null;
  readonly stationId: string | null;
  readonly evseId: number | null;
  readonly since: string | null;
  readonly detail: unknown;
}
/** It is over. Producer: api. */
export interface AlertClosed {
  readonly alertId: string;
}

/** Rows of a federal report that no station can tell; they take the place of what was stated for that module and year before. */
export interface ReportingRowsStated {
  readonly module: ModuleNumber;
  readonly year: number;
  /** Column → value as it stands in the file. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  readonly statedBy: string;
}

/** Who sells, as invoices issued from then on name them. */
export interface SellerStated {
  readonly seller: Party;
  readonly statedBy: string;
}

/** The public key of a meter, from whom the operator trusts; readings of the time between are judged by it. */
export interface MeterKeyStated {
  readonly meterSerial: string;
  /** PEM, or SubjectPublicKeyInfo in hex or base64. */
  readonly publicKey: string;
  /** ISO 8601; absent = always. */
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly statedBy: string;
}

/** A program of a grid operator whose signals sites follow, asked of its server (OpenADR 3 VTN). Takes the place of what was said of it before. Producer: api. */
export interface GridProgramConfigured {
  readonly programId: string;
  readonly server: {
    readonly url: string;
    readonly version: OpenAdrVersion;
    /** As the server calls the program. */
    readonly programName: string;
    /** As the server calls us. */
    readonly venName: string;
    readonly clientId: string;
    /** Sealed under the subject `grid:<tenant>:<programId>`; absent = the one before stays. */
    readonly clientSecret?: string;
  };
  /** We tell the server our name and our connections ourselves (vens, resources). */
  readonly introduce?: boolean;
  /** How the server tells that there is something new; absent: it does not, and is only asked. */
  readonly push?: GridPush;
  /** Rules of a profile that events have to keep to. */
  readonly profile?: 'gac';
  readonly pollS: number;
  /** How long what was heard holds when nothing more is heard; then every site falls to its fallback. */
  readonly validForS: number;
  readonly sites: readonly GridProgramSite[];
  readonly requestedBy: string;
}
export type GridPush =
  /** Where its notifications arrive; the bearer token is ours to know (`callbackToken`). */
  | { readonly kind: 'webhook'; readonly callbackUrl: string }
  /** Topics of the broker that the server names (3.1). */
  | { readonly kind: 'mqtt' };
export interface GridProgramSite {
  readonly siteId: string;
  /** Absent = the root of the site. */
  readonly nodeId?: string;
  /** What the server calls the connection: targets of events. */
  readonly names: readonly string[];
  readonly fallbackW: number;
  /** Absent: what is fed back is not limited when nothing is heard. */
  readonly exportFallbackW?: number;
  readonly ratedW?: number;
  readonly simpleLevels?: readonly [number, number];
}
/** Nobody follows it any more. Producer: api. */
export interface GridProgramRemoved {
  readonly programId: string;
  readonly requestedBy: string;
}
/** Events as their server says them, new or changed. Producer: grid. */
export interface GridEventsHeard {
  readonly programId: string;
  readonly events: readonly { readonly eventId: string; readonly event: unknown }[];
}
/** The server does not say these any more. Producer: grid. */
export interface GridEventsGone {
  readonly programId: string;
  readonly eventIds: readonly string[];
}
/** Everything the server says is on record now; written after each change, and now and then while nothing changes. Producer: grid. */
export interface GridProgramHeard {
  readonly programId: string;
  /** What of the program itself does not keep to its profile. */
  readonly refusals: readonly SignalRefusal[];
}
/** The server was asked and said nothing useful; once for each reason until it is heard again. Producer: grid. */
export interface GridProgramUnheard {
  readonly programId: string;
  readonly reason: string;
}

/** A report that the server of a program wanted, and has; or will never take. Producer: grid. */
export interface GridReportSent {
  readonly programId: string;
  readonly eventId: string;
  readonly reportName: string;
  readonly payloadType: string;
  readonly readingType?: string;
  readonly units?: string;
  /** Of the intervals it is about. */
  readonly from: string;
  readonly until: string;
  readonly siteIds: readonly string[];
  /** As it was sent; absent where one record does not hold it. */
  readonly resources?: readonly unknown[];
  /** Why the server will never take it. */
  readonly refusal?: string;
}
/** Capacity a site would like to have beside what is subscribed, told where its grid operator asks; takes the place of what was said before. Producer: api. */
export interface GridReservationWished {
  readonly programId: string;
  readonly siteId: string;
  readonly windows: readonly {
    readonly from: string;
    readonly until: string;
    readonly importW?: number;
    readonly exportW?: number;
    readonly feePerKw?: number;
  }[];
  readonly requestedBy: string;
}

/** Whether the server tells by itself that there is something new; until it does it is asked at its interval. Producer: grid. */
export interface GridPushChanged {
  readonly programId: string;
  readonly kind: GridPush['kind'];
  /** Why it does not. */
  readonly trouble?: string;
}

/** Its server said that there is something new: ask now. Producer: api. */
export interface GridRereadAsked {
  readonly programId: string;
}
/** A night's reconciliation of a day of the past, also where nothing differs; a later one of the same day takes its place. */
export type DayReconciled = NightlyReport;

export interface NetworkEventData extends GridControlEventData, VtnEventData {
  GridRereadAsked: GridRereadAsked;
  GridPushChanged: GridPushChanged;
  GridReportSent: GridReportSent;
  GridReservationWished: GridReservationWished;
  GridProgramConfigured: GridProgramConfigured;
  GridProgramRemoved: GridProgramRemoved;
  GridEventsHeard: GridEventsHeard;
  GridEventsGone: GridEventsGone;
  GridProgramHeard: GridProgramHeard;
  GridProgramUnheard: GridProgramUnheard;
  TokenChanged: TokenChanged;
  DriverErased: DriverErased;
  TokenCopiesKept: TokenCopiesKept;
  TokenListAsked: TokenListAsked;
  TariffChanged: TariffChanged;
  SiteTariffAssigned: SiteTariffAssigned;
  ApiKeyCreated: ApiKeyCreated;
  ApiKeyRevoked: ApiKeyRevoked;
  ChangeAudited: ChangeAudited;
  AuditChained: AuditChained;
  WebhookConfigured: WebhookConfigured;
  WebhookSecretChanged: WebhookSecretChanged;
  WebhookRemoved: WebhookRemoved;
  WebhookDisabled: WebhookDisabled;
  WebhookTold: WebhookTold;
  AlertOpened: AlertOpened;
  AlertClosed: AlertClosed;
  ReportingRowsStated: ReportingRowsStated;
  SellerStated: SellerStated;
  MeterKeyStated: MeterKeyStated;
  DayReconciled: DayReconciled;
}
export type NetworkEvent = { [Type in keyof NetworkEventData]: Envelope<Type, NetworkEventData[Type]> }[keyof NetworkEventData];
