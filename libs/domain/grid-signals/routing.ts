// Whom an event is meant for.
import type { GridEvent } from './event.js';

/** Kinds of targets (3.0.1) that name somebody or something else than a connection. */
const NO_PLACES = ['VEN_NAME', 'PROGRAM_NAME', 'EVENT_NAME'];

/**
 * What is meant for a place that goes by these names, at the network `venName`. What names places is for these; what names none is for everybody it names, or
 * for all. In the order given.
 */
export function routed<Meant extends Pick<GridEvent, 'targets'>>(
  all: readonly Meant[],
  venName: string,
): (names: readonly string[]) => readonly Meant[] {
  const forAll: number[] = [];
  const byName = new Map<string, number[]>();
  all.forEach(({ targets }, index) => {
    const networks = targets.filter(({ type }) => type === 'VEN_NAME');
    if (networks.length > 0 && !networks.some(({ value }) => value === venName)) return;
    const places = targets.filter(({ type }) => type === undefined || !NO_PLACES.includes(type));
    if (places.length === 0) forAll.push(index);
    for (const { value } of places) byName.set(value, [...(byName.get(value) ?? []), index]);
  });
  return (names) => {
    const found = new Set([...forAll, ...names.flatMap((name) => byName.get(name) ?? [])]);
    return [...found].sort((a, b) => a - b).map((index) => all[index] as Meant);
  };
}
