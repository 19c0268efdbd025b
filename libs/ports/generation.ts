// Which of a station's connections is the newest. Positions are compared only within one site assignment.

/** (number of the station's site assignment, offset of its StationConnected in that site's stream). */
export interface Generation {
  readonly assignmentSeq: number;
  readonly offset: number;
}

export const isNewer = (a: Generation, b: Generation): boolean =>
  a.assignmentSeq !== b.assignmentSeq ? a.assignmentSeq > b.assignmentSeq : a.offset > b.offset;

/** As far as clocks of two edges differ; an edge tries longer than that to record a connection [ms]. */
const EDGES_APART_MS = 5_000;

/**
 * A connection asked for at `askedMs`, recorded only after a later one of its station, since `sinceMs`, was: the log took the record when
 * its edge had given the attempt up, and nobody stands behind it. Should somebody all the same, the first call on it tells.
 */
export const isOvertaken = (askedMs: number, sinceMs: number | undefined): boolean =>
  sinceMs !== undefined && askedMs < sinceMs - EDGES_APART_MS;
