// Values of variables (2.x) or configuration keys (1.6) that an answer to a command of ours tells: those that were asked for, and those it took when it was
// told to set them. One that holds after its next start only is not told by that answer.
// Reports, and what follows from a value, are the parts' own.
import type { Heard } from './heard.js';
import { asList, asText, type Json } from './json.js';
import { named, nameKey } from './named-variable.js';

/** Commands whose answers tell values. */
export const ASKS_OR_SETS: readonly string[] = ['ChangeConfiguration', 'GetConfiguration', 'GetVariables', 'SetVariables'];

/** In the words of answers to questions: `getVariableResult` or `configurationKey`; neither where nothing is told. */
export function toldValues({ command, outcome }: Extract<Heard, { kind: 'outcome' }>): Json {
  if (outcome.kind !== 'answered') return {};
  const { action, payload } = command;
  switch (action) {
    case 'GetConfiguration':
    case 'GetVariables':
      return outcome.payload;
    case 'ChangeConfiguration':
      return outcome.payload.status === 'Accepted' ? { configurationKey: [{ key: payload.key, value: payload.value }] } : {};
    case 'SetVariables': {
      const taken = new Set(
        asList(outcome.payload.setVariableResult).flatMap((each) => (each.attributeStatus === 'Accepted' ? keyOf(each) : [])),
      );
      return { getVariableResult: asList(payload.setVariableData).filter((each) => taken.has(keyOf(each))) };
    }
    default:
      return {};
  }
}

/** One value, however a message names it: an attribute of a variable, or a key, whose letters' case says nothing. */
export const keyOf = (item: Json): string =>
  item.key === undefined ? `${nameKey(named(item))}|${asText(item.attributeType) || 'Actual'}` : asText(item.key).toLowerCase();
