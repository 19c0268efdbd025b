// The messages on one station's display: what is wanted there, what it was told, and what it says it shows (O01 to O06).
// A message waits while the station is away. After a boot the station is asked what it shows; what is missing is sent again.

import {
  afterClear,
  afterEnds,
  afterReport,
  afterSet,
  afterTransactionEnd,
  type Board,
  type DisplayMessage,
  nextEnd,
  withAsked,
  withMessage,
  withState,
} from '#domain/display-message';
import { isWhole32 } from '#kernel';
import { isOcpp2 } from '#ocpp';
import type { RowWrite } from '#service';
import { didNotArrive, type Heard } from '../heard.js';
import { asList, asObject, asText, instantOrNull, type Json, textOrNull } from '../json.js';
import { isOwn, type Part, type Place, type Wish } from '../part.js';
import { MOST_TOLD } from '../report-parts.js';
import { DISPLAY_MESSAGES } from './tables.js';

export interface Display {
  readonly board: Board;
  /** The report under way: what was told in its parts so far. */
  readonly report?: { readonly requestId: number; readonly isWhole: boolean; readonly ids: readonly number[] };
  /** It booted: what it shows is asked. */
  readonly isDoubtful?: boolean;
  /** Messages it told of that nobody here wants. */
  readonly others: readonly number[];
}

const LARGEST_REQUEST_ID = 2 ** 31 - 1;
/** As many are sent in a row. */
const AT_ONCE = 5;

export const displayMessages: Part<Display> = {
  name: 'display-messages',
  tables: [DISPLAY_MESSAGES],
  calls: ['BootNotification', 'NotifyDisplayMessages', 'TransactionEvent'],
  callsWith: { TransactionEvent: 'eventType=Ended' },
  commands: ['ClearDisplayMessage', 'GetDisplayMessages', 'SetDisplayMessage'],
  facts: ['DisplayMessageWanted', 'StationConnected'],
  triesAgain: true,
  initial: { board: {}, others: [] },
  decide(before, heard, station) {
    const display = afterHeard(before, heard);
    const isReady =
      station.isOnline && station.bootStatus === 'Accepted' && station.ocppVersion !== undefined && isOcpp2(station.ocppVersion);
    const isElsewhere = heard.kind === 'call' && heard.action === 'TransactionEvent';
    return isReady && !isElsewhere && !didNotArrive(heard) ? wishes(display, heard) : [];
  },
  evolve(before, heard, _station, { commands }) {
    let display = afterHeard(before, heard);
    for (const { commandId, action, payload } of commands) display = told(display, commandId, action, asObject(payload));
    return display;
  },
  rows: ({ before, after, heard, place }) => [
    ...wantedRows(before.board, after.board, heard, place),
    ...otherRows(before, after, heard, place),
  ],
  nextDue: ({ board }) => {
    const dueMs = nextEnd(board);
    return dueMs === undefined ? undefined : { name: 'end', dueMs };
  },
};

function wishes({ board, isDoubtful }: Display, heard: Heard): readonly Wish[] {
  if (isDoubtful === true) return [{ action: 'GetDisplayMessages', payload: { requestId: heard.input.at.offset % LARGEST_REQUEST_ID } }];
  return Object.values(board)
    .flatMap(({ message, state }): readonly Wish[] => {
      if (state === 'wanted') return [{ action: 'SetDisplayMessage', payload: { message } }];
      return state === 'unwanted' ? [{ action: 'ClearDisplayMessage', payload: { id: message.id } }] : [];
    })
    .slice(0, AT_ONCE);
}

/** A command of ours is on its way. */
function told(display: Display, commandId: string, action: string, payload: Json): Display {
  if (action === 'SetDisplayMessage')
    return { ...display, board: withAsked(display.board, Number(asObject(payload.message).id), commandId) };
  if (action === 'ClearDisplayMessage') return { ...display, board: withState(display.board, Number(payload.id), 'clearing') };
  const { isDoubtful: _, ...rest } = display;
  return { ...rest, report: { requestId: Number(payload.requestId), isWhole: true, ids: [] } };
}

function afterHeard(display: Display, heard: Heard): Display {
  switch (heard.kind) {
    case 'call':
      if (heard.action === 'TransactionEvent') return afterTransaction(display, heard.payload);
      return heard.action === 'NotifyDisplayMessages' ? afterPart(display, heard.payload) : afterBoot(display, heard);
    case 'asked':
      return isOwn(displayMessages, heard.command) ? display : asked(display, heard);
    case 'outcome':
      return outcome(display, heard);
    case 'due':
      return { ...display, board: afterEnds(display.board, heard.nowMs) };
    case 'fact':
      return wanted(display, heard);
  }
}

function afterBoot(display: Display, { answer, isOld }: Extract<Heard, { kind: 'call' }>): Display {
  const isShowing = Object.values(display.board).some(({ state }) => state === 'shown');
  return !isOld && answer.status === 'Accepted' && isShowing ? { ...display, isDoubtful: true } : display;
}

