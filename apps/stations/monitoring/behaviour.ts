// What monitoring makes of messages.
import type { Behaviours } from '#ocpp';

const MONITORS = 'apps/stations/monitoring/monitors.ts';

export const BEHAVIOURS: Behaviours = {
  ClearVariableMonitoring: { in: MONITORS, does: 'takes monitors out of the list of those at the station' },
  GetMonitoringReport: { in: MONITORS, does: 'renews the list of monitors; is also sent after a new base' },
  NotifyEvent: {
    in: 'apps/stations/monitoring/events.ts',
    does: 'is kept as an event with its severity, cleared by a later one and acknowledged by operators',
  },
  NotifyMonitoringReport: { in: MONITORS, does: 'becomes rows of the monitors; complete with all its parts, older ones are gone then' },
  SetMonitoringBase: { in: MONITORS, does: 'is shown once accepted, and which monitors are left is asked' },
  SetMonitoringLevel: { in: MONITORS, does: 'is shown once accepted' },
  SetVariableMonitoring: { in: MONITORS, does: 'what was accepted is a monitor with its value and severity' },
};
