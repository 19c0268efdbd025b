// Spans made with OpenTelemetry's SDK and sent by OTLP over HTTP. Loaded by whoever turns traces on, and by nobody else.
// What becomes a span is chosen where it begins; headers and time-outs of the exporter are its own settings (OTEL_EXPORTER_OTLP_HEADERS …).
import {
  context,
  DiagLogLevel,
  diag,
  type Link,
  ROOT_CONTEXT,
  type Span as SdkSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Span, Tracer, TracingOptions } from './tracing.js';

/** Spans that wait to be sent; what comes beyond is dropped. */
const MOST_WAITING = 8_192;
/** Messages of a batch that its span names. */
const MOST_LINKS = 64;
/** A collector that does not answer holds up no process that ends. */
const CLOSE_WITHIN_MS = 5_000;

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

export function openTracer({ service, instance, endpoint, onTrouble }: Omit<TracingOptions, 'ratio'>): {
  readonly tracer: Tracer;
  close(): Promise<void>;
} {
  const ignore = (): void => undefined;
  diag.setLogger({ error: onTrouble, warn: onTrouble, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.namespace': 'joulestream', 'service.name': service, 'service.instance.id': instance }),
    sampler: new AlwaysOnSampler(), // which traces are followed is decided before a span is made
    spanProcessors: [new BatchSpanProcessor({ exporter, maxQueueSize: MOST_WAITING })],
  });
  const sdk = provider.getTracer('joulestream');
  return {
    tracer: {
      begin({ kind, name, attributes = {}, from, links, startMs }) {
        const parent = from === undefined ? undefined : followed(from);
        const linked = links?.slice(0, MOST_LINKS).flatMap(linkTo) ?? [];
        if ((from !== undefined && parent === undefined) || (links !== undefined && linked.length === 0)) return undefined;
        const options = {
          kind: KINDS[kind],
          attributes,
          links: linked,
          ...(startMs !== undefined && { startTime: startMs }),
        };
        return inOurWords(sdk.startSpan(name, options, parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent)));
      },
    },
    async close() {
      const patience = new Promise<void>((resolve) => void setTimeout(resolve, CLOSE_WITHIN_MS).unref());
      await Promise.race([patience, provider.shutdown().catch((error: unknown) => onTrouble(String(error)))]);
      context.disable();
      diag.disable();
    },
  };
}

/** Undefined for a trace that nobody follows, and for what is no trace context. */
function followed(traceparent: string): SpanContext | undefined {
  const parsed = parseTraceParent(traceparent);
  return parsed !== null && (parsed.traceFlags & TraceFlags.SAMPLED) !== 0 ? { ...parsed, isRemote: true } : undefined;
}

function linkTo(traceparent: string): readonly Link[] {
  const found = followed(traceparent);
  return found === undefined ? [] : [{ context: found }];
}

function inOurWords(span: SdkSpan): Span {
  const { traceId, spanId } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-01`,
    run: (work) => context.with(trace.setSpan(ROOT_CONTEXT, span), work),
    set: (name, value) => void span.setAttribute(name, value),
    end(failure) {
      if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
      span.end();
    },
  };
}
