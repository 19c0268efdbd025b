// What people say of outages of a port, for uptime.
import type { DeclaredCause, ExclusionCause } from '#domain/uptime';

/** Somebody judged an outage of a port. A later word about it takes this one's place; both stay on record. Producer: api. */
export interface OutageClassified {
  readonly stationId: string;
  readonly evseId: number;
  /** Port and first instant of the outage, as it was known then. */
  readonly outageId: string;
  /** `counts`: it is the operator's after all. */
  readonly cause: ExclusionCause | 'counts';
  /** What of it is meant, ISO 8601; without an end up to the end of the outage. */
  readonly from: string;
  readonly to?: string;
  /** Where it can be looked up that the port would have worked otherwise. */
  readonly evidence: string;
  readonly note?: string;
  readonly classifiedBy: string;
}

/** People found an outage that no record tells of. A later word under its id takes this one's place; both stay on record. Producer: api. */
export interface OutageDeclared {
  readonly stationId: string;
  readonly evseId: number;
  readonly declarationId: string;
  readonly cause: DeclaredCause | 'withdrawn';
  /** ISO 8601; without an end it goes on. */
  readonly from: string;
  readonly to?: string;
  readonly evidence: string;
  readonly declaredBy: string;
}
