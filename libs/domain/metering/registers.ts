// Energy of a session from register readings that dip, spike, restart or mean two things at once (P3, P8). A fold: one reading at a time, in the
// order they were taken. Start and stop of one register decide in the end; samples between them say when. Which readings belong to a session is decided elsewhere.
import { milli } from './sample.js';

export type RegisterFlag =
  /** Fell and is waited for to come back. */
  | 'registerDip'
  /** Rose faster than the EVSE can deliver, or fell back to where it had been before; not part of what start and stop say. */
  | 'registerSpike'
  /** Stayed on another level; counted on from there, the jump itself is not energy. */
  | 'registerLevelChanged'
  /** Samples count from the start of the session, start and stop over the meter's life. */
  | 'registerSessionRelative'
  /** One Wh below where it was. */
  | 'negativeClamped'
  | 'stopBelowStart'
  /** The stop repeats the start although samples rose. */
  | 'stopStuck'
  /** Samples counted more than the stop says. */
  | 'stopBelowSamples'
  | 'startUnknown';

export interface RegisterReading {
  /** ISO 8601 */
  readonly at: string;
  readonly wh: number;
  readonly kind: 'begin' | 'sample' | 'end';
  /** `at` is not when it was measured: no conclusion from how fast it rose. */
  readonly timeIsDoubtful?: boolean;
}

/** A level the readings may have moved to. */
interface Doubt {
  readonly firstWh: number;
  readonly lastWh: number;
  /** Of the last one; absent in states of before it was kept. */
  readonly lastAt?: string;
  readonly count: number;
}

export interface RegisterState {
  readonly startWh?: number;
  readonly lastWh?: number;
  readonly lastAt?: string;
  /** The reading before the last that was believed; absent in states of before it was kept. */
  readonly beforeWh?: number;
  /** Added to samples that count from the start of the session. */
  readonly offsetWh: number;
  /** Believed so far; never negative. Falls only where a stop corrects it, or what was too high is seen to be. */
  readonly energyWh: number;
  readonly samples: number;
  readonly doubt?: Doubt;
  /** It went on on another level, as where a meter is replaced: start and stop are not of one register. */
  readonly isOtherLevel?: true;
}

export const NO_READING: RegisterState = { offsetWh: 0, energyWh: 0, samples: 0 };

export interface Step {
  readonly state: RegisterState;
  /** Change of energyWh; negative only at an end, and where a spike falls back. */
  readonly energyWh: number;
  readonly flags: readonly RegisterFlag[];
}

const CONFIRMED_BY = 3;
const DEFAULT_MAX_POWER_W = 1_000_000;

export function advanceRegister(state: RegisterState, reading: RegisterReading, maxPowerW = DEFAULT_MAX_POWER_W): Step {
  const step =
    reading.kind === 'end'
      ? end(state, reading, maxPowerW)
      : reading.kind === 'begin'
        ? begin(state, reading, maxPowerW)
        : sample(state, reading, maxPowerW);
  return { ...step, energyWh: milli(step.state.energyWh - state.energyWh) };
}

type Change = Omit<Step, 'energyWh'>;

const accept = (state: RegisterState, wh: number, at: string, flags: readonly RegisterFlag[] = [], energyWh = state.energyWh): Change => {
  const { doubt: _, ...rest } = state;
  const { startWh = wh, lastWh: beforeWh = wh, samples } = state;
  return { state: { ...rest, startWh, beforeWh, lastWh: wh, lastAt: at, energyWh: milli(energyWh), samples: samples + 1 }, flags };
};

function begin(state: RegisterState, { wh, at }: RegisterReading, maxPowerW: number): Change {
  if (state.startWh === undefined) return { state: { ...state, startWh: wh, lastWh: wh, lastAt: at }, flags: [] };
  // The start arrives after the first samples: what they began with above it was charged before.
  const missed = state.startWh - wh;
  if (missed < 0) return { state, flags: ['registerDip'] };
  if (missed > mostWh(at, { wh, at: state.lastAt ?? at, kind: 'begin' }, maxPowerW)) return { state, flags: ['registerSpike'] };
  return { state: { ...state, startWh: wh, energyWh: milli(state.energyWh + missed) }, flags: [] };
}

function sample(state: RegisterState, reading: RegisterReading, maxPowerW: number): Change {
  const { at } = reading;
  if (state.lastWh === undefined) return accept(state, reading.wh, at);
  const wh = reading.wh + state.offsetWh;
  const rise = wh - state.lastWh;
  const most = mostWh(state.lastAt ?? at, reading, maxPowerW);
  if (rise >= 0 && rise <= most) return accept(state, wh, at, [], state.energyWh + rise);
  if (rise < 0 && rise >= -1) return { state, flags: ['negativeClamped'] };
  if (isSessionRelative(state, reading, most))
    return accept(
      { ...state, offsetWh: state.startWh ?? 0 },
      (state.startWh ?? 0) + reading.wh,
      at,
      ['registerSessionRelative'],
      reading.wh,
    );
  return doubt(state, wh, at, most, rise < 0 ? 'registerDip' : 'registerSpike');
}

/** First readings after a start that are no lifetime value, but as high as a session this young could have got. */
const isSessionRelative = (state: RegisterState, { wh }: RegisterReading, most: number): boolean =>
  state.samples === 0 && state.startWh !== undefined && state.lastWh === state.startWh && wh > 0 && wh < state.startWh && wh <= most;

