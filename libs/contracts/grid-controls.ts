// Events of grid operators' direct controls, in the stream of the tenant: §14a EnWG, OSCP 2.0.
// Programs of OpenADR are network-events.ts'.

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

export interface GridControlEventData {
  DimmingConfigured: DimmingConfigured;
  DimmingRemoved: DimmingRemoved;
  DimmingHeard: DimmingHeard;
}
