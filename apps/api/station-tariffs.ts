// Tariffs that stations hold to calculate costs themselves (OCPP 2.1), and what they calculated beside what a session came to.
// A tariff of ours in their words is the domain's (billing), what a station holds the stations service's.
import { z } from 'zod';
import { comparedCosts, type StationTariff, stationTariff, type Tariff } from '#domain/billing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { stationAsker } from './asking.js';
import { ok, type Route, route } from './http.js';
import { AnyId, type Lookups, StationId } from './lookups.js';
import { conflict, notFound, refused } from './problem.js';
import type { Reads } from './reads.js';
import { rowsOf } from './rows.js';

const EvseId = z.int().min(0).max(10_000);
const SetBody = z.strictObject({
  tariffId: z.string().min(1).max(36).optional().describe('one of ours; absent = the one of the site'),
  evseId: EvseId.default(0).describe('0 = every EVSE'),
});
const ClearQuery = z.object({ evseId: z.coerce.number().int().min(0).max(10_000).optional() });

const HELD = `select evse_id as "evseId", tariff_id as "tariffId", kind, state, reason, valid_from as "validFrom", tariff, sent_by as "sentBy", at, reported_at as "reportedAt"
  from station_tariffs where tenant_id = $1 and site_id = $2 and station_id = $3 order by evse_id, at desc nulls last`;
const WANTED = `select tariff_id as "tariffId", state, reason, problems, at from wanted_tariffs
  where tenant_id = $1 and site_id = $2 and station_id = $3`;
const OF_SITE = `select t.tariff from site_tariffs s join tariffs t on t.tenant_id = s.tenant_id and t.tariff_id = s.tariff_id
  where s.tenant_id = $1 and s.site_id = $2`;
const PINNED =
  'select tariff, status, station_id as "stationId", transaction_id as "transactionId" from sessions where tenant_id = $1 and session_id = $2';
const CALCULATED = `select c.is_final as "isFinal", c.currency, c.type_of_cost as "typeOfCost", c.net::text, c.gross::text, c.failure, c.details, c.at,
  b.currency as "ourCurrency", b.amount_net::text as "ourNet", b.amount_gross::text as "ourGross", b.is_final as "ourIsFinal"
  from sessions s join station_costs c on c.tenant_id = s.tenant_id and c.station_id = s.station_id and c.transaction_id = s.transaction_id
  left join session_costs b on b.tenant_id = s.tenant_id and b.session_id = s.session_id
  where s.tenant_id = $1 and s.session_id = $2 order by c.is_final desc limit 1`;
const OF_TRANSACTION = `select t.tariff_id as "tariffId", t.state, t.reason, t.at from sessions s
  join transaction_tariffs t on t.tenant_id = s.tenant_id and t.station_id = s.station_id and t.transaction_id = s.transaction_id
  where s.tenant_id = $1 and s.session_id = $2`;

interface Calculated {
  readonly [field: string]: unknown;
  readonly currency: string | null;
  readonly net: string | null;
  readonly gross: string | null;
  readonly ourCurrency: string | null;
  readonly ourNet: string | null;
  readonly ourGross: string | null;
}

