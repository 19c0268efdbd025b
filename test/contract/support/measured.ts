// What processes show of themselves at /metrics, once each thing was measured: the product's own instruments, as Prometheus reads them.
import { renderMetrics, startMetrics } from '#observability';
import { edgeCounters } from '../../../apps/edge/metrics.js';
import { serviceMeasures } from '../../../libs/service/measures.js';

/** The text of an edge and a service in one process. */
export async function measured(): Promise<string> {
  startMetrics();
  const edge = edgeCounters(() => 3);
  edge.answered(20);
  edge.limited(300);
  const service = serviceMeasures('session', () => 0);
  service.committed(5, 40);
  service.parked(1);
  const text = await renderMetrics();
  service.close();
  return text;
}

export const namesIn = (text: string): ReadonlySet<string> => new Set(text.match(/^csms_\w+/gm));

/** Of the series that a histogram is, its name. */
export const instrumentOf = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');
