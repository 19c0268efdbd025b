// Charging sessions without a world: what stations say, in one vocabulary, and what it means for sessions.
// Reading the log, keeping rows and answering edges is the session service's (apps/session).
export {
  type ChargingState,
  type ConcludeSession,
  type EndSession,
  type FactCommand,
  isFact,
  type Reading,
  type SessionCommand,
  type SessionToken,
  type SettleSession,
  type StartSession,
  type TransactionFact,
  type UpdateSession,
} from './commands.js';
export { beganMs, decide, type Terms } from './decide.js';
export type {
  ChargingPeriodRecorded,
  FactUnmatched,
  LearnedLater,
  OutletReserved,
  SessionAmended,
  SessionEnded,
  SessionEvent,
  SessionStarted,
} from './events.js';
export { evolve } from './evolve.js';
export { type MissingEvents, missingEvents, missingNow } from './missing.js';
export { energyMwh, exportedWh, isRunning, isUnsettled, NO_SESSIONS, type Session, type StationSessions } from './state.js';
export type { StationCall, StationContext } from './station-call.js';
export { fromOcpp16 } from './translate-16.js';
export { fromOcpp201 } from './translate-201.js';
