// What the stations service makes of messages about periodic event streams.
import type { Behaviours } from '#ocpp';

const part = 'apps/stations/event-streams/part.ts';

export const BEHAVIOURS: Behaviours = {
  AdjustPeriodicEventStream: { in: part, does: 'is sent when an operator wants another rhythm; it holds once the station accepts' },
  ClosePeriodicEventStream: { in: part, does: 'ends the stream' },
  GetPeriodicEventStream: { in: part, does: 'is sent when an operator asks; streams the station does not list are closed' },
  NotifyPeriodicEventStream: { in: part, does: 'its values are kept, each with its time and its monitor' },
  OpenPeriodicEventStream: { in: part, does: 'opens a stream with its monitor and rhythm, where it was accepted' },
};
