// Profiles that a station holds by its own report, beside what was sent to it: as it was sent, otherwise, or by nobody here.
// What the stations service keeps of reports is its own; what may be in force is the load balancer's to count.
import { z } from 'zod';
import { isOwnProfileId } from '#domain/load-balancing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { stationAsker } from './asking.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, StationId } from './lookups.js';
import type { Reads } from './reads.js';
import { rowsOf } from './rows.js';

const Criteria = z.strictObject({
  chargingProfilePurpose: z.string().min(1).max(50).optional(),
  stackLevel: z.int().min(0).optional(),
  chargingProfileId: z.array(z.int()).min(1).max(100).optional(),
  chargingLimitSource: z.array(z.string().min(1).max(20)).min(1).max(4).optional(),
});
const AskBody = z.strictObject({
  evseId: z.int().min(0).max(10_000).optional().describe('0 = of the whole station; absent = all'),
  chargingProfile: Criteria.optional().describe('which profiles; absent = all there are'),
});
const ReportQuery = z.object({ requestId: z.coerce.number().int().optional().describe('absent = the latest report') });

/** Whoever may limit a station: naming all of them is how OCPP asks for everything (K09.FR.03). */
const ALL_SOURCES = ['CSO', 'EMS', 'Other', 'SO'];

const REPORTS = `select r.request_id::float8 as "requestId", r.state, r.criteria, r.requested_by as "requestedBy", r.since, r.at,
    (select count(*)::integer from reported_profiles p where p.tenant_id = r.tenant_id and p.site_id = r.site_id
      and p.station_id = r.station_id and p.request_id = r.request_id and p.reported_at >= r.since) as profiles
  from profile_reports r where r.tenant_id = $1 and r.site_id = $2 and r.station_id = $3 order by r.since desc limit 50`;
/** With the latest message that carried a profile of this id and may have been taken. */
const PROFILES = `select p.evse_id as "evseId", p.profile_id as "profileId", p.limit_source as "chargingLimitSource",
    p.purpose as "chargingProfilePurpose", p.stack_level as "stackLevel", p.profile, p.reported_at as "reportedAt",
    c.command_id as "commandId", c.requested_by as "sentBy", c.requested_at as "sentAt", c.payload->'chargingProfile' as sent
  from profile_reports r join reported_profiles p using (tenant_id, site_id, station_id, request_id)
  left join lateral (select command_id, requested_by, requested_at, payload from commands c
    where c.tenant_id = p.tenant_id and c.station_id = p.station_id and c.action in ('SetChargingProfile', 'RequestStartTransaction')
      and c.payload->'chargingProfile'->>'id' = p.profile_id::text and c.state in ('accepted', 'timedOut') and c.requested_at <= p.reported_at
    order by c.requested_at desc limit 1) c on true
  where r.tenant_id = $1 and r.site_id = $2 and r.station_id = $3 and r.request_id = $4 and p.reported_at >= r.since
  order by p.evse_id, p.purpose, p.stack_level limit 1000`;

type Json = Readonly<Record<string, unknown>>;
interface Reported {
  readonly [field: string]: unknown;
  readonly profileId: number;
  readonly chargingLimitSource: string;
  readonly profile: Json;
  readonly sent: Json | null;
}

export function reportedProfileRoutes(world: World, reads: Reads, known: Lookups): readonly Route[] {
  const ask = stationAsker(world, reads, known);
  return [
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/charging-profiles/reports',
      answer: answers.AskedReport,
      summary: 'Ask a station of 2.x which charging profiles it holds (GetChargingProfiles)',
      params: StationId,
      body: AskBody,
      answers: { 202: 'on its way, with the number of the report' },
      async handle({ caller, params: { stationId }, body, headers }) {
        const requestId = 1 + Number.parseInt(world.ids.next().replaceAll('-', '').slice(-7), 16);
        const { evseId, chargingProfile = { chargingLimitSource: ALL_SOURCES } } = body;
        const payload = { requestId, ...(evseId !== undefined && { evseId }), chargingProfile };
        return ask({ caller, headers }, stationId, 'GetChargingProfiles', payload, { requestId });
      },
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/charging-profiles',
      answer: answers.HeldProfiles,
      summary:
        'Charging profiles a station holds by its own report: origin says whose each is (loadBalancer, operator, atStation by its source, or unknown: nobody here sent it), isAsSent whether it is what was sent last under its id',
      params: StationId,
      query: ReportQuery,
      async handle({ caller, params: { stationId }, query }) {
        const { tenantId } = caller;
        const siteId = await known.siteOf(tenantId, stationId);
        const reports = await rowsOf<{ readonly requestId: number; readonly state: string }>(world, tenantId, REPORTS, siteId, stationId);
        const requestId = query.requestId ?? reports.find(({ state }) => ['arriving', 'complete', 'empty'].includes(state))?.requestId;
        const rows = requestId === undefined ? [] : await rowsOf<Reported>(world, tenantId, PROFILES, siteId, stationId, requestId);
        return ok({ reports, requestId: requestId ?? null, items: rows.map(compared) });
      },
    }),
  ];
}

const compared = ({ sent, ...row }: Reported): Json => {
  const { profile, profileId, chargingLimitSource } = row;
  const origin =
    chargingLimitSource !== 'CSO' ? 'atStation' : isOwnProfileId(profileId) ? 'loadBalancer' : sent === null ? 'unknown' : 'operator';
  return { ...row, origin, isAsSent: sent === null ? null : isSameProfile(profile, sent) };
};

/** By what it permits and when; what a station adds to it, and ids of schedules, are its own. */
const isSameProfile = (a: Json, b: Json): boolean => JSON.stringify(essence(a)) === JSON.stringify(essence(b));

function essence(profile: Json): unknown {
  const { chargingProfilePurpose, chargingProfileKind, recurrencyKind, stackLevel, transactionId, validFrom, validTo } = profile;
  const schedules = [profile.chargingSchedule].flat() as readonly Json[];
  const instant = (value: unknown): unknown => (typeof value === 'string' ? Date.parse(value) : undefined);
  return [
    [chargingProfilePurpose, chargingProfileKind, recurrencyKind, stackLevel, transactionId, instant(validFrom), instant(validTo)],
    schedules.map(({ chargingRateUnit, duration, startSchedule, chargingSchedulePeriod }) => [
      [chargingRateUnit, duration, instant(startSchedule)],
      ([chargingSchedulePeriod].flat() as readonly Json[]).map((period) => PERIOD.map((name) => period[name])),
    ]),
  ];
}
const PERIOD = [
  'startPeriod',
  'limit',
  'numberPhases',
  'phaseToUse',
  'limit_L2',
  'limit_L3',
  'operationMode',
  'setpoint',
  'dischargeLimit',
];
