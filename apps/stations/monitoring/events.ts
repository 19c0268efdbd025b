// Events of stations (NotifyEvent), each with the severity of its monitor; one that is cleared ends those before it, and an operator acknowledges (N07, N08).
// Whether a port works because of one is the session service's (availability).
import type { RowWrite } from '#service';
import type { Heard } from '../heard.js';
import { asList, asText, instantOrNull, type Json, numberOrNull, textOrNull } from '../json.js';
import { named, nameKey } from '../named-variable.js';
import type { PartChange } from '../part.js';
import type { Monitoring } from './part.js';
import { DEVICE_EVENTS } from './tables.js';

/** What is wrong with a variable, or its monitor, until it is cleared: key → ids of its events. */
export type Standing = Readonly<Record<string, readonly string[]>>;

/** Variables with something wrong, and events of each, that are remembered. */
const MOST_KEYS = 100;
const MOST_EVENTS = 20;

const keyOf = (event: Json): string =>
  typeof event.variableMonitoringId === 'number' ? `monitor/${event.variableMonitoringId}` : nameKey(named(event));

const eventsOf = (heard: Heard): readonly { readonly event: Json; readonly eventId: string }[] =>
  heard.kind === 'call' && heard.action === 'NotifyEvent'
    ? asList(heard.payload.eventData).map((event, index) => ({ event, eventId: `${heard.input.at.offset}-${index}` }))
    : [];

export function evolveStanding(standing: Standing, heard: Heard): Standing {
  let now = standing;
  for (const { event, eventId } of eventsOf(heard)) {
    const key = keyOf(event);
    const { [key]: ids = [], ...others } = now;
    if (event.cleared === true) now = ids.length === 0 ? now : others;
    else if (event.trigger === 'Alerting')
      now = Object.fromEntries([...Object.entries(others).slice(1 - MOST_KEYS), [key, [...ids, eventId].slice(-MOST_EVENTS)]]);
  }
  return now;
}

/** A monitor may alert before the answer that names it is recorded: its events learn their severity then. */
function severityRows({ before, after }: PartChange<Monitoring>): readonly Json[] {
  const [was, is] = [before.monitors.severities, after.monitors.severities];
  if (was === is) return [];
  return Object.entries(is).flatMap(([id, severity]) =>
    was[id] === severity ? [] : (before.standing[`monitor/${id}`] ?? []).map((event_id) => ({ event_id, severity })),
  );
}

export function eventRows(change: PartChange<Monitoring>): readonly RowWrite[] {
  const { before, heard, place } = change;
  const write = (row: Json): RowWrite => ({ table: DEVICE_EVENTS, row: { ...place, ...row } });
  if (heard.input.type === 'DeviceEventAcknowledged') {
    const { eventId, acknowledgedBy, note } = heard.input.data;
    return [write({ event_id: eventId, acknowledged_at: heard.input.time, acknowledged_by: acknowledgedBy, note: note ?? null })];
  }
  const { standing } = before;
  if (heard.kind !== 'call' || heard.action !== 'NotifyEvent') return severityRows(change).map(write);
  return eventsOf(heard).flatMap(({ event, eventId }, index, all) => {
    // Within one message too: an event may be cleared by one after it.
    const here = all.slice(0, index).filter((each) => keyOf(each.event) === keyOf(event) && each.event.trigger === 'Alerting');
    const ended = event.cleared === true ? [...(standing[keyOf(event)] ?? []), ...here.map((each) => each.eventId)] : [];
    const monitorId = numberOrNull(event.variableMonitoringId);
    const row = {
      event_id: eventId,
      station_event_id: numberOrNull(event.eventId),
      at: instantOrNull(event.timestamp) ?? heard.input.time,
      received_at: heard.input.time,
      trigger: textOrNull(event.trigger),
      notification: textOrNull(event.eventNotificationType),
      cause: numberOrNull(event.cause),
      ...named(event),
      actual_value: textOrNull(event.actualValue),
      tech_code: textOrNull(event.techCode),
      tech_info: textOrNull(event.techInfo),
      transaction_id: asText(event.transactionId) || null,
      monitor_id: monitorId,
      severity: numberOrNull(event.severity) ?? (monitorId === null ? null : (before.monitors.severities[monitorId] ?? null)),
      is_clear: event.cleared === true,
    };
    return [write(row), ...ended.map((id) => write({ event_id: id, cleared_at: row.at }))];
  });
}
