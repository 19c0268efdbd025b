// How a variable of a component is named in rows: OCPP 2.x ComponentType and VariableType. Absent instances are empty, absent EVSE and connector 0.
import { asObject, asText, idOrZero, type Json } from './json.js';

export const NAMED_COLUMNS = {
  component: 'text',
  component_instance: 'text',
  evse_id: 'integer',
  connector_id: 'integer',
  variable: 'text',
  variable_instance: 'text',
} as const;

export interface NamedVariable {
  readonly component: string;
  readonly component_instance: string;
  readonly evse_id: number;
  readonly connector_id: number;
  readonly variable: string;
  readonly variable_instance: string;
}

export function named({ component, variable }: Json): NamedVariable {
  const { name: componentName, instance, evse } = asObject(component);
  const { name, instance: variableInstance } = asObject(variable);
  const { id: evseId, connectorId } = asObject(evse);
  return {
    component: asText(componentName),
    component_instance: asText(instance),
    evse_id: idOrZero(evseId),
    connector_id: idOrZero(connectorId),
    variable: asText(name),
    variable_instance: asText(variableInstance),
  };
}

/** Names are compared without regard to case (OCPP 2.0.1 Part 1, CiString). */
export const nameKey = (name: NamedVariable): string => Object.values(name).join('|').toLowerCase();
