// Orders to a station and what became of them: the wanted beside the told, until the effect is seen.
import type { RowWrite, TableSpec } from '#service';
import type { Heard } from '../heard.js';
import { asObject, asText, type Json } from '../json.js';
import type { Part, PartChange } from '../part.js';
import { answeredOrder, begun, fulfilledBy, KINDS, type Order, toldIn } from './orders.js';

export const DEVICE_ORDERS: TableSpec = {
  name: 'device_orders',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    station_id: 'text',
    action: 'text',
    subject: 'text',
    command_id: 'text',
    wanted: 'jsonb',
    requested_by: 'text',
    state: 'text',
    answer: 'text',
    told: 'jsonb',
    asked_at: 'timestamptz',
    at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'action', 'subject'],
};

/** Those without an end; as many as may wait for an effect at a station. */
type Orders = readonly Order[];
const MOST_WAITING = 32;
const WAITS: ReadonlySet<string> = new Set(['asked', 'accepted', 'scheduled']);

/** A station may do what it did not answer, as one that starts anew at once; what never left it cannot, and what is triggered comes by itself too. */
const waits = ({ action, state }: Order, heard: Heard): boolean =>
  WAITS.has(state) ||
  (state === 'lost' && heard.kind === 'outcome' && heard.outcome.kind === 'unanswered' && !action.endsWith('TriggerMessage'));

const same = (a: Order, b: Order): boolean => a.action === b.action && a.subject === b.subject;

/** Orders that are other ones after this. */
function changedBy(orders: Orders, heard: Heard): Orders {
  if (heard.kind === 'asked') return [begun(heard.command)];
  if (heard.kind === 'outcome')
    return orders
      .filter(({ commandId, state }) => commandId === heard.command.commandId && (state === 'asked' || state === 'lost'))
      .map((order) => answeredOrder(order, heard));
  if (heard.kind !== 'call' || heard.isOld) return [];
  return fulfilledBy(orders, heard);
}

export const orders: Part<Orders> = {
  name: 'orders',
  tables: [DEVICE_ORDERS],
  calls: [
    ...['BootNotification', 'Heartbeat', 'StatusNotification', 'FirmwareStatusNotification', 'LogStatusNotification'],
    ...['DiagnosticsStatusNotification', 'NotifyEvent', 'StartTransaction', 'StopTransaction', 'TransactionEvent'],
  ],
  callsWith: { TransactionEvent: ['remoteStartId', 'eventType=Ended'] },
  commands: [...KINDS.keys()],
  initial: [],
  evolve(state, heard) {
    const changed = changedBy(state, heard);
    if (changed.length === 0) return state;
    const others = state.filter((order) => !changed.some((each) => same(each, order)));
    return [...others, ...changed.filter((order) => waits(order, heard))].slice(-MOST_WAITING);
  },
  rows: orderRows,
};

function orderRows({ before, heard, place }: PartChange<Orders>): readonly RowWrite[] {
  const at = heard.input.time;
  const asked = (): Json =>
    heard.kind === 'asked'
      ? {
          command_id: heard.command.commandId,
          wanted: heard.command.payload,
          requested_by: heard.command.requestedBy,
          asked_at: at,
          answer: null,
          told: null,
        }
      : {};
  return changedBy(before, heard).map(({ action, subject, state }) => ({
    table: DEVICE_ORDERS,
    row: { ...place, action, subject, state, at, ...asked(), ...answerIn(heard) },
  }));
}

function answerIn(heard: Heard): Json {
  if (heard.kind === 'call')
    switch (heard.action) {
      case 'NotifyEvent':
      case 'StatusNotification':
        return { told: heard.payload };
      case 'StartTransaction':
        return { told: { transactionId: heard.answer.transactionId } };
      case 'TransactionEvent':
        return { told: { transactionId: asObject(heard.payload.transactionInfo).transactionId } };
      default:
        return {};
    }
  if (heard.kind !== 'outcome') return {};
  const { outcome } = heard;
  switch (outcome.kind) {
    case 'answered':
      return { answer: asText(outcome.payload.status) || 'Answered', told: toldIn(outcome.payload) };
    case 'errored':
      return { answer: outcome.code };
    default:
      return { answer: outcome.reason };
  }
}
