// What a station's sessions remember: the open ones, and the recently ended ones for repeats and amendments. Plain JSON, never mutated.
// How it changes is in absorb.ts (what was said) and evolve.ts (what was decided).
import { type IntervalState, intervalsWh, NO_INTERVALS, NO_READING, type RegisterState } from '#domain/metering';
import type { OcppVersion } from '#ocpp';
import type { ChargingState } from './commands.js';
import type { LearnedLater } from './events.js';

/** A stretch that is over and waits for its energy to be known. It began where the one before it ended. */
export interface Segment {
  readonly toMs: number;
  readonly state: ChargingState;
  /** Energy of the session up to `toMs` [mWh]; absent where no register was read. */
  readonly energyMwh?: number;
  readonly currentA?: number;
}

export interface End {
  readonly endedMs: number;
  readonly reason: string;
  readonly provisional: boolean;
  readonly amendment: number;
  readonly energyMwh: number;
  /** Of the stop that told of it. */
  readonly digest?: string;
  /** When we heard of it, for how long it is kept. */
  readonly heardMs: number;
}

export interface Session {
  readonly sessionId: string;
  readonly transactionId: string;
  readonly ocppVersion: OcppVersion;
  /** 0 = not known yet. */
  readonly evseId: number;
  readonly connectorId?: number;
  readonly tokenHash?: string;
  readonly groupHash?: string;
  readonly startedMs: number;
  /** Of the start that told of it; absent while no start was heard. */
  readonly startDigest?: string;
  /** 1.6: of the same start, told before as of other times; the latest. */
  readonly earlierStarts?: readonly string[];
  /** The station used this transactionId itself: it knows it. */
  readonly isConfirmed: boolean;
  readonly register: RegisterState;
  /** Of what the car fed back; absent = no register of that was told. */
  readonly exported?: RegisterState;
  /** Instants of the first and the last register reading. */
  readonly firstMs?: number;
  readonly lastMs?: number;
  readonly meterStartWh?: number;
  readonly meterStopWh?: number;
  /** Of a station that tells what flowed in intervals, as long as no register moved. */
  readonly intervals?: IntervalState;
  /** Integrated power, the energy of a session without registers. */
  readonly integrated?: { readonly mwh: number; readonly ms: number; readonly powerW: number };
  /** 2.x: `seqNo:digest` of the latest events. */
  readonly seqNos: readonly string[];
  readonly lastSeqNo: number;
  /** The lowest heard, and how many different ones; absent in states of before they were counted. */
  readonly firstSeqNo?: number;
  readonly heardSeqNos?: number;
  readonly state: ChargingState;
  /** 2.x: of the event that told it last; absent in states of before it was kept. */
  readonly stateSeqNo?: number;
  /** The station itself told its charging state. */
  readonly isStateTold: boolean;
  /** Where the present stretch began. */
  readonly segmentMs: number;
  readonly segments: readonly Segment[];
  readonly periods: number;
  /** End and energy of the recorded periods. */
  readonly reachedMs: number;
  readonly recordedMwh: number;
  readonly powerW?: number;
  readonly currentA?: number;
  readonly heardMs: number;
  readonly flags: readonly string[];
  /** Something of it waited in the station while that was offline. */
  readonly wasOffline?: true;
  readonly learned?: LearnedLater;
  readonly end?: End;
  /** After a provisional end: facts that the last figures do not contain. */
  readonly isDirty?: boolean;
  /** After a provisional end: the station went on charging. */
  readonly isResumed?: boolean;
}

export interface StationSessions {
  /** In the order they started. */
  readonly open: readonly Session[];
  /** Latest first, bounded in number and time. */
  readonly ended: readonly Session[];
}

export const NO_SESSIONS: StationSessions = { open: [], ended: [] };

/** More would let one faulty station fill the memory of its site. */
export const MOST_ENDED_PER_EVSE = 6;
export const MOST_ENDED = 100;
export const MOST_OPEN = 100;
/** Stations deliver what they queued offline for days. */
export const ENDED_KEPT_MS = 7 * 86_400_000;

/** What the car does from then on is not part of the session; after a provisional end it is. */
export const isOver = ({ end }: Session): boolean => end?.provisional === false;

/** What became of it after a provisional end is still to be told. */
export const isUnsettled = ({ end, isDirty, isResumed }: Session): boolean =>
  end?.provisional === true && (isDirty === true || isResumed === true);

export const isRunning = (session: Session): boolean => session.end === undefined || session.isResumed === true;

/** Energy so far [mWh]: from registers; where there are none from intervals, and integrated power where these are not told either. */
export function energyMwh(session: Session): number {
  const { register, intervals, integrated } = session;
  switch (sourceOf(session)) {
    case 'register':
      return Math.max(0, Math.round(register.energyWh * 1000));
    case 'intervals':
      return Math.round(intervalsWh(intervals ?? NO_INTERVALS) * 1000);
    case 'power':
      return integrated?.mwh ?? 0;
  }
}

/** A register that stands still while so much flows by intervals is none [Wh]. */
const STUCK_WH = 100;

/** What its energy is from. */
export function sourceOf({ register, intervals }: Session): 'register' | 'intervals' | 'power' {
  if (register.lastWh === undefined) return intervals === undefined ? 'power' : 'intervals';
  return register.energyWh === 0 && intervals !== undefined && intervalsWh(intervals) > STUCK_WH ? 'intervals' : 'register';
}

/** What the car fed back [Wh]; undefined where that is not metered. */
export const exportedWh = ({ exported }: Session): number | undefined => exported?.energyWh;

export const hasRegister = ({ register }: Session): boolean => register.lastWh !== undefined;

type Fresh = Pick<Session, 'sessionId' | 'transactionId' | 'ocppVersion' | 'evseId' | 'startedMs' | 'flags'> &
  Partial<Pick<Session, 'connectorId' | 'tokenHash' | 'groupHash'>>;

export const freshSession = (fields: Fresh): Session => ({
  ...fields,
  isConfirmed: false,
  register: NO_READING,
  seqNos: [],
  lastSeqNo: -1,
  // A station that never tells its state charges from start to end: no pause is invented that nobody reported.
  state: 'Charging',
  isStateTold: false,
  segmentMs: fields.startedMs,
  segments: [],
  periods: 0,
  reachedMs: fields.startedMs,
  recordedMwh: 0,
  heardMs: fields.startedMs,
});
