// What is made of security events.
import type { Behaviours } from '#ocpp';

export const BEHAVIOURS: Behaviours = {
  SecurityEventNotification: {
    in: 'apps/stations/security-events/part.ts',
    does: 'is kept with its criticality until an operator acknowledges it',
  },
};
