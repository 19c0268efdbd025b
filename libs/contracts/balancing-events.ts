// Facts about limits (`balancing-events`): what the allocator decided and why. Producer: load-balancing.
import type { ExceedanceReason, HeldBy } from '#domain/load-balancing';
import type { Envelope } from './envelope.js';

/** What changed in the allocation of a site: EVSEs and nodes that are as they were are not repeated. Currents in integer mA. */
export interface LimitsDecided {
  readonly evses: readonly EvseLimit[];
  readonly nodes: readonly NodeLoad[];
}
export interface EvseLimit {
  readonly stationId: string;
  readonly evseId: number;
  /** What the fair split gives it. */
  readonly limitMa: number;
  /** The most it might draw under anything that may be in force. */
  readonly committedMa: number;
  /** The most that might flow back out of its car; absent = nothing. */
  readonly dischargeMa?: number;
  /**
   * The node and phase that kept it from more, absent when its own maximum did. `isFirm`: full is what nobody can take away there, which is all that a
   * station may have whose clock nobody can vouch for.
   */
  readonly reason?: { readonly nodeId: string; readonly phase: string; readonly isFirm?: true };
  /** Why the planner wants it to have no more, where that and not the network alone holds it. */
  readonly heldBy?: HeldBy;
  /** It waits for current at that node and phase: `station/EVSE` of those who have it, in the order of admission, the first few. */
  readonly behind?: readonly string[];
  /** Somebody else caps it: a profile that was asked for, or something at the site (NotifyChargingLimit) and what that is. */
  readonly cap?: { readonly limitMa: number; readonly by: 'profile' | 'chargingLimit'; readonly source?: string };
}
/** Per phase. */
export interface NodeLoad {
  readonly nodeId: string;
  readonly limitMa: readonly number[];
  /** What the split gives away. */
  readonly allocatedMa: readonly number[];
  readonly committedMa: readonly number[];
}
export interface StationDisobeyed {
  readonly stationId: string;
  readonly evseId: number;
  /** Its samples, what it answers to GetCompositeSchedule, or that it charges with priority (2.1): then with anything up to its rating. */
  readonly reason: 'samples' | 'schedule' | 'priority';
  readonly allowedMa: number;
  readonly measuredMa: number;
}
/**
 * An outlet does not follow its limits. Told when that begins and when it is over. `ignores`: it took a limit and is, or may be, clearly above what it
 * was allowed (StationDisobeyed); `rejects`: it refused the latest limit; `silent`: connected, it did not answer the latest limit in time;
 * `outlasts`: it says it goes on behind the end of a lease, so none ends by itself there; `differs`: it says it does something else than it was told, but
 * nothing above what it may (both by GetCompositeSchedule).
 */
export interface LimitAlarmReported {
  readonly stationId: string;
  /** 0 = the whole station. */
  readonly evseId: number;
  readonly kind: 'ignores' | 'rejects' | 'silent' | 'outlasts' | 'differs';
  /** When it began, ISO 8601; names the alarm of this outlet and kind. */
  readonly since: string;
  readonly isOver: boolean;
  /** What it was allowed, or told, and what it drew or said it may draw when it began; absent where that is not known [mA per phase]. */
  readonly allowedMa?: number;
  readonly drawnMa?: number;
  /** Of the others, which limit that is: of a transaction, or the default. */
  readonly slot?: 'plan' | 'default';
  /** Of `ignores`, how it was found. */
  readonly reason?: StationDisobeyed['reason'];
}
/** More might be drawn than is allowed now: a limit that reachable stations alone cannot meet, or do not meet yet. Told when it begins and when it ends. */
export interface ShortfallReported {
  readonly nodeId: string;
  readonly phase: string;
  readonly limitMa: number;
  readonly committedMa: number;
  /** True once nothing more than allowed might be drawn there. */
  readonly isOver: boolean;
}
/**
 * By what is measured more flows at a node than it may carry. Told when it begins, when a reason for it is learned, and when it is over:
 * `reasons` are all that are known by then, never none.
 */
export interface LimitExceeded {
  readonly nodeId: string;
  readonly phase: string;
  /** Of what cars feed back; absent = of what is drawn. */
  readonly direction?: 'export';
  /** When it began; names the episode of this node, phase and direction. */
  readonly since: string;
  readonly isOver: boolean;
  /** Where it was furthest above: what the node might carry and what flowed there [mA]. */
  readonly limitMa: number;
  readonly flowMa: number;
  /** So far, at nominal voltage. */
  readonly seconds: number;
  readonly energyAboveWh: number;
  readonly reasons: readonly ExceedanceReason[];
}

export interface BalancingEventData {
  LimitsDecided: LimitsDecided;
  StationDisobeyed: StationDisobeyed;
  LimitAlarmReported: LimitAlarmReported;
  ShortfallReported: ShortfallReported;
  LimitExceeded: LimitExceeded;
}
export type BalancingEvent = { [Type in keyof BalancingEventData]: Envelope<Type, BalancingEventData[Type]> }[keyof BalancingEventData];
