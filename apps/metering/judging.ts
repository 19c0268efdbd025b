// Judges the signatures of signed readings once their record was read back from the log, by the keys of meters that are stated; the verdict is a record (ADR 0069).
// What has none when a partition is taken over, and what waits for a key that is stated later, is looked at then.
import { encode, type NetworkEvent, type SiteEvent } from '#contracts';
import { judgeSignature, type MeterKey, type SignatureJudgement, signedTexts } from '#domain/metering';
import { uuidV5 } from '#kernel';
import { verifiedBy } from '#pki';
import { readable, type World } from '#ports';
import type { Effects, Logger } from '#service';
import type { StationPlace } from './station-place.js';

/** Whose readings are looked at: of some sites, or of one meter. */
interface Where {
  readonly sites?: readonly string[];
  readonly meterSerial?: string;
}

/** Without a verdict, or with none of worth while a key of its meter came later, or is asked about: it may have been stated before and folded since. */
const UNSETTLED = `
  select r.site_id, r.record_offset, min(r.station_id) as station_id, array_agg(r.document order by r.reading) as documents,
    array_agg(r.verdict order by r.reading) as verdicts, coalesce(max(r.judged_at)::text, '') as judged
  from signed_readings r
  where r.tenant_id = $1 and ($2::text[] is null or r.site_id = any($2)) and r.document is not null
    and exists (select from signed_readings o where o.tenant_id = r.tenant_id and o.site_id = r.site_id and o.record_offset = r.record_offset
      and ($3::text is null or o.meter_serial = $3) and (o.verdict is null or (o.verdict = 'keyUnknown' and exists (select from meter_keys k
        where k.tenant_id = o.tenant_id and k.meter_serial = o.meter_serial and (k.stated_at > o.judged_at or $3::text is not null)))))
  group by 1, 2 order by 1, min(r.record_offset)`;
type Unsettled = {
  readonly site_id: string;
  readonly record_offset: number;
  readonly station_id: string;
  readonly documents: readonly string[];
  readonly verdicts: readonly (string | null)[];
  readonly judged: string;
};
type KeyRow = { readonly meter_serial: string; readonly public_key: string; readonly valid_from: Date; readonly valid_until: Date | null };

export function judging(
  { database, keys, log, clock }: Pick<World, 'database' | 'keys' | 'log' | 'clock'>,
  logger: Logger,
): Effects<StationPlace, SiteEvent | NetworkEvent> & { idle(): Promise<void> } {
  async function keysOfMeters(tenantId: string): Promise<(meterSerial: string) => readonly MeterKey[]> {
    const { rows } = await database.query<KeyRow>(
      'select meter_serial, public_key, valid_from, valid_until from meter_keys where tenant_id = $1',
      [tenantId],
    );
    const found = Map.groupBy(rows, ({ meter_serial }) => meter_serial);
    return (meterSerial) =>
      (found.get(meterSerial) ?? []).map(({ public_key: publicKey, valid_from, valid_until }) => ({
        publicKey,
        validFrom: valid_from.toISOString(),
        ...(valid_until !== null && { validUntil: valid_until.toISOString() }),
      }));
  }

  async function judge(tenantId: string, { sites, meterSerial }: Where): Promise<void> {
    const { rows } = await database.query<Unsettled>(UNSETTLED, [tenantId, sites ?? null, meterSerial ?? null]);
    if (rows.length === 0) return;
    const keysOf = await keysOfMeters(tenantId);
    for (const { site_id: siteId, record_offset, station_id: stationId, documents, verdicts, judged } of rows) {
      const judgements: SignatureJudgement[] = [];
      for (const document of documents) {
        const text = document.startsWith('sealed:') ? await readable(keys, document) : document;
        judgements.push(
          text === undefined ? { verdict: 'erased' } : judgeSignature(text, keysOf, (publicKey, each) => verifiedBy(publicKey)(each)),
        );
      }
      // Told again where it was asked for a key that was stated since: with this verdict it is settled.
      if (meterSerial !== undefined && judgements.every(({ verdict }, reading) => verdict === verdicts[reading])) continue;
      if (judgements.some(({ verdict }) => verdict === 'wrong'))
        logger.warn({ siteId, stationId, offset: record_offset }, 'a signed reading is not what its meter signed');
      const data = { stationId, recordOffset: record_offset, judgements };
      const id = uuidV5('signed readings', tenantId, siteId, record_offset, judged, JSON.stringify(judgements));
      const envelope = { id, type: 'SignedReadingsJudged', source: '/metering', tenantId, siteId, stationId, data };
      await log.append('site-events', [encode({ ...envelope, time: new Date(clock.now()).toISOString() })]);
    }
  }

  let last = Promise.resolve();
  /** One look after the other. A verdict that is told twice is the same. */
  function look(tenantId: string, where: Where): void {
    last = last
      .then(() => judge(tenantId, where))
      .catch((error: unknown) => logger.warn({ err: error }, 'signed readings wait for their verdict'));
  }
  function lookAt(places: readonly (readonly [tenantId: string, siteId: string])[]): void {
    for (const [tenantId, all] of Map.groupBy(places, ([each]) => each))
      look(tenantId, { sites: [...new Set(all.map(([, siteId]) => siteId))] });
  }

  /** Stated while a partition caught up. */
  const stated = new Map<string, { readonly tenantId: string; readonly meterSerial: string }>();

  return {
    onCommitted({ isLive }, changes) {
      for (const { input } of changes)
        if (input.type === 'MeterKeyStated') {
          const { tenantId, data } = input;
          if (isLive) look(tenantId, { meterSerial: data.meterSerial });
          else stated.set(JSON.stringify([tenantId, data.meterSerial]), { tenantId, meterSerial: data.meterSerial });
        }
      if (!isLive) return;
      lookAt(
        changes
          .filter(({ input }) => input.type === 'CallReceived' && signedTexts(input.data.payload).length > 0)
          .map(({ input: { tenantId, siteId = '' } }) => [tenantId, siteId]),
      );
    },
    onLive({ states }) {
      lookAt([...states.keys()].map((aggregate) => aggregate.split('/')).map(([tenantId = '', siteId = '']) => [tenantId, siteId]));
      for (const { tenantId, meterSerial } of stated.values()) look(tenantId, { meterSerial });
      stated.clear();
    },
    /** Resolves when nobody looks any more. */
    idle: () => last,
  };
}
