// What the device model makes of messages.
import type { Behaviours } from '#ocpp';

export const BEHAVIOURS: Behaviours = {
  BootNotification: {
    in: 'apps/stations/device-model/inventory.ts',
    does: 'the station is asked what it is made of, once and after an update',
  },
  GetBaseReport: { in: 'apps/stations/device-model/inventory.ts', does: 'is sent once at first contact and after an update' },
  GetConfiguration: {
    in: 'apps/stations/device-model/inventory.ts',
    does: 'is sent once at first contact and after an update; the answer becomes rows of the station’s variables',
  },
  NotifyReport: {
    in: 'apps/stations/device-model/variables.ts',
    does: 'becomes rows of the station’s variables; complete with all its parts',
  },
};
