// What a station knows of a driver: asked and told in parts (N09), and cleared when the driver is forgotten, as soon as it can be reached (N10).
// What it told is sealed under the driver's own key; what is cleared is named by a text whose key is destroyed once that is done (erasure.ts).
import type { ConfigurationChange } from '#contracts';
import { isWhole32 } from '#kernel';
import { isOcpp2 } from '#ocpp';
import type { RowWrite } from '#service';
import { type Heard, isEdgeLost } from '../heard.js';
import { asObject, asText, instantOrNull, type Json } from '../json.js';
import { type Part, type Place, requesterOf, type Wish } from '../part.js';
import { MOST_TOLD } from '../report-parts.js';
import type { Station } from '../station.js';
import { CUSTOMER_DATA, CUSTOMER_REQUESTS } from './tables.js';

/** accepted: its report is under way; complete: with all its parts. */
type RequestState = 'asked' | 'accepted' | 'complete' | 'refused' | 'unanswered';

interface Request {
  readonly commandId: string;
  readonly tokenHash?: string;
  readonly isReport: boolean;
  readonly isClear: boolean;
  readonly state: RequestState;
  readonly reason?: string;
  readonly requestedBy: string;
  readonly askedMs: number;
  /** seqNo of the parts that came. */
  readonly parts: readonly number[];
  readonly partCount?: number;
}

/** A driver to be forgotten here. `unsupported`: the station has no such message, will not, or was deleted or away for good before it could be asked. */
export interface Clearing {
  readonly tokenType: string;
  /** Sealed under `erasureSubject`. */
  readonly idToken: string;
  readonly state: 'wanted' | 'asked' | 'cleared' | 'unsupported';
}

export interface Customers {
  /** By requestId. */
  readonly requests: Readonly<Record<string, Request>>;
  /** By token. */
  readonly clearings: Readonly<Record<string, Clearing>>;
}

const MOST_REQUESTS = 20;
/** Of each of those that are to come, and those that are over. */
const MOST_CLEARINGS = 500;
const LARGEST_REQUEST_ID = 2 ** 31 - 1;

export const customerInformation: Part<Customers> = {
  name: 'customer-information',
  tables: [CUSTOMER_REQUESTS, CUSTOMER_DATA],
  calls: ['BootNotification', 'NotifyCustomerInformation'],
  commands: ['CustomerInformation'],
  facts: ['ConfigurationAccepted', 'CustomerClearWanted', 'StationConnected'],
  triesAgain: true,
  initial: { requests: {}, clearings: {} },
  decide(before, heard, station) {
    const isInVain = heard.kind === 'outcome' && (heard.outcome.kind !== 'answered' || heard.outcome.payload.status === 'Rejected');
    return (isInVain && !isEdgeLost(heard)) || !isReady(station) ? [] : wishes(afterHeard(before, heard), heard);
  },
  evolve(before, heard, _station, { commands }) {
    const after = afterHeard(before, heard);
    return commands.length === 0 ? after : commands.reduce((state, { payload }) => withClearing(state, hashOf(payload), 'asked'), after);
  },
  rows: ({ before, after, heard, place }) => [...requestRows(before, after, heard, place), ...dataRows(before, heard, place)],
};

const isReady = ({ isOnline, bootStatus, ocppVersion }: Station): boolean =>
  isOnline && bootStatus === 'Accepted' && ocppVersion !== undefined && isOcpp2(ocppVersion);

/** One at a time: the next when this one is answered. */
function wishes({ clearings }: Customers, heard: Heard): readonly Wish[] {
  const isBusy = Object.values(clearings).some(({ state }) => state === 'asked');
  const next = Object.values(clearings).find(({ state }) => state === 'wanted');
  if (isBusy || next === undefined) return [];
  const { idToken, tokenType: type } = next;
  const requestId = heard.input.at.offset % LARGEST_REQUEST_ID;
  return [{ action: 'CustomerInformation', payload: { requestId, report: false, clear: true, idToken: { idToken, type } } }];
}

/** The driver a message is about: what is sealed names him, by his own key or by that of his erasure. */
const hashOf = (payload: unknown): string =>
  /^sealed:v1:(?:erasure:)?([^:/]+)/.exec(asText(asObject(asObject(payload).idToken).idToken))?.[1] ?? '';

function withClearing(state: Customers, tokenHash: string, now: Clearing['state']): Customers {
  const known = state.clearings[tokenHash];
  return known === undefined || known.state === 'unsupported'
    ? state
    : { ...state, clearings: { ...state.clearings, [tokenHash]: { ...known, state: now } } };
}

function afterHeard(state: Customers, heard: Heard): Customers {
  switch (heard.kind) {
    case 'call':
      return heard.action === 'NotifyCustomerInformation' ? withPart(state, heard.payload) : state;
    case 'fact':
      if (heard.input.type === 'ConfigurationAccepted') return configured(state, heard.input.data.change);
      return heard.input.type === 'CustomerClearWanted' ? wanted(state, heard.input.data) : state;
    case 'asked':
      return asked(state, heard);
    case 'outcome':
      return outcome(state, heard);
    default:
      return state;
  }
}

