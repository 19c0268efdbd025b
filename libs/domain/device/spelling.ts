// A message about variables in the station's own spelling. Case says nothing in their names (2.0.1 part 2, identifierString), yet stations answer in the
// letters of the question, and what is known of a variable is kept under its name: asked in other letters it would be another one.
// Which names a station has told is read where the message is asked for.
import type { VariableName } from './settings.js';

type Json = Readonly<Record<string, unknown>>;
export type ToldName = Pick<VariableName, 'component' | 'componentInstance' | 'variable' | 'variableInstance'>;

/** Where each message names variables; 1.6 by `key`, one or several. */
const LISTS: Readonly<Record<string, string>> = {
  ChangeConfiguration: 'key',
  GetConfiguration: 'key',
  GetMonitoringReport: 'componentVariable',
  GetReport: 'componentVariable',
  GetVariables: 'getVariableData',
  SetVariableMonitoring: 'setMonitoringData',
  SetVariables: 'setVariableData',
};

const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Configuration keys belong to no component. */
function nameOf(item: unknown): ToldName {
  if (typeof item === 'string') return { component: '', componentInstance: '', variable: item, variableInstance: '' };
  const { component, variable } = asObject(item);
  const [{ name, instance }, of] = [asObject(component), asObject(variable)];
  return {
    component: asText(name),
    componentInstance: asText(instance),
    variable: asText(of.name),
    variableInstance: asText(of.instance),
  };
}

const keyOf = ({ component, componentInstance, variable, variableInstance }: ToldName): string =>
  JSON.stringify([component, componentInstance, variable, variableInstance]).toLowerCase();

/** The variables a message names, in lower case; [] for one that names none. */
export const variablesIn = (action: string, payload: Json): readonly string[] =>
  asList(payload[LISTS[action] ?? '']).flatMap((item) => nameOf(item).variable.toLowerCase() || []);

/** The same object where there is nothing to write otherwise. */
export function spelledAsTold(action: string, payload: Json, told: readonly ToldName[]): Json {
  const field = LISTS[action];
  if (field === undefined || payload[field] === undefined || told.length === 0) return payload;
  const names = new Map(told.map((name) => [keyOf(name), name]));
  const spelled = (item: unknown): unknown => {
    const name = names.get(keyOf(nameOf(item)));
    if (name === undefined) return item;
    if (typeof item === 'string') return name.variable;
    const { component, variable } = asObject(item);
    return {
      ...asObject(item),
      component: written(component, name.component, name.componentInstance),
      variable: written(variable, name.variable, name.variableInstance),
    };
  };
  const value = payload[field];
  return { ...payload, [field]: Array.isArray(value) ? value.map(spelled) : spelled(value) };
}

const written = (value: unknown, name: string, instance: string): Json => ({
  ...asObject(value),
  name,
  ...(asObject(value).instance !== undefined && { instance }),
});
