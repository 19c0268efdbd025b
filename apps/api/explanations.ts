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
}

/**
 * `limit`: the latest that may be in force, the plan of a transaction while its lease runs and the default otherwise. An unanswered one may be in force:
 * what it replaced is shown as `before`.
 */
export function explanationOf({ at, stationId, evseId, sent, next, load, signals, violations, alarms }: Known): Json {
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
    gridLimits: signals,
    alarms,
    violations: (violationsWithin(violations, atMs, atMs + 1).episodes as readonly Json[]) ?? [],
  };
}

const shownOrNull = (row: Json | undefined): Json | null => (row === undefined ? null : limitShown(row));
