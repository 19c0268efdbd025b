// Battery swap stations (OCPP 2.1 block S): what is in their slots, swaps, and beginning one for a driver.
import { z } from 'zod';
import { sha256 } from '#kernel';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { stationAsker } from './asking.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, StationId } from './lookups.js';
import type { Reads } from './reads.js';
import { rowsOf } from './rows.js';

const SwapBody = z.strictObject({
  idToken: z.strictObject({ idToken: z.string().min(1).max(255), type: z.string().min(1).max(20) }).describe('of the driver'),
});

const SLOTS = `select evse_id as "evseId", is_in as "isIn", serial_number as "serialNumber", soc as "soC", soh as "soH", produced_at as "productionDate",
  vendor_info as "vendorInfo", at from batteries where tenant_id = $1 and site_id = $2 and station_id = $3 order by evse_id`;
const SWAPS = `select request_id::integer as "requestId", state, reason, requested_by as "requestedBy", requested_at as "requestedAt", in_at as "inAt", out_at as "outAt",
  jsonb_array_length(coalesce(batteries_in, '[]')) as "batteriesIn", jsonb_array_length(coalesce(batteries_out, '[]')) as "batteriesOut", at
  from battery_swaps where tenant_id = $1 and site_id = $2 and station_id = $3 order by at desc limit 100`;

interface Slot {
  readonly [field: string]: unknown;
  readonly serialNumber: string | null;
}

export function batteryRoutes(world: World, reads: Reads, known: Lookups): readonly Route[] {
  const ask = stationAsker(world, reads, known);
  const readable = async (slot: Slot): Promise<Slot> => ({
    ...slot,
    serialNumber: slot.serialNumber?.startsWith('sealed:') ? ((await world.keys.unseal(slot.serialNumber)) ?? null) : slot.serialNumber,
  });
  return [
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/batteries',
      answer: answers.Batteries,
      summary: 'What is in the slots of a battery swap station, and its swaps, the latest first',
      params: StationId,
      async handle({ caller, params: { stationId } }) {
        const siteId = await known.siteOf(caller.tenantId, stationId);
        const [slots, swaps] = await Promise.all([
          rowsOf<Slot>(world, caller.tenantId, SLOTS, siteId, stationId),
          rowsOf(world, caller.tenantId, SWAPS, siteId, stationId),
        ]);
        return ok({ slots: await Promise.all(slots.map(readable)), swaps });
      },
    }),
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/battery-swaps',
      answer: answers.AskedReport,
      summary: 'Begin a swap for a driver (RequestBatterySwap)',
      params: StationId,
      body: SwapBody,
      answers: { 202: 'on its way, with the number of the swap' },
      async handle({ caller, params: { stationId }, body, headers }) {
        const requestId = Number.parseInt(sha256(world.ids.next()).slice(0, 7), 16);
        return ask({ caller, headers }, stationId, 'RequestBatterySwap', { idToken: body.idToken, requestId }, { requestId });
      },
    }),
  ];
}
