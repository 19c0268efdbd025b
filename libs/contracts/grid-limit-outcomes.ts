// What became of each record of grid-limits, in the same partition and order.
// Limits that were taken are in site-events.

/** It counts: the limit stands, or stands no more. Producer: api. */
export interface GridLimitTaken {
  /** Of the record in grid-limits. */
  readonly offset: number;
  readonly limitId: string;
}
/** It changes nothing. Producer: api. */
export interface GridLimitRefused extends GridLimitTaken {
  readonly reason: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  /** As it was written; the beginning of a long one. */
  readonly text: string;
}

export interface GridLimitOutcomeData {
  GridLimitTaken: GridLimitTaken;
  GridLimitRefused: GridLimitRefused;
}
