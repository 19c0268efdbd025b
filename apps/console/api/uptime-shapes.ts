// What the api tells of uptime as the console reads it; what is not there is null, and nothing here is refused.
// Paths and calls are http-api.ts's; what the figures mean is docs/uptime.md.
import { listOf, numberOrNull, type Row, rowOf, text, textOrNull, timeOrNull } from './loose-json.js';

export const RULE_SETS = ['nevi', 'california', 'uk'] as const;
export type RuleSetName = (typeof RULE_SETS)[number];
export const OVERS = ['rules', 'month'] as const;
export const EXCLUSION_CAUSES = [
  'utilityInterruption',
  'vehicleFault',
  'scheduledMaintenance',
  'vandalism',
  'naturalDisaster',
  'outsideOpeningHours',
] as const;
export type Verdict = (typeof EXCLUSION_CAUSES)[number] | 'counts';

/** What is asked for: a month `YYYY-MM` by a rule set, over the window its rules look at or over the month alone. */
export interface UptimeQuery {
  readonly rules: RuleSetName;
  readonly month: string;
  readonly over: (typeof OVERS)[number];
}

export interface UptimeFigure {
  readonly inServiceMinutes: number;
  readonly outageMinutes: number;
  readonly excludedMinutes: number;
  /** Decimal text, rounded down; null: nothing to compare with. */
  readonly uptimePercent: string | null;
  readonly meets: boolean | null;
  readonly minutesLeft: number | null;
  readonly withoutExclusionsPercent: string | null;
}
/** Within the window; null where it was never in service. */
export interface Serving {
  readonly servingFromMs: number | null;
  readonly servingToMs: number | null;
}
export interface PortUptime extends UptimeFigure, Serving {
  readonly portId: string;
  readonly stationId: string;
  readonly evseId: number;
  readonly siteId: string;
  readonly outages: number;
}
export interface Rules {
  readonly name: string;
  readonly source: string;
  readonly targetPercent: number;
  readonly isMoreThan: boolean;
  readonly judged: 'port' | 'network';
  /** null: the time in service. */
  readonly divisorMinutes: number | null;
  /** The window goes on with time; otherwise it is a calendar year. */
  readonly isTrailing: boolean;
  /** Ports of less power are not covered [W]; null: all are. */
  readonly leastRatedW: number | null;
}
interface Asked {
  readonly rules: Rules;
  readonly fromMs: number;
  readonly toMs: number;
  readonly knownMs: number;
}
export interface UptimeReport extends Asked {
  readonly network: UptimeFigure & { readonly ports: number };
  /** In service, but not covered by the rules: in no figure. */
  readonly leftOut: number;
  readonly ports: readonly PortUptime[];
}

export interface Judgement {
  readonly cause: string;
  readonly evidence: string;
  readonly note: string | null;
  readonly by: string;
  readonly fromMs: number | null;
  /** null: to the end of the outage. */
  readonly toMs: number | null;
  readonly atMs: number | null;
}
export interface Outage {
  readonly outageId: string;
  readonly portId: string;
  readonly startedMs: number;
  /** null: it goes on. */
  readonly endedMs: number | null;
  /** Within the window that was asked for. */
  readonly minutes: number;
  readonly excludedMinutes: number;
  readonly causes: readonly string[];
  readonly judgement: Judgement | null;
  /** Sessions that ran while nobody heard of the station. */
  readonly usedBy: readonly string[];
}
/** What an operator says of an outage; without `from` and `to` of all of it. */
export interface Verdicts {
  readonly cause: Verdict;
  readonly evidence: string;
  readonly note?: string;
  readonly from?: string;
  readonly to?: string;
}
export interface UptimeFact {
  readonly eventId: string;
  readonly kind: string;
  readonly status: string | null;
  readonly atMs: number | null;
  readonly receivedMs: number | null;
}
export interface Correction {
  readonly knownMs: number;
  readonly because: readonly string[];
  readonly before: UptimeFigure;
  readonly after: UptimeFigure;
}
export interface UptimeExplanation extends Asked, Serving {
  readonly figure: UptimeFigure;
  readonly siteId: string;
  readonly outages: readonly Outage[];
  readonly facts: readonly UptimeFact[];
  readonly judgements: readonly Judgement[];
  readonly corrections: readonly Correction[];
}

const texts = (value: unknown): readonly string[] => listOf(value).map(text);

