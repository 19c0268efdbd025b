// What a message on a station's display is to the network that wants it (2.x O01 to O06):
//   wanted → asked → shown | refused; shown → wanted, where the station says it has it no more; any → unwanted → clearing → cleared; shown → over at its end.
// Who wants it is an operator; where and when it is sent, the stations service.

/** OCPP 2.x MessageInfoType as far as it is read here; the content is sealed. */
export interface DisplayMessage {
  readonly id: number;
  readonly priority: string;
  readonly state?: string;
  readonly startDateTime?: string;
  readonly endDateTime?: string;
  readonly transactionId?: string;
  readonly message: { readonly format: string; readonly content: string; readonly language?: string };
}

export type DisplayState = 'wanted' | 'asked' | 'shown' | 'refused' | 'unwanted' | 'clearing' | 'cleared' | 'over';

export interface Wanted {
  readonly message: DisplayMessage;
  readonly state: DisplayState;
  readonly reason?: string;
  readonly requestedBy: string;
  /** The SetDisplayMessage that was asked last: the answer to an earlier one says nothing of this message. */
  readonly commandId?: string;
}
/** By message id. */
export type Board = Readonly<Record<string, Wanted>>;

/** More than displays have room for; what ended first is forgotten first. */
const MOST_KEPT = 100;
const ENDED: ReadonlySet<DisplayState> = new Set(['cleared', 'over', 'refused']);

export function withMessage(board: Board, id: number, wanted: Wanted): Board {
  const others = Object.entries(board).filter(([key]) => key !== String(id));
  const live = others.filter(([, { state }]) => !ENDED.has(state));
  const ended = others.filter(([, { state }]) => ENDED.has(state));
  const room = Math.max(0, MOST_KEPT - live.length - 1);
  return Object.fromEntries([
    ...ended.slice(ended.length - Math.min(room, ended.length)),
    ...live.slice(1 - MOST_KEPT),
    [String(id), wanted] as const,
  ]);
}

/** It is on its way by this command. */
export const withAsked = (board: Board, id: number, commandId: string): Board => {
  const after = inState(board, id, 'asked');
  const asked = after[id];
  return asked === undefined ? board : { ...after, [id]: { ...asked, commandId } };
};

const inState = (board: Board, id: number, state: DisplayState, reason?: string): Board => {
  const known = board[id];
  if (known === undefined) return board;
  const { reason: _, ...rest } = known;
  return { ...board, [id]: { ...rest, state, ...(reason !== undefined && { reason }) } };
};

export { inState as withState };

/** The station's answer to SetDisplayMessage; undefined where there was none. */
export function afterSet(board: Board, id: number, commandId: string, status: string | undefined): Board {
  const known = board[id];
  if (known?.state !== 'asked' || known.commandId !== commandId) return board;
  if (status === undefined) return inState(board, id, 'wanted');
  return status === 'Accepted' ? inState(board, id, 'shown') : inState(board, id, 'refused', status);
}

/** And to ClearDisplayMessage; what was wanted anew meanwhile follows it to the station. */
export function afterClear(board: Board, id: number, status: string | undefined): Board {
  const state = board[id]?.state;
  if (status === 'Accepted' || status === 'Unknown') return state === 'wanted' || state === 'asked' ? board : inState(board, id, 'cleared');
  if (state !== 'clearing') return board;
  return status === undefined ? inState(board, id, 'unwanted') : inState(board, id, 'shown', status);
}

/** What the station has, as it reported: ours that are missing are wanted again, except what is bound to a transaction and ended with it (O02). */
export function afterReport(board: Board, ids: readonly number[]): Board {
  let after = board;
  for (const [id, { message, state }] of Object.entries(board)) {
    if (state === 'shown' && !ids.includes(Number(id)))
      after = inState(after, Number(id), message.transactionId === undefined ? 'wanted' : 'over');
    if (state === 'wanted' && ids.includes(Number(id))) after = inState(after, Number(id), 'shown');
  }
  return after;
}

/** The next end of a message, and what is over by then (O01: the station takes it off by itself). */
export function nextEnd(board: Board): number | undefined {
  const ends = Object.values(board).flatMap(({ message, state }) => {
    const endMs = Date.parse(message.endDateTime ?? '');
    return Number.isFinite(endMs) && !ENDED.has(state) ? [endMs] : [];
  });
  return ends.length === 0 ? undefined : Math.min(...ends);
}
export function afterEnds(board: Board, nowMs: number): Board {
  let after = board;
  for (const [id, { message, state }] of Object.entries(board))
    if (!ENDED.has(state) && Date.parse(message.endDateTime ?? '') <= nowMs) after = inState(after, Number(id), 'over');
  return after;
}

/** And what was bound to a transaction that has ended (O02). */
export function afterTransactionEnd(board: Board, transactionId: string): Board {
  let after = board;
  for (const [id, { message, state }] of Object.entries(board))
    if (!ENDED.has(state) && message.transactionId === transactionId) after = inState(after, Number(id), 'over');
  return after;
}
