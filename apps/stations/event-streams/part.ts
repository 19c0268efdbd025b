// Periodic event streams (OCPP 2.1 N11 to N15): opened by a station and answered by the edge's rule, adjusted by an operator, and the values they bring, each
// with the monitor it belongs to. What a monitor watches is the business of monitoring.
import type { RowWrite } from '#service';
import type { Heard } from '../heard.js';
import { asList, asObject, instantOf, type Json } from '../json.js';
import type { Part, Place } from '../part.js';
import { EVENT_STREAM_VALUES, EVENT_STREAMS } from './tables.js';

export interface EventStreams {
  /** The monitor of each open stream, by its id. */
  readonly open: Readonly<Record<string, number>>;
}
/** More than a station has; the monitor of one above that is not remembered, its values are kept all the same. */
const MOST_OPEN = 500;

interface Opened {
  readonly id: number;
  readonly monitoringId: number;
  readonly params: Json;
}

const numberIn = (value: unknown): number => (typeof value === 'number' ? value : -1);
const paramsRow = ({ interval, values }: Json): Json => ({
  ...(typeof interval === 'number' && { interval_s: interval }),
  ...(typeof values === 'number' && { batch: values }),
});
const openedIn = (data: Json): Opened => ({
  id: numberIn(data.id),
  monitoringId: numberIn(data.variableMonitoringId),
  params: asObject(data.params),
});

/** Streams a station lists when it is asked for them. */
const listedIn = (heard: Heard): readonly Opened[] | undefined =>
  heard.kind === 'outcome' && heard.command.action === 'GetPeriodicEventStream' && heard.outcome.kind === 'answered'
    ? asList(heard.outcome.payload.constantStreamData).map(openedIn)
    : undefined;

const accepted = (heard: Heard): boolean => heard.kind === 'call' && heard.answer.status === 'Accepted';

export const eventStreams: Part<EventStreams> = {
  name: 'event-streams',
  tables: [EVENT_STREAMS, EVENT_STREAM_VALUES],
  calls: ['ClosePeriodicEventStream', 'NotifyPeriodicEventStream', 'OpenPeriodicEventStream'],
  commands: ['AdjustPeriodicEventStream', 'GetPeriodicEventStream'],
  initial: { open: {} },
  evolve(state, heard) {
    const listed = listedIn(heard);
    if (listed !== undefined)
      return { open: Object.fromEntries(listed.slice(0, MOST_OPEN).map(({ id, monitoringId }) => [id, monitoringId])) };
    if (heard.kind !== 'call') return state;
    if (heard.action === 'OpenPeriodicEventStream' && accepted(heard)) {
      const { id, monitoringId } = openedIn(asObject(heard.payload.constantStreamData));
      const isRoom = String(id) in state.open || Object.keys(state.open).length < MOST_OPEN;
      return isRoom ? { open: { ...state.open, [id]: monitoringId } } : state;
    }
    if (heard.action !== 'ClosePeriodicEventStream') return state;
    const { [String(heard.payload.id)]: _closed, ...open } = state.open;
    return { open };
  },
  rows: ({ before, heard, place }) => [...streamRows(before, heard, place), ...valueRows(before, heard, place)],
};

function streamRows({ open }: EventStreams, heard: Heard, place: Place): readonly RowWrite[] {
  const at = heard.input.time;
  const row = (streamId: number, said: Json): RowWrite => ({ table: EVENT_STREAMS, row: { ...place, stream_id: streamId, ...said } });
  const listed = listedIn(heard);
  if (listed !== undefined) {
    const closed = Object.keys(open).filter((id) => !listed.some((each) => String(each.id) === id));
    return [
      ...closed.map((id) => row(Number(id), { state: 'closed', closed_at: at })),
      ...listed.map(({ id, monitoringId, params }) =>
        row(id, { monitoring_id: monitoringId, state: 'open', closed_at: null, ...paramsRow(params) }),
      ),
    ];
  }
  if (heard.kind === 'outcome') {
    const { command, outcome } = heard;
    const isAdjusted =
      command.action === 'AdjustPeriodicEventStream' && outcome.kind === 'answered' && outcome.payload.status === 'Accepted';
    return isAdjusted ? [row(numberIn(command.payload.id), paramsRow(asObject(command.payload.params)))] : [];
  }
  if (heard.kind !== 'call') return [];
  const { action, payload } = heard;
  if (action === 'OpenPeriodicEventStream') {
    if (!accepted(heard)) return [];
    const { id, monitoringId, params } = openedIn(asObject(payload.constantStreamData));
    const begun = { monitoring_id: monitoringId, state: 'open', opened_at: at, closed_at: null, interval_s: null, batch: null };
    return [row(id, { ...begun, ...paramsRow(params) })];
  }
  const id = numberIn(payload.id);
  if (action === 'ClosePeriodicEventStream') return [row(id, { state: 'closed', closed_at: at })];
  return [row(id, { heard_at: at, pending: numberIn(payload.pending), ...(open[id] === undefined && { state: 'unannounced' }) })];
}

/** Each value has its offset from a base time, in seconds; what cannot be placed in time is left to the log. */
function valueRows({ open }: EventStreams, heard: Heard, place: Place): readonly RowWrite[] {
  if (heard.kind !== 'call' || heard.action !== 'NotifyPeriodicEventStream') return [];
  const { id, basetime, data } = heard.payload;
  const baseMs = Date.parse(String(basetime));
  const streamId = numberIn(id);
  const values = asList(data).flatMap(({ t, v }) => (typeof t === 'number' ? [{ ms: baseMs + t * 1000, v }] : []));
  // A station may send the same instant twice; the later one in a message stays.
  const byTime = new Map(
    values.flatMap(({ ms, v }) => {
      const at = instantOf(Math.round(ms));
      return at === null ? [] : [[at, String(v)] as const];
    }),
  );
  return [...byTime].map(([at, value]) => ({
    table: EVENT_STREAM_VALUES,
    row: { ...place, stream_id: streamId, at, monitoring_id: open[streamId] ?? -1, value },
  }));
}