function figureOf(row: Row): UptimeFigure {
  return {
    inServiceMinutes: numberOrNull(row.inServiceMinutes) ?? 0,
    outageMinutes: numberOrNull(row.outageMinutes) ?? 0,
    excludedMinutes: numberOrNull(row.excludedMinutes) ?? 0,
    uptimePercent: textOrNull(row.uptimePercent),
    meets: typeof row.meets === 'boolean' ? row.meets : null,
    minutesLeft: numberOrNull(row.minutesLeft),
    withoutExclusionsPercent: textOrNull(row.withoutExclusionsPercent),
  };
}

const servingOf = ({ inServiceFrom, inServiceTo }: Row): Serving => ({
  servingFromMs: timeOrNull(inServiceFrom),
  servingToMs: timeOrNull(inServiceTo),
});

function askedOf(row: Row): Asked {
  const rules = rowOf(row.rules);
  const target = rowOf(rules.target);
  return {
    rules: {
      name: text(rules.name),
      source: text(rules.source),
      targetPercent: numberOrNull(target.percent) ?? 100,
      isMoreThan: target.comparison === 'more than',
      judged: rules.judged === 'network' ? 'network' : 'port',
      divisorMinutes: numberOrNull(rules.divisorMinutes),
      isTrailing: rules.window !== 'calendarYear',
      leastRatedW: numberOrNull(rules.leastRatedW),
    },
    fromMs: timeOrNull(row.from) ?? 0,
    toMs: timeOrNull(row.to) ?? 0,
    knownMs: timeOrNull(row.knownAt) ?? 0,
  };
}

export function readUptimeReport(json: unknown): UptimeReport {
  const row = rowOf(json);
  const network = rowOf(row.network);
  return {
    ...askedOf(row),
    network: { ports: numberOrNull(network.ports) ?? 0, ...figureOf(network) },
    leftOut: listOf(row.leftOut).length,
    ports: listOf(row.ports).map((each) => {
      const port = rowOf(each);
      const { portId, stationId, evseId, siteId, outages } = port;
      const place = { portId: text(portId), stationId: text(stationId), evseId: numberOrNull(evseId) ?? 0, siteId: text(siteId) };
      return { ...place, outages: numberOrNull(outages) ?? 0, ...servingOf(port), ...figureOf(port) };
    }),
  };
}

function readJudgement(json: unknown): Judgement | null {
  if (json === null || json === undefined) return null;
  const { cause, evidence, note, classifiedBy, from, to, classifiedAt } = rowOf(json);
  const when = { fromMs: timeOrNull(from), toMs: timeOrNull(to), atMs: timeOrNull(classifiedAt) };
  return { cause: text(cause), evidence: text(evidence), note: textOrNull(note), by: text(classifiedBy), ...when };
}

export function readOutage(json: unknown): Outage {
  const row = rowOf(json);
  return {
    outageId: text(row.outageId),
    portId: text(row.portId),
    startedMs: timeOrNull(row.startedAt) ?? 0,
    endedMs: timeOrNull(row.endedAt),
    minutes: numberOrNull(row.minutes) ?? 0,
    excludedMinutes: numberOrNull(row.excludedMinutes) ?? 0,
    causes: texts(row.causes),
    judgement: readJudgement(row.classification),
    usedBy: texts(row.usedBy),
  };
}

export function readExplanation(json: unknown): UptimeExplanation {
  const row = rowOf(json);
  return {
    ...askedOf(row),
    ...servingOf(row),
    figure: figureOf(row),
    siteId: text(row.siteId),
    outages: listOf(row.outages).map(readOutage),
    facts: listOf(row.events).map((each) => {
      const { eventId, kind, status, at, receivedAt } = rowOf(each);
      const told = { eventId: text(eventId), kind: text(kind), status: textOrNull(status) };
      return { ...told, atMs: timeOrNull(at), receivedMs: timeOrNull(receivedAt) };
    }),
    judgements: listOf(row.classifications).flatMap((each) => readJudgement(each) ?? []),
    corrections: listOf(row.corrections).map((each) => {
      const { knownAt, because, before, after } = rowOf(each);
      return {
        knownMs: timeOrNull(knownAt) ?? 0,
        because: texts(because),
        before: figureOf(rowOf(before)),
        after: figureOf(rowOf(after)),
      };
    }),
  };
}

export interface UptimeTold {
  readonly report: UptimeReport;
  /** Latest first. */
  readonly outages: readonly Outage[];
}
