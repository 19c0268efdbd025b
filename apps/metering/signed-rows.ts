// Rows of signed readings and of the keys they are judged by. The document is kept byte for byte as the record has it: sealed, for it may name a card.
// Who judges is judging.ts; what a signature is worth is libs/domain/metering's.
import type { NetworkEvent, Recorded, SiteEvent } from '#contracts';
import { signedTexts } from '#domain/metering';
import type { RowWrite, TableSpec } from '#service';

export const meterKeys: TableSpec = {
  name: 'meter_keys',
  columns: {
    tenant_id: 'text',
    meter_serial: 'text',
    valid_from: 'timestamptz',
    valid_until: 'timestamptz',
    public_key: 'text',
    stated_at: 'timestamptz',
    stated_by: 'text',
  },
  key: ['tenant_id', 'meter_serial', 'valid_from'],
};
export const signedReadings: TableSpec = {
  name: 'signed_readings',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    record_offset: 'bigint',
    reading: 'integer',
    station_id: 'text',
    port_id: 'text',
    transaction_id: 'text',
    received_at: 'timestamptz',
    document: 'text',
    verdict: 'text',
    meter_serial: 'text',
    pagination: 'text',
    judged_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'record_offset', 'reading'],
};

/** A key without a beginning holds from here on. */
const ALWAYS = '1970-01-01T00:00:00.000Z';

type Of<Type> = Recorded<Extract<SiteEvent | NetworkEvent, { readonly type: Type }>>;

export function keyRow({ tenantId, time, data }: Of<'MeterKeyStated'>): RowWrite {
  const { meterSerial, publicKey, validFrom = ALWAYS, validUntil = null, statedBy } = data;
  const row = { meter_serial: meterSerial, valid_from: validFrom, valid_until: validUntil, public_key: publicKey };
  return { table: meterKeys, row: { tenant_id: tenantId, ...row, stated_at: time, stated_by: statedBy } };
}

/** `place`: the port and transaction the message is of. */
export const documentRows = (
  { tenantId, siteId = '', stationId = '', time, at, data }: Of<'CallReceived'>,
  place: { readonly port_id: string; readonly transaction_id: string | null },
): readonly RowWrite[] =>
  signedTexts(data.payload).map((document, reading) => ({
    table: signedReadings,
    row: {
      ...{ tenant_id: tenantId, site_id: siteId, record_offset: at.offset, reading, station_id: stationId },
      ...{ ...place, received_at: time, document },
    },
  }));

export const judgementRows = ({ tenantId, siteId = '', time, data }: Of<'SignedReadingsJudged'>): readonly RowWrite[] =>
  data.judgements.map(({ verdict, meterSerial = null, pagination = null }, reading) => ({
    table: signedReadings,
    row: {
      ...{ tenant_id: tenantId, site_id: siteId, record_offset: data.recordOffset, reading },
      ...{ verdict, meter_serial: meterSerial, pagination, judged_at: time },
    },
  }));
