// Outages that no station tells of and people found out: a port that looks available and fails to start, or one held below the power it owes.
// How they count beside what stations tell is timeline.ts's.
import { lastWords, type Word } from './facts.js';
import type { Span } from './spans.js';

/** `startsFail`: charging could not be started for a reason of the station's; `belowMinimumPower`: it gave less than it has to, and the car wanted more. */
export const DECLARED_CAUSES = ['startsFail', 'belowMinimumPower'] as const;
export type DeclaredCause = (typeof DECLARED_CAUSES)[number];

/** A later word under the same id takes the place of an earlier one; both stay on record. */
export interface Declaration extends Word {
  readonly declarationId: string;
  readonly cause: DeclaredCause | 'withdrawn';
  readonly fromMs: number;
  /** Absent = it goes on. */
  readonly toMs?: number;
}

export interface Declared extends Span {
  readonly cause: DeclaredCause;
  readonly eventId: string;
}

export const declaredOf = (declarations: readonly Declaration[], untilMs: number): readonly Declared[] =>
  lastWords(declarations, ({ declarationId }) => declarationId).flatMap(({ eventId, cause, fromMs, toMs = untilMs }) =>
    cause === 'withdrawn' || fromMs >= Math.min(toMs, untilMs) ? [] : [{ eventId, cause, fromMs, toMs: Math.min(toMs, untilMs) }],
  );
