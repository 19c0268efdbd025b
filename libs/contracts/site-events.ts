// Facts of a site's one ordered stream (`site-events`): what stations said, what was configured, limited and commanded.
// Producers: edge (connections, calls, outcomes), api (requests), billing (tariff), load-balancing (owner's decisions), every service (TimeReached).
import type { Tariff } from '#domain/billing';
import type { DisplayMessage } from '#domain/display-message';
import type { ClearScope, ForeignProfile, HeldBy, SiteAmounts, SiteConfig, StationConfig } from '#domain/load-balancing';
import type { ListOffer } from '#domain/local-list';
import type { SignatureJudgement } from '#domain/metering';
import type { DeclaredCause, ExclusionCause } from '#domain/uptime';
import type { OcppVersion, SchemaViolation } from '#ocpp';
import type { CertificateUse, Generation } from '#ports';
import type { Envelope } from './envelope.js';

/** What the edge knew about a token when it answered. The plain token exists only sealed inside the payload. */
export interface TokenFacts {
  /** Keyed hash of (tenant, value in lower case); the pseudonym a driver has inside the product. */
  readonly tokenHash: string;
  /** OCPP 2.0.1 IdTokenEnumType; 1.6 has no type and says 'Central'. */
  readonly tokenType: string;
  /** OCPP AuthorizationStatus as answered. */
  readonly status: string;
  readonly groupHash?: string;
}

export interface StationConnected {
  readonly connectionId: string;
  readonly edgeId: string;
  readonly assignmentSeq: number;
  readonly ocppVersion: OcppVersion;
  readonly securityProfile: 0 | 1 | 2 | 3;
  /** It came with the password of this offer, which proves that it knows it. */
  readonly provedOffer?: string;
  /** What it showed: in security profile 3 it got in by it, in 2 it may have one already. */
  readonly certificate?: ShownCertificate;
}

