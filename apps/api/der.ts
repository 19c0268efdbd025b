// DER controls of a station or of all stations of a site (OCPP 2.1 block R): what is wanted of them, what they have, and their alarms.
// Sending, asking and comparing is the stations service's (apps/stations/der).
import { z } from 'zod';
import { controlFault } from '#domain/der';
import { validate } from '#ocpp';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, SiteId, StationId } from './lookups.js';
import { badRequest, conflict, notFound } from './problem.js';
import type { Reads } from './reads.js';
import { append, passed } from './requests.js';
import { rowsOf } from './rows.js';
import * as shapes from './schemas.js';

const ControlId = z.object({ controlId: z.string().min(1).max(36) });
const Body = z
  .looseObject({ isDefault: z.boolean(), controlType: z.string().min(1).max(40) })
  .describe('a SetDERControlRequest of OCPP 2.1 without its controlId: curve, enterService, fixedPFAbsorb, … as its controlType has it');

const CONTROLS = `select station_id as "stationId", control_id as "controlId", control_type as "controlType", is_default as "isDefault", coalesce(is_wanted, false) as "isWanted",
  wanted, wanted_by as "wantedBy", wanted_at as "wantedAt", state, reason, told_at as "toldAt", reported, reported_at as "reportedAt", matches,
  is_superseded as "isSuperseded", is_active as "isActive", active_at as "activeAt" from der_controls`;
const ALARMS = `select station_id as "stationId", control_type as "controlType", since, ended_at as "endedAt", fault, info from der_alarms`;
const STATIONS = `select station_id as "stationId" from site_stations where tenant_id = $1 and site_id = $2 and ocpp_version = 'ocpp2.1' and removed is not true order by 1`;

interface Known {
  readonly [field: string]: unknown;
  readonly stationId: string;
  readonly isDefault: boolean | null;
}

