// The life of a port as stretches of time: in service or not, and what keeps it from working. One stretch follows the other without gap or overlap.
// What of it counts as an outage is a rule set's business (rules.ts).
import type { Declared, DeclaredCause } from './declarations.js';
import type { PortConfigured, PortFact, StationLost, StatusTold } from './facts.js';
import { type Span, within } from './spans.js';

/** `offline`: not heard; `faulted`, `unavailable`: what the station says of itself, whoever made it say so. */
export type DownCause = 'offline' | 'faulted' | 'unavailable' | DeclaredCause;

export interface Segment extends Span {
  /** Configured, and its station has spoken of it. */
  readonly inService: boolean;
  /** Empty = it works. */
  readonly causes: readonly DownCause[];
  /** Ids of the records that say so. */
  readonly because: readonly string[];
}

/** What serves one vehicle at a time. */
export interface Port {
  readonly evseId: number;
  /** Whether one working connector is enough (default), or all of them have to work. */
  readonly connectors?: 'any' | 'all';
}

/** A time in which something other than its words keeps a port from working. */
interface Spell extends Span {
  readonly cause: DownCause;
  readonly eventId: string;
}

const NONE: readonly never[] = [];
const OUT_OF_SERVICE = { inService: false, causes: NONE, because: NONE } as const;
const IN_ORDER = { inService: true, causes: NONE, because: NONE } as const;

/** From the first fact to `untilMs`, the end of what is known. Facts in any order; `declared` end by then. */
export function timelineOf(
  facts: readonly PortFact[],
  port: Port,
  untilMs: number,
  declared: readonly Declared[] = [],
): readonly Segment[] {
  const silences = silencesOf(facts, untilMs);
  const told = facts
    .filter((fact) => concerns(fact, port))
    .sort((a, b) => a.atMs - b.atMs || a.receivedMs - b.receivedMs || a.order - b.order);
  const cuts = new Set(told.map(({ atMs }) => atMs));
  for (const { fromMs, toMs } of [...silences, ...declared]) cuts.add(fromMs).add(toMs);
  const instants = [...cuts].filter((ms) => ms < untilMs).sort((a, b) => a - b);
  const words = new Map<number, StatusTold>();
  const segments: Segment[] = [];
  let [next, nextSilence] = [0, 0];
  let removal: PortConfigured | undefined;
  for (const [index, fromMs] of instants.entries()) {
    for (let fact = told[next]; fact !== undefined && fact.atMs <= fromMs; fact = told[++next]) {
      if (fact.kind === 'status') words.set(keyOf(fact), fact);
      // A station that was deleted speaks again only where it was let in again, perhaps with other ports; one of which a port was taken out goes on speaking of it.
      const isOfAnother = fact.evseId !== 0 && fact.evseId !== port.evseId;
      if (fact.kind === 'removed') removal = fact;
      else if (fact.kind === 'configured' && isOfAnother) removal = removal?.evseId === 0 ? fact : removal;
      else if (fact.kind === 'configured' || removal?.evseId === 0) removal = undefined;
    }
    while ((silences[nextSilence]?.toMs ?? untilMs) <= fromMs && nextSilence < silences.length) nextSilence++;
    const silence = silences[nextSilence];
    const spells: readonly Spell[] = [
      ...(silence !== undefined && silence.fromMs <= fromMs ? [silence] : []),
      ...declared.filter((spell) => spell.fromMs <= fromMs && fromMs < spell.toMs),
    ];
    const state = removal !== undefined ? OUT_OF_SERVICE : stateOf(words, port, spells);
    append(segments, { fromMs, toMs: instants[index + 1] ?? untilMs, ...state });
  }
  return segments;
}

