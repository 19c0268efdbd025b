// What a station says it will do (GetCompositeSchedule), beside what the ledger allows and what our own calculator makes of the limits it confirmed.
// When it is asked is in inquiries.ts, what follows from the answer in answers.ts.
import { compositeSchedule, UnreadableProfile } from '#domain/charging-profiles';
import {
  committedMa,
  type EvseLedger,
  type Grant,
  isClearlyAbove,
  LARGEST_SKEW_MS,
  leaseEndMs,
  SETTLE_MS,
  type StationLedger,
  setChargingProfile,
  setOutlasting,
  skewBound,
} from '#domain/load-balancing';
import { spelledFor } from './grant-command.js';
import { COMPOSE_FOR_S, unitAt } from './inquiries.js';
import type { Inquiry, StationState } from './state.js';

type Json = Readonly<Record<string, unknown>>;
type Asked = Extract<Inquiry, { kind: 'composite' }>;

/** Times are counted in seconds from the start of the answer. */
export interface Composite {
  readonly unit: 'A' | 'W';
  /** Rising. Watts are a current between two bounds [mA]. */
  readonly periods: readonly { readonly startS: number; readonly leastMa: number; readonly mostMa: number }[];
  /** It says nothing of what comes later. */
  readonly untilS: number;
  /** When it starts, by the station's clock. */
  readonly startMs?: number;
}

interface Difference {
  readonly toldMa: number;
  readonly saidMa: number;
}
/** `ends`: it speaks of the end of the lease, and is no longer above what holds from there on. `nothing`: what it would be compared with may have changed meanwhile. */
export type Found =
  | ({ readonly kind: 'above' } & Difference)
  | ({ readonly kind: 'outlasts' } & Difference)
  | ({ readonly kind: 'differs'; readonly ends: boolean } & Difference)
  | { readonly kind: 'agrees'; readonly ends: boolean }
  | { readonly kind: 'nothing' };

/** Instants are seconds of stations: what is rounded differs by less [ms]. */
const ROUNDING_MS = 5_000;

/** Undefined where nothing can be read from it. */
export function readComposite(payload: Json, forS = COMPOSE_FOR_S, voltageV: number): Composite | undefined {
  const schedule = (payload.schedule ?? payload.chargingSchedule ?? {}) as Json;
  const { chargingSchedulePeriod: listed, duration, chargingRateUnit } = schedule;
  const unit = chargingRateUnit === 'W' ? 'W' : 'A';
  const periods = (Array.isArray(listed) ? (listed as readonly Json[]) : [])
    .map((period) => ({ startS: Number(period.startPeriod), ...boundsOf(period, unit, voltageV) }))
    .sort((a, b) => a.startS - b.startS);
  if (periods.length === 0 || periods.some(({ startS, leastMa }) => Number.isNaN(startS) || Number.isNaN(leastMa))) return undefined;
  const untilS = Math.min(forS, Math.max(COMPOSE_FOR_S, Number(duration ?? forS) || 0));
  const startMs = Date.parse(String(schedule.scheduleStart ?? payload.scheduleStart ?? schedule.startSchedule));
  return { unit, periods, untilS, ...(!Number.isNaN(startMs) && { startMs }) };
}

/** Highest current of the schedule in a message, within the next minute [mA]; in watts, the least that could mean. */
export function highestMa(payload: Json, voltageV: number): number | undefined {
  const soon = readComposite(payload, COMPOSE_FOR_S, voltageV)?.periods.filter(({ startS }) => startS < COMPOSE_FOR_S) ?? [];
  return soon.length === 0 ? undefined : Math.max(...soon.map(({ leastMa }) => leastMa));
}

function boundsOf({ limit, limit_L2, limit_L3, numberPhases = 3 }: Json, unit: 'A' | 'W', voltageV: number) {
  const most = Math.max(Number(limit), Number(limit_L2 ?? 0), Number(limit_L3 ?? 0));
  const hasLines = limit_L2 !== undefined || limit_L3 !== undefined;
  const lines = hasLines ? 1 : Number(numberPhases);
  const ma = (volts: number): number => Math.round((most * 1000) / (unit === 'W' ? volts * lines : 1));
  return { leastMa: ma(voltageV * 1.1), mostMa: ma(voltageV * 0.9) };
}

export function foundIn(station: StationState, evse: EvseLedger, asked: Asked, said: Composite, nowMs: number, voltageV: number): Found {
  const isSettled = isUnchanged(station.ledger, evse, asked.askedMs);
  const untilS = isSettled ? said.untilS : COMPOSE_FOR_S;
  // As if its leases did end: that is what is to be seen.
  const trusting = setOutlasting(station.ledger, evse.evseId, false);
  const { outlasting: _others, ...ledger } = trusting;
  const skewMs = skewBound(ledger.skew);
  const plan = evse.plans.at(-1);
  const endMs = plan === undefined || skewMs === undefined ? Number.POSITIVE_INFINITY : leaseEndMs(plan);
  const startsMs = [asked.askedMs, nowMs, ...plausible(said, plan, nowMs)];
  const overS = (ms: number): number => Math.ceil((ms + (skewMs ?? 0) + SETTLE_MS - Math.min(...startsMs)) / 1000) + 1;
  const steps = [...evse.plans, ...evse.foreign].flatMap((grant) => grant.steps.map(({ fromMs }) => fromMs));
  const instants = [0, ...said.periods.map(({ startS }) => startS), ...steps.map(overS), untilS - 1];
  for (const s of [...new Set(instants)].filter((each) => each >= 0 && each < untilS).sort((a, b) => a - b)) {
    const reportedMa = saidAt(said, s)?.leastMa;
    if (reportedMa === undefined) continue;
    const allowedMa = mostAllowedMa(
      ledger,
      evse,
      startsMs.map((startMs) => startMs + s * 1000),
      steps,
    );
    if (!isClearlyAbove(reportedMa, allowedMa)) continue;
    return { kind: asked.askedMs + s * 1000 >= endMs ? 'outlasts' : 'above', toldMa: allowedMa, saidMa: reportedMa };
  }
  if (!isSettled || evse.foreign.length > 0) return { kind: 'nothing' };
  const ends = overS(endMs) < untilS;
  const difference = said.unit === unitAt(station, evse.evseId) ? differenceIn(station, evse, asked, said, nowMs, voltageV) : undefined;
  return difference === undefined ? { kind: 'agrees', ends } : { kind: 'differs', ends, ...difference };
}

