// What a record of the site's stream is to the parts: a call of the station, a command, its outcome, a deadline, or another fact.
import type { CommandRefused, Recorded, SiteEvent } from '#contracts';
import type { OcppVersion } from '#ocpp';
import { asObject, type Json } from './json.js';
import { isOldConnection, isToldAgain, type Station } from './station.js';

export type SiteInput = Recorded<SiteEvent>;

/** A command that is on its way, or whose outcome may still come. */
export interface Asked {
  readonly commandId: string;
  readonly action: string;
  readonly payload: Json;
  readonly requestedBy: string;
  readonly askedMs: number;
  /** Given up; its answer may still come. */
  readonly isLate?: true;
}

export type Outcome =
  | { readonly kind: 'answered'; readonly payload: Json }
  /** CALLERROR. */
  | { readonly kind: 'errored'; readonly code: string }
  /** It never left. */
  | { readonly kind: 'refused'; readonly reason: CommandRefused['reason'] }
  /** It left; a late answer may follow. */
  | { readonly kind: 'unanswered'; readonly reason: string };

export type Heard = { readonly input: SiteInput; readonly nowMs: number } & (
  | {
      readonly kind: 'call';
      readonly action: string;
      readonly payload: Json;
      readonly ocppVersion: OcppVersion;
      /** As it was answered. */
      readonly answer: Json;
      /** It came over a connection that has been replaced. */
      readonly isOld: boolean;
    }
  | { readonly kind: 'asked'; readonly command: Asked }
  | { readonly kind: 'outcome'; readonly command: Asked; readonly outcome: Outcome }
  | { readonly kind: 'due'; readonly part: string; readonly name: string }
  | { readonly kind: 'fact' }
);

export type OpenCommands = Readonly<Record<string, Asked>>;

/** As many commands of one station as are remembered for their outcomes: more than one request of an operator makes (500 settings of 1.6). */
const MOST_OPEN = 1000;
/** Of those that were given up. */
const MOST_LATE = 64;

/** Undefined where it says nothing to any part. */
export function hear(before: Station, open: OpenCommands, input: SiteInput): Heard | undefined {
  const nowMs = Date.parse(input.time);
  switch (input.type) {
    case 'CallReceived': {
      const { action, payload, ocppVersion, answer } = input.data;
      if (answer.kind === 'error' || isToldAgain(before, input.data)) return undefined;
      const isOld = isOldConnection(before, input.data);
      return { kind: 'call', input, nowMs, action, payload: asObject(payload), ocppVersion, answer: asObject(answer.payload), isOld };
    }
    case 'CommandRequested': {
      const { commandId, action, payload, requestedBy } = input.data;
      return { kind: 'asked', input, nowMs, command: { commandId, action, payload: asObject(payload), requestedBy, askedMs: nowMs } };
    }
    case 'CommandAnswered':
    case 'CommandErrored':
    case 'CommandRefused':
    case 'CommandUnanswered': {
      const command = open[input.data.commandId];
      return command && { kind: 'outcome', input, nowMs, command, outcome: outcomeOf(input) };
    }
    default:
      return { kind: 'fact', input, nowMs };
  }
}

/** Its edge died with a command: the station has said nothing to it, and may well be there. */
export const isEdgeLost = (heard: Heard): heard is Extract<Heard, { kind: 'outcome' }> =>
  heard.kind === 'outcome' && heard.outcome.kind === 'unanswered' && heard.outcome.reason === 'edgeLost';

/** It never left, or was met by silence: to be tried again when the station is back, not at once. */
export const didNotArrive = (heard: Heard): boolean =>
  heard.kind === 'outcome' && (heard.outcome.kind === 'refused' || heard.outcome.kind === 'unanswered') && !isEdgeLost(heard);

type OutcomeRecord = Extract<SiteInput, { type: 'CommandAnswered' | 'CommandErrored' | 'CommandRefused' | 'CommandUnanswered' }>;

function outcomeOf(input: OutcomeRecord): Outcome {
  switch (input.type) {
    case 'CommandAnswered':
      return { kind: 'answered', payload: asObject(input.data.payload) };
    case 'CommandErrored':
      return { kind: 'errored', code: input.data.code };
    case 'CommandRefused':
      return { kind: 'refused', reason: input.data.reason };
    case 'CommandUnanswered':
      return { kind: 'unanswered', reason: input.data.reason };
  }
}

/** Remembered until the station's own word, or until it is known that it never left. */
export function evolveOpen(open: OpenCommands, heard: Heard): OpenCommands {
  if (heard.kind !== 'asked' && heard.kind !== 'outcome') return open;
  const { [heard.command.commandId]: _, ...others } = open;
  if (heard.kind === 'asked') return withRoom(others, MOST_OPEN, heard.command, () => true);
  return heard.outcome.kind === 'unanswered' ? withRoom(others, MOST_LATE, { ...heard.command, isLate: true }, isLate) : others;
}

const isLate = (command: Asked): boolean => command.isLate === true;

/** With one more at the end; where there would be more than `most` of its kind, the oldest of them is forgotten. */
function withRoom(open: OpenCommands, most: number, command: Asked, isKind: (command: Asked) => boolean): OpenCommands {
  const ofKind = Object.values(open).filter(isKind);
  const { [ofKind.length < most ? '' : (ofKind[0]?.commandId ?? '')]: _, ...kept } = open;
  return { ...kept, [command.commandId]: command };
}
