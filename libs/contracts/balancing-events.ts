// Facts about limits (`balancing-events`): what the allocator decided and why. Producer: load-balancing.
import type { Envelope } from './envelope.js';

/** One allocation of a site. Currents in integer mA. */
export interface LimitsDecided {
  readonly evses: readonly {
    readonly stationId: string;
    readonly evseId: number;
    readonly limitMa: number;
    /** The node and phase that kept it from more, absent when its own maximum did. */
    readonly reason?: { readonly nodeId: string; readonly phase: string };
  }[];
  readonly nodes: readonly {
    readonly nodeId: string;
    readonly limitMa: readonly number[];
    readonly allocatedMa: readonly number[];
    readonly committedMa: readonly number[];
  }[];
}
export interface StationDisobeyed {
  readonly stationId: string;
  readonly evseId: number;
  /** Its samples, or what it answers to GetCompositeSchedule. */
  readonly reason: 'samples' | 'schedule';
  readonly allowedMa: number;
  readonly measuredMa: number;
}
/** A limit that reachable stations alone cannot meet. */
export interface ShortfallReported {
  readonly nodeId: string;
  readonly phase: string;
  readonly limitMa: number;
  readonly committedMa: number;
}

export interface BalancingEventData {
  LimitsDecided: LimitsDecided;
  StationDisobeyed: StationDisobeyed;
  ShortfallReported: ShortfallReported;
}
export type BalancingEvent = { [Type in keyof BalancingEventData]: Envelope<Type, BalancingEventData[Type]> }[keyof BalancingEventData];
