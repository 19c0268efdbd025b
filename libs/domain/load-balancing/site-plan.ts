// What a plan for a site is made from, and what it says.
// How it is made is plan.ts.
import type { StationView } from './claims.js';
import type { Grant, GrantSlot, GrantStep } from './grant.js';
import type { Conditions } from './limits.js';
import type { ColumnName, Network } from './network.js';
import type { HeldBy } from './planner/held-back.js';
import type { Reason } from './split.js';

export interface PlanInput {
  readonly network: Network;
  readonly conditions: Conditions;
  readonly leaseMs: number;
  readonly stations: readonly StationView[];
  readonly nowMs: number;
}

export interface PlannedGrant {
  readonly slot: GrantSlot;
  readonly stationId: string;
  readonly evseId: number;
  readonly transactionId?: string;
  readonly steps: readonly GrantStep[];
  /** `withdraw`: a foreign profile is taken from the station, since a limit is exceeded. */
  readonly cause: 'setup' | 'lower' | 'raise' | 'renew' | 'withdraw';
  /** What the split gives it now, and the full node and phase that keep it from more. */
  readonly wantedMa?: number;
  readonly reason?: Reason;
  /** Why the planner wants it to have no more. */
  readonly heldBy?: HeldBy;
  /** What is withdrawn. */
  readonly profileId?: number;
}

export interface SitePlan {
  /** In the order to be sent. */
  readonly grants: readonly PlannedGrant[];
  /** What the split wants for each EVSE that charges now, and what holds it back. */
  readonly wanted: readonly {
    readonly stationId: string;
    readonly evseId: number;
    readonly limitMa: number;
    readonly reason?: Reason;
    readonly heldBy?: HeldBy;
  }[];
  /** Nodes where more might be drawn than is allowed, now or at an announced change. */
  readonly overloaded: ReadonlySet<number>;
  /** Columns where more might be drawn than is allowed now. */
  readonly shortfalls: readonly {
    readonly nodeId: string;
    readonly phase: ColumnName;
    readonly limitMa: number;
    readonly committedMa: number;
  }[];
  /** Per column, now: what stations may draw and what they might draw [mA]. */
  readonly capacity: Float64Array;
  /** What nobody can take away; absent where that is not stated. */
  readonly firm?: Float64Array;
  readonly committed: Float64Array;
  /** What the split gives away. */
  readonly allocated: Float64Array;
}

/** As it would stand in the ledger. */
export const asGrant = (grant: Pick<Grant, 'slot' | 'evseId' | 'steps' | 'transactionId'>, nowMs: number): Grant => ({
  ownerEpoch: Number.MAX_SAFE_INTEGER,
  grantSeq: 0,
  commandId: '',
  requestedMs: nowMs,
  notAfterMs: nowMs,
  state: 'requested',
  ...grant,
});
