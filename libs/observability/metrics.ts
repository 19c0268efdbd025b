// Metrics of a process in Prometheus' text form.
// Names and labels are chosen where things happen; a label has few values, never a station id.
import { type Meter, metrics } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

let exporter: PrometheusExporter | undefined;

/** Installs the process's meter provider once; instruments made before and after are both seen. */
export function startMetrics(): void {
  if (exporter) return;
  exporter = new PrometheusExporter({ preventServerStart: true });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }));
}

/** Everything measured so far in Prometheus' text form; without `target_info`, which would show everybody where we are installed. */
export async function renderMetrics(): Promise<string> {
  if (!exporter) return '';
  const { resourceMetrics } = await exporter.collect();
  return new PrometheusSerializer('', false, undefined, true, true).serialize(resourceMetrics);
}

/** Instruments are named `csms_<service>_<thing>_<unit>`. */
export const meter = (): Meter => metrics.getMeter('joulestream');
