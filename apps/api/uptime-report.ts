// Uptime as it is shown: figures of ports, stations, sites and the network, outages with how they were judged, and what is behind a figure.
// The figures themselves are libs/domain/uptime's.
import {
  type Amounts,
  allowedMs,
  correctionsOf,
  covers,
  grossPercentOf,
  knownBy,
  meets,
  minutesText,
  type Outage,
  type Port,
  percentOf,
  type RuleSet,
  type Span,
  together,
  type Uptime,
  uptimeKnownAt,
} from '#domain/uptime';
import type { Found, Judgement, PortRecord } from './uptime-reads.js';

type Json = Record<string, unknown>;

export interface Asked {
  readonly window: Span;
  readonly rules: RuleSet;
  readonly knownMs: number;
  readonly connectors: NonNullable<Port['connectors']>;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const minutes = (ms: number): number => Number(minutesText(ms));
const servingShown = ({ serving }: Uptime): Json => ({
  inServiceFrom: serving === undefined ? null : iso(serving.fromMs),
  inServiceTo: serving === undefined ? null : iso(serving.toMs),
});
const portOf = ({ evseId }: PortRecord, { connectors }: Asked): Port => ({ evseId, connectors });

export const figureOf = (record: PortRecord, asked: Asked): Uptime =>
  uptimeKnownAt(record.history, portOf(record, asked), asked.window, asked.rules, asked.knownMs);

/** An outage goes by its port and the instant it began, as far as that is known. */
export const outageIdOf = ({ portId }: Pick<PortRecord, 'portId'>, { startedMs }: Pick<Outage, 'startedMs'>): string =>
  `${portId}:${startedMs}`;

/** The port and the instant an id stands for; undefined for what is none. */
export function readOutageId(
  outageId: string,
): { readonly stationId: string; readonly evseId: number; readonly startedMs: number } | undefined {
  const [, stationId, evseId, startedMs] = /^(.+)-(\d{1,4}):(\d{1,15})$/.exec(outageId) ?? [];
  return stationId === undefined ? undefined : { stationId, evseId: Number(evseId), startedMs: Number(startedMs) };
}

/** How much longer it may be down and still meet the rules, if nothing else of the window changes; null where there is nothing to compare with. */
export function minutesLeft({ outageMs, excludedMs, divisorMs }: Amounts, { target }: Pick<RuleSet, 'target'>): number | null {
  if (divisorMs === 0) return null;
  return minutes(Math.max(0, allowedMs({ divisorMs }, { target }) - outageMs + excludedMs));
}

export function amountsShown(amounts: Amounts, rules: RuleSet): Json {
  const { inServiceMs, outageMs, excludedMs } = amounts;
  return {
    inServiceMinutes: minutes(inServiceMs),
    outageMinutes: minutes(outageMs),
    excludedMinutes: minutes(excludedMs),
    uptimePercent: percentOf(amounts),
    meets: meets(amounts, rules),
    minutesLeft: minutesLeft(amounts, rules),
    withoutExclusionsPercent: grossPercentOf(amounts),
  };
}

const rulesShown = ({
  name,
  title,
  source,
  down,
  unknown = [],
  excluded,
  onlyOpeningHours,
  divisorMs,
  target,
  window,
  judged,
  leastRatedW,
}: RuleSet): Json => ({
  name,
  title,
  source,
  down,
  unknown,
  excluded: Object.fromEntries(
    Object.entries(excluded).map(([cause, { perIncidentMs, perWindowMs }]) => [
      cause,
      {
        ...(perIncidentMs !== undefined && { minutesPerIncident: perIncidentMs / 60_000 }),
        ...(perWindowMs !== undefined && { minutesPerWindow: perWindowMs / 60_000 }),
      },
    ]),
  ),
  onlyOpeningHours,
  divisorMinutes: divisorMs === undefined ? 'in service' : divisorMs / 60_000,
  target: { percent: target.basisPoints / 100, comparison: target.isStrict ? 'more than' : 'at least' },
  window,
  judged,
  leastRatedW: leastRatedW ?? null,
});

const head = ({ window, rules, knownMs }: Asked): Json => ({
  rules: rulesShown(rules),
  from: iso(window.fromMs),
  to: iso(window.toMs),
  knownAt: iso(knownMs),
});

export interface PortFigure {
  readonly record: PortRecord;
  readonly figure: Uptime;
}

/** One after the other, others being served in between: a year of many ports takes its time. */
export async function inTurn<T, R>(items: readonly T[], of: (item: T) => R): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) {
    results.push(of(item));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return results;
}

const placeOf = ({ portId, stationId, evseId, siteId }: PortRecord): Json => ({ portId, stationId, evseId, siteId });

