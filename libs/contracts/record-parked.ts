// What a service says in its output topic of a record it could not decide about (ADR 0098). In each topic that a service derives facts into; readers pass it by.

/** It left no row, no state and no other fact. Which service, and which record, `ce_source` names. */
export interface RecordParked {
  /** The class of the failure and where it was found; never a value, which may be anybody's. */
  readonly reason: string;
}

export interface RecordParkedData {
  RecordParked: RecordParked;
}
