// Orders to a station that have an effect to wait for: resets, availability, triggers, unlocking, network profiles, questions about transactions,
// starts and stops.
// What an order is about, how an answer leaves it, and which later word of the station fulfils it. Rows are in part.ts.
import { subjectOf } from '#domain/privacy';
import { isNamed } from '#ocpp';
import type { Asked, Heard } from '../heard.js';
import { asList, asObject, asText, idOrZero, type Json } from '../json.js';
import { named } from '../named-variable.js';

/**
 * `asked`; `accepted` or `scheduled`: the effect is still to come; `done`; `refused`: the station said no, or cannot; `lost`: it is not known to have
 * got it, and shows that it has by its effect. An answer that has nothing to follow is `done`.
 */
export type OrderState = 'asked' | 'accepted' | 'scheduled' | 'done' | 'refused' | 'lost';

export interface Order {
  readonly commandId: string;
  readonly action: string;
  readonly subject: string;
  readonly state: OrderState;
  /** Of an availability: `Operative` or `Inoperative`; of a trigger: the action that is to come; of a start or stop: the id its transaction tells. */
  readonly awaits?: string;
  /** Of a start in 1.6: who is to start. */
  readonly tokenHash?: string;
  /** Since when it is lost. */
  readonly lostMs?: number;
  /** The effect came before the answer was recorded: two messages of a station may be recorded in another order than it sent them. */
  readonly isSeen?: true;
}

/** `evse/connector`, 0 = all of it; 1.6 has connectors alone. */
const placeOf = (payload: Json): string => {
  const { id, connectorId } = asObject(payload.evse);
  return `${idOrZero(id ?? payload.evseId)}/${idOrZero(connectorId ?? payload.connectorId)}`;
};

/** What a trigger makes come, where it is heard here; meter values and transactions are not. */
const TRIGGERED: ReadonlyMap<string, string> = new Map([
  ['BootNotification', 'BootNotification'],
  ['Heartbeat', 'Heartbeat'],
  ['StatusNotification', 'StatusNotification'],
  ['FirmwareStatusNotification', 'FirmwareStatusNotification'],
  ['LogStatusNotification', 'LogStatusNotification'],
  ['DiagnosticsStatusNotification', 'DiagnosticsStatusNotification'],
]);

interface Kind {
  readonly subject: (payload: Json) => string;
  /** What it waits for once accepted or scheduled; absent = the answer is all there is. */
  readonly awaits?: (payload: Json) => string | undefined;
  /** Whether a scheduled order alone waits. */
  readonly isDoneWhenAccepted?: boolean;
}

const trigger: Kind = {
  subject: (payload) => `${asText(payload.requestedMessage)} ${placeOf(payload)}`,
  awaits: ({ requestedMessage }) => TRIGGERED.get(asText(requestedMessage)),
};

export const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  [
    'ChangeAvailability',
    { subject: placeOf, awaits: ({ operationalStatus, type }) => asText(operationalStatus ?? type), isDoneWhenAccepted: true },
  ],
  ['Reset', { subject: placeOf, awaits: ({ evseId }) => (evseId === undefined ? 'BootNotification' : undefined) }],
  ['TriggerMessage', trigger],
  ['ExtendedTriggerMessage', trigger],
  ['UnlockConnector', { subject: placeOf }],
  ['SetNetworkProfile', { subject: ({ configurationSlot }) => String(configurationSlot ?? '') }],
  ['RequestStartTransaction', { subject: placeOf, awaits: ({ remoteStartId }) => String(remoteStartId) }],
  // 1.6 has no id for a start: a transaction of that connector, or any where none was named.
  ['RemoteStartTransaction', { subject: placeOf, awaits: ({ connectorId }) => String(connectorId ?? '') }],
  [
    'RequestStopTransaction',
    { subject: ({ transactionId }) => asText(transactionId), awaits: ({ transactionId }) => asText(transactionId) },
  ],
  [
    'RemoteStopTransaction',
    { subject: ({ transactionId }) => String(transactionId), awaits: ({ transactionId }) => String(transactionId) },
  ],
  ['GetTransactionStatus', { subject: ({ transactionId }) => asText(transactionId) }],
]);

const AGREES: ReadonlySet<string> = new Set(['', 'Accepted', 'Unlocked']);

export const begun = ({ commandId, action, payload }: Asked): Order => {
  const kind = KINDS.get(action);
  const awaits = kind?.awaits?.(payload);
  const tokenHash = action === 'RemoteStartTransaction' ? subjectOf(asText(payload.idTag)) : undefined;
  const waits = { ...(awaits !== undefined && { awaits }), ...(tokenHash !== undefined && { tokenHash }) };
  return { commandId, action, subject: kind?.subject(payload) ?? '', state: 'asked', ...waits };
};

