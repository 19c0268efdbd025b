// Rows of what a station reports of itself: component, variable and attribute with their value, from reports and answers of every version.
// Secrets were removed by the edge; asking is in inventory.ts.
import type { RowWrite } from '#service';
import type { Heard } from '../heard.js';
import { asList, asObject, asText, type Json, numberOrNull, textOrNull } from '../json.js';
import type { Place } from '../part.js';
import { DEVICE_VARIABLES } from './tables.js';

const id = (value: unknown): number => (typeof value === 'number' ? value : 0);

export const variableRows = (heard: Heard, place: Place): readonly RowWrite[] =>
  told(heard).map((row) => ({ table: DEVICE_VARIABLES, row: { ...place, reported_at: heard.input.time, ...row } }));

function told(heard: Heard): readonly Json[] {
  if (heard.kind === 'call') return heard.action === 'NotifyReport' ? asList(heard.payload.reportData).flatMap(reported) : [];
  if (heard.kind !== 'outcome' || heard.outcome.kind !== 'answered') return [];
  const { configurationKey, getVariableResult } = heard.outcome.payload;
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
