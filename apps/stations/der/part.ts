// DER controls wanted of a station against those it has (OCPP 2.1 block R): sent when they are wanted and it is there, asked for after each boot, sent again
// where they are missing or differ. What bounds a car's current is the site owner's and stays so: a control bends what flows within it.
import { isSameControl, reportedControls, settingOf } from '#domain/der';
import { type Heard, isEdgeLost } from '../heard.js';
import { asObject, asText, instantOrNull, type Json } from '../json.js';
import { type CommandWish, isOwn, type Part } from '../part.js';
import { MOST_TOLD } from '../report-parts.js';
import { derRows } from './rows.js';
import { DER_ALARMS, DER_CONTROLS } from './tables.js';

/** As far as a wish has come; `held` where the station had it in its last report. */
export interface WantedControl {
  /** The SetDERControl that is wanted; absent = it is to be gone. */
  readonly control?: Json;
  readonly isDefault: boolean;
  readonly state: 'wanted' | 'sent' | 'done' | 'refused';
}
/** What a report named, and what of that is not as it is wanted. */
export interface Reported {
  readonly seen: readonly string[];
  readonly differing: readonly string[];
}
export interface DerControls {
  readonly wanted: Readonly<Record<string, WantedControl>>;
  /** The report that is coming in: its request, and what it named so far. */
  readonly report?: Reported & { readonly requestId: number };
  /** Alarms that have not ended, by control type: since when. */
  readonly alarms: Readonly<Record<string, string>>;
}

const LARGEST_REQUEST_ID = 2 ** 31 - 1;

const wishFor = (controlId: string, { control, isDefault }: WantedControl): CommandWish =>
  control === undefined ? { action: 'ClearDERControl', payload: { isDefault, controlId } } : { action: 'SetDERControl', payload: control };

const pending = (wanted: DerControls['wanted'], isDue: (each: WantedControl, controlId: string) => boolean): readonly CommandWish[] =>
  Object.entries(wanted).flatMap(([controlId, each]) => (isDue(each, controlId) ? [wishFor(controlId, each)] : []));

/** The fact of a wish, as the operator put it. */
export interface WantedFact {
  readonly controlId: string;
  readonly isDefault: boolean;
  readonly control?: Json;
  readonly requestedBy: string;
}
export const wantedIn = ({ input }: Heard): WantedFact | undefined =>
  input.type === 'DerControlWanted' ? (input.data as unknown as WantedFact) : undefined;

/** A report with all its parts. */
export function completed(state: DerControls, heard: Heard): Reported | undefined {
  if (heard.kind === 'outcome' && heard.command.action === 'GetDERControl') {
    const isEmpty = heard.outcome.kind === 'answered' && heard.outcome.payload.status === 'NotFound';
    return isEmpty && isWhole(heard.command.payload) ? NOTHING : undefined;
  }
  if (heard.kind !== 'call' || heard.action !== 'ReportDERControl' || heard.payload.tbc === true) return undefined;
  return state.report?.requestId === heard.payload.requestId ? withMore(state, state.report ?? NOTHING, heard.payload) : undefined;
}
const NOTHING: Reported = { seen: [], differing: [] };

function withMore({ wanted }: DerControls, { seen, differing }: Reported, report: Json): Reported {
  const named = reportedControls(report);
  const others = named.filter(({ controlId, setting }) => {
    const control = wanted[controlId]?.control;
    return control !== undefined && !isSameControl(settingOf(control), setting);
  });
  const ids = (controls: typeof named): readonly string[] => controls.map(({ controlId }) => controlId);
  return { seen: together(seen, ids(named)), differing: together(differing, ids(others)) };
}
const together = (before: readonly string[], now: readonly string[]): readonly string[] =>
  [...new Set([...before, ...now])].slice(0, MOST_TOLD);

/** Asked for everything: then what is not named is not there. */
const isWhole = ({ isDefault, controlType, controlId }: Json): boolean =>
  [isDefault, controlType, controlId].every((each) => each === undefined);

