// Uptime minute by minute, written as the rule reads and with nothing of the real one: what the real one is compared with.
import type { Exclusion } from './exclusions.js';
import type { PortFact } from './facts.js';
import { at, MINUTE } from './port.fixture.js';

const byTime = (a: PortFact, b: PortFact): number => a.atMs - b.atMs || a.receivedMs - b.receivedMs || a.order - b.order;

/** Causes that hold in a minute; undefined = out of service. */
function stateAt(facts: readonly PortFact[], minute: number, untilMs: number): readonly string[] | undefined {
  const past = facts.filter(({ atMs, evseId, kind }) => atMs <= at(minute) && (evseId <= 1 || kind === 'configured')).sort(byTime);
  const speaking = past.filter(({ kind }) => kind !== 'offline' && kind !== 'online');
  const place = speaking.findLastIndex(({ kind, evseId }) => kind !== 'status' && evseId <= 1);
  if (speaking[place]?.kind === 'removed' && (speaking[place].evseId > 0 || speaking[place + 1]?.kind !== 'status')) return undefined;
  const last = (matches: (fact: PortFact & { kind: 'status' }) => boolean): string | undefined => {
    const word = past.findLast((fact) => fact.kind === 'status' && matches(fact));
    return word?.kind === 'status' ? word.status : undefined;
  };
  const whole = [last(({ evseId }) => evseId === 0), last(({ evseId, connectorId }) => evseId === 1 && connectorId === 0)];
  const connectors = [1, 2]
    .map((id) => last(({ evseId, connectorId }) => evseId === 1 && connectorId === id))
    .filter((word) => word !== undefined);
  if (connectors.length === 0 && whole[1] === undefined) return undefined;
  const isBad = (word: string | undefined): boolean => word === 'Faulted' || word === 'Unavailable';
  const bad = [...whole.filter(isBad), ...(connectors.length > 0 && connectors.every(isBad) ? connectors : [])];
  const causes = bad.map((word) => (word === 'Faulted' ? 'faulted' : 'unavailable'));
  return isSilent(facts, minute, untilMs) ? [...causes, 'offline'] : causes;
}

function isSilent(facts: readonly PortFact[], minute: number, untilMs: number): boolean {
  const links = facts
    .filter(({ kind }) => kind === 'offline' || kind === 'online')
    .sort((a, b) => a.receivedMs - b.receivedMs || a.order - b.order);
  return links.some((lost, index) => {
    if (lost.kind !== 'offline' || links[index - 1]?.kind === 'offline') return false;
    const backMs = links.slice(index).find(({ kind }) => kind === 'online')?.atMs ?? untilMs;
    return backMs - lost.atMs > lost.graceMs && lost.atMs <= at(minute) && at(minute) < backMs;
  });
}

/** Minutes in service, down and down but excluded, of [from, to). */
export function naiveMinutes(
  facts: readonly PortFact[],
  exclusions: readonly Exclusion[],
  {
    from,
    to,
    until,
    down,
    unknown = [],
  }: {
    readonly from: number;
    readonly to: number;
    readonly until: number;
    readonly down: readonly string[];
    readonly unknown?: readonly string[];
  },
): { readonly inService: number; readonly outage: number; readonly excluded: number } {
  const isDown = (minute: number): boolean => {
    const causes = minute < until ? (stateAt(facts, minute, at(until)) ?? []) : [];
    return causes.some((cause) => down.includes(cause)) && !causes.some((cause) => unknown.includes(cause));
  };
  const endOf = ({ fromMs, toMs }: Exclusion): number => {
    if (toMs !== undefined) return toMs;
    let minute = (fromMs - at(0)) / MINUTE;
    while (isDown(minute)) minute++;
    return at(minute);
  };
  const ends = exclusions.map((each) => ({ fromMs: each.fromMs, toMs: endOf(each) }));
  const counts = { inService: 0, outage: 0, excluded: 0 };
  for (let minute = from; minute < Math.min(to, until); minute++) {
    if (stateAt(facts, minute, at(until)) !== undefined) counts.inService++;
    if (!isDown(minute)) continue;
    counts.outage++;
    if (ends.some(({ fromMs, toMs }) => fromMs <= at(minute) && at(minute) < toMs)) counts.excluded++;
  }
  return counts;
}
