// Traces by spans made by hand: one for a station's call, one for a batch with links to what is in it, one for a decision (ADR 0077).
// Off unless somebody is there to send them to: then nothing is loaded, and nothing is made for a frame. The SDK is in otlp.ts.
import { trace } from '@opentelemetry/api';

type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface TracingOptions {
  /** This process among those that report, by kind and by name. */
  readonly service: string;
  readonly instance: string;
  /** Where OTLP over HTTP is taken, e.g. `http://collector:4318`; the path `/v1/traces` is added. */
  readonly endpoint: string;
  /** Part of the stations' calls that are followed, 0 to 1; what follows from a call goes with it. */
  readonly ratio: number;
  /** What could not be sent, and why. */
  readonly onTrouble: (detail: string) => void;
}

export interface SpanOptions {
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  /** One of few: an action, a step. Never an id. */
  readonly name: string;
  readonly attributes?: Attributes;
  /** W3C trace context it goes on from; absent: a trace of its own. */
  readonly from?: string;
  /** W3C trace contexts it has to do with. */
  readonly links?: readonly string[];
  /** Milliseconds since 1970; absent: now. */
  readonly startMs?: number;
}

export interface Span {
  /** W3C trace context, for what goes on from here: a record's header, a command. */
  readonly traceparent: string;
  /** What is logged in `work`, and in what it waits for, names this span. */
  run<T>(work: () => T): T;
  set(name: string, value: string | number | boolean): void;
  /** Once. `failure`: what kind of thing brought it to nothing; never a message, which may repeat what somebody said in confidence. */
  end(failure?: string): void;
}

export interface Tracer {
  /** Undefined where nobody follows what it goes on from, or anything it links to. */
  begin(options: SpanOptions): Span | undefined;
}

let started: { readonly tracer: Tracer; readonly ratio: number } | undefined;

/** For what goes on. Undefined while traces are off: `tracer()?.begin({…})` then does not even make its options. */
export const tracer = (): Tracer | undefined => started?.tracer;

/** For what begins: undefined also for what is not followed, which chance decides here and nowhere else. */
export const newTrace = (): Tracer | undefined => (started !== undefined && Math.random() < started.ratio ? started.tracer : undefined);

/** Sends traces from now on, until what it answers is stopped; that resolves when what ended is sent or given up. One at a time in a process. */
export async function startTracing(options: TracingOptions): Promise<{ stop(): Promise<void> }> {
  const { openTracer } = await import('./otlp.js');
  const opened = openTracer(options);
  started = { tracer: opened.tracer, ratio: options.ratio };
  return {
    async stop() {
      started = undefined;
      await opened.close();
    },
  };
}

/** Runs `work` in the span, where there is one, which ends with it. */
export async function during<T>(span: Span | undefined, work: () => Promise<T>): Promise<T> {
  if (span === undefined) return work();
  try {
    const result = await span.run(work);
    span.end();
    return result;
  } catch (error) {
    span.end(failureOf(error));
    throw error;
  }
}

export const failureOf = (error: unknown): string => (error instanceof Error ? error.name : 'failed');

const NO_TRACE = {};

/** What a log line says of the span it is written in. */
export function activeTrace(): { readonly trace_id?: string; readonly span_id?: string } {
  const span = started === undefined ? undefined : trace.getActiveSpan();
  if (span === undefined) return NO_TRACE;
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId };
}
