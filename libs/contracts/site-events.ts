// Facts of a site's one ordered stream (`site-events`): what stations said, what was configured, limited and commanded.
// Producers: edge (connections, calls, outcomes), api (requests), billing (tariff), load-balancing (owner's decisions), every service (TimeReached).
import type { Envelope } from './envelope.js';
import type { CallReceived, FrameParked } from './site-events/call.js';
import type { CampaignRequested, CampaignStopped, TransferTold } from './site-events/campaign.js';
import type { CertificateAlarmReported, CertificateIssued, CertificateNotIssued } from './site-events/certificate.js';
import type {
  CommandAnswered,
  CommandErrored,
  CommandRefused,
  CommandRequested,
  CommandSent,
  CommandUnanswered,
  MessagesRefused,
  MessagesWanted,
  PriorityDecided,
  ProfileRequested,
} from './site-events/command.js';
import type {
  ConfigurationAccepted,
  ConfigurationRefused,
  ConfigurationRequested,
  CredentialOffered,
  StationAdmissionChanged,
} from './site-events/configuration.js';
import type {
  ConnectionRefused,
  PingsAnswered,
  StationConnected,
  StationDisconnected,
  StationPresumedOffline,
} from './site-events/connection.js';
import type { DerControlWanted, DeviceEventAcknowledged, DeviceSettingsWanted, SecurityEventAcknowledged } from './site-events/device.js';
import type {
  GridLimitReceived,
  GridLimitWithdrawn,
  MeasurementsReported,
  SharedLimitReceived,
  SharedLimitWithdrawn,
  ShareGranted,
  SiteNeedsReported,
} from './site-events/grid-limit.js';
import type { OutageClassified, OutageDeclared } from './site-events/outage.js';
import type { ChargingNeedsStated, EnergySeriesReceived, PlanComputed } from './site-events/planning.js';
import type {
  DefaultTariffWanted,
  DisplayMessageWanted,
  PriceDisplayReported,
  SessionCostKnown,
  SiteTariffChanged,
} from './site-events/price.js';
import type { CustomerClearWanted, TokenCopiesStale, TokenListOffered } from './site-events/token-copy.js';
import type { ReservationEnded, SignedReadingsJudged, TransactionEventsMissing } from './site-events/transaction.js';

export type * from './site-events/call.js';
export type * from './site-events/campaign.js';
export type * from './site-events/certificate.js';
export type * from './site-events/command.js';
export type * from './site-events/configuration.js';
export type * from './site-events/connection.js';
export type * from './site-events/device.js';
export type * from './site-events/grid-limit.js';
export type * from './site-events/outage.js';
export type * from './site-events/planning.js';
export type * from './site-events/price.js';
export type * from './site-events/token-copy.js';
export type * from './site-events/transaction.js';

/** A load-balancing process took the site over; the offset of this record is its ownerEpoch. */
export interface SiteTaken {
  readonly ownerId: string;
}

/** A deadline of a service fell due; time enters a fold only like this. */
export interface TimeReached {
  readonly service: string;
  readonly deadlineId: string;
  /** ISO 8601 */
  readonly due: string;
}

export interface SiteEventData {
  StationConnected: StationConnected;
  StationDisconnected: StationDisconnected;
  PingsAnswered: PingsAnswered;
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
