// The configured model of a site: a tree of electrical nodes, the stations on it and their EVSEs. Amperes as people write them.
// Checking it (check-site, check-station), integer arithmetic on it (network) and the state of the stations (ledger) are elsewhere.

export const PHASES = ['L1', 'L2', 'L3'] as const;
export type Phase = (typeof PHASES)[number];
/** The lines something is wired to. A number counts from L1: 1 = L1, 2 = L1 and L2, 3 = all. */
export type LineSet = 1 | 2 | 3 | readonly Phase[];
export const LINE_PAIRS = ['L1-L2', 'L2-L3', 'L3-L1'] as const;
/** Connected between two lines instead of to the neutral, as single-phase stations on 208 V are. */
export type LinePair = (typeof LINE_PAIRS)[number];
export type PhaseSet = LineSet | LinePair;
/** One value for every phase, or one per phase in the order L1, L2, L3 [A]. */
export type PhaseAmps = number | readonly [number, number, number];

/** Between a node and its parent: IEC vector group, primary first, with what the clock number says of the shift. */
export interface Transformer {
  readonly vectorGroup: 'Dy1' | 'Dy11' | 'Yd1' | 'Yd11' | 'Yy0' | 'Dd0';
  /** Voltage over a primary winding per voltage over a secondary winding: 480 V delta to 120/208 V wye is 4. */
  readonly turnsRatio: number;
}

export interface NodeConfig {
  readonly nodeId: string;
  /** What feeds this node; limits here are of its secondary lines, those of the parent of the primary ones. */
  readonly transformer?: Transformer;
  /** Limit per phase [A]. */
  readonly limitA: PhaseAmps;
  /** Limit over all phases together [W]. */
  readonly limitW?: number;
  /**
   * The most that cars below it may feed back through this node per phase [A]; absent = nothing. What other sources feed in there is to be taken
   * off already, and loads that would use it up do not count.
   */
  readonly exportLimitA?: PhaseAmps;
  /** The part of the limit nobody can take away [A]; absent = limitA. Safe levels must fit into it. */
  readonly firmLimitA?: PhaseAmps;
  /** The most that loads at this node, other than stations, can draw [A]; those at child nodes are declared there and add up. The root must say it; absent at another = nothing. */
  readonly unmanagedMaxA?: PhaseAmps;
  /** Kept free for measuring errors and slow stations [A]. */
  readonly marginA?: number;
  /** Measures what flows through this node; `unmanagedMaxA` then stands in whenever it is silent, and must be given. */
  readonly meterId?: string;
  /** Lines that reach this node; absent = the lines of its parent, or all behind a transformer. */
  readonly phases?: LineSet;
  /**
   * What limits of one source have to leave to this node, as its operator states it: in Germany 4.2 kW for one device that can be steered, and
   * for several their number × 4.2 kW × the simultaneity that holds there (§14a EnWG). Limits in watts of that source count as no less.
   */
  readonly gridFloor?: { readonly source: string; readonly floorW: number };
  readonly children?: readonly NodeConfig[];
}

export const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A line of a weekly calendar; what is left out always holds. */
export interface OpeningHours {
  readonly daysOfWeek?: readonly Weekday[];
  /** Local time of the site, HH:MM; the end is not included, and one not after the start lies on the next day. */
  readonly startTime?: string;
  readonly endTime?: string;
}

/** A line of a weekly time-of-use table; what is left out always holds. */
export interface EnergyPrice {
  readonly daysOfWeek?: readonly Weekday[];
  /** Local time of the site, HH:MM; the end is not included, and one not after the start lies on the next day. */
  readonly startTime?: string;
  readonly endTime?: string;
  readonly pricePerKwh: number;
  /** What the grid emits for a kWh then [kg]. */
  readonly carbonKgPerKwh?: number;
}

/** What somebody outside says of energy for a time: a market, a grid operator. What is left out is as in the site's own table. */
export interface EnergyStep {
  readonly fromMs: number;
  readonly toMs: number;
  readonly pricePerKwh?: number;
  readonly feedInPerKwh?: number;
  readonly carbonKgPerKwh?: number;
}

/** What energy costs the site, for the planner: nothing a driver is ever billed. One currency for all of it. */
export interface EnergyCosts {
  /** The first line that holds counts; where none does, energy costs nothing. */
  readonly prices: readonly EnergyPrice[];
  /** Where several hold, the last one counts; where none does, `prices`. */
  readonly series?: readonly EnergyStep[];
  /** For a kWh of own production that nobody at the site uses; absent = 0. */
  readonly feedInPerKwh?: number;
  /** Per kW of the month's highest power; absent = 0. */
  readonly demandPerKw?: number;
  /** Price put on a kg of carbon; absent = 0. */
  readonly carbonPerKg?: number;
  /** What a kWh taken out of a car's battery costs it in wear; absent = 0. */
  readonly wearPerKwh?: number;
}

