// Which service may say what in the log, where records are signed (ADR 0105): an edge that fell into other hands decides no limit, and what decides limits
// invents no word of a station. Who signs for a service is the operator's (libs/signing).
import type { RecordHeaders } from '#ports';
import type { BalancingEventData } from './balancing-events.js';
import type { BillingEventData } from './billing-events.js';
import type { Topic } from './envelope.js';
import type { NetworkEventData } from './network-events.js';
import type { SessionEventData } from './session-events.js';
import type { SiteEventData } from './site-events.js';

/** Services by the name they have in `ce_source`. */
export const WRITERS = [
  'api',
  'audit',
  'billing',
  'edge',
  'grid',
  'invoicing',
  'load-balancing',
  'metering',
  'network-limits',
  'payments',
  'session',
  'stations',
  'token-lists',
] as const;
export type Writer = (typeof WRITERS)[number];

type EventType = keyof (SiteEventData & SessionEventData & BillingEventData & BalancingEventData & NetworkEventData);

/** What an edge may say, and nothing else. */
const BY_EDGES: readonly EventType[] = [
  'CallReceived',
  'CommandAnswered',
  'CommandErrored',
  'CommandRefused',
  'CommandSent',
  'CommandUnanswered',
  'ConnectionRefused',
  'FrameParked',
  'PingsAnswered',
  'StationConnected',
  'StationDisconnected',
];

const BY_TOPIC: Readonly<Partial<Record<Topic, readonly Writer[]>>> = {
  'session-events': ['session'],
  'balancing-events': ['load-balancing'],
  'billing-events': ['billing', 'invoicing', 'payments', 'api'],
  'network-events': ['api', 'audit', 'grid', 'stations'],
};

/** What limits, charges, pays or opens a door. The rest of a topic is any of its services' to say, but the edges'. */
const BY_TYPE: Readonly<Partial<Record<EventType, readonly Writer[]>>> = {
  CallReceived: ['edge', 'api'], // a frame that was parked, repaired
  CommandAnswered: ['edge'],
  CommandSent: ['edge'],
  ConnectionRefused: ['edge'],
  FrameParked: ['edge'],
  PingsAnswered: ['edge'],
  ReservationEnded: ['stations'],
  StationConnected: ['edge'],
  StationDisconnected: ['edge'],
  ConfigurationAccepted: ['load-balancing'],
  ConfigurationRefused: ['load-balancing'],
  PlanComputed: ['load-balancing'],
  SiteTaken: ['load-balancing'],
  ShareGranted: ['network-limits'],
  GridLimitReceived: ['api', 'grid'],
  GridLimitWithdrawn: ['api', 'grid'],
  SharedLimitReceived: ['api', 'grid'],
  SharedLimitWithdrawn: ['api', 'grid'],
  SiteTariffChanged: ['billing'],
  SessionRated: ['billing'],
  CdrIssued: ['billing'],
  CdrCredited: ['billing'],
  AccountCharged: ['billing'],
  InvoiceIssued: ['invoicing'],
  PaymentOrdered: ['payments'],
  PaymentHeld: ['payments'],
  PaymentCaptured: ['payments'],
  PaymentReleased: ['payments'],
  PaymentRefunded: ['payments'],
  ApiKeyCreated: ['api'],
  ApiKeyRevoked: ['api'],
  TokenChanged: ['api'],
  StationAdmissionChanged: ['api'],
  CredentialOffered: ['api'],
};

/** Why a signer who speaks for `services` may not have written this; undefined: it may. */
export function mayNotWrite(topic: string, headers: RecordHeaders, services: ReadonlySet<Writer>): string | undefined {
  const writer = headers.ce_source?.split('/')[1] as Writer;
  const type = headers.ce_type as EventType;
  if (!services.has(writer)) return `its signer does not speak for "${writer}"`;
  const allowed = [
    BY_TOPIC[topic as Topic],
    Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined,
    BY_EDGES.includes(type) ? undefined : OTHERS,
  ];
  return allowed.every((writers) => writers?.includes(writer) ?? true) ? undefined : `${writer} may not say ${type} in ${topic}`;
}
const OTHERS = WRITERS.filter((writer) => writer !== 'edge');
