// Payments at a station (OCPP 2.1 C20 to C25): what its terminal settled, for which transaction, and payments in a browser it was told of.
// Whether that is what the session came to is asked where both are read.
import type { RowWrite } from '#service';
import type { Heard } from '../heard.js';
import { asText, instantOf, instantOrNull, type Json, numberOrNull, textOrNull } from '../json.js';
import type { Part, Place } from '../part.js';
import { SETTLEMENTS, WEB_PAYMENTS } from './tables.js';

export const payments: Part<Json> = {
  name: 'payments',
  tables: [SETTLEMENTS, WEB_PAYMENTS],
  calls: ['NotifySettlement'],
  commands: ['NotifyWebPaymentStarted'],
  initial: {},
  evolve: (state) => state,
  rows({ heard, place }) {
    if (heard.kind === 'call') return heard.action === 'NotifySettlement' ? [settlement(heard.payload, heard.input.time, place)] : [];
    return heard.kind === 'asked' || heard.kind === 'outcome' ? [webPayment(heard, place)] : [];
  },
};

function settlement(payload: Json, at: string, place: Place): RowWrite {
  const { transactionId, pspRef, status, statusInfo, settlementAmount, settlementTime, receiptId, receiptUrl, vatNumber } = payload;
  const said = { receipt_id: textOrNull(receiptId), receipt_url: textOrNull(receiptUrl), vat_number: textOrNull(vatNumber) };
  const row = {
    ...place,
    transaction_id: asText(transactionId),
    settled_at: instantOrNull(settlementTime) ?? at,
    status: asText(status),
    amount: numberOrNull(settlementAmount),
    psp_ref: textOrNull(pspRef),
    detail: textOrNull(statusInfo),
    at,
    ...said,
  };
  return { table: SETTLEMENTS, row };
}

function webPayment(heard: Extract<Heard, { kind: 'asked' | 'outcome' }>, place: Place): RowWrite {
  const { commandId, payload, requestedBy, askedMs } = heard.command;
  const key = { ...place, command_id: commandId };
  if (heard.kind === 'asked') {
    const started = { evse_id: payload.evseId, requested_by: requestedBy, started_at: heard.input.time };
    const expires_at = instantOf(askedMs + (numberOrNull(payload.timeout) ?? 0) * 1000);
    return { table: WEB_PAYMENTS, row: { ...key, ...started, expires_at, state: 'sent', reason: null } };
  }
  const { outcome } = heard;
  if (outcome.kind === 'answered') return { table: WEB_PAYMENTS, row: { ...key, state: 'told', reason: null } };
  return { table: WEB_PAYMENTS, row: { ...key, state: 'failed', reason: outcome.kind === 'errored' ? outcome.code : outcome.reason } };
}
