// One line of the ledger: what is owed, and what proves it, or why it does not apply, or that it is open.

export type Proof = readonly [path: string, test: string];

export interface Obligation {
  readonly area: string;
  readonly owes: string;
  /** Requirements of OCPP 2.0.1 unless another document is named. */
  readonly ids: string;
  /** File and name of a test, as it stands in the source. */
  readonly proofs?: readonly Proof[];
  readonly inapplicable?: string;
  readonly open?: string;
}

type Rest = Pick<Obligation, 'inapplicable' | 'open'>;
export type Row = readonly [ids: string, owes: string, proofs: readonly Proof[], rest?: Rest];

export const rows = (area: string, ledger: readonly Row[]): readonly Obligation[] =>
  ledger.map(([ids, owes, proofs, rest]) => ({ area, ids, owes, ...(proofs.length > 0 && { proofs }), ...rest }));

/** Tests of one file, by name. */
export const testsOf =
  (path: string) =>
  (...names: readonly string[]): readonly Proof[] =>
    names.map((name) => [path, name]);
