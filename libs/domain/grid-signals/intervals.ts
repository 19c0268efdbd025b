// When the values of an event hold: starts that follow one another, durations without end, loops, values that share an interval (OpenADR 3 User Guide §7.3–7.4).
// What the values mean is capacity.ts'.
import { DateTime, Duration } from 'luxon';
import { instantMs } from '#kernel';
import type { GridEvent, GridPayload, IntervalPeriod, SignalRefusal } from './event.js';

/** One value over one stretch of time; `toMs` may be infinite. */
export interface Stretch {
  readonly intervalId: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly type: string;
  readonly value: GridPayload['values'][number];
}

/** Within the horizon; an event that says more is refused whole, since what is left out might be the tightest. */
const MOST_STRETCHES = 2_000;
const BEGINNING_OF_TIME = /^0001-01-01/;

export interface Span {
  readonly intervalId: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly payloads: readonly GridPayload[];
}

class Unreadable extends Error {
  constructor(readonly refusal: SignalRefusal) {
    super(refusal.message);
  }
}
const refuse = (path: string, message: string): never => {
  throw new Unreadable({ path, message });
};

/**
 * Everything an event says between `nowMs` and `untilMs`, in the order of its intervals; or why it cannot be read. A start that may vary (`randomizeStart`) varies to earlier
 * only, by `early` of it (0 to 1), and ends where it would have: a limit is never shorter for it.
 */
export function stretchesOf(event: GridEvent, nowMs: number, untilMs: number, early = 0): readonly Stretch[] | SignalRefusal {
  try {
    const spans = repeated(event, spansOf(event, nowMs, early), nowMs, untilMs);
    const stretches = spans.flatMap(split).filter(({ fromMs, toMs }) => toMs > nowMs && fromMs < untilMs);
    if (stretches.length > MOST_STRETCHES) refuse('intervals', `more than ${MOST_STRETCHES} values within the time that is looked ahead`);
    return stretches;
  } catch (error) {
    if (error instanceof Unreadable) return error.refusal;
    throw error;
  }
}

/** Its intervals as they were planned, not repeated and not cut off; and when the event itself ends. */
export function plannedOf(event: GridEvent, nowMs: number): { readonly spans: readonly Span[]; readonly endMs?: number } | SignalRefusal {
  try {
    const spans = spansOf(event, nowMs, 0);
    const [first] = spans;
    const endMs = event.duration === undefined || first === undefined ? undefined : endOf(first.fromMs, event.duration, 'duration');
    return { spans, ...(endMs !== undefined && { endMs }) };
  } catch (error) {
    if (error instanceof Unreadable) return error.refusal;
    throw error;
  }
}

function spansOf(event: GridEvent, nowMs: number, early: number): readonly Span[] {
  let previousEndMs: number | undefined;
  return event.intervals.map(({ id, intervalPeriod: own, payloads }, index) => {
    const path = `intervals.${index}.intervalPeriod`;
    const period: IntervalPeriod = { ...event.intervalPeriod, ...own };
    const ownStart = own?.start !== undefined && !BEGINNING_OF_TIME.test(own.start) ? own.start : undefined;
    const start = ownStart ?? (index === 0 ? period.start : undefined);
    const plannedMs = start === undefined ? (previousEndMs ?? saidAt(event, nowMs)) : startAt(event, start, nowMs, path);
    const toMs = endOf(plannedMs, period.duration, path);
    previousEndMs = toMs;
    const mayVary = index === 0 || own?.start !== undefined ? (own?.randomizeStart ?? event.intervalPeriod?.randomizeStart) : undefined;
    const earlierMs = mayVary === undefined ? 0 : early * Math.max(0, endOf(plannedMs, mayVary, path, 0) - plannedMs);
    return { intervalId: id, fromMs: plannedMs - earlierMs, toMs, payloads };
  });
}

/** "Do it now" is since it was said, so that the same event means the same whenever it is read; never later than now. */
const saidAt = ({ saidMs }: GridEvent, nowMs: number): number => Math.min(saidMs ?? nowMs, nowMs);

const startAt = (event: GridEvent, text: string, nowMs: number, path: string): number =>
  BEGINNING_OF_TIME.test(text) ? saidAt(event, nowMs) : (instantMs(text) ?? refuse(`${path}.start`, 'an ISO 8601 time was expected'));

/** `whenNone`: what no or no positive duration means [ms]. */
function endOf(fromMs: number, text: string | undefined, path: string, whenNone = Number.POSITIVE_INFINITY): number {
  if (text === undefined) return fromMs + whenNone;
  const duration = Duration.fromISO(text);
  if (!duration.isValid || text.includes('-')) return refuse(`${path}.duration`, 'an ISO 8601 duration was expected');
  if (duration.years >= 1000) return Number.POSITIVE_INFINITY;
  const toMs = DateTime.fromMillis(fromMs, { zone: 'utc' }).plus(duration).toMillis();
  return toMs > fromMs ? toMs : fromMs + whenNone;
}

/** The event's own duration repeats its intervals, or cuts them off. */
function repeated(event: GridEvent, spans: readonly Span[], nowMs: number, untilMs: number): readonly Span[] {
  const [first] = spans;
  if (event.duration === undefined || first === undefined) return spans;
  const startMs = Math.min(...spans.map(({ fromMs }) => fromMs));
  const endMs = endOf(startMs, event.duration, 'duration');
  const lengthMs = Math.max(...spans.map(({ toMs }) => toMs)) - startMs;
  const cut = (each: readonly Span[]): readonly Span[] =>
    each.map((span) => ({ ...span, toMs: Math.min(span.toMs, endMs) })).filter(({ fromMs, toMs }) => toMs > fromMs);
  if (!(startMs + lengthMs < endMs)) return cut(spans);
  const from = Math.max(0, Math.floor((nowMs - startMs) / lengthMs));
  const to = Math.ceil((Math.min(untilMs, endMs) - startMs) / lengthMs);
  if ((to - from) * spans.length > MOST_STRETCHES)
    refuse('duration', `more than ${MOST_STRETCHES} repetitions within the time that is looked ahead`);
  const rounds = Array.from({ length: Math.max(0, to - from) }, (_, index) => (from + index) * lengthMs);
  return cut(rounds.flatMap((byMs) => spans.map((span) => ({ ...span, fromMs: span.fromMs + byMs, toMs: span.toMs + byMs }))));
}

/** Several values of a payload share its interval evenly. Where it has no end the last one stays. */
function split({ intervalId, fromMs, toMs, payloads }: Span): readonly Stretch[] {
  return payloads.flatMap(({ type, values }) => {
    if (values.length > MOST_STRETCHES) refuse('intervals', `more than ${MOST_STRETCHES} values within the time that is looked ahead`);
    if (values.length > 1 && toMs === Number.POSITIVE_INFINITY) refuse('intervals', 'several values cannot share an interval without end');
    const eachMs = (toMs - fromMs) / values.length;
    return values.map((value, index) => ({
      intervalId,
      fromMs: values.length === 1 ? fromMs : fromMs + index * eachMs,
      toMs: index === values.length - 1 ? toMs : fromMs + (index + 1) * eachMs,
      type,
      value,
    }));
  });
}
