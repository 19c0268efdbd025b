// What is made of messages about the state of transactions.
import type { Behaviours } from '#ocpp';

export const BEHAVIOURS: Behaviours = {
  GetTransactionStatus: {
    in: 'apps/stations/transaction-status/part.ts',
    does: 'is asked once where a transaction ended and events in between did not come; the answer is shown with the session',
  },
};
