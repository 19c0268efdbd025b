// Reads one OCPP-J text frame: what kind it is, its parts, and the payload as value and as the station's own text.
// Schemas, repeats and answers come later; size is bounded by the socket before.

import type { RpcErrorCode } from './error-codes.js';
import { disarm, isArmed, isDeeperThan, isTextDeeperThan } from './harmless.js';
import type { OcppVersion } from './versions.js';

interface Message {
  readonly messageId: string;
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** JSON text of `payload`, cut out of the frame wherever possible, so that nobody needs to serialise it again. */
  readonly payloadText: string;
}

interface RpcError {
  readonly messageId: string;
  readonly code: string;
  readonly description: string;
  readonly details: unknown;
}

export type Frame =
  | ({ readonly kind: 'call' } & Message)
  /** 2.1: a message that is never answered (part 4, 4.1.5). */
  | ({ readonly kind: 'send' } & Message)
  | { readonly kind: 'result'; readonly messageId: string; readonly payload: unknown; readonly payloadText: string }
  | ({ readonly kind: 'error' } & RpcError)
  /** 2.1: the other side could not use our answer to its call `messageId`. */
  | ({ readonly kind: 'resultError' } & RpcError)
  /** To be answered by CALLERROR with `code` (2.x spelling) and `messageId`, or "-1" where none could be read. */
  | { readonly kind: 'unreadable'; readonly messageId?: string; readonly reason: string; readonly code: RpcErrorCode }
  /** To be counted and otherwise ignored: an answer nobody can relate, a broken message that may not be answered, or a message type this version does not have (part 4, 4.1.3). */
  | { readonly kind: 'unsupported'; readonly reason: string };

const LONGEST_ID = 36;
const LONGEST_ACTION = 50;
/** Levels of nesting in a whole frame; the deepest official message has 8. */
const DEEPEST = 32;
/** Up to this length [characters] the values of the deepest text are made in some 4 ms, and whether it is JSON at all is told first. */
const PARSED_FIRST = 64 << 10;

/** Message types (part 4, 4.1.3) by their number; what a version does not have is ignored there. */
const TYPES: ReadonlyMap<unknown, 'call' | 'result' | 'error' | 'resultError' | 'send'> = new Map([
  [2, 'call'],
  [3, 'result'],
  [4, 'error'],
  [5, 'resultError'],
  [6, 'send'],
] as const);
const NEW_IN_V21: ReadonlySet<unknown> = new Set([5, 6]);

const unreadable = (code: RpcErrorCode, reason: string, messageId?: string): Frame =>
  messageId === undefined ? { kind: 'unreadable', reason, code } : { kind: 'unreadable', messageId, reason, code };
const unsupported = (reason: string): Frame => ({ kind: 'unsupported', reason });

/** A word that can be echoed, logged and stored: bounded, no control characters, no broken surrogates. */
const isWord = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length <= longest && value.isWellFormed() && !/\p{Cc}/u.test(value);

/** Absent, null and [] are how some stations write an empty payload. */
const isEmpty = (payload: unknown): boolean =>
  payload === undefined || payload === null || (Array.isArray(payload) && payload.length === 0);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Index after the string that opens at or after `from`. */
function afterString(text: string, from: number): number {
  let close = text.indexOf('"', from);
  for (let backslashes = 1; backslashes % 2 === 1; ) {
    close = text.indexOf('"', close + 1);
    backslashes = 0;
    while (text[close - 1 - backslashes] === '\\') backslashes++;
  }
  return close + 1;
}

/** The text of the last element of a frame that begins with a number and `strings` strings. Only for text that is known to be such JSON. */
function lastElement(text: string, strings: number): string {
  let at = text.indexOf(',');
  for (let i = 0; i < strings; i++) at = afterString(text, at);
  return text.slice(text.indexOf(',', at) + 1, text.lastIndexOf(']')).trim();
}

function payloadOf(text: string, parts: readonly unknown[], strings: number): { payload: unknown; payloadText: string } {
  const payload = parts[strings + 1];
  if (isEmpty(payload)) return { payload: {}, payloadText: '{}' };
  if (isArmed(text, payload)) {
    const harmless = disarm(payload);
    return { payload: harmless, payloadText: JSON.stringify(harmless) };
  }
  return { payload, payloadText: parts.length === strings + 2 ? lastElement(text, strings) : JSON.stringify(payload) };
}

function readCall(kind: 'call' | 'send', text: string, parts: readonly unknown[], messageId: string): Frame {
  const broken = (reason: string): Frame => (kind === 'call' ? unreadable('FormatViolation', reason, messageId) : unsupported(reason));
  const action = parts[2];
  if (!isWord(action, LONGEST_ACTION)) return broken('the action is not a short string');
  if (isDeeperThan(parts, DEEPEST)) return broken(`the payload is nested deeper than ${DEEPEST} levels`);
  const { payload, payloadText } = payloadOf(text, parts, 2);
  if (!isObject(payload)) return broken('the payload is not an object');
  return { kind, messageId, action, payload, payloadText };
}

function readAnswer(kind: 'result' | 'error' | 'resultError', text: string, parts: readonly unknown[], messageId: string): Frame {
  if (isDeeperThan(parts, DEEPEST)) return unsupported(`an answer nested deeper than ${DEEPEST} levels`);
  if (kind === 'result') return { kind, messageId, ...payloadOf(text, parts, 1) };
  const [, , code, description, details = {}] = isArmed(text, parts) ? (disarm(parts) as readonly unknown[]) : parts;
  return {
    kind,
    messageId,
    code: typeof code === 'string' ? code : 'GenericError',
    description: typeof description === 'string' ? description : '',
    details: details ?? {},
  };
}

/** Type and message id of a frame that is not parsed any further. */
const HEAD = /^\s*\[\s*(\d{1,3})\s*,\s*("(?:[^"\\]|\\.){0,300}")\s*,/;

function tooDeep(text: string): Frame {
  const reason = `the frame is nested deeper than ${DEEPEST} levels`;
  const [, type, idText = ''] = HEAD.exec(text) ?? [];
  if (type !== '2') return type === undefined ? unreadable('RpcFrameworkError', reason) : unsupported(reason);
  const messageId = stringIn(idText);
  return isWord(messageId, LONGEST_ID) ? unreadable('FormatViolation', reason, messageId) : unreadable('RpcFrameworkError', reason);
}

function stringIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Never throws. Reasons are constant sentences: nothing of a broken frame is repeated (OCPP-J part 4, 4.2.3). */
export function parseFrame(text: string, version: OcppVersion): Frame {
  if (text.trim() === '') return unsupported('an empty frame');
  if (text.length > PARSED_FIRST && isTextDeeperThan(text, DEEPEST)) return tooDeep(text);
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    return unreadable('RpcFrameworkError', 'the frame is not JSON');
  }
  if (!Array.isArray(parts)) return unreadable('RpcFrameworkError', 'the frame is not an array');
  const [type, messageId] = parts as readonly unknown[];
  if (typeof type !== 'number') return unreadable('RpcFrameworkError', 'the frame has no message type');
  const kind = version !== 'ocpp2.1' && NEW_IN_V21.has(type) ? undefined : TYPES.get(type);
  if (kind === undefined) return unsupported('an unknown message type');
  if (isWord(messageId, LONGEST_ID))
    return kind === 'call' || kind === 'send' ? readCall(kind, text, parts, messageId) : readAnswer(kind, text, parts, messageId);
  if (kind === 'call') return unreadable('RpcFrameworkError', `the message id is not a string of at most ${LONGEST_ID} characters`);
  return unsupported('no readable message id, and nothing to answer');
}
