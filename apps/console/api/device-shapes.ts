// What the api tells of devices as the console reads it; what is not there is null, and nothing here is refused.
// Paths and calls are http-api.ts's.
import { numberOrNull, type Row, rowOf, text, textOrNull, timeOrNull } from './loose-json.js';

export interface Campaign {
  readonly campaignId: string;
  readonly kind: string;
  readonly state: string;
  /** State of its stations → how many. */
  readonly progress: readonly (readonly [string, number])[];
  readonly requestedAtMs: number | null;
}
/** Of a variable (NotifyEvent), or of security. */
export interface DeviceEvent {
  readonly eventId: string;
  readonly stationId: string;
  readonly name: string;
  readonly detail: string | null;
  readonly severity: string;
  readonly atMs: number | null;
}
export interface DeviceOverview {
  readonly campaigns: readonly Campaign[];
  readonly events: readonly DeviceEvent[];
}
export interface StationDevice {
  readonly transfers: readonly {
    readonly kind: string;
    readonly status: string;
    readonly endedAs: string | null;
    readonly detail: string | null;
    readonly atMs: number | null;
  }[];
  readonly settings: readonly { readonly name: string; readonly wanted: string; readonly told: string | null; readonly state: string }[];
  readonly monitors: readonly {
    readonly monitorId: number;
    readonly name: string;
    readonly type: string;
    readonly value: number | null;
    readonly severity: number | null;
  }[];
  readonly events: readonly DeviceEvent[];
  readonly orders: readonly {
    readonly action: string;
    readonly subject: string;
    readonly state: string;
    readonly answer: string | null;
    readonly atMs: number | null;
  }[];
}

/** `Component[instance](EVSE).Variable[instance]`; a 1.6 key stands alone. */
export function variableName({ component, variable }: Row): string {
  const [part, name] = [rowOf(component), rowOf(variable)];
  const instance = ({ instance: of }: Row): string => (textOrNull(of) === null ? '' : `[${text(of)}]`);
  const { id } = rowOf(part.evse);
  const place = typeof id === 'number' ? `(${id})` : '';
  const head = textOrNull(part.name) === null ? '' : `${text(part.name)}${instance(part)}${place}.`;
  return `${head}${text(name.name)}${instance(name)}`;
}

export function readCampaign(json: unknown): Campaign {
  const row = rowOf(json);
  return {
    campaignId: text(row.campaignId),
    kind: text(row.kind),
    state: text(row.state),
    progress: Object.entries(rowOf(row.progress)).map(([state, count]) => [state, numberOrNull(count) ?? 0] as const),
    requestedAtMs: timeOrNull(row.requestedAt),
  };
}

export function readDeviceEvent(json: unknown): DeviceEvent {
  const row = rowOf(json);
  return {
    eventId: text(row.eventId),
    stationId: text(row.stationId),
    name: variableName(row),
    detail: textOrNull(row.actualValue),
    severity: String(numberOrNull(row.severity) ?? '–'),
    atMs: timeOrNull(row.at),
  };
}

export function readSecurityEvent(json: unknown): DeviceEvent {
  const row = rowOf(json);
  const { eventId, stationId, type, techInfo, criticality, at } = row;
  return {
    eventId: `security ${text(eventId)}`,
    stationId: text(stationId),
    name: text(type),
    detail: textOrNull(techInfo),
    severity: text(criticality),
    atMs: timeOrNull(at),
  };
}

export const readTransfer = (json: unknown): StationDevice['transfers'][number] => {
  const row = rowOf(json);
  const { kind, status, endedAs, detail, at } = row;
  return { kind: text(kind), status: text(status), endedAs: textOrNull(endedAs), detail: textOrNull(detail), atMs: timeOrNull(at) };
};
export const readSetting = (json: unknown): StationDevice['settings'][number] => {
  const row = rowOf(json);
  return { name: variableName(row), wanted: text(row.wanted), told: textOrNull(row.told), state: text(row.state) };
};
export const readMonitor = (json: unknown): StationDevice['monitors'][number] => {
  const row = rowOf(json);
  const { monitorId, type, value, severity } = row;
  return {
    monitorId: numberOrNull(monitorId) ?? 0,
    name: variableName(row),
    type: text(type),
    value: numberOrNull(value),
    severity: numberOrNull(severity),
  };
};
export const readOrder = (json: unknown): StationDevice['orders'][number] => {
  const row = rowOf(json);
  const { action, subject, state, answer, at } = row;
  return { action: text(action), subject: text(subject), state: text(state), answer: textOrNull(answer), atMs: timeOrNull(at) };
};