/** Exactly [fromMs, toMs): what no fact tells of is out of service. */
export function periodOf(timeline: readonly Segment[], fromMs: number, toMs: number): readonly Segment[] {
  const inside = within(timeline, fromMs, toMs);
  const [first, last] = [inside.at(0)?.fromMs ?? toMs, inside.at(-1)?.toMs ?? toMs];
  const around = (from: number, to: number): readonly Segment[] => (to > from ? [{ fromMs: from, toMs: to, ...OUT_OF_SERVICE }] : []);
  return [...around(fromMs, first), ...inside, ...around(last, toMs)];
}

type Worded = Exclude<PortFact, { kind: 'offline' | 'online' }>;
const concerns = (fact: PortFact, { evseId }: Port): fact is Worded =>
  fact.kind !== 'offline' && fact.kind !== 'online' && (fact.evseId === 0 || fact.evseId === evseId || fact.kind === 'configured');

/** Of connectors their number, 0 for the EVSE and -1 for the station. */
const keyOf = ({ evseId, connectorId }: StatusTold): number => (evseId === 0 ? -1 : connectorId);

/** What a connector's word keeps from working; undefined = nothing. */
export const downBy = (status: string): 'faulted' | 'unavailable' | undefined =>
  status === 'Faulted' ? 'faulted' : status === 'Unavailable' ? 'unavailable' : undefined;

function stateOf(
  words: ReadonlyMap<number, StatusTold>,
  { connectors = 'any' }: Port,
  spells: readonly Spell[],
): Omit<Segment, keyof Span> {
  const [over, broken]: [StatusTold[], StatusTold[]] = [[], []];
  let [own, isTold] = [0, false];
  for (const [key, word] of words) {
    if (key >= 0) isTold = true;
    if (key > 0) own++;
    if (downBy(word.status) !== undefined) (key > 0 ? broken : over).push(word);
  }
  if (!isTold) return OUT_OF_SERVICE;
  const isOwnDown = connectors === 'all' ? broken.length > 0 : broken.length > 0 && broken.length === own;
  const down = isOwnDown ? [...over, ...broken] : over;
  if (down.length === 0 && spells.length === 0) return IN_ORDER;
  const causes = new Set<DownCause>(down.flatMap(({ status }) => downBy(status) ?? []));
  for (const { cause } of spells) causes.add(cause);
  return {
    inService: true,
    causes: [...causes].sort(),
    because: [...down, ...spells].map(({ eventId }) => eventId),
  };
}

/**
 * Stretches in which no site heard the station for longer than it may be silent; in order of time. Where it moved, the new site hears it before the old one
 * misses it, and the old one misses it for good.
 */
function silencesOf(facts: readonly PortFact[], untilMs: number): readonly Spell[] {
  const links = facts
    .filter(({ kind, evseId }) => kind === 'offline' || kind === 'online' || (kind === 'removed' && evseId === 0))
    .sort((a, b) => a.receivedMs - b.receivedMs || a.order - b.order);
  const hearing = new Set<string | undefined>();
  const silences: Spell[] = [];
  let lost: StationLost | undefined;
  const end = (toMs: number): void => {
    if (lost !== undefined && toMs - lost.atMs > lost.graceMs)
      silences.push({ fromMs: Math.max(lost.atMs, silences.at(-1)?.toMs ?? lost.atMs), toMs, cause: 'offline', eventId: lost.eventId });
    lost = undefined;
  };
  for (const fact of links) {
    if (fact.kind === 'online') {
      hearing.add(fact.siteId);
      end(fact.atMs);
    } else hearing.delete(fact.siteId);
    if (fact.kind === 'offline' && hearing.size === 0) lost ??= fact;
  }
  end(untilMs);
  return silences;
}

function append(segments: Segment[], segment: Segment): void {
  const last = segments.at(-1);
  const isSame = last?.inService === segment.inService && isEqual(last.causes, segment.causes) && isEqual(last.because, segment.because);
  if (last !== undefined && isSame) segments[segments.length - 1] = { ...last, toMs: segment.toMs };
  else segments.push(segment);
}

const isEqual = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((each, index) => each === b[index]));
