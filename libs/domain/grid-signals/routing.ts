// Whom an event is meant for.
import type { GridEvent } from './event.js';

/** Kinds of targets (3.0.1) that name somebody or something else than a connection. */
const NO_PLACES = ['VEN_NAME', 'PROGRAM_NAME', 'EVENT_NAME'];

/**
 * Events for a place that goes by these names, at the network `venName`. An event that names places is for these; one that names none is for everybody it names, or for all.
 */
export function eventsFor(events: readonly GridEvent[], names: readonly string[], venName: string): readonly GridEvent[] {
  return events.filter(({ targets }) => {
    const places = targets.filter(({ type }) => type === undefined || !NO_PLACES.includes(type));
    const networks = targets.filter(({ type }) => type === 'VEN_NAME');
    const isOurs = networks.length === 0 || networks.some(({ value }) => value === venName);
    return isOurs && (places.length === 0 || places.some(({ value }) => names.includes(value)));
  });
}
