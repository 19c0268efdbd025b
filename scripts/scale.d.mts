interface Figure {
  readonly value: number;
  readonly what: string;
}
/** A network of one size; rates are per second in the busiest hour. */
export interface Plan {
  readonly ports: number;
  readonly peak: Readonly<Record<'samples' | 'calls' | 'records' | 'rows', number>>;
  readonly edges: number;
  readonly replicas: number;
  readonly databaseCores: number;
  readonly brokers: number;
  readonly rowsTB: number;
  readonly logTBPerYear: number;
  readonly usd: number;
  /** The fullest first; `used` 1 = all that it can do. */
  readonly limits: readonly { readonly what: string; readonly used: number; readonly remedy: string }[];
}
export const SIZES: readonly number[];
export const MEASURED: Readonly<Record<string, Figure>>;
export function plan(ports: number): Plan;
/** Figures the text of the benchmarks does not have. */
export function complaints(benchmarks: string): readonly string[];
