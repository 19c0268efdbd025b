// What happened at a site and lies ahead of it, as the api tells it: what was above a limit, limits that were sent and why, the plan.
import { HELD_BY, type HeldBy, type LoadPoint, readLoadPoint, type TightPlace } from './network-shapes.js';
import { arrayOf, numberOf, objectOf, textOf, timeOf } from './strict-json.js';

/** Why more was measured at a node than it may carry; which of the other fields there are depends on the kind. */
export interface ExceedanceReason {
  readonly kind: string;
  readonly stationId: string | null;
  readonly evseId: number | null;
  readonly source: string | null;
  readonly loadA: number | null;
}

export interface Violation {
  readonly nodeId: string;
  /** L1, L2, L3, or total: the sum over all lines. */
  readonly phase: string;
  /** More was fed back than allowed, not drawn. */
  readonly isFedBack: boolean;
  readonly sinceMs: number;
  /** null: it goes on. */
  readonly endedAtMs: number | null;
  readonly limitA: number;
  readonly flowA: number;
  readonly seconds: number;
  readonly energyAboveWh: number;
  readonly reasons: readonly ExceedanceReason[];
}

/** A limit that was sent to an outlet, with its reason. */
export interface LimitCommand {
  readonly commandId: string;
  readonly stationId: string;
  /** 0: the whole station. */
  readonly evseId: number;
  readonly slot: string;
  readonly limitA: number;
  readonly cause: string;
  readonly outcome: string;
  readonly heldBy: HeldBy | null;
  /** Which node and phase kept it from more, and who limits that: `site`, or the source of a limit from the grid. */
  readonly tight: (TightPlace & { readonly limitedBy: string; readonly limitA: number | null }) | null;
  /** Cars at the site then, and those of them that had nothing. */
  readonly cars: number;
  readonly waiting: number;
  /** What somebody else capped it at then [A per phase]. */
  readonly capA: number | null;
  /** The plan for its car had become too old by then. */
  readonly planLapsed: boolean;
  readonly atMs: number;
}

/** More might be drawn at a node than it may carry: what is not known counts as the worst case. */
export interface Shortfall {
  readonly nodeId: string;
  /** Those of which the same is true. */
  readonly phases: readonly string[];
  readonly limitA: number;
  readonly committedA: number;
}

export interface LimitAhead {
  readonly atMs: number;
  readonly limitW: number;
}

export interface PlannedPower {
  readonly atMs: number;
  readonly powerW: number;
}

/** What happened at a site within a window of time, and what lies ahead of it. */
export interface SiteStory {
  readonly points: readonly LoadPoint[];
  readonly violations: readonly Violation[];
  /** Latest first. */
  readonly commands: readonly LimitCommand[];
  readonly shortfalls: readonly Shortfall[];
  readonly limitsAhead: readonly LimitAhead[];
  /** Empty where nobody plans. */
  readonly plan: readonly PlannedPower[];
}

export function readStory(load: unknown, limits: unknown, shortfalls: unknown, outlook: unknown): SiteStory {
  const { items, violations } = objectOf(load);
  const { limits: ahead, plan } = objectOf(outlook);
  const slots = plan === null || plan === undefined ? [] : arrayOf(objectOf(plan).slots);
  return {
    points: arrayOf(items).map(readLoadPoint),
    violations: arrayOf(objectOf(violations).episodes).map(readViolation),
    commands: arrayOf(objectOf(limits).items).map(readLimitCommand),
    shortfalls: alike(arrayOf(objectOf(shortfalls).items).flatMap(readShortfall)),
    limitsAhead: arrayOf(ahead)
      .flatMap(readStep('limitW'))
      .map(([atMs, limitW]) => ({ atMs, limitW })),
    plan: slots.flatMap(readStep('powerW')).map(([atMs, powerW]) => ({ atMs, powerW })),
  };
}

const readStep =
  (field: string) =>
  (json: unknown): readonly (readonly [atMs: number, value: number])[] => {
    const row = objectOf(json);
    const [atMs, value] = [timeOf(row.at), numberOf(row[field])];
    return atMs === null || value === null ? [] : [[atMs, value]];
  };

function readViolation(json: unknown): Violation {
  const row = objectOf(json);
  return {
    nodeId: textOf(row.nodeId, 'nodeId'),
    phase: textOf(row.phase, 'phase'),
    isFedBack: row.direction === 'export',
    sinceMs: timeOf(row.since) ?? 0,
    endedAtMs: timeOf(row.endedAt),
    limitA: numberOf(row.limitA) ?? 0,
    flowA: numberOf(row.flowA) ?? 0,
    seconds: numberOf(row.seconds) ?? 0,
    energyAboveWh: numberOf(row.energyAboveWh) ?? 0,
    reasons: arrayOf(row.reasons).map((each) => {
      const reason = objectOf(each);
      return {
        kind: textOf(reason.kind, 'kind'),
        stationId: typeof reason.stationId === 'string' ? reason.stationId : null,
        evseId: numberOf(reason.evseId),
        source: typeof reason.source === 'string' ? reason.source : null,
        loadA: numberOf(reason.loadA),
      };
    }),
  };
}

export function readLimitCommand(json: unknown): LimitCommand {
  const row = objectOf(json);
  const tight = row.tight === null || row.tight === undefined ? null : objectOf(row.tight);
  const seen = row.seen === null || row.seen === undefined ? {} : objectOf(row.seen);
  return {
    commandId: textOf(row.commandId, 'commandId'),
    stationId: textOf(row.stationId, 'stationId'),
    evseId: numberOf(row.evseId) ?? 0,
    slot: typeof row.slot === 'string' ? row.slot : '',
    limitA: numberOf(row.limitA) ?? 0,
    cause: typeof row.cause === 'string' ? row.cause : '',
    outcome: typeof row.outcome === 'string' ? row.outcome : '',
    heldBy: HELD_BY.find((each) => each === row.heldBy) ?? null,
    tight: tight && {
      nodeId: textOf(tight.nodeId, 'nodeId'),
      phase: textOf(tight.phase, 'phase'),
      isFirm: tight.isFirm === true,
      limitedBy: typeof tight.limitedBy === 'string' ? tight.limitedBy : 'site',
      limitA: numberOf(tight.limitA),
    },
    cars: numberOf(seen.cars) ?? 0,
    waiting: Array.isArray(seen.waiting) ? seen.waiting.length : 0,
    capA: numberOf(seen.capA),
    planLapsed: typeof seen.planLapsedAt === 'string',
    atMs: timeOf(row.requestedAt) ?? 0,
  };
}

/** In the order of the first of each. */
const alike = (all: readonly Shortfall[]): readonly Shortfall[] =>
  [...Map.groupBy(all, ({ nodeId, limitA, committedA }) => JSON.stringify([nodeId, limitA, committedA])).values()].flatMap(
    ([first, ...others]) => (first === undefined ? [] : [{ ...first, phases: [first, ...others].flatMap(({ phases }) => phases) }]),
  );

function readShortfall(json: unknown): readonly Shortfall[] {
  const row = objectOf(json);
  if (row.isOver === true) return [];
  return [
    {
      nodeId: textOf(row.nodeId, 'nodeId'),
      phases: [textOf(row.phase, 'phase')],
      limitA: numberOf(row.limitA) ?? 0,
      committedA: numberOf(row.committedA) ?? 0,
    },
  ];
}
