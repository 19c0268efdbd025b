// Rows: projections, positions, outboxes. Everything in it can be rebuilt from the log, so it may be lost at any time.

export interface QueryResult<Row> {
  readonly rows: readonly Row[];
  readonly rowCount: number;
}

/** PostgreSQL's dialect with $1 parameters; array parameters with explicit casts (`$1::text[]`). */
export interface Sql {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<QueryResult<Row>>;
}

export interface Database extends Sql {
  /** Commits when `work` resolves, rolls back when it rejects. */
  inTransaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
