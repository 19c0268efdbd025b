// Durations as histograms; each bucket names the trace of the newest thing in it that was followed, its exemplar: the way from a graph to what was slow.
// The SDK's metrics (2.12) have no exemplars, so they are kept here and put beside their buckets in the OpenMetrics text (ADR 0077).
import { meter } from './metrics.js';

export interface Timing {
  /** `traceparent`: W3C trace context of what took so long, where it is followed. */
  record(seconds: number, traceparent?: string): void;
}

interface TimingOptions {
  readonly description: string;
  /** Upper bounds of the buckets [s], rising. */
  readonly bounds: readonly number[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** By series, as the text names it: `csms_edge_answer_seconds_bucket{le="0.05"}`. As many as there are buckets. */
const exemplars = new Map<string, string>();

export function timing(name: string, { description, bounds, labels = {} }: TimingOptions): Timing {
  const histogram = meter().createHistogram(name, { description, advice: { explicitBucketBoundaries: [...bounds] } });
  const said = Object.entries(labels).map(([label, value]) => `${label}="${value}",`);
  return {
    record(seconds, traceparent) {
      histogram.record(seconds, labels);
      if (traceparent === undefined) return;
      const [, traceId, spanId] = traceparent.split('-');
      const bound = bounds.find((each) => seconds <= each) ?? '+Inf';
      exemplars.set(
        `${name}_bucket{${said.join('')}le="${bound}"}`,
        `{trace_id="${traceId}",span_id="${spanId}"} ${seconds} ${Date.now() / 1000}`,
      );
    },
  };
}

/** Prometheus' text as OpenMetrics 1.0, with exemplars: a counter's family has no `_total`, no line is empty, and the last says that nothing is missing. */
export function openMetrics(text: string): string {
  const lines = text.split('\n').flatMap((line) => {
    const [, kind, family, rest] = /^# (HELP|TYPE) (\w+) (.*)$/.exec(line) ?? [];
    if (kind !== undefined) return [`# ${kind} ${family?.replace(/_total$/, '')} ${rest}`];
    if (line === '' || line.startsWith('#')) return [];
    const exemplar = exemplars.get(line.slice(0, line.lastIndexOf(' ')));
    return [exemplar === undefined ? line : `${line} # ${exemplar}`];
  });
  return [...lines, '# EOF', ''].join('\n');
}
