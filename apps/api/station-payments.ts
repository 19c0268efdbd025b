// Payments at stations (OCPP 2.1): what terminals settled, beside what sessions came to, and payments in a browser stations are told of.
import { z } from 'zod';
import { comparedCosts } from '#domain/billing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { stationAsker } from './asking.js';
import { ok, type Route, route } from './http.js';
import { AnyId, type Lookups, StationId } from './lookups.js';
import { notFound } from './problem.js';
import type { Reads } from './reads.js';
import { rowsOf } from './rows.js';

const WebPaymentBody = z.strictObject({
  evseId: z.int().min(1).max(10_000),
  timeoutS: z.int().min(10).max(3_600).describe('as long the station keeps the EVSE for it'),
});

const SETTLED = `select s.station_id as "stationId", nullif(s.transaction_id, '') as "transactionId", s.status, s.amount::text, s.settled_at as "settledAt",
  s.psp_ref as "pspRef", s.receipt_id as "receiptId", s.receipt_url as "receiptUrl", s.vat_number as "vatNumber", s.detail, n.session_id as "sessionId",
  c.currency, c.payable_net::text as "payableNet", c.payable_gross::text as "payableGross"
  from settlements s left join sessions n on n.tenant_id = s.tenant_id and n.session_id = (
    select x.session_id from sessions x where x.tenant_id = s.tenant_id and x.station_id = s.station_id and x.transaction_id = s.transaction_id
    order by (x.started_at <= s.settled_at) desc, x.started_at desc limit 1)
  left join session_costs c on c.tenant_id = n.tenant_id and c.session_id = n.session_id and c.is_final`;
const WEB_PAYMENTS = `select command_id as "commandId", evse_id as "evseId", state, reason, requested_by as "requestedBy", started_at as "startedAt", expires_at as "expiresAt",
  state = 'told' and expires_at > $4 as "isHeld" from web_payments where tenant_id = $1 and site_id = $2 and station_id = $3 order by started_at desc limit 100`;

interface Settled {
  readonly [field: string]: unknown;
  readonly amount: string | null;
  readonly status: string;
  readonly currency: string | null;
  readonly payableNet: string | null;
  readonly payableGross: string | null;
}
/** What the log and the rows hold sealed. */
const SEALED = ['pspRef', 'receiptId', 'receiptUrl', 'vatNumber', 'detail'] as const;

export function stationPaymentRoutes(world: World, reads: Reads, known: Lookups): readonly Route[] {
  const ask = stationAsker(world, reads, known);
  const readable = async (row: Settled): Promise<Readonly<Record<string, unknown>>> => {
    const opened = await Promise.all(
      SEALED.map(async (name) => {
        const value = row[name];
        const isSealed = typeof value === 'string' && value.startsWith('sealed:');
        // Nothing of it where its subject was erased.
        return [name, isSealed ? ((await world.keys.unseal(value)) ?? null) : value] as const;
      }),
    );
    const { currency, payableNet, payableGross, ...settled } = row;
    const isMoney = row.status === 'Settled' && currency !== null && payableNet !== null && payableGross !== null;
    const ours = isMoney ? { currency, net: payableNet, gross: payableGross } : null;
    const comparison = ours && comparedCosts({ currency: ours.currency, net: null, gross: row.amount }, ours);
    return {
      ...settled,
      ...Object.fromEntries(opened),
      payable: ours,
      difference: comparison?.differenceGross ?? null,
      agrees: comparison?.agrees ?? null,
    };
  };
  return [
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/settlements',
      answer: answers.listOf(answers.Settlement),
      summary: 'What the terminal of a station settled, each beside what its session came to; the latest first',
      params: StationId,
      async handle({ caller, params: { stationId } }) {
        const siteId = await known.siteOf(caller.tenantId, stationId);
        const of = 'where s.tenant_id = $1 and s.site_id = $2 and s.station_id = $3 order by s.settled_at desc limit 100';
        const rows = await rowsOf<Settled>(world, caller.tenantId, `${SETTLED} ${of}`, siteId, stationId);
        return ok({ items: await Promise.all(rows.map(readable)) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/sessions/{id}/settlements',
      answer: answers.listOf(answers.Settlement),
      summary: 'What was settled for a session at its station',
      params: AnyId,
      async handle({ caller, params }) {
        const { tenantId } = caller;
        if ((await reads.session(tenantId, params.id)) === undefined) throw notFound(`the session ${params.id}`);
        const of = 'where s.tenant_id = $1 and n.session_id = $2 order by s.settled_at desc limit 100';
        const rows = await rowsOf<Settled>(world, tenantId, `${SETTLED} ${of}`, params.id);
        return ok({ items: await Promise.all(rows.map(readable)) });
      },
    }),
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/web-payments',
      answer: answers.Asked,
      summary: 'Tell a station that somebody pays for an EVSE in a browser (NotifyWebPaymentStarted)',
      params: StationId,
      body: WebPaymentBody,
      answers: { 202: 'on its way' },
      handle: ({ caller, params: { stationId }, body: { evseId, timeoutS }, headers }) =>
        ask({ caller, headers }, stationId, 'NotifyWebPaymentStarted', { evseId, timeout: timeoutS }),
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/web-payments',
      answer: answers.listOf(answers.WebPayment),
      summary: 'Payments in a browser a station was told of; isHeld while it keeps the EVSE',
      params: StationId,
      async handle({ caller, params: { stationId } }) {
        const siteId = await known.siteOf(caller.tenantId, stationId);
        const now = new Date(world.clock.now()).toISOString();
        return ok({ items: await rowsOf(world, caller.tenantId, WEB_PAYMENTS, siteId, stationId, now) });
      },
    }),
  ];
}
