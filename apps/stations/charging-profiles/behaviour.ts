// What is made of messages about the profiles a station holds.
import type { Behaviours } from '#ocpp';

const part = 'apps/stations/charging-profiles/part.ts';

export const BEHAVIOURS: Behaviours = {
  GetChargingProfiles: { in: part, does: 'begins a report of the profiles a station holds, followed until its last part or its end' },
  ReportChargingProfiles: {
    in: part,
    does: 'becomes rows of its profiles, by EVSE and source; shown beside what was sent, one that nobody here sent is marked',
  },
};
