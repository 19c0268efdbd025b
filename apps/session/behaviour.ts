// What sessions, availability and inventory make of messages.
import type { Behaviours } from '#ocpp';

export const SESSION_BEHAVIOURS: Behaviours = {
  BootNotification: {
    in: 'libs/domain/session/translate-201.ts',
    does: 'ends open sessions provisionally; the station is asked what it is made of',
  },
  GetBaseReport: { in: 'apps/session/inventory.ts', does: 'is sent once at first contact and after an update' },
  GetConfiguration: { in: 'apps/session/inventory.ts', does: 'is sent once at first contact and after an update' },
  MeterValues: { in: 'libs/domain/session/translate-201.ts', does: 'gives readings to the session of the outlet' },
  NotifyEvent: { in: 'apps/session/availability.ts', does: 'says whether a port works' },
  NotifyReport: { in: 'apps/session/variables.ts', does: 'becomes rows of the station’s variables' },
  StartTransaction: { in: 'libs/domain/session/translate-16.ts', does: 'starts a session' },
  StatusNotification: { in: 'apps/session/availability.ts', does: 'says whether a port works, and ends a session left open provisionally' },
  StopTransaction: { in: 'libs/domain/session/translate-16.ts', does: 'ends a session' },
  TransactionEvent: { in: 'libs/domain/session/translate-201.ts', does: 'starts, updates and ends a session' },
};