function wanted(state: Customers, { tokenHash, tokenType, idToken }: { tokenHash: string; tokenType: string; idToken: string }): Customers {
  const others = Object.entries(state.clearings).filter(([hash]) => hash !== tokenHash);
  const isToCome = ([, { state: now }]: (typeof others)[number]): boolean => now === 'wanted' || now === 'asked';
  const toCome = others.filter(isToCome);
  // A station that has so many to forget is away for good: the oldest is given up, and what names the driver to it goes.
  const givenUp = toCome.splice(0, Math.max(0, toCome.length + 1 - MOST_CLEARINGS));
  const over = others.filter((each) => !isToCome(each)).slice(givenUp.length - MOST_CLEARINGS);
  const clearings: readonly (readonly [string, Clearing])[] = [
    ...over,
    ...givenUp.map(([hash, clearing]) => [hash, { ...clearing, state: 'unsupported' }] as const),
    ...toCome,
    [tokenHash, { tokenType, idToken, state: 'wanted' }],
  ];
  return { ...state, clearings: Object.fromEntries(clearings) };
}

/** Of a station that was deleted nobody asks anything any more, and what names the driver to it has no use. */
function configured(state: Customers, change: ConfigurationChange): Customers {
  if (change.kind !== 'stationRemoved' || change.isDeleted !== true) return state;
  return Object.entries(state.clearings).reduce(
    (left, [tokenHash, clearing]) => (clearing.state === 'cleared' ? left : withClearing(left, tokenHash, 'unsupported')),
    state,
  );
}

function asked(state: Customers, { command }: Extract<Heard, { kind: 'asked' }>): Customers {
  const { commandId, payload, requestedBy, askedMs } = command;
  const { requestId, report, clear } = payload;
  if (!isWhole32(requestId)) return state;
  const tokenHash = hashOf(payload);
  const request: Request = {
    commandId,
    ...(tokenHash !== '' && { tokenHash }),
    isReport: report === true,
    isClear: clear === true,
    state: 'asked',
    requestedBy,
    askedMs,
    parts: [],
  };
  // Numbers as keys come in their own order, not in that of time.
  const others = Object.entries(state.requests)
    .filter(([id]) => id !== String(requestId))
    .sort(([, a], [, b]) => a.askedMs - b.askedMs);
  return { ...state, requests: Object.fromEntries([...others.slice(1 - MOST_REQUESTS), [String(requestId), request]]) };
}

function outcome(state: Customers, { command, outcome: word }: Extract<Heard, { kind: 'outcome' }>): Customers {
  const id = String(command.payload.requestId);
  const request = state.requests[id];
  const status = word.kind === 'answered' ? asText(word.payload.status) : word.kind === 'errored' ? word.code : word.reason;
  const isAccepted = word.kind === 'answered' && status === 'Accepted';
  const now: RequestState = isAccepted ? 'accepted' : word.kind === 'unanswered' ? 'unanswered' : 'refused';
  // A part may have overtaken the answer.
  const next =
    request === undefined || request.state === 'complete' ? request : { ...request, state: now, ...(!isAccepted && { reason: status }) };
  const after = next === undefined || next === request ? state : { ...state, requests: { ...state.requests, [id]: next } };
  if (command.requestedBy !== requesterOf(customerInformation)) return after;
  const isNever = word.kind === 'errored' || (word.kind === 'answered' && status === 'Invalid');
  return withClearing(after, hashOf(command.payload), isAccepted ? 'cleared' : isNever ? 'unsupported' : 'wanted');
}

/** Parts may come in any order, and twice. */
function withPart(state: Customers, { requestId, seqNo, tbc }: Json): Customers {
  const request = state.requests[String(requestId)];
  if (request === undefined || !isWhole32(seqNo) || request.parts.length >= MOST_TOLD) return state;
  const parts = request.parts.includes(seqNo) ? request.parts : [...request.parts, seqNo];
  const partCount = tbc === true ? request.partCount : seqNo + 1;
  const isComplete = partCount !== undefined && parts.length >= partCount;
  const next: Request = {
    ...request,
    parts,
    ...(partCount !== undefined && { partCount }),
    state: isComplete ? 'complete' : request.state,
  };
  return { ...state, requests: { ...state.requests, [String(requestId)]: next } };
}

function requestRows(before: Customers, after: Customers, { input }: Heard, place: Place): readonly RowWrite[] {
  return Object.entries(after.requests).flatMap(([id, request]) => {
    if (before.requests[id] === request) return [];
    const { commandId, tokenHash = null, isReport, isClear, state, reason = null, requestedBy, askedMs } = request;
    const row = {
      ...place,
      request_id: Number(id),
      command_id: commandId,
      token_hash: tokenHash,
      is_report: isReport,
      is_clear: isClear,
      state,
      reason,
      requested_by: requestedBy,
      requested_at: new Date(askedMs).toISOString(),
      changed_at: input.time,
    };
    return [{ table: CUSTOMER_REQUESTS, row }];
  });
}

function dataRows({ requests }: Customers, heard: Heard, place: Place): readonly RowWrite[] {
  if (heard.kind !== 'call' || heard.action !== 'NotifyCustomerInformation') return [];
  const { requestId, seqNo, data, generatedAt } = heard.payload;
  if (requests[String(requestId)] === undefined || !isWhole32(requestId) || !isWhole32(seqNo)) return [];
  const row = { ...place, request_id: requestId, seq_no: seqNo, data: asText(data), generated_at: instantOrNull(generatedAt) };
  return [{ table: CUSTOMER_DATA, row }];
}
