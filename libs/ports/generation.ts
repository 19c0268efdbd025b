// Which of a station's connections is the newest. Positions are compared only within one site assignment.

/** (number of the station's site assignment, offset of its StationConnected in that site's stream). */
export interface Generation {
  readonly assignmentSeq: number;
  readonly offset: number;
}

export const isNewer = (a: Generation, b: Generation): boolean =>
  a.assignmentSeq !== b.assignmentSeq ? a.assignmentSeq > b.assignmentSeq : a.offset > b.offset;
