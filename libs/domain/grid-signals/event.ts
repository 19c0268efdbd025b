// What a grid operator says, in one form for OpenADR 3.0.1 and 3.1: events of intervals with values.
// How it is fetched and read is apps/grid's; what it comes to for a site is capacity.ts'.

/** Times as they were written: what a start or a duration that is left out means depends on its place (OpenADR 3 User Guide §7.3). */
export interface IntervalPeriod {
  /** ISO 8601; `0001-01-01` is now, or right after the interval before. */
  readonly start?: string | undefined;
  /** ISO 8601; absent, zero or `P9999Y`: without end. */
  readonly duration?: string | undefined;
  readonly randomizeStart?: string | undefined;
}

export interface GridPayload {
  /** `IMPORT_CAPACITY_LIMIT`, `PRICE`, … */
  readonly type: string;
  readonly values: readonly (number | string | boolean | { readonly x: number; readonly y: number })[];
}

export interface GridInterval {
  readonly id: number;
  readonly intervalPeriod?: IntervalPeriod | undefined;
  readonly payloads: readonly GridPayload[];
}

export interface PayloadDescriptor {
  readonly payloadType: string;
  readonly units?: string | undefined;
  readonly currency?: string | undefined;
}

/** 3.0.1 says what kind of name it is (`POWER_SERVICE_LOCATION`, `VEN_NAME`, …), 3.1 does not. */
export interface EventTarget {
  readonly type?: string | undefined;
  readonly value: string;
}

/** What the server wants to hear back about intervals of an event (OpenADR 3 User Guide §7.5). */
export interface ReportDescriptor {
  /** `USAGE`, `DEMAND`, … */
  readonly payloadType: string;
  /** `MEAN`, `PEAK`, `FORECAST`, … */
  readonly readingType?: string | undefined;
  readonly units?: string | undefined;
  /** One sum over all connections instead of each of them. */
  readonly aggregate?: boolean | undefined;
  readonly startInterval?: number | undefined;
  readonly numIntervals?: number | undefined;
  readonly historical?: boolean | undefined;
  readonly frequency?: number | undefined;
  readonly repeat?: number | undefined;
}

export interface GridEvent {
  readonly eventId: string;
  /** The id of its program at the server. */
  readonly programID?: string | undefined;
  /** A lower number goes before a higher one, and any number before none. */
  readonly priority?: number | undefined;
  /** Connections or groups it is meant for; none: everybody in the program. */
  readonly targets: readonly EventTarget[];
  /** When it was last changed, by the clock of who says it [ms since 1970]. */
  readonly saidMs?: number | undefined;
  /** Of the whole event: its intervals are repeated, or cut off. */
  readonly duration?: string | undefined;
  readonly intervalPeriod?: IntervalPeriod | undefined;
  readonly payloadDescriptors: readonly PayloadDescriptor[];
  readonly intervals: readonly GridInterval[];
  readonly reportDescriptors?: readonly ReportDescriptor[] | undefined;
}

/** What of an event cannot be followed, and why. */
export interface SignalRefusal {
  readonly path: string;
  readonly message: string;
}