/** The station takes off by itself what was bound to it (O02). */
function afterTransaction(display: Display, { transactionInfo }: Json): Display {
  const board = afterTransactionEnd(display.board, asText(asObject(transactionInfo).transactionId));
  return board === display.board ? display : { ...display, board };
}

function wanted(display: Display, { input }: Extract<Heard, { kind: 'fact' }>): Display {
  if (input.type !== 'DisplayMessageWanted') return display;
  const { messageId, message, requestedBy } = input.data;
  if (message !== undefined) return { ...display, board: withMessage(display.board, messageId, { message, state: 'wanted', requestedBy }) };
  return { ...display, board: withState(display.board, messageId, 'unwanted') };
}

/** Somebody asks the station himself: it counts as wanted. */
function asked(display: Display, { command }: Extract<Heard, { kind: 'asked' }>): Display {
  const { commandId, action, payload, requestedBy } = command;
  if (action === 'GetDisplayMessages') {
    const { requestId, id, priority, state } = payload;
    const isWhole = id === undefined && priority === undefined && state === undefined;
    return { ...display, report: { requestId: Number(requestId), isWhole, ids: [] } };
  }
  const message = asObject(payload.message);
  if (action !== 'SetDisplayMessage' || !isWhole32(message.id)) return display;
  return {
    ...display,
    board: withMessage(display.board, message.id, {
      message: message as unknown as DisplayMessage,
      state: 'asked',
      requestedBy,
      commandId,
    }),
  };
}

function outcome(display: Display, { command, outcome: word }: Extract<Heard, { kind: 'outcome' }>): Display {
  const { board } = display;
  const { commandId, action, payload } = command;
  const status = word.kind === 'answered' ? asText(word.payload.status) : word.kind === 'errored' ? word.code : undefined;
  switch (action) {
    case 'SetDisplayMessage':
      return { ...display, board: afterSet(board, Number(asObject(payload.message).id), commandId, status) };
    case 'ClearDisplayMessage':
      return { ...display, board: afterClear(board, Number(payload.id), status) };
    default:
      if (display.report?.requestId !== payload.requestId) return display;
      if (status === undefined && isOwn(displayMessages, command)) return { ...display, isDoubtful: true };
      // Unknown: it has none that was asked for.
      return status === 'Unknown' ? afterPart(display, { requestId: payload.requestId }) : display;
  }
}

/** Parts come in any order; the one without `tbc` is taken for the last. */
function afterPart(display: Display, { requestId, messageInfo, tbc }: Json): Display {
  const { report } = display;
  if (report === undefined || report.requestId !== requestId) return display;
  const ids = [...new Set([...report.ids, ...asList(messageInfo).flatMap(({ id }) => (isWhole32(id) ? [id] : []))])].slice(0, MOST_TOLD);
  if (tbc === true) return { ...display, report: { ...report, ids } };
  const { report: _, ...rest } = display;
  if (!report.isWhole) return rest;
  return { ...rest, board: afterReport(rest.board, ids), others: ids.filter((id) => rest.board[id] === undefined) };
}

const columns = (message: Json) => {
  const { content, format, language } = asObject(message.message);
  return {
    priority: textOrNull(message.priority),
    while_state: textOrNull(message.state),
    starts_at: instantOrNull(message.startDateTime),
    ends_at: instantOrNull(message.endDateTime),
    transaction_id: textOrNull(message.transactionId),
    format: textOrNull(format),
    language: textOrNull(language),
    content: textOrNull(content),
  };
};

function wantedRows(before: Board, after: Board, { input }: Heard, place: Place): readonly RowWrite[] {
  return Object.entries(after).flatMap(([id, wish]) => {
    if (before[id] === wish) return [];
    const { message, state, reason = null, requestedBy } = wish;
    const row = { ...place, message_id: Number(id), ...columns(message as unknown as Json), state, reason, requested_by: requestedBy };
    return [{ table: DISPLAY_MESSAGES, row: { ...row, changed_at: input.time } }];
  });
}

/** What it shows and nobody here wants: somebody else's, or its own. */
function otherRows(before: Display, after: Display, heard: Heard, place: Place): readonly RowWrite[] {
  const at = { requested_by: 'station', reason: null, changed_at: heard.input.time };
  const told = heard.kind === 'call' && heard.action === 'NotifyDisplayMessages' ? asList(heard.payload.messageInfo) : [];
  const shown = told.flatMap((message) =>
    isWhole32(message.id) && after.board[message.id] === undefined
      ? [{ table: DISPLAY_MESSAGES, row: { ...place, message_id: message.id, ...columns(message), state: 'foreign', ...at } }]
      : [],
  );
  const gone = before.others.filter((id) => !after.others.includes(id) && after.board[id] === undefined);
  return [...shown, ...gone.map((id) => ({ table: DISPLAY_MESSAGES, row: { ...place, message_id: id, state: 'cleared', ...at } }))];
}