/** Waits for the register to return; three readings that agree with each other are a new level. */
function doubt(state: RegisterState, wh: number, at: string, most: number, flag: RegisterFlag): Change {
  const known = state.doubt;
  // Told again it is no other reading.
  if (known?.lastAt === at && known.lastWh === wh) return { state, flags: [] };
  const follows = known !== undefined && wh >= known.lastWh && wh - known.lastWh <= most;
  const [firstWh, count] = follows ? [known.firstWh, known.count + 1] : [wh, 1];
  const next: Doubt = { firstWh, lastWh: wh, lastAt: at, count };
  if (next.count < CONFIRMED_BY || next.lastWh === 0) return { state: { ...state, doubt: next }, flags: [flag] };
  if (fellBack(state, next)) return withoutSpike(state, wh, at);
  return accept({ ...state, isOtherLevel: true }, wh, at, ['registerLevelChanged'], state.energyWh + (next.lastWh - next.firstWh));
}

/** Only the reading before was too high: it is the register the session began with. From zero on, any restart would look like it. */
const fellBack = ({ beforeWh = 0, lastWh = 0 }: RegisterState, { firstWh }: Doubt): boolean =>
  beforeWh > 0 && firstWh >= beforeWh && firstWh < lastWh;

/** What was too much is none of the session. */
const withoutSpike = (state: RegisterState, wh: number, at: string): Change =>
  accept(state, wh, at, ['registerSpike'], Math.max(0, state.energyWh + wh - (state.lastWh ?? 0)));

/** Where a session ends and no register tells its end: what fell back is a spike, however few readings said so (quirk 21). The same object where nothing did. */
export function settleRegister(state: RegisterState): Change {
  const { doubt: open, lastAt = '' } = state;
  if (open === undefined || open.lastWh >= (state.lastWh ?? 0) || !fellBack(state, open)) return { state, flags: [] };
  return withoutSpike(state, open.lastWh, open.lastAt ?? lastAt);
}

function end(state: RegisterState, reading: RegisterReading, maxPowerW: number): Change {
  const { wh, at } = reading;
  const settle = (energyWh: number, flags: readonly RegisterFlag[]): Change => accept(state, wh, at, flags, Math.max(0, energyWh));
  if (state.startWh === undefined) return settle(0, ['startUnknown']);
  const { lastWh = state.startWh } = state;
  const most = mostWh(state.lastAt ?? at, reading, maxPowerW);
  const goesOn = wh + state.offsetWh >= lastWh && wh + state.offsetWh - lastWh <= most;
  if (!goesOn && state.doubt !== undefined) {
    const changed = doubt(state, wh + state.offsetWh, at, most, 'registerDip');
    if (changed.state.isOtherLevel && changed.state.doubt === undefined) return changed;
  }
  if (state.isOtherLevel && goesOn) return settle(state.energyWh + wh + state.offsetWh - lastWh, []);
  if (state.isOtherLevel && wh + state.offsetWh < lastWh) return settle(state.energyWh, ['stopBelowSamples']);
  const relative = wh + state.offsetWh;
  if (wh < state.startWh) {
    if (state.offsetWh > 0 && relative >= lastWh) return settle(relative - state.startWh, ['registerSessionRelative']);
    return settle(state.energyWh, [state.startWh - wh <= 1 ? 'negativeClamped' : 'stopBelowStart']);
  }
  const total = wh - state.startWh;
  if (total > state.energyWh + most) return settle(state.energyWh, ['registerSpike']);
  if (total === 0 && state.energyWh > 100) return settle(state.energyWh, ['stopStuck']);
  return settle(total, total < state.energyWh - 1 ? ['stopBelowSamples'] : []);
}

/** The most an EVSE can have delivered since, with a fifth and a tenth of a kWh to spare; a minute at least, a day where the time is doubtful. */
function mostWh(sinceAt: string, { at, timeIsDoubtful }: RegisterReading, maxPowerW: number): number {
  const seconds = timeIsDoubtful === true ? 86_400 : Math.max(60, (Date.parse(at) - Date.parse(sinceAt)) / 1000);
  return (maxPowerW * 1.2 * seconds) / 3600 + 100;
}

/** Only where there is no register: trapezoids between power readings [Wh]; a gap of more than `maxGapS` counts as nothing. */
export function integratedPowerWh(readings: readonly { readonly at: string; readonly powerW: number }[], maxGapS = 1800): number {
  let wh = 0;
  for (const [index, { at, powerW }] of readings.slice(1).entries()) {
    const before = readings[index];
    const seconds = before === undefined ? 0 : (Date.parse(at) - Date.parse(before.at)) / 1000;
    if (before !== undefined && seconds > 0 && seconds <= maxGapS)
      wh += ((Math.max(0, before.powerW) + Math.max(0, powerW)) / 2) * (seconds / 3600);
  }
  return milli(wh);
}

/** True when registers labelled Wh rise like kWh: the measured power over that time says a thousand times as much. */
export function looksLikeKWh(riseWh: number, meanPowerW: number, seconds: number): boolean {
  const expectedWh = (meanPowerW * seconds) / 3600;
  return expectedWh > 50 && riseWh > 0 && riseWh > expectedWh / 1500 && riseWh < expectedWh / 700;
}
