// What is odd about a station and put right: what its model is known for, what its messages showed, what its sessions were flagged with.
// The raw messages stay in the log; here is only what was made of them, how often and when last.
import { quirksOf } from '#domain/quirks';
import type { World } from '#ports';
import { queryAsTenant } from '#service';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, StationId } from './lookups.js';

const IDENTITY = `select vendor, model, firmware_version as firmware, serial_number as "serialNumber" from site_stations
  where tenant_id = $1 and site_id = $2 and station_id = $3`;
const IN_MESSAGES = `select quirk, times::float8 as times, first_at as "firstAt", last_at as "lastAt" from station_quirks
  where tenant_id = $1 and site_id = $2 and station_id = $3 order by quirk`;
const ABILITIES = `select max_stack_level as "maxStackLevel", max_periods as "maxPeriods", only_unit as "onlyUnit", stops_at_0 as "stopsAt0",
  keeps_offline as "keepsOffline" from model_abilities where tenant_id = $1 and site_id = $2 and model = $3`;
const IN_SESSIONS = `select flag as quirk, count(*)::float8 as times, min(started_at) as "firstAt", max(started_at) as "lastAt"
  from sessions, jsonb_array_elements_text(flags) flag where tenant_id = $1 and site_id = $2 and station_id = $3 group by flag order by flag`;

export function quirkRoutes(world: World, { siteOf }: Lookups): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/quirks',
      answer: answers.Quirks,
      summary:
        'What is odd about the station: model, what its model is known for and how that is put right; messages and sessions, what was seen in them and put right, how often, since when and when last; abilities, what stations of its model and firmware said they take of profiles (stack level, periods, unit), and what samples have shown: that 0 A stops a car, that limits hold out of reach (null = not known)',
      params: StationId,
      async handle({ caller: { tenantId }, params: { stationId } }) {
        const place = [tenantId, await siteOf(tenantId, stationId), stationId];
        const [identities, messages, sessions] = await Promise.all(
          [IDENTITY, IN_MESSAGES, IN_SESSIONS].map((text) => queryAsTenant(world.database, tenantId, text, place)),
        );
        const { vendor, model, firmware, serialNumber } = (identities?.rows[0] ?? {}) as Readonly<Record<string, string | null>>;
        const identity = { vendor: vendor ?? '', model: model ?? '', firmware: firmware ?? '', serialNumber: serialNumber ?? '' };
        const known = [tenantId, place[1], [identity.vendor, identity.model, identity.firmware].join('/')];
        const abilities = await queryAsTenant(world.database, tenantId, ABILITIES, known);
        return ok({
          abilities: abilities.rows[0] ?? null,
          model: quirksOf(identity).map(({ id, does, corrections }) => ({ quirk: id, does, corrections: corrections(identity) })),
          messages: messages?.rows ?? [],
          sessions: sessions?.rows ?? [],
        });
      },
    }),
  ];
}