/** Ports that were in service at any time of the window and that the rules cover, and sums over them; and those that are left out. */
export function reportOf(
  all: readonly PortFigure[],
  asked: Asked,
): Json & { readonly ports: readonly Json[]; readonly leftOut: readonly Json[] } {
  const inService = all.filter(({ figure }) => figure.inServiceMs > 0);
  const isCovered = ({ record }: PortFigure): boolean => covers(asked.rules, record.ratedW);
  const figures = inService.filter(isCovered);
  const sums = (key: 'stationId' | 'siteId'): readonly Json[] =>
    [...Map.groupBy(figures, ({ record }) => record[key])].map(([id, each]) => ({
      [key]: id,
      ports: each.length,
      ...amountsShown(together(each.map(({ figure }) => figure)), asked.rules),
    }));
  return {
    ...head(asked),
    network: { ports: figures.length, ...amountsShown(together(figures.map(({ figure }) => figure)), asked.rules) },
    sites: sums('siteId'),
    stations: sums('stationId'),
    leftOut: inService.filter((each) => !isCovered(each)).map(({ record }) => ({ ...placeOf(record), ratedW: record.ratedW })),
    ports: figures.map(({ record, figure }) => ({
      ...placeOf(record),
      outages: figure.outages.length,
      ...servingShown(figure),
      ...amountsShown(figure, asked.rules),
    })),
  };
}

const judgementShown = ({ eventId, receivedMs, cause, fromMs, toMs, evidence, note, classifiedBy }: Judgement): Json => ({
  eventId,
  cause,
  from: iso(fromMs),
  to: toMs === undefined ? null : iso(toMs),
  evidence,
  note,
  classifiedBy,
  classifiedAt: iso(receivedMs),
});

export const declarationShown = ({ eventId, receivedMs, declarationId, cause, fromMs, toMs, evidence, declaredBy }: Found): Json => ({
  declarationId,
  eventId,
  cause,
  from: iso(fromMs),
  to: toMs === undefined ? null : iso(toMs),
  evidence,
  declaredBy,
  declaredAt: iso(receivedMs),
});

/** Words about an outage, in order: by its id, or by what they meant where it has another beginning by now, or was a part of one that was longer. */
export function judgementsOn(record: PortRecord, outage: Outage, knownMs: number): readonly Judgement[] {
  const { startedMs, endedMs = outage.toMs } = outage;
  return knownBy(record.history.classifications, knownMs)
    .filter((each) => isAbout(record, outage, each) || (each.fromMs < endedMs && (each.toMs ?? each.fromMs) > startedMs))
    .toSorted((a, b) => a.receivedMs - b.receivedMs || a.order - b.order);
}

/** Whether the next word about an outage takes the place of this one: of what was judged as a part of another, the other parts keep it. */
export const isAbout = (record: PortRecord, outage: Outage, { outageId, fromMs }: Judgement): boolean =>
  outageId === outageIdOf(record, outage) || (fromMs >= outage.startedMs && fromMs < (outage.endedMs ?? outage.toMs));

export function outageShown(record: PortRecord, outage: Outage, knownMs: number): Json {
  const judgement = judgementsOn(record, outage, knownMs).at(-1);
  const uses = record.sessions.filter(({ fromMs, toMs }) => fromMs < outage.toMs && toMs > outage.fromMs);
  return {
    outageId: outageIdOf(record, outage),
    ...placeOf(record),
    startedAt: iso(outage.startedMs),
    endedAt: outage.endedMs === undefined ? null : iso(outage.endedMs),
    minutes: minutes(outage.toMs - outage.fromMs),
    causes: outage.causes,
    excludedMinutes: minutes(outage.excludedMs),
    excluded: outage.excluded.map(({ cause, fromMs, toMs, id }) => ({ cause, from: iso(fromMs), to: iso(toMs), eventId: id })),
    classification: judgement === undefined ? null : judgementShown(judgement),
    // Sessions that ran all the same: proof that the port worked while nobody heard of it. It stays an outage.
    usedBy: outage.causes.includes('offline') ? uses.map(({ sessionId }) => sessionId) : [],
    because: outage.because,
  };
}

/** A port's window with everything behind it: outages, the records that say so, how each was judged, and what changed after it was reported. */
export function explanationOf(record: PortRecord, asked: Asked): Json {
  const figure = figureOf(record, asked);
  const { facts, classifications, declarations } = record.history;
  const named = new Set(figure.outages.flatMap(({ because }) => because));
  const turns = new Set([figure.serving?.fromMs, figure.serving?.toMs, ...figure.outages.map(({ endedMs }) => endedMs)]);
  const corrections = correctionsOf(record.history, portOf(record, asked), asked.window, asked.rules, asked.knownMs);
  return {
    ...placeOf(record),
    ratedW: record.ratedW ?? null,
    isCovered: covers(asked.rules, record.ratedW),
    ...head(asked),
    ...servingShown(figure),
    ...amountsShown(figure, asked.rules),
    outages: figure.outages.map((outage) => outageShown(record, outage, asked.knownMs)),
    // Also what ended an outage, and between which records it is in service.
    events: knownBy(facts, asked.knownMs)
      .filter(({ eventId, evseId, atMs }) => named.has(eventId) || (turns.has(atMs) && (evseId === 0 || evseId === record.evseId)))
      .toSorted((a, b) => a.atMs - b.atMs || a.order - b.order)
      .map(({ eventId, atMs, receivedMs, order, kind, ...rest }) => ({
        eventId,
        at: iso(atMs),
        receivedAt: iso(receivedMs),
        offset: order,
        kind,
        ...rest,
      })),
    classifications: knownBy(classifications, asked.knownMs).map(judgementShown),
    declarations: knownBy(declarations, asked.knownMs).map(declarationShown),
    corrections: corrections.map(({ knownMs, because, before, after }) => ({
      knownAt: iso(knownMs),
      because,
      before: amountsShown(before, asked.rules),
      after: amountsShown(after, asked.rules),
    })),
  };
}
