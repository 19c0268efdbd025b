/** One action of any version, and what is known of it. */
export interface CoverageRow {
  readonly action: string;
  readonly versions: readonly string[];
  readonly direction: 'fromStation' | 'toStation' | 'both';
  readonly behaviours: readonly { readonly part: string; readonly in: string; readonly does: string }[];
  readonly specs: readonly string[];
}
export function coverage(): readonly CoverageRow[];
/** What is told and not so; empty when every row holds. */
export function complaints(
  rows?: readonly CoverageRow[],
  obligations?: readonly { readonly ids: string; readonly proofs?: readonly (readonly [path: string, test: string])[] }[],
): readonly string[];
