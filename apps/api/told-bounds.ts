// What a station told of itself that bounds a message to it or says how it spells what it is about, read for one message.
// What is wrong with the message by that is said in libs/domain/station-commands.
import { spelledAsTold, type ToldName, variablesIn } from '#domain/device';
import {
  boundFaults,
  boundsOf,
  type CommandFault,
  hashFaults,
  namesPhase,
  PHASE_SWITCHING,
  type PhaseSwitching,
  phaseFaults,
  type ReportedBound,
  type ReportedCertificate,
} from '#domain/station-commands';
import type { World } from '#ports';
import { queryAsTenant } from '#service';

interface Message {
  readonly tenantId: string;
  readonly siteId: string;
  readonly stationId: string;
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const OF_STATION = 'where tenant_id = $1 and site_id = $2 and station_id = $3';
const BOUNDS = `select variable, value from device_variables ${OF_STATION}
  and lower(component) = lower($4) and lower(variable_instance) = lower($5) and attribute = 'Actual'`;
const SWITCHING = `select evse_id as "evseId", value from device_variables ${OF_STATION} and lower(variable) = lower($4) and attribute = 'Actual'`;
const CERTIFICATES = `select serial_number as "serialNumber", hash_algorithm as "hashAlgorithm" from station_certificates ${OF_STATION}
  and origin = 'held' and state = 'installed'`;

const NAMES = `select distinct component, component_instance as "componentInstance", variable, variable_instance as "variableInstance"
  from device_variables ${OF_STATION} and lower(variable) = any($4)`;

/** Variables named in the station's own letters, where it has told them. */
export async function asStationSpells(
  { database }: Pick<World, 'database'>,
  { tenantId, siteId, stationId, action, payload }: Message,
): Promise<Message['payload']> {
  const variables = variablesIn(action, payload);
  if (variables.length === 0) return payload;
  const { rows } = await queryAsTenant<ToldName>(database, tenantId, NAMES, [tenantId, siteId, stationId, variables]);
  return spelledAsTold(action, payload, rows);
}

export async function toldFaults({ database }: Pick<World, 'database'>, message: Message): Promise<readonly CommandFault[]> {
  const { tenantId, siteId, stationId, action, payload } = message;
  const rows = async <Row extends object>(query: string, ...values: readonly unknown[]): Promise<readonly Row[]> =>
    (await queryAsTenant<Row>(database, tenantId, query, [tenantId, siteId, stationId, ...values])).rows;
  const bounded = boundsOf(action);
  const bounds = bounded === undefined ? [] : await rows<ReportedBound>(BOUNDS, bounded.component, action);
  const phases = namesPhase(payload) ? phaseFaults(payload, await rows<PhaseSwitching>(SWITCHING, PHASE_SWITCHING)) : [];
  const isByCertificate = action === 'CustomerInformation' && payload.customerCertificate !== undefined;
  const hashes = isByCertificate ? hashFaults(payload, await rows<ReportedCertificate>(CERTIFICATES)) : [];
  return [...boundFaults(action, payload, bounds), ...phases, ...hashes];
}