/** A certificate a station came with, as far as others of its authority can be told from it. */
export interface ShownCertificate {
  /** Hex in upper case. */
  readonly serialNumber: string;
  /** Distinguished name of who signed it. */
  readonly issuer: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** A station that is known here was not let in. Attempts that come fast are counted only. Producer: edge. */
export interface ConnectionRefused {
  readonly edgeId: string;
  readonly reason:
    | 'badCredentials'
    | 'badCertificate'
    | 'supersededCertificate'
    | 'revokedCertificate'
    | 'insecureTransport'
    | 'noCommonSubprotocol';
  /** What the station is configured for, and what came. */
  readonly securityProfile: 0 | 1 | 2 | 3;
  readonly isEncrypted: boolean;
  readonly hasPassword: boolean;
  readonly certificate?: ShownCertificate;
  /** Attempts since the last record of this kind that have none. */
  readonly unrecorded: number;
}

/** An authority signed what a station asked for by SignCertificate (A02). Producer: stations. */
export interface CertificateIssued extends ShownCertificate {
  readonly stationId: string;
  /** Of the CallReceived that asked. */
  readonly requestId: string;
  readonly use: CertificateUse;
  readonly commonName: string;
  /** Whose it is: as the request had it, or the operator (ADR 0074). */
  readonly organization?: string;
  /** PEM, the station's own first; no root. */
  readonly chain: readonly string[];
}
/** A certificate at a station runs out, or has (`isOver`: not any more: it was renewed, replaced or removed). Producer: stations. */
export interface CertificateAlarmReported {
  readonly stationId: string;
  readonly certificateId: string;
  readonly kind: 'expiring' | 'expired';
  readonly type?: string;
  readonly notAfter?: string;
  readonly isOver: boolean;
}
/** No authority signs this request, now or later. Producer: stations. */
export interface CertificateNotIssued {
  readonly stationId: string;
  readonly requestId: string;
  readonly use: CertificateUse;
  readonly reason: string;
}

export interface StationDisconnected {
  readonly connectionId: string;
  readonly edgeId: string;
  readonly generation: Generation;
  /** WebSocket close code; 1006 when the link was lost. */
  readonly closeCode: number;
  readonly reason: string;
  /** Frames nobody could read that were only counted since the last one parked. */
  readonly unparkedFrames?: number;
}

/** One CALL of a station with the answer it was given (P1), or a SEND, which is given none. `payload` is as sent, with personal fields sealed and secrets removed. */
export interface CallReceived {
  readonly connectionId: string;
  readonly generation: Generation;
  readonly ocppVersion: OcppVersion;
  readonly messageId: string;
  readonly action: string;
  /** A SEND of 2.1: `answer` is what we make of it, and was told to nobody. */
  readonly isSend?: boolean;
  /** Empty when the payload satisfies its schema. */
  readonly violations: readonly SchemaViolation[];
  /** Why it was accepted although something is off: `schema`, `repeatedSeqNo`, `oldGeneration`, … */
  readonly flags: readonly string[];
  readonly token?: TokenFacts;
  /** 1.6: the id given to a StartTransaction. */
  readonly transactionId?: string;
  /** Somebody replayed a frame that was parked: the id of its FrameParked. */
  readonly replayOf?: string;
  readonly answer:
    | { readonly kind: 'result'; readonly payload: unknown }
    | { readonly kind: 'error'; readonly code: string; readonly description: string };
  readonly payload: unknown;
}

/** A frame of an authenticated station that nobody could read, kept for who looks into it (P3). Texts of the frame are never here in clear. */
export interface FrameParked {
  readonly connectionId: string;
  readonly generation: Generation;
  readonly ocppVersion: OcppVersion;
  /** `unreadable`: answered with CALLERROR; `unsupported`: a message type or answer that cannot be related; `unsolicited`: an answer nobody asked for; `answerRefused` (2.1): the station could not use an answer of ours. */
  readonly kind: 'unreadable' | 'unsupported' | 'unsolicited' | 'answerRefused';
  /** A constant sentence. */
  readonly reason: string;
  /** Length of the whole frame. */
  readonly bytes: number;
  /** Keyed hash of the whole frame: equal frames can be told apart from different ones. */
  readonly frameHash: string;
  /** The beginning of the frame with every word masked that is not OCPP's own. */
  readonly redacted: string;
  /** The frame up to 64 KiB, sealed under the station's own key. */
  readonly sealed: string;
  readonly isTruncated: boolean;
  /** Frames of this station that were only counted since the last one parked: a babbling station cannot fill the disk. */
  readonly unparkedBefore: number;
}

/** Written before it leaves. Grants (whatever can change a limit) carry the owner's epoch and are written by the site's owner alone. */
export interface CommandRequested {
  readonly commandId: string;
  readonly stationId: string;
  readonly action: string;
  readonly payload: unknown;
  /** ISO 8601; an edge refuses to send it later. */
  readonly notAfter: string;
  readonly timeoutMs: number;
  /** Who asked: `api:<key id>`, `load-balancing`, … */
  readonly requestedBy: string;
  readonly grant?: GrantFacts;
}

/** What a grant promises, beside the payload that spells it for the station. Currents in mA. */
export interface GrantFacts {
  readonly ownerEpoch: number;
  readonly grantSeq: number;
  readonly slot: 'plan' | 'default' | 'stationMax';
  /** 0 = the whole station. */
  readonly evseId: number;
  readonly transactionId?: string;
  readonly steps: readonly { readonly fromMs: number; readonly limitMa: number; readonly dischargeMa?: number }[];
  /** Nominal voltage of the site: what a car's watts are compared with [V]. */
  readonly voltageV?: number;
  /** It may permit more, or for longer, than before: not to be delivered by an owner that is behind. */
  readonly raises?: boolean;
  /** Why our own plan says this: what the split gives, and the node and phase that keep it from more, with what was known there. */
  readonly why?: {
    readonly cause: string;
    readonly wantedMa?: number;
    /** Why the planner wants it to have no more. */
    readonly heldBy?: HeldBy;
    readonly tight?: {
      readonly nodeId: string;
      readonly phase: string;
      /** What nobody can take away there kept it from more: `limitMa` is that. */
      readonly isFirm?: true;
      readonly limitMa: number;
      readonly committedMa: number;
      /** What other loads are counted with there, and who set the limit: `site` or the source of a limit from the grid. */
      readonly otherMa?: number;
      readonly limitedBy?: string;
    };
    readonly seen?: {
      /** What it might have drawn before, and what its meter last said, at that time. */
      readonly committedMa: number;
      readonly drawnMa?: number;
      readonly drawnAt?: string;
      /** Cars the split was about, and of these the ones that wait for a turn (`station/EVSE`, the first few). */
      readonly cars: number;
      readonly waiting: readonly string[];
      /** A cap of somebody else, as in LimitsDecided. */
      readonly capMa?: number;
      readonly capBy?: 'profile' | 'chargingLimit';
      readonly capSource?: string;
      /** The plan that wanted something for this car was too old from then on, and none has come since. */
      readonly planLapsedAt?: string;
    };
  };
  /** A profile that somebody else asked for. */
  readonly foreign?: ForeignProfile;
  /** Nothing is promised: profiles are removed. */
  readonly clears?: ClearScope;
}

/** Somebody other than the owner wants to change a profile; the owner refuses it or sends it as its own grant, under the same commandId. */
export type ProfileRequested = Omit<CommandRequested, 'grant'>;
/** A car has the first place among those of its site, within every limit, or has it no more. Producer: the site's owner, to a UsePriorityCharging that was asked for. */
export interface PriorityDecided {
  readonly commandId: string;
  readonly stationId: string;
  readonly evseId: number;
  readonly transactionId: string;
  readonly isFirst: boolean;
}

export interface CommandSent {
  readonly commandId: string;
  readonly connectionId: string;
  readonly generation: Generation;
}
export interface CommandAnswered extends CommandSent {
  readonly payload: unknown;
  readonly violations: readonly SchemaViolation[];
  /** 2.1: what a station that answered so heard of it (CALLRESULTERROR). */
  readonly resultError?: { readonly code: string; readonly description: string };
}
/** The station answered CALLERROR. */
export interface CommandErrored extends CommandSent {
  readonly code: string;
  readonly description: string;
}
/** It left, and no answer came: the profile may be in force. */
export interface CommandUnanswered extends CommandSent {
  readonly reason: 'timeout' | 'disconnected' | 'edgeLost';
}
/** It never left. */
export interface CommandRefused {
  readonly commandId: string;
  readonly reason:
    | 'NotConnected'
    | 'PastNotAfter'
    | 'OlderGrant'
    | 'Superseded'
    | 'NotBooted'
    | 'QueueFull'
    | 'InvalidPayload'
    | 'NotPermitted'
    /** Another profile holds at the same level, purpose and place. */
    | 'DuplicateProfile';
  readonly detail?: string;
}

/** Many messages for one station, to be sent one after the other. Each becomes a CommandRequested under its id, or is among MessagesRefused. Producer: api. */
export interface MessagesWanted {
  readonly stationId: string;
  readonly messages: readonly { readonly commandId: string; readonly action: string; readonly payload: unknown }[];
  /** Of each answer [ms]. */
  readonly timeoutMs: number;
  /** What has not left by then is refused. */
  readonly notAfter: string;
  readonly requestedBy: string;
}

/** Of messages that were to be sent one after the other these never will be. Producer: stations. */
export interface MessagesRefused {
  readonly stationId: string;
  readonly commandIds: readonly string[];
  readonly reason: 'NotConnected' | 'PastNotAfter' | 'QueueFull';
  readonly detail: string;
}

/** A reservation that its station had taken is over: what it was kept for, and until when (ADR 0119). Producer: stations. */
export interface ReservationEnded {
  readonly stationId: string;
  readonly reservationId: number;
  /** 0 = any of the station. */
  readonly evseId: number;
  readonly tokenHash?: string;
  readonly tokenType?: string;
  /** Sealed. */
  readonly idToken?: string;
  /** When the station took it, and when it ended, ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly end: 'used' | 'cancelled' | 'expired' | 'removed' | 'noTransaction';
  /** The transaction that used it. */
  readonly transactionId?: string;
}

/** What a station keeps of tokens may not be true any more: it is told anew as soon as it can be. Producers: token-lists; api where an operator wants it. */
export interface TokenCopiesStale {
  readonly stationId: string;
  readonly what: 'list' | 'cache';
  /** All of it, whatever is known of what it holds. */
  readonly requestedBy?: string;
}
/** A transaction ended and events between its first and its last were not heard, or the last of them came after all (0). Producer: session. */
export interface TransactionEventsMissing {
  readonly stationId: string;
  readonly transactionId: string;
  readonly missing: number;
}
/** An operator wants this on the station's display, or not any more (no message). Contents are sealed. Producer: api. */
export interface DisplayMessageWanted {
  readonly stationId: string;
  readonly messageId: number;
  readonly message?: DisplayMessage;
  readonly requestedBy: string;
}
/** What a session costs by now, or in the end, where its station is 2.x or shows it. Producer: billing. */
export interface SessionCostKnown {
  readonly stationId: string;
  readonly sessionId: string;
  readonly transactionId: string;
  /** What is paid, taxes included; 0 = free. */
  readonly totalCost: number;
  readonly currency: string;
  readonly isFinal: boolean;
  /** Of 1.6, while it goes on: what its words for it name too. */
  readonly running?: {
    readonly at: string;
    /** Of the meter, by what was metered since its start [Wh]. */
    readonly registerWh: number;
    readonly isCharging: boolean;
  };
}
/** What a station shows of prices by its device model (TariffCostCtrlr, DisplayMessageCtrlr; 1.6: CustomDisplayCostAndPrice), each time that changes. Producer: stations. */
export interface PriceDisplayReported {
  readonly stationId: string;
  /** What a transaction costs (I02, I03). */
  readonly costs: boolean;
  /** A text about prices before one begins (I01). */
  readonly tariffs: boolean;
  /** It takes tariffs in a form it calculates with (2.1 I07). */
  readonly calculates: boolean;
}
/** A station that calculates costs itself is to calculate with the tariff of its site (2.1 I07). Producer: stations. */
export interface DefaultTariffWanted {
  readonly stationId: string;
  readonly tariff: Tariff;
}
/** A driver is forgotten who charged at this station: what it knows of him is cleared as soon as it can be reached. Producer: api. */
export interface CustomerClearWanted {
  readonly stationId: string;
  readonly tokenHash: string;
  readonly tokenType: string;
  /** Sealed under a subject of its own, which is destroyed once the station is done. */
  readonly idToken: string;
  readonly requestedBy: string;
}
/** One message's worth of what a station is to be told of the list of tokens. Producer: token-lists. */
export interface TokenListOffered {
  readonly stationId: string;
  readonly offer: ListOffer;
}

export type ConfigurationChange =
  | { readonly kind: 'site'; readonly config: SiteConfig }
  | {
      readonly kind: 'station';
      readonly config: StationConfig /** keyed hash; absent = unchanged */;
      readonly credentialHash?: string;
      /** Security profile 3: what the station's certificate names where that is not its id and one of our organisations. */
      readonly certificate?: {
        readonly commonName?: string;
        readonly organization?: string;
      } /** number of this station's site assignment, from 1 */;
      readonly assignmentSeq: number;
    }
  /** The station moved to another site, or is deleted; refused while a transaction or a lease is open. One that is deleted may stay where it is: then also while it may draw more than its safe level. */
  | { readonly kind: 'stationRemoved'; readonly stationId: string; readonly isDeleted?: true }
  /** Refused while stations are there, or limits of the grid stand. */
  | { readonly kind: 'siteRemoved' };

export interface ConfigurationRequested {
  readonly requestId: string;
  readonly requestedBy: string;
  /** Version the writer saw; refused when another write came in between. */
  readonly ifMatch?: number;
  readonly change: ConfigurationChange;
}
export interface ConfigurationAccepted {
  readonly requestId: string;
  readonly version: number;
  readonly change: ConfigurationChange;
}
export interface ConfigurationRefused {
  readonly requestId: string;
  readonly reasons: readonly { readonly path: string; readonly message: string }[];
}

/** Whether the network takes a station, told to it when it boots; independent of its configuration. Producer: api. */
export interface StationAdmissionChanged {
  readonly stationId: string;
  readonly bootStatus: 'Accepted' | 'Pending' | 'Rejected';
  /** Absent = as the network has it. */
  readonly heartbeatIntervalS?: number;
  readonly requestedBy: string;
}
/** A new password on its way to a station: valid beside the old one until the station took it, or came with it (A01.FR.03/04). Producer: api. */
export interface CredentialOffered {
  readonly stationId: string;
  /** Of the command that carries it, where there is one. */
  readonly offerId: string;
  /** Keyed hash. */
  readonly credentialHash: string;
  readonly requestedBy: string;
}

export interface GridLimitReceived {
  readonly limitId: string;
  /** Absent = the root of the site. */
  readonly nodeId?: string;
  /** Export: of what cars feed back; absent = of what is drawn. */
  readonly direction?: 'import' | 'export';
  readonly schedule: readonly {
    readonly startsAt: string;
    readonly limitA?: number | readonly [number, number, number];
    readonly limitW?: number;
  }[];
  readonly expiresAt: string;
  /** Binding after `expiresAt` until replaced; absent = the limit ends. */
  readonly fallback?: { readonly limitA?: number | readonly [number, number, number]; readonly limitW?: number };
  readonly source: string;
  /** It is a share of a limit over several sites; numbers rise. Producer: load-balancing (network limits). */
  readonly shareSeq?: number;
}

/** The limits of this id are over before their time, other than shares. Producer: api. Of a share: producer load-balancing (network limits). */
export interface GridLimitWithdrawn {
  readonly limitId: string;
  /** Only what this source sent under that id, and only at this node; absent = whatever stands under it at the site. */
  readonly source?: string;
  readonly nodeId?: string;
  /** The source of a limit over several sites: the site's share of it is over, whatever its id. */
  readonly shareOf?: string;
  readonly requestedBy: string;
}
/** One limit for all these sites together (`:network`). All in amperes or all in watts. Producer: api. */
export interface SharedLimitReceived {
  readonly limitId: string;
  readonly siteIds: readonly string[];
  readonly schedule: GridLimitReceived['schedule'];
  readonly expiresAt: string;
  readonly fallback?: GridLimitReceived['fallback'];
  /** A later limit of the same source over several sites takes its place; limits of single sites stand beside it. */
  readonly source: string;
}
/** A limit over several sites is over before its time (`:network`). Producer: api. */
export interface SharedLimitWithdrawn {
  readonly limitId: string;
  readonly requestedBy: string;
}
/** A site's share of such a limit, before the site hears of it (`:network`). Producer: load-balancing (network limits). */
export interface ShareGranted {
  readonly siteId: string;
  readonly limit: GridLimitReceived;
}
/** What a site needs, and how it stands to its shares (`:network`). Producer: load-balancing. By line in mA, in all in W. */
export interface SiteNeedsReported {
  readonly siteId: string;
  readonly floor: SiteAmounts;
  readonly demand: SiteAmounts;
  /** `isSettled`: nothing of the site can draw more than this share any more. */
  readonly shares: readonly { readonly source: string; readonly shareSeq: number; readonly isSettled: boolean }[];
}

/**
 * What a kWh costs this site, earns when fed back, and makes the grid emit, as somebody outside says it for times ahead. Takes the place of what this source said of these
 * times before; beside each other the latest word counts, and where nobody says anything the site's own table. Producers: api, grid.
 */
export interface EnergySeriesReceived {
  readonly source: string;
  /** In order of time, none over another. In the currency of the site's own costs. */
  readonly series: readonly {
    readonly startsAt: string;
    readonly endsAt: string;
    readonly pricePerKwh?: number;
    readonly feedInPerKwh?: number;
    readonly carbonKgPerKwh?: number;
  }[];
}

export interface MeasurementsReported {
  readonly measurements: readonly {
    readonly nodeId: string;
    readonly at: string;
    readonly currentA: readonly [number, number, number];
    readonly ttlSeconds: number;
  }[];
}

/** What a driver needs, told by somebody other than the car (which says it by NotifyEVChargingNeeds). Replaces what was said of it before. Producer: api. */
export interface ChargingNeedsStated {
  readonly evseId: number;
  readonly transactionId: string;
  /** ISO 8601 */
  readonly departsAt?: string;
  /** To have got by then, counted from the start of the session. */
  readonly energyWh?: number;
  /** The part of it the driver cannot do without. */
  readonly minEnergyWh?: number;
  /** The driver lets the car feed back, never below this (negative: of what it came with); absent = not, or not any more. */
  readonly discharge?: { readonly reserveWh: number };
  readonly requestedBy: string;
}

/** What a station is to have of one DER control (2.1 block R), or that it is to have it no more (`control` absent). A later word about it takes this one's place. Producer: api. */
export interface DerControlWanted {
  readonly stationId: string;
  readonly controlId: string;
  readonly isDefault: boolean;
  /** The SetDERControl request. */
  readonly control?: Readonly<Record<string, unknown>>;
  readonly requestedBy: string;
}

/** Somebody judged an outage of a port. A later word about it takes this one's place; both stay on record. Producer: api. */
export interface OutageClassified {
  readonly stationId: string;
  readonly evseId: number;
  /** Port and first instant of the outage, as it was known then. */
  readonly outageId: string;
  /** `counts`: it is the operator's after all. */
  readonly cause: ExclusionCause | 'counts';
  /** What of it is meant, ISO 8601; without an end up to the end of the outage. */
  readonly from: string;
  readonly to?: string;
  /** Where it can be looked up that the port would have worked otherwise. */
  readonly evidence: string;
  readonly note?: string;
  readonly classifiedBy: string;
}

/** People found an outage that no record tells of. A later word under its id takes this one's place; both stay on record. Producer: api. */
export interface OutageDeclared {
  readonly stationId: string;
  readonly evseId: number;
  readonly declarationId: string;
  readonly cause: DeclaredCause | 'withdrawn';
  /** ISO 8601; without an end it goes on. */
  readonly from: string;
  readonly to?: string;
  readonly evidence: string;
  readonly declaredBy: string;
}

/** Somebody saw an event of a station's variables (NotifyEvent). Producer: api. */
export interface DeviceEventAcknowledged {
  readonly stationId: string;
  /** Offset of its message in this stream and its index in it. */
  readonly eventId: string;
  readonly acknowledgedBy: string;
  readonly note?: string;
}
/** Somebody saw a security event of a station. Producer: api. */
export interface SecurityEventAcknowledged {
  readonly stationId: string;
  /** Offset of its message in this stream. */
  readonly eventId: string;
  readonly acknowledgedBy: string;
  readonly note?: string;
}
/** What stations of a site are to be set to, by vendor, model and firmware; replaces what was said under its id. Without settings it is withdrawn. Producer: api. */
export interface DeviceSettingsWanted {
  readonly templateId: string;
  /** Absent members hold for every station of the site. Texts are compared without regard to case. */
  readonly appliesTo: {
    readonly vendor?: string;
    readonly model?: string;
    readonly firmwareVersion?: string;
    readonly ocppVersion?: OcppVersion;
  };
  readonly settings: readonly WantedSetting[];
  readonly requestedBy: string;
}
export interface WantedSetting {
  /** 2.x; absent = a configuration key of 1.6. */
  readonly component?: {
    readonly name: string;
    readonly instance?: string;
    readonly evse?: { readonly id: number; readonly connectorId?: number };
  };
  readonly variable: { readonly name: string; readonly instance?: string };
  /** Absent = Actual. */
  readonly attribute?: 'Actual' | 'Target' | 'MinSet' | 'MaxSet';
  readonly value: string;
}

/** Many stations of a site are to get firmware or to hand over a log, in waves. Producer: api. */
export interface CampaignRequested {
  readonly campaignId: string;
  readonly kind: 'firmware' | 'publish' | 'log';
  /** By OCPP version, each once: a record for thousands of stations has to stay small. */
  readonly messages: readonly { readonly ocppVersion: OcppVersion; readonly action: string; readonly payload: unknown }[];
  readonly stations: readonly { readonly stationId: string; readonly ocppVersion: OcppVersion }[];
  /** As many at a time. */
  readonly waveSize: number;
  /** Attempts of a station, the first one included. */
  readonly attempts: number;
  readonly retryAfterS: number;
  /** Nothing said for so long after it began: the attempt failed. */
  readonly quietAfterS: number;
  /** No station begins any more once so many have failed; absent = never. */
  readonly stopAfterFailures?: number;
  readonly requestedBy: string;
}
/** No station begins any more; those that began go on. Producer: api. */
export interface CampaignStopped {
  readonly campaignId: string;
  readonly requestedBy: string;
}
/** What a station that a campaign asked for a transfer says of it, or that it could not be asked. Producer: stations. */
export interface TransferTold {
  /** Of the command that began it. */
  readonly commandId: string;
  readonly stationId: string;
  /** A status of OCPP, `Accepted`, or why nothing came of it. */
  readonly status: string;
  /** `unreached`: it may be asked again. */
  readonly end?: 'done' | 'failed' | 'unreached';
}

/** A look ahead at a site, solved outside of every fold: wishes for the allocator, never promises to a station. Producer: the site's owner. */
export interface PlanComputed {
  readonly planId: string;
  readonly ownerEpoch: number;
  /** Offset of the last record of this stream that changed what it rests on. An older plan never replaces one that knew more. */
  readonly basedOn: number;
  /** Stream time it was made for, and when it is too old to be used; ISO 8601. */
  readonly madeFor: string;
  readonly expiresAt: string;
  /** Energy has a price here: more than planned costs money. */
  readonly isCosted: boolean;
  /** When each slot begins, up to the expiry; ISO 8601. */
  readonly slots: readonly string[];
  readonly evses: readonly PlannedEvse[];
  /** Highest power from the grid within the horizon. */
  readonly peakKw: number;
  /** What all cars together are to draw from each moment on, over the whole horizon; negative where they feed back. */
  readonly ahead?: readonly { readonly at: string; readonly powerW: number }[];
}
export interface PlannedEvse {
  readonly stationId: string;
  readonly evseId: number;
  readonly transactionId: string;
  /** Per slot [mA per line]; negative where it is to feed back. */
  readonly wantMa: readonly number[];
  /** Of more energy than that, the share it could not have later just as well, 0 … 1; absent where costs decide. */
  readonly worth?: number;
  /** When it is taken to leave. */
  readonly departsAt: string;
  /** What it is still to get, and what of that lies within the horizon. */
  readonly needWh: number;
  readonly plannedWh: number;
  /** What it asked for and cannot get until it is taken to leave; absent where it asked for no amount. */
  readonly shortfallWh?: number;
  /** What it was promised and cannot get by the time it named. */
  readonly promiseShortfallWh?: number;
  /** When it gets current next; absent = not within the horizon. */
  readonly nextAt?: string;
}

/** A load-balancing process took the site over; the offset of this record is its ownerEpoch. */
export interface SiteTaken {
  readonly ownerId: string;
}
/** What the signatures of a message's signed readings are worth, by the keys of meters that were known then; a later record of the same message takes its place. Producer: metering. */
export interface SignedReadingsJudged {
  readonly stationId: string;
  /** Of the CallReceived in this stream. */
  readonly recordOffset: number;
  /** In the order of the readings in the message. */
  readonly judgements: readonly SignatureJudgement[];
}
/** A deadline of a service fell due; time enters a fold only like this. */
export interface TimeReached {
  readonly service: string;
  readonly deadlineId: string;
  /** ISO 8601 */
  readonly due: string;
}
export interface StationPresumedOffline {
  readonly stationId: string;
  readonly lastHeardAt: string;
}
/** The tariff sessions of this site are priced by from here on, or from its own start where that is later, in full (ADR 0124). */
export interface SiteTariffChanged {
  readonly tariff: Tariff;
}

export interface SiteEventData {
  StationConnected: StationConnected;
  StationDisconnected: StationDisconnected;
  CallReceived: CallReceived;
  FrameParked: FrameParked;
  CommandRequested: CommandRequested;
  ProfileRequested: ProfileRequested;
  PriorityDecided: PriorityDecided;
  MessagesWanted: MessagesWanted;
  MessagesRefused: MessagesRefused;
  CommandSent: CommandSent;
  CommandAnswered: CommandAnswered;
  CommandErrored: CommandErrored;
  CommandUnanswered: CommandUnanswered;
  CommandRefused: CommandRefused;
  TokenCopiesStale: TokenCopiesStale;
  TransactionEventsMissing: TransactionEventsMissing;
  ReservationEnded: ReservationEnded;
  TokenListOffered: TokenListOffered;
  DisplayMessageWanted: DisplayMessageWanted;
  SessionCostKnown: SessionCostKnown;
  PriceDisplayReported: PriceDisplayReported;
  DefaultTariffWanted: DefaultTariffWanted;
  CustomerClearWanted: CustomerClearWanted;
  ConfigurationRequested: ConfigurationRequested;
  ConfigurationAccepted: ConfigurationAccepted;
  ConfigurationRefused: ConfigurationRefused;
  StationAdmissionChanged: StationAdmissionChanged;
  CredentialOffered: CredentialOffered;
  GridLimitReceived: GridLimitReceived;
  GridLimitWithdrawn: GridLimitWithdrawn;
  EnergySeriesReceived: EnergySeriesReceived;
  SharedLimitReceived: SharedLimitReceived;
  SharedLimitWithdrawn: SharedLimitWithdrawn;
  ShareGranted: ShareGranted;
  SiteNeedsReported: SiteNeedsReported;
  MeasurementsReported: MeasurementsReported;
  ChargingNeedsStated: ChargingNeedsStated;
  DerControlWanted: DerControlWanted;
  OutageClassified: OutageClassified;
  OutageDeclared: OutageDeclared;
  DeviceEventAcknowledged: DeviceEventAcknowledged;
  SecurityEventAcknowledged: SecurityEventAcknowledged;
  DeviceSettingsWanted: DeviceSettingsWanted;
  CampaignRequested: CampaignRequested;
  CampaignStopped: CampaignStopped;
  TransferTold: TransferTold;
  PlanComputed: PlanComputed;
  SiteTaken: SiteTaken;
  SignedReadingsJudged: SignedReadingsJudged;
  TimeReached: TimeReached;
  StationPresumedOffline: StationPresumedOffline;
  SiteTariffChanged: SiteTariffChanged;
  ConnectionRefused: ConnectionRefused;
  CertificateAlarmReported: CertificateAlarmReported;
  CertificateIssued: CertificateIssued;
  CertificateNotIssued: CertificateNotIssued;
}
export type SiteEvent = { [Type in keyof SiteEventData]: Envelope<Type, SiteEventData[Type]> }[keyof SiteEventData];
