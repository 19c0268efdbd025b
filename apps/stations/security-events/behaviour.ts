// What is made of security events.
import type { Behaviours } from '#ocpp';

export const BEHAVIOURS: Behaviours = {
  Authorize: {
    in: 'apps/stations/security-events/part.ts',
    does: 'many cards nobody knows within a day are an event of their own: somebody guesses',
  },
  DataTransfer: {
    in: 'apps/stations/security-events/part.ts',
    does: 'counts as a question about a card where 1.6 asks about a contract in it',
  },
  SecurityEventNotification: {
    in: 'apps/stations/security-events/part.ts',
    does: 'is kept with its criticality until an operator acknowledges it',
  },
};
