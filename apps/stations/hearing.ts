// Which parts hear of a record, and which records nobody wants: by the actions and facts that the parts name.
// What they make of it is definition.ts.
import type { CallReceived, SiteEvent } from '#contracts';
import type { LogRecord } from '#ports';
import { AGAIN } from './again.js';
import type { Heard, SiteInput } from './heard.js';
import { asObject } from './json.js';
import type { AnyPart } from './part.js';
import { STATION_FACTS } from './station.js';

export const SERVICE = 'stations';

const NOBODY: readonly AnyPart[] = [];
const OUTCOMES: readonly SiteEvent['type'][] = ['CommandAnswered', 'CommandErrored', 'CommandRefused', 'CommandUnanswered'];

const fieldsOf =
  (payload: unknown, answer: unknown) =>
  (field: string): boolean => {
    const [name = '', value] = field.split('=');
    return [payload, asObject(payload).transactionInfo, answer].some((where) => {
      const told = asObject(where)[name];
      return value === undefined ? told !== undefined : told === value;
    });
  };
/** A value stands in the text wherever the field has it. */
const mayHave =
  (text: string) =>
  (field: string): boolean =>
    text.includes(`"${field.slice(field.indexOf('=') + 1)}"`);
const answerOf = ({ answer }: CallReceived): unknown => (answer.kind === 'result' ? answer.payload : undefined);

/** The action of a call or a command without parsing it. Before it stand only texts of ours and texts whose quotes are escaped. */
function actionIn(value: string): string | undefined {
  const at = value.indexOf('"action":"');
  const payloadAt = value.indexOf('"payload":');
  if (at < 0 || (payloadAt >= 0 && payloadAt < at)) return undefined;
  return value.slice(at + 10, value.indexOf('"', at + 10));
}

export interface Hearing {
  readonly listeners: (heard: Heard) => readonly AnyPart[];
  readonly passesBy: (record: LogRecord) => boolean;
  /** Empty for the site itself; undefined where nobody wants the record. */
  readonly stationIdOf: (input: SiteInput) => string | undefined;
}

export function hearingOf(parts: readonly AnyPart[]): Hearing {
  const byName = (named: (part: AnyPart) => readonly string[]): ReadonlyMap<string, readonly AnyPart[]> => {
    const names = new Set(parts.flatMap(named));
    return new Map([...names].map((name) => [name, parts.filter((part) => named(part).includes(name))]));
  };
  const byCall = byName(({ calls }) => calls);
  const byCommand = byName(({ commands }) => commands);
  const byFact = byName(({ facts = [], siteFacts = [] }) => [...facts, ...siteFacts]);
  const ofSite: ReadonlySet<string> = new Set(parts.flatMap(({ siteFacts = [] }) => siteFacts));
  const again = parts.filter(({ triesAgain }) => triesAgain);
  const types: ReadonlySet<string> = new Set([...STATION_FACTS, ...OUTCOMES, ...byFact.keys(), 'TimeReached']);

  /** `has`: whether the call has this field, or may have it. */
  function listenersTo(action: string, has: (field: string) => boolean): readonly AnyPart[] {
    const named = byCall.get(action) ?? NOBODY;
    const hears = ({ callsWith }: AnyPart): boolean => callsWith?.[action] === undefined || [callsWith[action]].flat().some(has);
    return named.every(hears) ? named : named.filter(hears);
  }
  const isCallHeard = (action: string, has: (field: string) => boolean): boolean =>
    action === 'BootNotification' || listenersTo(action, has).length > 0;

  /** Most of what stations say is of no use here, and must cost next to nothing. */
  function passesBy({ headers: { ce_type: type = '' }, value }: LogRecord): boolean {
    if (type === 'CallReceived' || type === 'CommandRequested') {
      const action = actionIn(value);
      if (action === undefined) return false;
      return type === 'CallReceived' ? !isCallHeard(action, mayHave(value)) : !byCommand.has(action);
    }
    return !types.has(type) || (type === 'TimeReached' && !value.includes(`"service":"${SERVICE}"`));
  }

  function stationIdOf(input: SiteInput): string | undefined {
    if (ofSite.has(input.type)) return '';
    switch (input.type) {
      case 'CallReceived':
        return isCallHeard(input.data.action, fieldsOf(input.data.payload, answerOf(input.data))) ? input.stationId : undefined;
      case 'CommandRequested':
        return byCommand.has(input.data.action) ? input.data.stationId : undefined;
      case 'ConfigurationAccepted': {
        const { change } = input.data;
        if (change.kind === 'station') return change.config.stationId;
        return change.kind === 'stationRemoved' ? change.stationId : undefined;
      }
      case 'TimeReached':
        return input.data.service === SERVICE ? (input.stationId ?? '') : undefined;
      default:
        return types.has(input.type) ? input.stationId : undefined;
    }
  }

  function listeners(heard: Heard): readonly AnyPart[] {
    switch (heard.kind) {
      case 'call':
        return listenersTo(heard.action, fieldsOf(heard.payload, heard.answer));
      case 'asked':
      case 'outcome':
        return byCommand.get(heard.command.action) ?? NOBODY;
      case 'due':
        return heard.part === AGAIN ? again : parts.filter(({ name }) => name === heard.part);
      case 'fact':
        return byFact.get(heard.input.type) ?? NOBODY;
    }
  }

  return { listeners, passesBy, stationIdOf };
}
