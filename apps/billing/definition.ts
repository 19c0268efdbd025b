// Billing as a service: session facts to running cost and charge records, tariffs to the sites they serve.
// Sessions are in session-events, tariffs in network-events; the two are never joined by time: a session carries its own tariff.
import type { NetworkEvent, Recorded, SessionEvent } from '#contracts';
import type { ServiceDefinition } from '#service';
import { decideBill, evolveBill, NO_BILL, type SessionBill } from './session-bill.js';
import { BILLING_TABLES, billRows, tariffRows } from './tables.js';
import { decideTariffs, EMPTY_BOOK, evolveTariffs, type TariffBook } from './tariff-book.js';

export type BillingInput = SessionEvent | NetworkEvent;
export type BillingState = SessionBill | TariffBook;

const isNetwork = (input: Recorded<BillingInput>): input is Recorded<NetworkEvent> => input.at.topic === 'network-events';

export const billingDefinition: ServiceDefinition<BillingState, BillingInput> = {
  name: 'billing',
  version: 3,
  inputs: ['session-events', 'network-events'],
  outputs: ['billing-events', 'site-events'],
  tables: BILLING_TABLES,
  fold: {
    aggregateOf(input) {
      switch (input.type) {
        case 'TariffChanged':
        case 'SiteTariffAssigned':
          return `tariffs/${input.tenantId}`;
        case 'SessionStarted':
        case 'SessionTokenLearned':
        case 'TransactionRenamed':
        case 'ChargingPeriodRecorded':
        case 'SessionEnded':
        case 'SessionAmended':
        case 'OutletReserved':
          return `session/${input.tenantId}/${input.data.sessionId}`;
        default:
          return undefined;
      }
    },
    initial: (aggregate) => (aggregate.startsWith('tariffs/') ? EMPTY_BOOK : NO_BILL),
    decide(state, input) {
      if (isNetwork(input)) return state.kind === 'tariffs' ? decideTariffs(state, input) : [];
      return state.kind === 'session' ? decideBill(state, input) : [];
    },
    evolve(state, input, outputs) {
      if (isNetwork(input)) return state.kind === 'tariffs' ? evolveTariffs(state, input) : state;
      return state.kind === 'session' ? evolveBill(state, input, outputs) : state;
    },
    // A bill with its charge record is done; an amendment brings it back.
    isClosed: (state) => state.kind === 'session' && state.issued !== undefined,
    project({ before, after, input, outputs }) {
      if (isNetwork(input)) return tariffRows(input, before.kind === 'tariffs' ? before : EMPTY_BOOK);
      return before.kind === 'session' && after.kind === 'session' ? billRows(before, after, input, outputs) : [];
    },
  },
};
