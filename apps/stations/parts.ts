// The parts of the service, by name; what one is, and how to add one, is told in part.ts.
import { batteries } from './batteries/part.js';
import { campaigns } from './campaigns/part.js';
import { certificates, certificatesPart } from './certificates/part.js';
import { chargingProfiles } from './charging-profiles/part.js';
import { customerInformation } from './customer-information/part.js';
import { der } from './der/part.js';
import { afterReboot } from './device-model/after-reboot.js';
import { deviceModel } from './device-model/part.js';
import { displayMessages } from './display-messages/part.js';
import { eventStreams } from './event-streams/part.js';
import { messageQueue } from './message-queue/part.js';
import { monitoring } from './monitoring/part.js';
import { orders } from './orders/part.js';
import type { AnyPart } from './part.js';
import { payments } from './payments/part.js';
import { priceDisplay } from './price-display/part.js';
import { reservations } from './reservations/part.js';
import { securityEvents } from './security-events/part.js';
import { sessionCosts } from './session-costs/part.js';
import { tariffs } from './tariffs/part.js';
import { siteTariff } from './tariffs/site-tariff.js';
import { tokenCache } from './token-copies/cache.js';
import { localList } from './token-copies/local-list.js';
import { transactionStatus } from './transaction-status/part.js';
import { transfers } from './transfers/part.js';

/** One per line: many hands add theirs. */
export const PARTS: readonly AnyPart[] = [
  afterReboot,
  batteries,
  campaigns,
  certificates,
  chargingProfiles,
  customerInformation,
  der,
  deviceModel,
  displayMessages,
  eventStreams,
  localList,
  messageQueue,
  monitoring,
  orders,
  payments,
  priceDisplay,
  reservations,
  securityEvents,
  sessionCosts,
  siteTariff,
  tariffs,
  tokenCache,
  transactionStatus,
  transfers,
];

/** The parts with settings of an operator instead of the usual ones. */
export const partsWith = ({ alarmDays }: { readonly alarmDays: number }): readonly AnyPart[] =>
  PARTS.map((part) => (part === certificates ? certificatesPart(alarmDays) : part));
