// Which of a station's connections is the newest. Positions are compared only within one site assignment.

/** (number of the station's site assignment, offset of its StationConnected in that site's stream). */
export interface Generation {
  readonly assignmentSeq: number;
  readonly offset: number;
}

export const isNewer = (a: Generation, b: Generation): boolean =>
  a.assignmentSeq !== b.assignmentSeq ? a.assignmentSeq > b.assignmentSeq : a.offset > b.offset;

/**
 * A connection asked for at `askedMs`, recorded only after a later one of its station, since `sinceMs`, was: its edge may have given the attempt up
 * when the log took the record, and nobody stands behind it. Should somebody all the same, or clocks of edges differ, the first call on it tells.
 */
export const isOvertaken = (askedMs: number, sinceMs: number | undefined): boolean => sinceMs !== undefined && askedMs < sinceMs;