export function derRoutes(world: World, reads: Reads, { siteOf, existingSite }: Lookups): readonly Route[] {
  /** The last one's position: all go into one stream. */
  const want = async (
    { tenantId, siteId, caller }: { readonly tenantId: string; readonly siteId: string; readonly caller: string },
    controlId: string,
    wishes: readonly { readonly stationId: string; readonly isDefault: boolean; readonly control?: Readonly<Record<string, unknown>> }[],
  ): Promise<void> => {
    for (const [index, { stationId, isDefault, control }] of wishes.entries()) {
      const data = { stationId, controlId, isDefault, ...(control && { control }), requestedBy: `api:${caller}` };
      const position = await append(world, 'site-events', { type: 'DerControlWanted', tenantId, siteId, stationId, data });
      if (index === wishes.length - 1) await passed(world, 'stations', position);
    }
  };
  const known = (tenantId: string, siteId: string, controlId: string) =>
    rowsOf<Known>(world, tenantId, `${CONTROLS} where tenant_id = $1 and site_id = $2 and control_id = $3`, siteId, controlId);
  const stationsOf = async (tenantId: string, siteId: string): Promise<readonly string[]> =>
    (await rowsOf<{ stationId: string }>(world, tenantId, STATIONS, siteId)).map(({ stationId }) => stationId);

  return [
    route({
      method: 'put',
      path: '/v1/stations/{stationId}/der-controls/{controlId}',
      answer: answers.WantedAtStation,
      summary: 'Want a DER control of a station: sent at once or when it is back, and again when it comes back without it',
      params: StationId.extend(ControlId.shape),
      body: Body,
      answers: { 200: 'recorded', 409: 'the station does not speak OCPP 2.1' },
      async handle({ caller, params: { stationId, controlId }, body }) {
        const { tenantId } = caller;
        const siteId = await siteOf(tenantId, stationId);
        const control = controlIn(body, controlId);
        const station = await reads.station(tenantId, stationId);
        if (station?.ocppVersion !== 'ocpp2.1')
          throw conflict(`the station ${stationId} is not known to speak OCPP 2.1, which has DER controls`);
        await want({ tenantId, siteId, caller: caller.name }, controlId, [{ stationId, isDefault: body.isDefault, control }]);
        return ok({ stationId, ...control });
      },
    }),
    route({
      method: 'delete',
      path: '/v1/stations/{stationId}/der-controls/{controlId}',
      answer: answers.WantedAtStation,
      summary: 'Want it no more: cleared at once or when the station is back',
      params: StationId.extend(ControlId.shape),
      answers: { 202: 'recorded', 404: 'nobody knows it there' },
      async handle({ caller, params: { stationId, controlId } }) {
        const { tenantId } = caller;
        const siteId = await siteOf(tenantId, stationId);
        const control = (await known(tenantId, siteId, controlId)).find((each) => each.stationId === stationId);
        if (control === undefined) throw notFound(`the DER control ${controlId} of ${stationId}`);
        await want({ tenantId, siteId, caller: caller.name }, controlId, [{ stationId, isDefault: control.isDefault === true }]);
        return { status: 202, body: { stationId, controlId } };
      },
    }),
    route({
      method: 'put',
      path: '/v1/sites/{siteId}/der-controls/{controlId}',
      answer: answers.WantedAtStations,
      summary: 'Want a DER control of every OCPP 2.1 station of a site',
      params: SiteId.extend(ControlId.shape),
      body: Body,
      answers: { 200: 'recorded for these stations', 409: 'no station there speaks OCPP 2.1' },
      async handle({ caller, params: { siteId, controlId }, body }) {
        const { tenantId } = caller;
        await existingSite(tenantId, siteId);
        const control = controlIn(body, controlId);
        const stationIds = await stationsOf(tenantId, siteId);
        if (stationIds.length === 0) throw conflict(`no station of ${siteId} speaks OCPP 2.1, which has DER controls`);
        const wishes = stationIds.map((stationId) => ({ stationId, isDefault: body.isDefault, control }));
        await want({ tenantId, siteId, caller: caller.name }, controlId, wishes);
        return ok({ stationIds, ...control });
      },
    }),
    route({
      method: 'delete',
      path: '/v1/sites/{siteId}/der-controls/{controlId}',
      answer: answers.WantedAtStations,
      summary: 'Want it no more of any station of the site',
      params: SiteId.extend(ControlId.shape),
      answers: { 202: 'recorded for these stations', 404: 'nobody knows it there' },
      async handle({ caller, params: { siteId, controlId } }) {
        const { tenantId } = caller;
        await existingSite(tenantId, siteId);
        const there = await known(tenantId, siteId, controlId);
        if (there.length === 0) throw notFound(`the DER control ${controlId} at ${siteId}`);
        const wishes = there.map(({ stationId, isDefault }) => ({ stationId, isDefault: isDefault === true }));
        await want({ tenantId, siteId, caller: caller.name }, controlId, wishes);
        return { status: 202, body: { stationIds: wishes.map(({ stationId }) => stationId), controlId } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/der',
      answer: answers.StationDer,
      summary: 'DER controls of a station, wanted and reported, and its DER alarms, the latest first',
      params: StationId,
      async handle({ caller, params: { stationId } }) {
        const { tenantId } = caller;
        const siteId = await siteOf(tenantId, stationId);
        const of = 'where tenant_id = $1 and site_id = $2 and station_id = $3';
        const [controls, alarms] = await Promise.all([
          rowsOf(world, tenantId, `${CONTROLS} ${of} order by control_id`, siteId, stationId),
          rowsOf(world, tenantId, `${ALARMS} ${of} order by since desc limit 100`, siteId, stationId),
        ]);
        return ok({ stationId, controls, alarms });
      },
    }),
    route({
      method: 'get',
      path: '/v1/sites/{siteId}/der',
      answer: answers.SiteDer,
      summary: 'DER controls of the stations of a site, wanted and reported, and DER alarms that go on',
      params: z.object({ siteId: shapes.Id }),
      async handle({ caller, params: { siteId } }) {
        const { tenantId } = caller;
        await existingSite(tenantId, siteId);
        const of = 'where tenant_id = $1 and site_id = $2';
        const [controls, alarms] = await Promise.all([
          rowsOf(world, tenantId, `${CONTROLS} ${of} order by control_id, station_id`, siteId),
          rowsOf(world, tenantId, `${ALARMS} ${of} and ended_at is null order by since desc`, siteId),
        ]);
        return ok({ siteId, controls, alarms });
      },
    }),
  ];
}

function controlIn(body: z.output<typeof Body>, controlId: string): Readonly<Record<string, unknown>> {
  const control = { ...body, controlId };
  const violations = validate('ocpp2.1', 'SetDERControl', 'request', control);
  if (violations.length > 0)
    throw badRequest(
      'the control breaks the ocpp2.1 schema of SetDERControl',
      violations.map(({ path, message }) => ({ path: path.replace(/^\//, ''), message })),
    );
  const fault = controlFault(control);
  if (fault !== undefined) throw badRequest(fault, [{ path: 'controlType', message: fault }]);
  return control;
}
