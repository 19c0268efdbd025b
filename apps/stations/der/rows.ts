// Rows of DER controls: the wish, what became of the message, what the station reports, and what it says of running ones and of alarms.
// When messages are sent is in part.ts.
import { isSameControl, reportedControls, settingOf } from '#domain/der';
import type { Row, RowWrite } from '#service';
import type { Heard } from '../heard.js';
import { asText, instantOrNull, textOrNull } from '../json.js';
import type { Place } from '../part.js';
import { completed, type DerControls, wantedIn } from './part.js';
import { DER_ALARMS, DER_CONTROLS } from './tables.js';

export function derRows(before: DerControls, after: DerControls, heard: Heard, place: Place): readonly RowWrite[] {
  const control = (control_id: string, row: Row): RowWrite => ({ table: DER_CONTROLS, row: { ...place, control_id, ...row } });
  return [
    ...wishRows(heard, control),
    ...commandRows(heard, control),
    ...reportRows(before, heard, control),
    ...(heard.kind === 'call' && heard.action === 'NotifyDERStartStop' ? startedRows(heard, control) : []),
    ...(heard.kind === 'call' && heard.action === 'NotifyDERAlarm' ? alarmRows(before, after, heard, place) : []),
  ];
}
type ControlRow = (controlId: string, row: Row) => RowWrite;

function wishRows(heard: Heard, row: ControlRow): readonly RowWrite[] {
  const fact = wantedIn(heard);
  if (fact === undefined) return [];
  const { controlId, isDefault, control, requestedBy } = fact;
  const isWanted = control !== undefined;
  const said = { is_default: isDefault, is_wanted: isWanted, wanted_by: requestedBy, wanted_at: heard.input.time };
  const state = { state: isWanted ? 'wanted' : 'clearing', reason: null, matches: null };
  return [row(controlId, { ...said, ...state, ...(isWanted && { wanted: control, control_type: control.controlType }) })];
}

const STATES: Readonly<Record<string, string>> = {
  Accepted: 'set',
  Rejected: 'rejected',
  NotSupported: 'notSupported',
  NotFound: 'rejected',
};

function commandRows(heard: Heard, row: ControlRow): readonly RowWrite[] {
  if (heard.kind !== 'asked' && heard.kind !== 'outcome') return [];
  const { action, payload, requestedBy } = heard.command;
  const controlId = asText(payload.controlId);
  if (action === 'GetDERControl' || controlId === '') return [];
  const isSet = action === 'SetDERControl';
  const at = heard.input.time;
  if (heard.kind === 'asked') {
    const said = { control_type: payload.controlType, is_default: payload.isDefault, wanted: payload };
    return [
      row(controlId, {
        state: isSet ? 'sent' : 'clearing',
        ...(isSet && !requestedBy.startsWith('stations:') && { ...said, is_wanted: true, wanted_by: requestedBy, wanted_at: at }),
      }),
    ];
  }
  const { outcome } = heard;
  if (outcome.kind === 'answered') {
    const status = asText(outcome.payload.status);
    const isGone = !isSet && (status === 'Accepted' || status === 'NotFound');
    const state = isSet ? (STATES[status] ?? 'rejected') : isGone ? 'cleared' : 'rejected';
    const superseded = textsIn(outcome.payload.supersededIds).map((id) => row(id, { is_superseded: true }));
    return [
      row(controlId, {
        state,
        reason: reasonIn(outcome.payload),
        told_at: at,
        ...(isGone && { reported: null, matches: null, is_active: false }),
      }),
      ...superseded,
    ];
  }
  const state = outcome.kind === 'errored' ? 'notSupported' : outcome.kind === 'unanswered' ? 'unanswered' : 'wanted';
  return [row(controlId, { state, reason: outcome.kind === 'errored' ? outcome.code : outcome.reason, told_at: at })];
}
const textsIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const reasonIn = ({ statusInfo }: { readonly statusInfo?: unknown }): string | null =>
  statusInfo === undefined ? null : textOrNull((statusInfo as { readonly reasonCode?: unknown }).reasonCode);

function reportRows(before: DerControls, heard: Heard, row: ControlRow): readonly RowWrite[] {
  const at = heard.input.time;
  const named = heard.kind === 'call' && heard.action === 'ReportDERControl' ? reportedControls(heard.payload) : [];
  const there = named.map(({ controlId, controlType, isDefault, isSuperseded, setting }) => {
    const control = before.wanted[controlId]?.control;
    return row(controlId, {
      control_type: controlType,
      is_default: isDefault,
      is_superseded: isSuperseded,
      reported: setting,
      reported_at: at,
      matches: control === undefined ? null : isSameControl(settingOf(control), setting),
    });
  });
  const report = completed(before, heard);
  const missing = report === undefined ? [] : Object.keys(before.wanted).filter((controlId) => !report.seen.includes(controlId));
  return [
    ...there,
    ...missing.map((controlId) =>
      row(controlId, { reported: null, reported_at: at, matches: before.wanted[controlId]?.control === undefined }),
    ),
  ];
}

function startedRows({ payload, input }: Extract<Heard, { kind: 'call' }>, row: ControlRow): readonly RowWrite[] {
  const at = instantOrNull(payload.timestamp) ?? input.time;
  const superseded = textsIn(payload.supersededIds).map((id) => row(id, { is_superseded: true, is_active: false }));
  return [
    row(asText(payload.controlId), {
      is_active: payload.started === true,
      active_at: at,
      ...(payload.started === true && { is_superseded: false }),
    }),
    ...superseded,
  ];
}

function alarmRows(
  before: DerControls,
  after: DerControls,
  { payload, input }: Extract<Heard, { kind: 'call' }>,
  place: Place,
): readonly RowWrite[] {
  const type = asText(payload.controlType);
  const since = after.alarms[type] ?? before.alarms[type] ?? instantOrNull(payload.timestamp) ?? input.time;
  const said = { fault: textOrNull(payload.gridEventFault), info: textOrNull(payload.extraInfo) };
  const ended = payload.alarmEnded === true ? { ended_at: instantOrNull(payload.timestamp) ?? input.time } : {};
  // The end says nothing of how it began.
  const told = payload.alarmEnded === true && type in before.alarms ? {} : said;
  return [{ table: DER_ALARMS, row: { ...place, control_type: type, since, ...told, ...ended } }];
}
