// What the planner looks ahead with, and what it saw: prices, needs of cars, the plan.
/**
 * What a kWh costs this site, earns when fed back, and makes the grid emit, as somebody outside says it for times ahead. Takes the place of what this source said of these
 * times before; beside each other the latest word counts, and where nobody says anything the site's own table. Producers: api, grid.
 */
export interface EnergySeriesReceived {
  readonly source: string;
  /** In order of time, none over another. In the currency of the site's own costs. */
  readonly series: readonly {
    readonly startsAt: string;
    readonly endsAt: string;
    readonly pricePerKwh?: number;
    readonly feedInPerKwh?: number;
    readonly carbonKgPerKwh?: number;
  }[];
}

/** What a driver needs, told by somebody other than the car (which says it by NotifyEVChargingNeeds). Replaces what was said of it before. Producer: api. */
export interface ChargingNeedsStated {
  readonly evseId: number;
  readonly transactionId: string;
  /** ISO 8601 */
  readonly departsAt?: string;
  /** To have got by then, counted from the start of the session. */
  readonly energyWh?: number;
  /** The part of it the driver cannot do without. */
  readonly minEnergyWh?: number;
  /** The driver lets the car feed back, never below this (negative: of what it came with); absent = not, or not any more. */
  readonly discharge?: { readonly reserveWh: number };
  readonly requestedBy: string;
}

/** A look ahead at a site, solved outside of every fold: wishes for the allocator, never promises to a station. Producer: the site's owner. */
export interface PlanComputed {
  readonly planId: string;
  readonly ownerEpoch: number;
  /** Offset of the last record of this stream that changed what it rests on. An older plan never replaces one that knew more. */
  readonly basedOn: number;
  /** Stream time it was made for, and when it is too old to be used; ISO 8601. */
  readonly madeFor: string;
  readonly expiresAt: string;
  /** Energy has a price here: more than planned costs money. */
  readonly isCosted: boolean;
  /** When each slot begins, up to the expiry; ISO 8601. */
  readonly slots: readonly string[];
  readonly evses: readonly PlannedEvse[];
  /** Highest power from the grid within the horizon. */
  readonly peakKw: number;
  /** What all cars together are to draw from each moment on, over the whole horizon; negative where they feed back. */
  readonly ahead?: readonly { readonly at: string; readonly powerW: number }[];
}

export interface PlannedEvse {
  readonly stationId: string;
  readonly evseId: number;
  readonly transactionId: string;
  /** Per slot [mA per line]; negative where it is to feed back. */
  readonly wantMa: readonly number[];
  /** Of more energy than that, the share it could not have later just as well, 0 … 1; absent where costs decide. */
  readonly worth?: number;
  /** When it is taken to leave. */
  readonly departsAt: string;
  /** What it is still to get, and what of that lies within the horizon. */
  readonly needWh: number;
  readonly plannedWh: number;
  /** What it asked for and cannot get until it is taken to leave; absent where it asked for no amount. */
  readonly shortfallWh?: number;
  /** What it was promised and cannot get by the time it named. */
  readonly promiseShortfallWh?: number;
  /** When it gets current next; absent = not within the horizon. */
  readonly nextAt?: string;
}
