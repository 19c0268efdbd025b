// What the api tells of one station as the console reads it: what it is, what is odd about it, and every message; what is not there is null.
// Paths and calls are http-api.ts's, what it is made of and was asked is in device-shapes.ts.
import { type StationDevice, variableName } from './device-shapes.js';
import { listOf, numberOrNull, type Row, rowOf, textOrNull, timeOrNull } from './loose-json.js';
import type { Station } from './network-shapes.js';

/** What it says it is. */
export interface StationIdentity {
  readonly vendor: string | null;
  readonly model: string | null;
  readonly firmwareVersion: string | null;
  /** As it was answered last: Accepted, Pending, Rejected. */
  readonly bootStatus: string | null;
  /** As it is configured; null where nobody configured it. */
  readonly securityProfile: number | null;
}
/** Something it does otherwise than OCPP says. */
export interface Quirk {
  readonly quirk: string;
  /** Where it is known from: its model does it, or it was seen in messages or sessions. */
  readonly from: 'model' | 'messages' | 'sessions';
  /** In words, and what is done about it. */
  readonly does: string | null;
  readonly corrections: string | null;
  readonly times: number | null;
  readonly lastAtMs: number | null;
}
/** A variable of the device model (2.x) or a configuration key (1.6). */
export interface Variable {
  readonly name: string;
  readonly attribute: string | null;
  readonly value: string | null;
  readonly mutability: string | null;
}
export interface StationCertificate {
  readonly certificateId: string;
  readonly type: string;
  readonly subject: string | null;
  readonly state: string;
  readonly notAfterMs: number | null;
}
export interface RefusedConnection {
  readonly eventId: string;
  readonly reason: string;
  readonly securityProfile: number | null;
  readonly atMs: number | null;
}
export const DIRECTIONS = ['received', 'sent', 'answer', 'connection'] as const;
/** One record of the log about the station. */
export interface StationMessage {
  readonly eventId: string;
  readonly type: string;
  readonly direction: (typeof DIRECTIONS)[number];
  readonly action: string | null;
  /** Of an answer: what it says of what was asked, or why there is none. */
  readonly status: string | null;
  readonly atMs: number | null;
  /** Why something about it is off. */
  readonly remarks: readonly string[];
  /** What it says and what was answered, indented, personal fields masked. */
  readonly text: string;
}
export interface MessagePage {
  readonly messages: readonly StationMessage[];
  readonly nextCursor: string | null;
}

export function readIdentity(json: unknown): StationIdentity {
  const row = rowOf(json);
  return {
    vendor: textOrNull(row.vendor),
    model: textOrNull(row.model),
    firmwareVersion: textOrNull(row.firmwareVersion),
    bootStatus: textOrNull(row.bootAnswer) ?? textOrNull(row.bootStatus),
    securityProfile: numberOrNull(rowOf(row.config).securityProfile),
  };
}

export function readQuirks(json: unknown): readonly Quirk[] {
  const row = rowOf(json);
  const seen = (from: Quirk['from']) =>
    listOf(row[from]).map((each): Quirk => {
      const { quirk, times, lastAt } = rowOf(each);
      return { quirk: String(quirk), from, does: null, corrections: null, times: numberOrNull(times), lastAtMs: timeOrNull(lastAt) };
    });
  const known = listOf(row.model).map((each): Quirk => {
    const { quirk, does, corrections } = rowOf(each);
    const done = Object.entries(rowOf(corrections)).map(([name, value]) => (value === true ? name : `${name}: ${JSON.stringify(value)}`));
    return {
      quirk: String(quirk),
      from: 'model',
      does: textOrNull(does),
      corrections: textOrNull(done.join(', ')),
      times: null,
      lastAtMs: null,
    };
  });
  return [...known, ...seen('messages'), ...seen('sessions')];
}

export function readVariable(json: unknown): Variable {
  const row = rowOf(json);
  const { attribute, value, mutability } = row;
  return { name: variableName(row), attribute: textOrNull(attribute), value: textOrNull(value), mutability: textOrNull(mutability) };
}

export function readStationCertificate(json: unknown): StationCertificate {
  const { certificateId, type, subject, serialNumber, state, notAfter } = rowOf(json);
  return {
    certificateId: String(certificateId),
    type: textOrNull(type) ?? '',
    subject: textOrNull(subject) ?? textOrNull(serialNumber),
    state: textOrNull(state) ?? '',
    notAfterMs: timeOrNull(notAfter),
  };
}

export function readRefusal(json: unknown): RefusedConnection {
  const { eventId, reason, securityProfile, at } = rowOf(json);
  return { eventId: String(eventId), reason: String(reason), securityProfile: numberOrNull(securityProfile), atMs: timeOrNull(at) };
}

const SEALED = 'sealed:v1:';
const MASK = '•••';
const masked = (_key: string, value: unknown): unknown => (typeof value === 'string' && value.startsWith(SEALED) ? MASK : value);
const indented = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, masked, 2));

const outcomeOf = ({ payload, reason, code }: Row): string | null =>
  textOrNull(rowOf(payload).status) ?? textOrNull(reason) ?? textOrNull(code);

export function readMessage(json: unknown): StationMessage {
  const row = rowOf(json);
  const { eventId, type, direction, action, at, payload, answer, violations, flags, reason, requestedBy } = row;
  const broken = listOf(violations).map((each) => {
    const { path, message } = rowOf(each);
    return `${String(path)} ${String(message)}`.trim();
  });
  return {
    eventId: String(eventId),
    type: textOrNull(type) ?? '',
    direction: DIRECTIONS.find((each) => each === direction) ?? 'connection',
    action: textOrNull(action),
    status: direction === 'answer' ? outcomeOf(rowOf(payload)) : null,
    atMs: timeOrNull(at),
    remarks: [...broken, ...listOf(flags).map(String), ...(textOrNull(reason) === null ? [] : [String(reason)])],
    text: [
      indented(payload ?? {}),
      ...(answer === undefined ? [] : [`→ ${indented(answer)}`]),
      ...(textOrNull(requestedBy) === null ? [] : [`(${String(requestedBy)})`]),
    ].join('\n'),
  };
}

/** One station, all that is known of it but its messages. */
export interface StationStory extends StationDevice {
  readonly station: Station;
  readonly identity: StationIdentity;
  readonly quirks: readonly Quirk[];
  readonly variables: readonly Variable[];
  readonly certificates: readonly StationCertificate[];
  readonly refusals: readonly RefusedConnection[];
}
