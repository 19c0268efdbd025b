// What every service measures of itself, by its name: how far it is behind its log, and what it could not understand.
// What these should be is written in the rules beside the chart.
import { meter, timing } from '#observability';

/** Upper bounds of the buckets [s]. */
const DELAY_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];

export interface ServiceMeasures {
  /** A batch was committed by a service that had caught up; its first record was received so long ago [ms]. */
  committed(records: number, ageMs: number | undefined, traceparent?: string): void;
  parked(records: number): void;
  /** The runner is gone: its lag is no longer asked for. */
  close(): void;
}

/** `lag`: records in the log and not committed, over all partitions held. */
export function serviceMeasures(service: string, lag: () => number): ServiceMeasures {
  const labels = { service };
  const delay = timing('csms_service_delay_seconds', {
    description: 'from when the first record of a batch was received to when the batch was committed, once caught up',
    bounds: DELAY_S,
    labels,
  });
  const records = meter().createCounter('csms_service_records_total', { description: 'records committed' });
  const parked = meter().createCounter('csms_service_parked_records_total', {
    description: 'records nobody understood, kept with the reason',
  });
  // Told before there is anything to tell: of a count that begins at 1 nobody sees that it rose.
  records.add(0, labels);
  parked.add(0, labels);
  const behind = meter().createObservableGauge('csms_service_lag_records', { description: 'records in the log and not committed yet' });
  const observe: Parameters<typeof behind.addCallback>[0] = (result) => result.observe(lag(), labels);
  behind.addCallback(observe);
  return {
    committed(count, ageMs, traceparent) {
      records.add(count, labels);
      if (ageMs !== undefined && ageMs >= 0) delay.record(ageMs / 1000, traceparent);
    },
    parked: (count) => parked.add(count, labels),
    close: () => behind.removeCallback(observe),
  };
}
