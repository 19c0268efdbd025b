// The facts of one port in minutes since a beginning, for specs.
import fc from 'fast-check';
import type { Classification } from './exclusions.js';
import { graceMsOf, type PortFact } from './facts.js';
import { EXCLUSION_CAUSES, type ExclusionCause } from './rules.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const START = Date.UTC(2026, 0, 1);
export const at = (minute: number): number => START + minute * MINUTE;

interface Place {
  readonly evseId?: number;
  readonly connectorId?: number;
  /** Minute we heard of it; the same minute unless given. */
  readonly heard?: number;
}

/** Writes down what happened, in the order we came to know. */
export class PortLog {
  readonly facts: PortFact[] = [];

  says(minute: number, status: string, { evseId = 1, connectorId = 1, heard = minute }: Place = {}): this {
    return this.add({ kind: 'status', ...this.told(minute, heard, evseId), connectorId, status });
  }
  lost(minute: number, heard = minute, heartbeatS = 60): this {
    return this.add({ kind: 'offline', ...this.told(minute, heard, 0), graceMs: graceMsOf(heartbeatS) });
  }
  heard(minute: number): this {
    return this.add({ kind: 'online', ...this.told(minute, minute, 0) });
  }
  configured(minute: number, kind: 'configured' | 'removed', evseId = 1): this {
    return this.add({ kind, ...this.told(minute, minute, evseId) });
  }

  private told(minute: number, heard: number, evseId: number) {
    const order = this.facts.length;
    return { atMs: at(minute), receivedMs: at(heard), order, eventId: `e${order}`, evseId };
  }
  private add(fact: PortFact): this {
    this.facts.push(fact);
    return this;
  }
}

export const classified = (order: number, cause: ExclusionCause | 'counts', from: number, to?: number, heard = 0): Classification => ({
  eventId: `c${order}`,
  receivedMs: at(heard),
  order,
  outageId: `port:${from}`,
  cause,
  fromMs: at(from),
  ...(to !== undefined && { toMs: at(to) }),
});

/** Minutes that a history is long. */
export const LENGTH = 600;
const minute = fc.integer({ min: 0, max: LENGTH - 1 });
const word = fc.constantFrom('Available', 'Charging', 'Faulted', 'Unavailable', 'Occupied');

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('status' as const),
      minute,
      word,
      connectorId: fc.integer({ min: 0, max: 2 }),
      evseId: fc.constantFrom(0, 1, 1, 1, 2),
      late: fc.integer({ min: 0, max: 300 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('lost' as const), minute, late: fc.integer({ min: 0, max: 10 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('heard' as const), minute }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('configured' as const, 'removed' as const), minute, evseId: fc.constantFrom(0, 1, 2) }),
  },
);

/** Anything a station may say and do in ten hours. */
export const histories = fc.array(step, { maxLength: 25 }).map((steps) => {
  const log = new PortLog();
  for (const each of steps.toSorted((a, b) => a.minute - b.minute)) {
    if (each.kind === 'status') log.says(each.minute, each.word, { ...each, heard: each.minute + each.late });
    else if (each.kind === 'lost') log.lost(each.minute, each.minute + each.late);
    else if (each.kind === 'heard') log.heard(each.minute);
    else log.configured(each.minute, each.kind, each.evseId);
  }
  return log.facts;
});

export const exclusions = fc
  .array(
    fc.record({
      cause: fc.constantFrom(...EXCLUSION_CAUSES),
      from: minute,
      length: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
    }),
    { maxLength: 6 },
  )
  .map((all) =>
    all.map(({ cause, from, length }, index) => classified(index, cause, from, length === undefined ? undefined : from + length)),
  );
