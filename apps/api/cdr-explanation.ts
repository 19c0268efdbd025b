// Why a charge record says what it says: its lines with the prices behind them, the records of the log, and where the money went.
// Nothing is computed here: all of it is rows and the tariff that the record itself holds.
import type { Cdr } from '#domain/billing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { AnyId } from './lookups.js';
import { notFound } from './problem.js';
import { rowsOf } from './rows.js';

const LINES = `select line, dimension, tariff_id as "tariffId", tariff_element as "tariffElement", started_at as "startedAt", ended_at as "endedAt", quantity::text,
  step_added::text as "stepAdded", unit, unit_price::text as "unitPrice", vat_percent::text as "vatPercent", amount_net::text as "amountNet",
  amount_gross::text as "amountGross" from cdr_lines where tenant_id = $1 and cdr_id = $2 order by line`;
const EVENTS = `select topic, partition, record_offset as offset, event_id as "eventId", at, kind from session_timeline where tenant_id = $1 and session_id = $2
  order by record_offset, index`;
const RECORDS = `select cdr_id as "cdrId", rating_seq as "ratingSeq", credit_of as "creditOf", issued_at as "issuedAt" from cdrs
  where tenant_id = $1 and session_id = $2 order by rating_seq, credit_of nulls first`;
const CHARGE = `select account_id as "accountId", amount_net::text as "amountNet", amount_gross::text as "amountGross", invoice_id as "invoiceId", topic, partition,
  record_offset as offset from account_charges where tenant_id = $1 and cdr_id = $2`;

export const cdrExplanationRoutes = (world: Pick<World, 'database'>): readonly Route[] => [
  route({
    method: 'get',
    path: '/v1/cdrs/{id}/explain',
    answer: answers.CdrExplanation,
    summary:
      'What a charge record comes from: its lines with the element of the pinned tariff behind each, the records of the log, its corrections and its invoice',
    params: AnyId,
    answers: { 200: 'the explanation', 404: 'no such record' },
    async handle({ caller: { tenantId }, params: { id } }) {
      const [record] = await rowsOf<{ cdr: Cdr; sessionId: string; ratingSeq: number; creditOf: string | null }>(
        world,
        tenantId,
        'select cdr, session_id as "sessionId", rating_seq as "ratingSeq", credit_of as "creditOf" from cdrs where tenant_id = $1 and cdr_id = $2',
        id,
      );
      if (record === undefined) throw notFound(`the charge record ${id}`);
      const { cdr, sessionId, ratingSeq, creditOf } = record;
      const [lines, events, records, [charge]] = await Promise.all([
        rowsOf<{ tariffId: string | null; tariffElement: number | null }>(world, tenantId, LINES, id),
        rowsOf(world, tenantId, EVENTS, sessionId),
        rowsOf(world, tenantId, RECORDS, sessionId),
        rowsOf(world, tenantId, CHARGE, id),
      ]);
      const elementOf = ({ tariffId, tariffElement }: (typeof lines)[number]) =>
        tariffElement === null ? null : (cdr.tariffs.find((tariff) => tariff.id === tariffId)?.elements[tariffElement] ?? null);
      return ok({
        ...{ cdrId: id, sessionId, ratingSeq, creditOf },
        rule: 'each line is quantity times price of the first element of the pinned tariff that applied, with step_size once; four decimals half-up, what is paid half-up to the minor unit (ADR 0052)',
        lines: lines.map((line) => ({ ...line, element: elementOf(line) })),
        ...{ events, records },
        charge: charge ?? null,
      });
    },
  }),
];
