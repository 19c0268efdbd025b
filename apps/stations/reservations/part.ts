// The reservations of one station, whoever asked for them: what it answered, what it said of them later, who used them, and when their time was over.
// Rules are in the domain; at most one live reservation per EVSE is asked for by the api.
import { connectorMap } from '#domain/load-balancing';
import { answeredState, type Reservation, type ReservationState, reservationIn, updatedState } from '#domain/reservation';
import type { RowWrite } from '#service';
import type { Heard } from '../heard.js';
import { asObject, instantOf } from '../json.js';
import type { FactWish, Part, Place } from '../part.js';
import { RESERVATIONS } from './tables.js';

interface Kept extends Reservation {
  readonly state: ReservationState;
  readonly reason?: string;
  readonly transactionId?: string;
  readonly requestedBy: string;
  readonly commandId: string;
  readonly requestedMs: number;
  /** When the station took it. */
  readonly takenMs?: number;
  /** The one under the same id that it is to take the place of, and that the station keeps until it says so (1.6, 5.13). */
  readonly former?: Kept;
}

export interface Reservations {
  /** Live ones, and the one that ended last, by id. */
  readonly kept: Readonly<Record<string, Kept>>;
  /** 1.6 connector → EVSE. */
  readonly connectors: Readonly<Record<string, number>>;
}

/** More than a station has outlets; the oldest is forgotten first. */
const MOST_KEPT = 100;

export const reservations: Part<Reservations> = {
  name: 'reservations',
  tables: [RESERVATIONS],
  calls: ['ReservationStatusUpdate', 'StartTransaction', 'TransactionEvent'],
  callsWith: { StartTransaction: 'reservationId', TransactionEvent: 'reservationId' },
  commands: ['CancelReservation', 'ReserveNow'],
  facts: ['ConfigurationAccepted'],
  initial: { kept: {}, connectors: {} },
  decide: (state, heard, { stationId }) => changes(state, heard).flatMap((each) => endTold(each, heard, stationId)),
  evolve(before, heard) {
    if (heard.kind === 'fact') return configured(before, heard);
    const changed = changes(before, heard);
    if (changed.length === 0) return before;
    const isChanged = new Set(changed.map(({ reservationId }) => reservationId));
    // Numbers as keys come in their own order, not in that of time.
    const others = Object.entries(before.kept)
      .filter(([, each]) => isLive(each) && !isChanged.has(each.reservationId))
      .sort(([, a], [, b]) => a.requestedMs - b.requestedMs);
    const kept = Object.fromEntries([...others, ...changed.map((each) => [String(each.reservationId), each] as const)].slice(-MOST_KEPT));
    return { ...before, kept };
  },
  rows: ({ before, after, heard, place }) =>
    Object.values(after.kept).flatMap((each) => (before.kept[each.reservationId] === each ? [] : [rowOf(each, heard.input.time, place)])),
  nextDue({ kept }) {
    const next = Object.values(kept)
      .filter(isLive)
      .reduce((soonest, { expiresMs = Number.POSITIVE_INFINITY }) => Math.min(soonest, expiresMs), Number.POSITIVE_INFINITY);
    return Number.isFinite(next) ? { name: 'expiry', dueMs: next } : undefined;
  },
};

const isLive = ({ state }: Pick<Kept, 'state'>): boolean => state === 'requested' || state === 'active' || state === 'unknown';

function configured(state: Reservations, { input }: Extract<Heard, { kind: 'fact' }>): Reservations {
  if (input.type !== 'ConfigurationAccepted' || input.data.change.kind !== 'station') return state;
  return { ...state, connectors: connectorMap(input.data.change.config.evses) };
}

/** What it may cost follows from when the station took it (ADR 0119); one that it never took is nobody's to pay. */
function endTold({ state, former, takenMs = former?.takenMs, ...each }: Kept, { input }: Heard, stationId: string): readonly FactWish[] {
  if (takenMs === undefined || isLive({ state })) return [];
  const { reservationId, evseId, tokenHash, tokenType, idToken, expiresMs = Number.POSITIVE_INFINITY, transactionId } = each;
  const endedMs = Math.max(takenMs, Math.min(Date.parse(input.time), expiresMs));
  const data = {
    stationId,
    reservationId,
    evseId,
    ...(tokenHash !== undefined && { tokenHash }),
    ...(tokenType !== undefined && { tokenType }),
    ...(idToken !== undefined && { idToken }),
    from: instantOf(takenMs),
    to: instantOf(endedMs),
    end: state,
    ...(transactionId !== undefined && { transactionId }),
  };
  return [{ type: 'ReservationEnded', data }];
}

