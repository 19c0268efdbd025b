// Events of grid operators' direct controls, in the stream of the tenant: §14a EnWG, OSCP 2.0.
// Programs of OpenADR are network-events.ts'.
import type { OscpBlock, OscpType } from '#domain/grid-signals';

/** Devices at a node of a site that a German grid operator may dim (§14a EnWG). Takes the place of what was said before. Producer: api. */
export interface DimmingConfigured {
  readonly siteId: string;
  /** Absent = the root of the site. */
  readonly nodeId?: string;
  readonly devices: { readonly count: number; readonly control: 'direct' | 'management' };
  /** What holds when the control box is silent [W]; what is guaranteed to the devices goes before it where that is more. */
  readonly failSafeW: number;
  /** How long after its last word the control box counts as silent. */
  readonly silentAfterS: number;
  readonly requestedBy: string;
}
/** Nobody dims it any more. Producer: api. */
export interface DimmingRemoved {
  readonly siteId: string;
  readonly requestedBy: string;
}
/** A word of the control box. Producer: api. */
export interface DimmingHeard {
  readonly siteId: string;
  /** Absent: only that it is there. */
  readonly command?: {
    /** As it was asked for [W]; absent: dimming is over. */
    readonly limitW?: number;
    readonly until?: string;
  };
  readonly requestedBy: string;
}

/** A capacity provider (OSCP 2.0) whose forecasts sites follow; we are its flexibility provider. Takes the place of what was said before. Producer: api. */
export interface OscpConfigured {
  readonly providerId: string;
  /** Where it takes our registration, with its version, and where it reaches us. */
  readonly url: string;
  readonly ownUrl: string;
  /** With which it knows us at first. Sealed under the subject `oscp:<tenant>:<providerId>`; absent = the one before stays. */
  readonly token?: string;
  /** How often we want to hear it. */
  readonly heartbeatS: number;
  readonly groups: readonly OscpGroup[];
  readonly requestedBy: string;
}
export interface OscpGroup {
  readonly groupId: string;
  readonly siteId: string;
  /** Absent = the root of the site. */
  readonly nodeId?: string;
  readonly fallbackW: number;
  /** Absent: what is fed back is not limited when nothing is heard. */
  readonly exportFallbackW?: number;
}
/** Nobody follows it any more. Producer: api. */
export interface OscpRemoved {
  readonly providerId: string;
  readonly requestedBy: string;
}
/** It registered with us: where and how it is spoken to from then on. Producer: api. */
export interface OscpRegistered {
  readonly providerId: string;
  readonly url: string;
  /** Sealed. */
  readonly token: string;
}
/** What it wants to hear of us. Producer: api. */
export interface OscpHandshaken {
  readonly providerId: string;
  /** Absent: no heartbeats. */
  readonly heartbeatS?: number;
  readonly isMeasured: boolean;
}
/** It is there; without another word it counts as gone at `offlineAt`. Producer: api. */
export interface OscpHeartbeatHeard {
  readonly providerId: string;
  readonly offlineAt: string;
}
/** What a group may draw or feed back, in the place of what was said of it for that type before. Producer: api. */
export interface OscpForecastHeard {
  readonly providerId: string;
  readonly groupId: string;
  readonly type: OscpType;
  readonly blocks: readonly OscpBlock[];
  /** Under which it was said, for an answer. */
  readonly requestId?: string;
}
/** Somebody here would like to have more of it, or less. Producer: api. */
export interface OscpAdjustmentWished {
  readonly providerId: string;
  readonly wishId: string;
  readonly groupId: string;
  readonly type: OscpType;
  readonly blocks: readonly OscpBlock[];
  readonly requestedBy: string;
}
/** What we told it, once. Producer: grid. */
export interface OscpSaid {
  readonly providerId: string;
  readonly action:
    | 'register'
    | 'handshake_acknowledge'
    | 'adjust_group_capacity_forecast'
    | 'group_capacity_compliance_error'
    | 'update_group_measurements';
  /** Which of them: of a wish, an episode above a limit, a quarter of an hour. */
  readonly subject: string;
  readonly groupId?: string;
  readonly body: unknown;
  /** Why it did not take it; it is not told again. */
  readonly refusal?: string;
}

/** Why it cannot be told anything; written when that changes. Producer: grid. */
export interface OscpTroubleChanged {
  readonly providerId: string;
  /** Absent: it can. */
  readonly trouble?: string;
}

export interface GridControlEventData {
  OscpTroubleChanged: OscpTroubleChanged;
  OscpConfigured: OscpConfigured;
  OscpRemoved: OscpRemoved;
  OscpRegistered: OscpRegistered;
  OscpHandshaken: OscpHandshaken;
  OscpHeartbeatHeard: OscpHeartbeatHeard;
  OscpForecastHeard: OscpForecastHeard;
  OscpAdjustmentWished: OscpAdjustmentWished;
  OscpSaid: OscpSaid;
  DimmingConfigured: DimmingConfigured;
  DimmingRemoved: DimmingRemoved;
  DimmingHeard: DimmingHeard;
}
