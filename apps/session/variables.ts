// Rows of what a station reports of itself: component, variable and attribute with their value, from reports and answers of either version.
// Secrets were removed by the edge; asking is in inventory.ts.
import type { RowWrite } from '#service';
import type { SiteInput } from './site-fold.js';
import { STATION_VARIABLES } from './tables.js';

type Json = Readonly<Record<string, unknown>>;
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const asList = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(asObject) : []);
const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const id = (value: unknown): number => (typeof value === 'number' ? value : 0);

export interface Place {
  readonly tenant_id: string;
  readonly site_id: string;
  readonly station_id: string;
}

export function variableRows(input: SiteInput, place: Place): readonly RowWrite[] {
  const rows = told(input);
  return rows.map((row) => ({ table: STATION_VARIABLES, row: { ...place, reported_at: input.time, ...row } }));
}

function told(input: SiteInput): readonly Json[] {
  if (input.type === 'CallReceived' && input.data.action === 'NotifyReport' && input.data.answer.kind === 'result')
    return asList(asObject(input.data.payload).reportData).flatMap(reported);
  if (input.type !== 'CommandAnswered') return [];
  const { configurationKey, getVariableResult } = asObject(input.data.payload);
  return [...asList(configurationKey).map(configured), ...asList(getVariableResult).flatMap(got)];
}

function named({ component, variable }: Json): Json {
  const { name: componentName, instance, evse } = asObject(component);
  const { name, instance: variableInstance } = asObject(variable);
  const { id: evseId, connectorId } = asObject(evse);
  return {
    component: asText(componentName),
    component_instance: asText(instance),
    evse_id: id(evseId),
    connector_id: id(connectorId),
    variable: asText(name),
    variable_instance: asText(variableInstance),
  };
}

/** 2.x NotifyReport: up to four attributes of one variable. */
function reported(data: Json): readonly Json[] {
  const { unit, dataType, valuesList, minLimit, maxLimit } = asObject(data.variableCharacteristics);
  return asList(data.variableAttribute).map(({ type, value, mutability }) => ({
    ...named(data),
    attribute: asText(type) || 'Actual',
    value: textOrNull(value),
    mutability: textOrNull(mutability) ?? 'ReadWrite',
    data_type: textOrNull(dataType),
    unit: textOrNull(unit),
    values_list: textOrNull(valuesList),
    min_limit: numberOrNull(minLimit),
    max_limit: numberOrNull(maxLimit),
  }));
}

/** 2.x GetVariables: the value alone. */
function got(result: Json): readonly Json[] {
  if (result.attributeStatus !== 'Accepted') return [];
  return [{ ...named(result), attribute: asText(result.attributeType) || 'Actual', value: textOrNull(result.attributeValue) }];
}

/** A 1.6 configuration key belongs to no component. */
const configured = ({ key, value, readonly }: Json): Json => ({
  ...named({ variable: { name: key } }),
  attribute: 'Actual',
  value: textOrNull(value),
  mutability: readonly === true ? 'ReadOnly' : 'ReadWrite',
});
