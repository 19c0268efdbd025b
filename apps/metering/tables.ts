// The series of metering: every sample as it was understood beside how it was sent, and one power reading for each EVSE and instant.
// What belongs to a session, and what it costs, is written by others.
import type { Recorded, SiteEvent } from '#contracts';
import { type Normalised, netPowerW, type PowerReading } from '#domain/metering';
import type { RowWrite, TableSpec } from '#service';
import { STATION_QUIRKS } from './seen.js';
import { meterKeys, signedReadings } from './signed-rows.js';

const meterSamples: TableSpec = {
  name: 'meter_samples',
  columns: {
    time: 'timestamptz',
    received_at: 'timestamptz',
    tenant_id: 'text',
    site_id: 'text',
    station_id: 'text',
    port_id: 'text',
    transaction_id: 'text',
    measurand: 'text',
    phase: 'text',
    context: 'text',
    location: 'text',
    unit: 'text',
    value: 'double precision',
    raw_value: 'text',
    raw_unit: 'text',
    station_time: 'text',
    is_signed: 'boolean',
    flags: 'text',
    record_offset: 'bigint',
    sample: 'integer',
  },
  key: ['tenant_id', 'site_id', 'time', 'record_offset', 'sample'],
  isSeries: true,
};
const powerSamples: TableSpec = {
  name: 'power_samples',
  columns: {
    time: 'timestamptz',
    tenant_id: 'text',
    site_id: 'text',
    station_id: 'text',
    port_id: 'text',
    transaction_id: 'text',
    power_w: 'double precision',
    energy_register_wh: 'double precision',
    export_register_wh: 'double precision',
    current_a: 'double precision',
    voltage_v: 'double precision',
    soc_percent: 'double precision',
    offered_w: 'double precision',
    flags: 'text',
    record_offset: 'bigint',
  },
  key: ['tenant_id', 'site_id', 'time', 'record_offset', 'port_id'],
  isSeries: true,
};
const meterDoubts: TableSpec = {
  name: 'meter_doubts',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    record_offset: 'bigint',
    station_id: 'text',
    received_at: 'timestamptz',
    action: 'text',
    flags: 'text',
  },
  key: ['tenant_id', 'site_id', 'record_offset'],
};

export const METERING_TABLES: readonly TableSpec[] = [meterSamples, powerSamples, meterDoubts, STATION_QUIRKS, meterKeys, signedReadings];

/** A port is what serves one vehicle at a time; `-0` is the station's own meter, which contains its ports. */
export const portId = (stationId: string, evseId: number): string => `${stationId}-${evseId}`;

/** Samples of a message, and the readings they make. */
export interface Metered extends Normalised {
  readonly readings: readonly PowerReading[];
}

/** Literals with every column: spread parts would cost more than all the rest of a row. */
export function meterRows({ samples, flags, readings }: Metered, input: Recorded<SiteEvent>, action: string): readonly RowWrite[] {
  const { tenantId: tenant_id, siteId: site_id = '', stationId: station_id = '' } = input;
  const record_offset = input.at.offset;
  let [port, port_id] = [-1, ''];
  const rows: RowWrite[] = samples.map((sample, index) => {
    // Most messages speak of one port: its name is one text for all of its rows.
    if (sample.evseId !== port) [port, port_id] = [sample.evseId, portId(station_id, sample.evseId)];
    return {
      table: meterSamples,
      row: {
        time: sample.at,
        received_at: sample.receivedAt,
        tenant_id,
        site_id,
        station_id,
        port_id,
        transaction_id: sample.transactionId ?? null,
        measurand: sample.measurand,
        phase: sample.phase ?? null,
        context: sample.context,
        location: sample.location,
        unit: sample.unit,
        value: sample.value,
        raw_value: sample.rawValue,
        raw_unit: sample.rawUnit ?? null,
        station_time: sample.stationTime ?? null,
        is_signed: sample.isSigned,
        flags: sample.flags.join(','),
        record_offset,
        sample: index,
      },
    };
  });
  for (const reading of readings) {
    const { energyRegisterWh, exportRegisterWh, currentA, voltageV, socPercent, offeredW } = reading;
    const powerW = netPowerW(reading);
    if ([powerW, energyRegisterWh, exportRegisterWh, currentA, voltageV, socPercent, offeredW].every((value) => value === undefined))
      continue;
    rows.push({
      table: powerSamples,
      row: {
        time: reading.at,
        tenant_id,
        site_id,
        station_id,
        port_id: portId(station_id, reading.evseId),
        transaction_id: reading.transactionId ?? null,
        power_w: powerW ?? null,
        energy_register_wh: energyRegisterWh ?? null,
        export_register_wh: exportRegisterWh ?? null,
        current_a: currentA ?? null,
        voltage_v: voltageV ?? null,
        soc_percent: socPercent ?? null,
        offered_w: offeredW ?? null,
        flags: reading.flags.join(','),
        record_offset,
      },
    });
  }
  if (flags.length > 0)
    rows.push({
      table: meterDoubts,
      row: { tenant_id, site_id, record_offset, station_id, received_at: input.time, action, flags: flags.join(',') },
    });
  return rows;
}
