// What the device model makes of messages.
import type { Behaviours } from '#ocpp';

export const BEHAVIOURS: Behaviours = {
  ChangeConfiguration: {
    in: 'apps/stations/device-model/part.ts',
    does: 'what was taken is the key’s value, RebootRequired is shown; sent to repair what differs from the wanted settings',
  },
  GetReport: { in: 'apps/stations/device-model/reports.ts', does: 'its report is followed until all parts are there' },
  GetVariables: {
    in: 'apps/stations/device-model/part.ts',
    does: 'renews the values, in messages of as many items and bytes as the station takes',
  },
  SetVariables: {
    in: 'apps/stations/device-model/variables.ts',
    does: 'what was taken is the variable’s value, RebootRequired is shown; sent to repair what differs from the wanted settings',
  },
  BootNotification: {
    in: 'apps/stations/device-model/inventory.ts',
    does: 'the station is asked what it is made of, once and after an update; and for what was set to hold after a restart',
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
