// PromQL as Prometheus' own grammar reads it.
// What an expression should ask for is the specs' business.
import { parser } from '@prometheus-io/lezer-promql';

export interface Asked {
  /** Where it cannot be read, as text. */
  readonly faults: readonly string[];
  readonly metrics: readonly string[];
}

/** Grafana's `$__rate_interval` and `$__range` count as a duration. */
export function asked(expression: string): Asked {
  const text = expression.replaceAll(/\$__\w+/g, '5m');
  const [faults, metrics]: [string[], string[]] = [[], []];
  parser.parse(text).iterate({
    enter({ type, from, to }) {
      if (type.isError) faults.push(`at ${from}: ${text.slice(from, from + 20)}`);
      if (type.name === 'Identifier') metrics.push(text.slice(from, to));
    },
  });
  return { faults, metrics };
}