export function answeredOrder({ lostMs: _, ...order }: Order, { outcome, nowMs }: Extract<Heard, { kind: 'outcome' }>): Order {
  if (outcome.kind === 'errored') return { ...order, state: 'refused' };
  if (outcome.kind === 'unanswered' && order.isSeen === true) return { ...order, state: 'done' };
  if (outcome.kind !== 'answered') return { ...order, state: 'lost', lostMs: nowMs };
  const status = asText(outcome.payload.status);
  if (status === 'Scheduled') return { ...order, state: order.awaits === undefined || order.isSeen === true ? 'done' : 'scheduled' };
  if (!AGREES.has(status)) return { ...order, state: 'refused' };
  const waits = order.awaits !== undefined && KINDS.get(order.action)?.isDoneWhenAccepted !== true;
  return { ...order, state: waits && order.isSeen !== true ? 'accepted' : 'done' };
}

type Called = Extract<Heard, { kind: 'call' }>;

/** Statuses of 1.6 and 2.x that show an outlet out of use. */
const OUT_OF_USE: ReadonlySet<string> = new Set(['Unavailable', 'Inoperative']);

function isFulfilled(order: Order, { action: heardAction, payload, input }: Called): boolean {
  const { action, subject, awaits, tokenHash } = order;
  const { remoteStartId, transactionId } = asObject(payload.transactionInfo);
  switch (action) {
    case 'ChangeAvailability':
      return isAvailable(order, heardAction, payload);
    case 'RequestStartTransaction':
      return heardAction === 'TransactionEvent' && String(remoteStartId) === awaits;
    case 'RequestStopTransaction':
      return heardAction === 'TransactionEvent' && payload.eventType === 'Ended' && transactionId === awaits;
    case 'RemoteStartTransaction':
      return (
        heardAction === 'StartTransaction' &&
        (awaits === '' || String(payload.connectorId) === awaits) &&
        isOf(tokenHash, [subjectOf(asText(payload.idTag)), input.type === 'CallReceived' ? input.data.token?.tokenHash : undefined])
      );
    case 'RemoteStopTransaction':
      return heardAction === 'StopTransaction' && String(payload.transactionId) === awaits;
    case 'Reset':
      // One that was only asked for is no restart (B01, reason Triggered).
      return awaits === heardAction && payload.reason !== 'Triggered';
    default:
      if (awaits !== 'StatusNotification') return awaits === heardAction;
      return wordsOf(heardAction, payload).some((word) => isAt(subject.slice(subject.indexOf(' ') + 1), word));
  }
}

/** Whoever came in between starts for himself. A station may write a token in a way of its own: then it is known as whom it was taken. */
const isOf = (tokenHash: string | undefined, known: readonly (string | undefined)[]): boolean =>
  tokenHash === undefined || known.every((each) => each === undefined) || known.includes(tokenHash);

function isAvailable({ subject, awaits }: Order, heardAction: string, payload: Json): boolean {
  return wordsOf(heardAction, payload).some((word) => isAt(subject, word) && OUT_OF_USE.has(word.status) === (awaits === 'Inoperative'));
}

interface Word {
  readonly evse: number;
  readonly connector: number;
  readonly status: string;
}

function isAt(place: string, { evse, connector }: Word): boolean {
  const [evseId, connectorId] = place.split('/');
  return (evseId === '0' || evseId === String(evse)) && (connectorId === '0' || connectorId === String(connector));
}

/** What is said of outlets: by StatusNotification, or by NotifyEvent in its place (2.x, G01). */
function wordsOf(action: string, payload: Json): readonly Word[] {
  if (action === 'StatusNotification') {
    const { evseId, connectorId, connectorStatus, status } = payload;
    return [{ evse: idOrZero(evseId), connector: idOrZero(connectorId), status: asText(connectorStatus ?? status) }];
  }
  if (action !== 'NotifyEvent') return [];
  const told = asList(payload.eventData).filter(({ variable }) => isNamed(asObject(variable).name, 'AvailabilityState'));
  return told.map((event) => {
    const { evse_id: evse, connector_id: connector } = named(event);
    return { evse, connector, status: asText(event.actualValue) };
  });
}

/** What comes so long after an order was lost is not its effect. */
const LATE_MS = 15 * 60_000;

/** The orders a word of the station fulfils, as they are then; one without an answer yet waits for it. */
export const fulfilledBy = (orders: readonly Order[], heard: Called): readonly Order[] =>
  orders.flatMap((order): readonly Order[] => {
    if (!isFulfilled(order, heard) || (order.lostMs !== undefined && heard.nowMs - order.lostMs > LATE_MS)) return [];
    if (order.state === 'asked') return order.isSeen === true ? [] : [{ ...order, isSeen: true }];
    return [{ ...order, state: 'done' }];
  });

/** What of an answer is worth showing beside its status. */
export const toldIn = (payload: Json): Json | null => {
  const { status: _, customData: __, ...rest } = payload;
  return Object.keys(rest).length === 0 ? null : rest;
};