export function stationTariffRoutes(world: World, reads: Reads, known: Lookups): readonly Route[] {
  const ask = stationAsker(world, reads, known);
  const ofSite = async (tenantId: string, siteId: string): Promise<Tariff | undefined> =>
    (await rowsOf<{ tariff: Tariff }>(world, tenantId, OF_SITE, siteId))[0]?.tariff;

  return [
    route({
      method: 'put',
      path: '/v1/stations/{stationId}/default-tariff',
      answer: answers.AskedTariff,
      summary: 'Give a station a tariff to calculate costs with (SetDefaultTariff), where it means the same there',
      params: StationId,
      body: SetBody,
      answers: {
        202: 'on its way, with the id the station knows it by',
        404: 'no such tariff',
        422: 'a station could not calculate it alike, with the places',
      },
      async handle({ caller, params: { stationId }, body, headers }) {
        const { tenantId } = caller;
        const siteId = await known.siteOf(tenantId, stationId);
        const tariff = body.tariffId === undefined ? await ofSite(tenantId, siteId) : await reads.tariff(tenantId, body.tariffId);
        if (tariff === undefined)
          throw notFound(body.tariffId === undefined ? `a tariff of the site ${siteId}` : `the tariff ${body.tariffId}`);
        const told = inTheirWords(tariff as Tariff);
        const payload = { evseId: body.evseId, tariff: told };
        return ask({ caller, headers }, stationId, 'SetDefaultTariff', payload, { tariffId: told.tariffId });
      },
    }),
    route({
      method: 'delete',
      path: '/v1/stations/{stationId}/default-tariff',
      answer: answers.AskedTariff,
      summary: 'Take the tariffs from a station, of all EVSEs or of one (ClearTariffs)',
      params: StationId,
      query: ClearQuery,
      answers: { 202: 'on its way' },
      handle: ({ caller, params: { stationId }, query, headers }) =>
        ask({ caller, headers }, stationId, 'ClearTariffs', query.evseId === undefined ? {} : { evseId: query.evseId }),
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/tariffs',
      answer: answers.HeldTariffs,
      summary:
        'Tariffs a station holds or was sent, isCurrent where it is the one of its site as it is now; wanted is that of its site for one that calculates itself: waiting, sent, held, refused, or central where it would mean something else there',
      params: StationId,
      async handle({ caller, params: { stationId } }) {
        const { tenantId } = caller;
        const siteId = await known.siteOf(tenantId, stationId);
        const [rows, [wanted], tariff] = await Promise.all([
          rowsOf(world, tenantId, HELD, siteId, stationId),
          rowsOf(world, tenantId, WANTED, siteId, stationId),
          ofSite(tenantId, siteId),
        ]);
        const now = tariff === undefined ? undefined : stationTariff(tariff);
        const isCurrent = (tariffId: unknown): boolean => now?.ok === true && now.value.tariffId === tariffId;
        return ok({ wanted: wanted ?? null, items: rows.map((row) => ({ ...row, isCurrent: isCurrent(row.tariffId) })) });
      },
    }),
    route({
      method: 'put',
      path: '/v1/sessions/{id}/station-tariff',
      answer: answers.AskedTariff,
      summary: 'Give the station the tariff that is pinned to a running session (ChangeTransactionTariff)',
      params: AnyId,
      answers: { 202: 'on its way', 409: 'the session has ended, or has no tariff', 422: 'a station could not calculate it alike' },
      async handle({ caller, params, headers }) {
        const [session] = await rowsOf<{ tariff: Tariff | null; status: string; stationId: string; transactionId: string }>(
          world,
          caller.tenantId,
          PINNED,
          params.id,
        );
        if (session === undefined) throw notFound(`the session ${params.id}`);
        if (session.status !== 'active') throw conflict(`the session ${params.id} has ended`);
        if (session.tariff === null) throw conflict(`the session ${params.id} is free of charge: no tariff is pinned to it`);
        const told = inTheirWords(session.tariff);
        const payload = { transactionId: session.transactionId, tariff: told };
        return ask({ caller, headers }, session.stationId, 'ChangeTransactionTariff', payload, { tariffId: told.tariffId });
      },
    }),
    route({
      method: 'get',
      path: '/v1/sessions/{id}/station-cost',
      answer: answers.StationCost,
      summary: 'What the station calculated for a session (costDetails), what it costs by our rating, and the difference',
      params: AnyId,
      answers: { 200: 'both; station is null where it calculated nothing', 404: 'no such session' },
      async handle({ caller, params }) {
        const { tenantId } = caller;
        if ((await reads.session(tenantId, params.id)) === undefined) throw notFound(`the session ${params.id}`);
        const [[calculated], [changed]] = await Promise.all([
          rowsOf<Calculated>(world, tenantId, CALCULATED, params.id),
          rowsOf(world, tenantId, OF_TRANSACTION, params.id),
        ]);
        return ok({ ...costsOf(calculated), stationTariff: changed ?? null });
      },
    }),
  ];
}

function inTheirWords(tariff: Tariff): StationTariff {
  const told = stationTariff(tariff);
  if (!told.ok) throw refused(told.error.map(({ path, message }) => ({ path, message })));
  return told.value;
}

function costsOf(calculated: Calculated | undefined): Readonly<Record<string, unknown>> {
  if (calculated === undefined) return { station: null, ours: null, comparison: null };
  const { ourCurrency, ourNet, ourGross, ourIsFinal, ...station } = calculated;
  if (ourCurrency === null || ourNet === null || ourGross === null) return { station, ours: null, comparison: null };
  const ours = { currency: ourCurrency, net: ourNet, gross: ourGross };
  const { currency, net, gross } = station;
  return { station, ours: { ...ours, isFinal: ourIsFinal }, comparison: comparedCosts({ currency: currency ?? '', net, gross }, ours) };
}