/** The reservations this record makes, or changes. */
function changes(state: Reservations, heard: Heard): readonly Kept[] {
  const live = (id: unknown): readonly Kept[] => {
    const known = typeof id === 'number' ? state.kept[id] : undefined;
    return known !== undefined && isLive(known) ? [known] : [];
  };
  switch (heard.kind) {
    case 'asked':
      return heard.command.action === 'ReserveNow' ? asked(state, heard) : [];
    case 'outcome':
      return outcome(state, heard, live);
    case 'call': {
      const { payload, action } = heard;
      const [known] = live(payload.reservationId);
      if (known === undefined) return [];
      if (action !== 'ReservationStatusUpdate') return [used(known, heard)];
      const updated = updatedState(payload.reservationUpdateStatus);
      return updated === undefined ? [] : [{ ...known, state: updated }];
    }
    case 'due':
      return Object.values(state.kept)
        .filter((each) => isLive(each) && each.expiresMs !== undefined && each.expiresMs <= heard.nowMs)
        .map((each) => ({ ...each, state: 'expired' }));
    case 'fact':
      return [];
  }
}

function asked({ connectors, kept }: Reservations, { command }: Extract<Heard, { kind: 'asked' }>): readonly Kept[] {
  const { commandId, payload, requestedBy, askedMs } = command;
  const reservation = reservationIn(payload, (connectorId) => connectors[connectorId] ?? connectorId);
  if (reservation === undefined) return [];
  const was = kept[reservation.reservationId];
  const former = was === undefined || !isLive(was) ? undefined : was.takenMs === undefined ? was.former : was;
  return [{ ...reservation, state: 'requested', requestedBy, commandId, requestedMs: askedMs, ...(former !== undefined && { former }) }];
}

function used(known: Kept, { action, payload, input }: Extract<Heard, { kind: 'call' }>): Kept {
  const given = input.type === 'CallReceived' ? input.data.transactionId : undefined;
  const id = action === 'StartTransaction' ? given : asObject(payload.transactionInfo).transactionId;
  return { ...known, state: 'used', ...(typeof id === 'string' && { transactionId: id }) };
}

function outcome(state: Reservations, heard: Extract<Heard, { kind: 'outcome' }>, live: (id: unknown) => readonly Kept[]): readonly Kept[] {
  const { command, outcome: word } = heard;
  if (command.action === 'CancelReservation') {
    if (word.kind !== 'answered') return [];
    // Rejected: it does not know it, so nothing is kept there.
    const ended: ReservationState = word.payload.status === 'Accepted' ? 'cancelled' : 'removed';
    return live(command.payload.reservationId).map((known) => ({ ...known, state: ended }));
  }
  const known = Object.values(state.kept).find(({ commandId }) => commandId === command.commandId);
  if (known === undefined || !isLive(known)) return [];
  const refused = (reason: string): readonly Kept[] => [known.former ?? { ...known, state: 'refused', reason }];
  switch (word.kind) {
    case 'answered':
      return answeredState(word.payload.status) === 'active'
        ? taken(known, Date.parse(heard.input.time))
        : refused(String(word.payload.status));
    case 'errored':
      return refused(word.code);
    case 'refused':
      return refused(word.reason);
    case 'unanswered':
      return [{ ...known, state: 'unknown', reason: word.reason }];
  }
}

/** The same driver at the same outlet keeps on what he kept; another one's time begins, and the former's is over. */
function taken({ former, reason: _, ...asked }: Kept, atMs: number): readonly Kept[] {
  const isSame = former !== undefined && former.tokenHash === asked.tokenHash && former.evseId === asked.evseId;
  const now: Kept = { ...asked, state: 'active', takenMs: (isSame ? former.takenMs : undefined) ?? atMs };
  return former === undefined || isSame ? [now] : [{ ...former, state: 'cancelled' }, now];
}

const rowOf = (each: Kept, at: string, place: Place): RowWrite => ({
  table: RESERVATIONS,
  row: {
    ...place,
    reservation_id: each.reservationId,
    evse_id: each.evseId,
    connector_type: each.connectorType ?? null,
    token_hash: each.tokenHash ?? null,
    token_type: each.tokenType ?? null,
    id_token: each.idToken ?? null,
    expires_at: each.expiresMs === undefined ? null : instantOf(each.expiresMs),
    state: each.state,
    reason: each.reason ?? null,
    transaction_id: each.transactionId ?? null,
    requested_by: each.requestedBy,
    command_id: each.commandId,
    requested_at: instantOf(each.requestedMs),
    changed_at: at,
  },
});