export const der: Part<DerControls> = {
  name: 'der',
  tables: [DER_CONTROLS, DER_ALARMS],
  calls: ['BootNotification', 'NotifyDERAlarm', 'NotifyDERStartStop', 'ReportDERControl'],
  commands: ['ClearDERControl', 'GetDERControl', 'SetDERControl'],
  facts: ['DerControlWanted', 'StationConnected'],
  triesAgain: true,
  initial: { wanted: {}, alarms: {} },
  decide(state, heard, station) {
    const fact = wantedIn(heard);
    if (fact !== undefined) {
      const { controlId, isDefault, control } = fact;
      return station.isOnline ? [wishFor(controlId, { isDefault, state: 'wanted', ...(control && { control }) })] : [];
    }
    if (heard.kind === 'fact' || heard.kind === 'due') return pending(state.wanted, (each) => each.state === 'wanted');
    if (isEdgeLost(heard)) return station.isOnline ? pending(evolve(state, heard).wanted, (each) => each.state === 'wanted') : [];
    if (heard.kind === 'call' && heard.action === 'BootNotification') {
      const isTaken = heard.answer.status === 'Accepted' && !heard.isOld;
      const requestId = heard.input.at.offset % LARGEST_REQUEST_ID;
      return isTaken && Object.keys(state.wanted).length > 0 ? [{ action: 'GetDERControl', payload: { requestId } }] : [];
    }
    const report = completed(state, heard);
    if (report === undefined) return [];
    const { seen, differing } = report;
    return pending(state.wanted, ({ control, state: stage }, controlId) =>
      control === undefined
        ? seen.includes(controlId)
        : stage !== 'refused' && (!seen.includes(controlId) || differing.includes(controlId)),
    );
  },
  evolve(state, heard, _station, { commands }) {
    const told = evolve(state, heard);
    const sent = commands.flatMap(({ payload }) => asText(asObject(payload).controlId) || []);
    return sent.reduce((each, controlId) => withStage(each, controlId, 'sent'), told);
  },
  rows: ({ before, after, heard, place }) => derRows(before, after, heard, place),
};

function evolve(state: DerControls, heard: Heard): DerControls {
  const fact = wantedIn(heard);
  if (fact !== undefined) {
    const { controlId, isDefault, control } = fact;
    return { ...state, wanted: { ...state.wanted, [controlId]: { isDefault, state: 'wanted', ...(control && { control }) } } };
  }
  switch (heard.kind) {
    case 'outcome':
      return withOutcome(state, heard);
    case 'call':
      return heard.action === 'ReportDERControl'
        ? withPart(state, heard.payload)
        : heard.action === 'NotifyDERAlarm'
          ? alarmed(state, heard)
          : state;
    default:
      return state;
  }
}

const withStage = (state: DerControls, controlId: string, stage: WantedControl['state']): DerControls => {
  const known = state.wanted[controlId];
  return known === undefined ? state : { ...state, wanted: { ...state.wanted, [controlId]: { ...known, state: stage } } };
};

function withOutcome(state: DerControls, { command, outcome }: Extract<Heard, { kind: 'outcome' }>): DerControls {
  const { action, payload } = command;
  if (action === 'GetDERControl')
    return outcome.kind === 'answered' && outcome.payload.status === 'Accepted' && isWhole(payload)
      ? { ...state, report: { requestId: Number(payload.requestId), ...NOTHING } }
      : state;
  const controlId = asText(payload.controlId);
  const known = state.wanted[controlId];
  if (known === undefined || !isOwn(der, command)) return state;
  // Of what was wished before and is wished no more.
  const isWished =
    known.control === undefined
      ? action === 'ClearDERControl'
      : action === 'SetDERControl' && JSON.stringify(known.control) === JSON.stringify(payload);
  if (!isWished) return state;
  const status = outcome.kind === 'answered' ? outcome.payload.status : undefined;
  if (action === 'ClearDERControl' && known.control === undefined && (status === 'Accepted' || status === 'NotFound')) {
    const { [controlId]: _gone, ...wanted } = state.wanted;
    return { ...state, wanted };
  }
  if (status === 'Accepted') return withStage(state, controlId, 'done');
  // A later one got there meanwhile.
  if (status === undefined && known.state === 'done') return state;
  // Not said, or not by the station: it is sent again when it comes back.
  return withStage(state, controlId, outcome.kind === 'answered' || outcome.kind === 'errored' ? 'refused' : 'wanted');
}

function withPart(state: DerControls, payload: Json): DerControls {
  if (state.report === undefined || state.report.requestId !== payload.requestId) return state;
  if (payload.tbc !== true) {
    const { report: _whole, ...rest } = state;
    return rest;
  }
  return { ...state, report: { ...state.report, ...withMore(state, state.report, payload) } };
}

function alarmed(state: DerControls, { payload, input }: Extract<Heard, { kind: 'call' }>): DerControls {
  const type = asText(payload.controlType);
  if (payload.alarmEnded !== true)
    return type in state.alarms ? state : { ...state, alarms: { ...state.alarms, [type]: instantOrNull(payload.timestamp) ?? input.time } };
  const { [type]: _over, ...alarms } = state.alarms;
  return { ...state, alarms };
}
