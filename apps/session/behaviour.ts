// What sessions and availability make of messages.
import type { Behaviours } from '#ocpp';

export const SESSION_BEHAVIOURS: Behaviours = {
  BootNotification: {
    in: 'libs/domain/session/translate-201.ts',
    does: 'ends open sessions provisionally',
  },
  MeterValues: { in: 'libs/domain/session/translate-201.ts', does: 'gives readings to the session of the outlet' },
  NotifyEvent: {
    in: 'apps/session/availability.ts',
    does: 'is the status of a connector or an EVSE, says whether a port works, and ends a session left open provisionally',
  },
  StartTransaction: { in: 'libs/domain/session/translate-16.ts', does: 'starts a session' },
  StatusNotification: { in: 'apps/session/availability.ts', does: 'says whether a port works, and ends a session left open provisionally' },
  StopTransaction: { in: 'libs/domain/session/translate-16.ts', does: 'ends a session' },
  TransactionEvent: { in: 'libs/domain/session/translate-201.ts', does: 'starts, updates and ends a session' },
};