/** Nothing it holds was changed since it was asked, or might have been. */
function isUnchanged({ contact, connection, clearings, stationMax }: StationLedger, evse: EvseLedger, askedMs: number): boolean {
  const plan = evse.plans.at(-1);
  const isHeld = ({ state, acceptedMs, endsMs }: Grant): boolean =>
    endsMs === undefined ? state === 'accepted' && (acceptedMs ?? askedMs) <= askedMs : endsMs <= askedMs;
  return (
    contact === 'online' &&
    clearings.length === 0 &&
    evse.transactionId !== undefined &&
    plan?.sentOn === connection &&
    plan.transactionId === evse.transactionId &&
    [...stationMax, ...evse.defaults, ...evse.plans, ...evse.foreign].every(isHeld)
  );
}

/** When it says it starts: now, or with the schedule it was told; anything else is no time. */
const plausible = ({ startMs }: Composite, plan: Grant | undefined, nowMs: number): readonly number[] => {
  const earliestMs = Math.min(nowMs, plan?.steps[0]?.fromMs ?? nowMs) - 2 * LARGEST_SKEW_MS;
  return startMs !== undefined && startMs >= earliestMs && startMs <= nowMs + 2 * LARGEST_SKEW_MS ? [startMs] : [];
};

const saidAt = ({ periods }: Composite, s: number) => periods.findLast(({ startS }) => startS <= s);

/** The most that is allowed at any time from the first to the last. */
function mostAllowedMa(ledger: StationLedger, evse: EvseLedger, times: readonly number[], steps: readonly number[]): number {
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const within = [first, ...steps.filter((ms) => ms > first && ms < last), last];
  return Math.max(...within.map((t) => committedMa(ledger, evse, t, false)));
}

/** Where it says something else than our calculator makes of the limits it confirmed; the first place of that. */
function differenceIn(
  station: StationState,
  evse: EvseLedger,
  { askedMs }: Asked,
  said: Composite,
  nowMs: number,
  voltageV: number,
): Difference | undefined {
  const { ledger, ocppVersion } = station;
  if (ocppVersion === undefined) return undefined;
  const [startMs] = plausible(said, evse.plans.at(-1), nowMs);
  const slackS = Math.ceil(
    ((startMs === undefined ? nowMs - askedMs + (skewBound(ledger.skew) ?? LARGEST_SKEW_MS) : 0) + ROUNDING_MS) / 1000,
  );
  const profiles = [...ledger.stationMax, ...evse.defaults, ...evse.plans]
    .filter(({ endsMs }) => endsMs === undefined)
    .map(({ slot, evseId, steps, transactionId }) =>
      setChargingProfile(
        ocppVersion,
        spelledFor(station, { slot, evseId, steps, ...(transactionId !== undefined && { transactionId }) }, voltageV),
      ),
    );
  const at = new Date((startMs ?? askedMs) - slackS * 1000).toISOString();
  const durationS = said.untilS + 2 * slackS;
  const told = calculated({ ocppVersion, profiles, durationS, at, maxA: evse.ratingMa / 1000, voltageV });
  if (told === undefined) return undefined;
  const changes = told.map(({ startPeriod }) => startPeriod - slackS);
  const instants = [
    0,
    ...said.periods.map(({ startS }) => startS),
    ...changes.flatMap((s) => [s - slackS - 1, s + slackS + 1]),
    said.untilS - 1,
  ];
  for (const s of [...new Set(instants)].filter((each) => each >= 0 && each < said.untilS).sort((a, b) => a - b)) {
    const here = saidAt(said, s);
    if (here === undefined) continue;
    const near = told.filter(({ startPeriod }, index) => startPeriod <= s + 2 * slackS && (told[index + 1]?.startPeriod ?? durationS) > s);
    const [least, most] = [Math.min(...near.map(({ limit }) => limit)) * 1000, Math.max(...near.map(({ limit }) => limit)) * 1000];
    if (isClearlyAbove(here.leastMa, most)) return { toldMa: Math.round(most), saidMa: here.leastMa };
    if (isClearlyAbove(least, here.mostMa)) return { toldMa: Math.round(least), saidMa: here.mostMa };
  }
  return undefined;
}

/** What we could not read ourselves is not compared. */
function calculated(request: Parameters<typeof compositeSchedule>[0]) {
  try {
    return compositeSchedule(request).periods;
  } catch (error) {
    if (error instanceof UnreadableProfile) return undefined;
    throw error;
  }
}