export interface SiteConfig {
  readonly siteId: string;
  readonly name: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Nominal line-to-neutral voltage where the stations are [V]; the real one is taken to lie within ±10 %. */
  readonly voltageV: number;
  /** How long a station may hold a raised limit without hearing from us [s]; absent = 900. Longer within `firmLimitA`, where that is stated (ADR 0066). */
  readonly leaseSeconds?: number;
  /** How often cars are to tell what they draw, at least [s]; absent = 20. One that takes more than its limit is found within three of them (ADR 0091). */
  readonly sampleSeconds?: number;
  /** Absent = costs do not matter: everybody is to be full as soon as possible. */
  readonly energy?: EnergyCosts;
  /** When drivers can come; absent = always. Nothing is balanced by it: outages outside are nobody's. */
  readonly openingHours?: readonly OpeningHours[];
  readonly root: NodeConfig;
}

export interface ConnectorConfig {
  readonly connectorId: number;
  readonly type?: string;
}

/** IEC 61851-1: no pilot signal stands for less, so nothing below can be told to a car on AC. */
export const LEAST_AC_A = 6;

export interface EvseConfig {
  readonly evseId: number;
  /** Absent = AC. */
  readonly powerType?: 'AC' | 'DC';
  readonly phases: PhaseSet;
  /** Smallest current other than 0 [A]; on AC at least LEAST_AC_A, whatever it says. */
  readonly minA: number;
  readonly maxA: number;
  /** What it falls back to when nobody can reach it: 0, or at least minA [A]. */
  readonly safeA: number;
  /** The most it can feed back from a car [A]; absent = it cannot. */
  readonly maxDischargeA?: number;
  /** What is left of a kWh that was charged and is fed back, in (0, 1]; absent = 0.85. */
  readonly roundTripEfficiency?: number;
  /** The only currents it can take [A], 0 apart; absent = steps of 0.1 A. */
  readonly levelsA?: readonly number[];
  /** Who goes first where not everybody can charge, higher before lower; absent = 0. */
  readonly priority?: number;
  /** Its share relative to others where current is scarce; absent = 1. */
  readonly weight?: number;
  /** Unit its profiles are written in; absent = A for AC, W for DC. */
  readonly rateUnit?: 'A' | 'W';
  /** Shown at commissioning: a limit in watts lets no line carry more than its even part, whichever lines the car uses. Without that one line may carry all. */
  readonly spreadsWatts?: boolean;
  /** Power on its nameplate [W]; absent = what `maxA` comes to. Nothing is balanced by it: some rules of uptime ask for it. */
  readonly ratedW?: number;
  /** Output power per input power of a DC EVSE, in (0, 1]; absent = 1. */
  readonly efficiency?: number;
  /** Connectors sharing its power unit: a list, or how many; absent = one. OCPP 1.6 numbers them through the station. */
  readonly connectors?: number | readonly ConnectorConfig[];
}

export interface StationConfig {
  readonly stationId: string;
  readonly siteId: string;
  /** The node that feeds it. */
  readonly nodeId: string;
  readonly securityProfile: 0 | 1 | 2 | 3;
  /** Limit of the whole station per phase [A]. */
  readonly maxA?: number;
  /** Shown at commissioning: its default profile outlasts a power cycle. Without that a station nobody can reach counts with its rating. */
  readonly keepsDefault?: boolean;
  /** `none`: it is asked nothing by itself and set to nothing; `usual`: it is, whatever its model is known for; absent = as its model is known for. */
  readonly inquiries?: 'usual' | 'none';
  /** For certification: its edge answers messages about energy that break their schema by an error. */
  readonly strict?: boolean;
  /** Day YYYY-MM-DD since when it serves the public, as registered with whoever asks for reports; absent = since it was first heard. */
  readonly operationalSince?: string;
  readonly evses: readonly EvseConfig[];
}

export const DEFAULT_LEASE_SECONDS = 900;
export const DEFAULT_ROUND_TRIP = 0.85;

/** Why a configuration, or a request, is not accepted. */
export interface Refusal {
  /** Dotted path into what was sent, or the node or station concerned. */
  readonly path: string;
  readonly message: string;
}
