// Rows of what a station reports of itself: component, variable and attribute with their value, from reports and answers of every version;
// and how setting it was answered.
// Secrets were removed by the edge; asking is in inventory.ts.
import type { RowWrite } from '#service';
import type { Heard } from '../heard.js';
import { asList, asObject, asText, type Json, numberOrNull, textOrNull } from '../json.js';
import { named, nameKey } from '../named-variable.js';
import type { Place } from '../part.js';
import { DEVICE_VARIABLES } from './tables.js';

export const variableRows = (heard: Heard, place: Place): readonly RowWrite[] =>
  told(heard).map((row) => ({ table: DEVICE_VARIABLES, row: { ...place, ...row } }));

function told(heard: Heard): readonly Json[] {
  const reported_at = heard.input.time;
  const said = (rows: readonly Json[]): readonly Json[] => rows.map((row) => ({ reported_at, ...row }));
  if (heard.kind === 'call') return heard.action === 'NotifyReport' ? said(asList(heard.payload.reportData).flatMap(reported)) : [];
  if (heard.kind !== 'outcome' || heard.outcome.kind !== 'answered') return [];
  const { command, outcome } = heard;
  const { configurationKey, getVariableResult, setVariableResult } = outcome.payload;
  if (command.action === 'SetVariables') return asList(setVariableResult).map((result) => set(command.payload, result, reported_at));
  if (command.action === 'ChangeConfiguration') return [changed(command.payload, outcome.payload, reported_at)];
  return said([...asList(configurationKey).map(configured), ...asList(getVariableResult).flatMap(got)]);
}

/** A value that was taken is the station's from then on; one that holds after its next start is not yet. A value that is a secret is not known here. */
function answered(name: Json, value: unknown, status: string, at: string): Json {
  const known = status === 'Accepted' && typeof value === 'string' ? { value, reported_at: at } : {};
  return { ...name, set_status: status, set_value: textOrNull(value), set_at: at, ...known };
}

function set(request: Json, result: Json, at: string): Json {
  const attribute = asText(result.attributeType) || 'Actual';
  const wanted = asList(request.setVariableData).find(
    (item) => nameKey(named(item)) === nameKey(named(result)) && (asText(item.attributeType) || 'Actual') === attribute,
  );
  return answered({ ...named(result), attribute }, wanted?.attributeValue, asText(result.attributeStatus), at);
}

/** 1.6: the answer names nothing. */
const changed = ({ key, value }: Json, { status }: Json, at: string): Json =>
  answered({ ...named({ variable: { name: key } }), attribute: 'Actual' }, value, asText(status), at);

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
