// Why an outlet had the limit it had: what held there at a moment, from the rows of what was sent, measured and announced.
// The reasons themselves are load balancing's; here they are brought together and read in amperes.
import { reasonShown, type Violation, violationsWithin } from './violations.js';

type Json = Record<string, unknown>;

const amps = (milliamps: unknown): number | null => (milliamps === null || milliamps === undefined ? null : Number(milliamps) / 1000);

/** A row of limits sent, as it is shown: amperes, and what was known in amperes and times. */
export const limitShown = ({ limitMa, wantedMa, tight, seen, ...row }: Json): Json => ({
  ...row,
  limitA: amps(limitMa),
  wantedA: amps(wantedMa),
  tight: tight === null ? null : reasonShown(tight as Json),
  seen: seen === null ? null : reasonShown(seen as Json),
});

/** Outcomes of limits that never were in force. */
const NEVER = new Set(['rejected', 'refused']);

interface Known {
  readonly at: string;
  readonly stationId: string;
  readonly evseId: number;
  /** Sent up to then, latest first: of the outlet and of its station. */
  readonly sent: readonly Json[];
  readonly next: Json | undefined;
  readonly load: Json | undefined;
  readonly signals: readonly Json[];
  readonly violations: readonly Violation[];
  /** That it did not follow its limits then. */
  readonly alarms: readonly Json[];
  /** What the split gave the outlet last, in mA, and the sessions that have what it waits for. */
  readonly split: Json | undefined;
  readonly sessions: readonly Json[];
  /** The latest plan that was made up to then. */
  readonly plan: Json | undefined;
}

/**
 * `limit`: the latest that may be in force, the plan of a transaction while its lease runs and the default otherwise. An unanswered one may be in force:
 * what it replaced is shown as `before`.
 */
export function explanationOf({
  at,
  stationId,
  evseId,
  sent,
  next,
  load,
  signals,
  violations,
  alarms,
  split,
  sessions,
  plan,
}: Known): Json {
  const atMs = Date.parse(at);
  const isOver = ({ leaseEndsAt }: Json): boolean => leaseEndsAt !== null && (leaseEndsAt as Date).getTime() <= atMs;
  const possible = sent.filter((row) => !NEVER.has(String(row.outcome)) && row.cause !== 'clear');
  const inForce = possible.find((row) => row.slot === 'plan' && !isOver(row)) ?? possible.find(({ slot }) => slot === 'default');
  const before = possible.find((row) => row !== inForce && row.slot === inForce?.slot);
  return {
    stationId,
    evseId,
    at,
    limit: inForce === undefined ? null : limitShown(inForce),
    before: before === undefined ? null : limitShown(before),
    stationMaximum: shownOrNull(possible.find(({ slot }) => slot === 'stationMax')),
    next: shownOrNull(next),
    siteLoad: load ?? null,
    split: split === undefined ? null : splitShown(split, sessions),
    plan: plan === undefined ? null : { ...plan, isLapsed: Date.parse(String(plan.expiresAt)) <= atMs },
    gridLimits: signals,
    alarms,
    violations: (violationsWithin(violations, atMs, atMs + 1).episodes as readonly Json[]) ?? [],
  };
}

/** `behind`: those who have what it waits for, in the order of admission, each with its session where one is known. */
function splitShown({ limitMa, committedMa, behind, cap, ...row }: Json, sessions: readonly Json[]): Json {
  const ahead = ((behind ?? []) as readonly string[]).map((outlet) => {
    const slash = outlet.lastIndexOf('/');
    const [stationId, evseId] = [outlet.slice(0, slash), Number(outlet.slice(slash + 1))];
    const session = sessions.find((each) => each.stationId === stationId && each.evseId === evseId);
    return { stationId, evseId, sessionId: session?.sessionId ?? null, startedAt: session?.startedAt ?? null };
  });
  return { ...row, wantedA: amps(limitMa), limitA: amps(committedMa), behind: ahead, cap: capShown(cap) };
}

/** A cap of somebody else, in amperes. */
export const capShown = (cap: unknown): Json | null => {
  const { limitMa, ...by } = (cap ?? {}) as Json;
  return limitMa === undefined ? null : { limitA: amps(limitMa), ...by };
};

const shownOrNull = (row: Json | undefined): Json | null => (row === undefined ? null : limitShown(row));
