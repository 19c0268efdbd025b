// What the stations service makes of DER messages.
import type { Behaviours } from '#ocpp';

const part = 'apps/stations/der/part.ts';
const rows = 'apps/stations/der/rows.ts';

export const BEHAVIOURS: Behaviours = {
  ClearDERControl: { in: part, does: 'is sent when a control is no longer wanted, until the station confirms it' },
  GetDERControl: { in: part, does: 'is sent after each boot of a station of which controls are wanted' },
  NotifyDERAlarm: { in: rows, does: 'begins or ends an alarm of the station' },
  NotifyDERStartStop: { in: rows, does: 'tells which control is running, and which it superseded' },
  ReportDERControl: { in: part, does: 'is compared with what is wanted, in all its parts: what is missing or differs is sent again' },
  SetDERControl: { in: part, does: 'is sent for what is wanted of a station or a site, and again when it comes back without it' },
};
