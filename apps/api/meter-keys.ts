// Keys of meters, and what came signed by them: the operator says which key a meter has, metering judges what arrives, and the documents of a session are handed out byte for byte.
// Documents that nobody recorded are judged in signed-readings.ts.
import { z } from 'zod';
import { judgeOcmf, type OcmfDocument, ocmfText, readOcmf } from '#domain/metering';
import { readPublicKey } from '#pki';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { AnyId } from './lookups.js';
import { notFound } from './problem.js';
import type { Reads } from './reads.js';
import { append, passed } from './requests.js';
import { rowsOf } from './rows.js';
import * as shapes from './schemas.js';
import { told } from './signed-readings.js';

const Meter = z.object({ meterSerial: z.string().min(1).max(50) });
const Instant = shapes.Timestamp;
const Key = z
  .strictObject({
    publicKey: z.string().max(5000).describe('from whom you trust, never from the station: PEM, or SubjectPublicKeyInfo in hex or base64'),
    validFrom: Instant.optional().describe('absent = always'),
    validUntil: Instant.optional().describe('absent = until another word about the same validFrom'),
  })
  .refine(
    ({ validFrom, validUntil }) => validFrom === undefined || validUntil === undefined || Date.parse(validFrom) < Date.parse(validUntil),
    {
      path: ['validUntil'],
      message: 'later than validFrom was expected',
    },
  );

const KEYS = `select valid_from as "validFrom", valid_until as "validUntil", public_key as "publicKey", stated_at as "statedAt", stated_by as "statedBy"
  from meter_keys where tenant_id = $1 and meter_serial = $2 order by valid_from`;

/** Ids of transactions come again: each document belongs to the latest session that had begun. */
const OF_SESSION = `select document, verdict, meter_serial, received_at, judged_at from signed_readings r
  where r.tenant_id = $1 and (r.station_id, r.transaction_id) = (select station_id, transaction_id from sessions where tenant_id = $1 and session_id = $2)
    and (select s.session_id from sessions s where s.tenant_id = $1 and s.station_id = r.station_id and s.transaction_id = r.transaction_id
      order by (s.started_at <= r.received_at) desc, s.started_at desc limit 1) = $2
  order by r.record_offset, r.reading`;
type Reading = {
  readonly document: string;
  readonly verdict: string | null;
  readonly meter_serial: string | null;
  readonly received_at: Date;
  readonly judged_at: Date | null;
};

export function meterKeyRoutes(world: World, reads: Reads): readonly Route[] {
  const readable = async (document: string): Promise<string | null> =>
    document.startsWith('sealed:') ? ((await world.keys.unseal(document)) ?? null) : document;
  return [
    route({
      method: 'put',
      path: '/v1/meters/{meterSerial}/key',
      answer: answers.StatedMeterKey,
      summary:
        'The public key of a meter: signed readings (OCMF) of it are judged by it as they arrive, and those that waited for it; another validFrom adds a key, the same one replaces it',
      params: Meter,
      body: Key,
      async handle({ caller: { tenantId, name }, params, body }) {
        told('publicKey', () => readPublicKey(body.publicKey));
        const { publicKey, validFrom, validUntil } = body;
        const data = {
          ...{ ...params, publicKey, statedBy: `api:${name}` },
          ...(validFrom !== undefined && { validFrom }),
          ...(validUntil !== undefined && { validUntil }),
        };
        await passed(world, 'metering', await append(world, 'network-events', { type: 'MeterKeyStated', tenantId, data }));
        return ok({ ...params, ...body });
      },
    }),
    route({
      method: 'get',
      path: '/v1/meters/{meterSerial}/keys',
      answer: answers.listOf(answers.MeterKey),
      summary: 'The public keys of a meter, with when each holds',
      params: Meter,
      handle: async ({ caller: { tenantId }, params }) => ok({ items: await rowsOf(world, tenantId, KEYS, params.meterSerial) }),
    }),
    route({
      method: 'get',
      path: '/v1/sessions/{id}/signed-readings',
      answer: answers.SignedReadings,
      summary:
        'Signed readings of a session, byte for byte as the meter wrote them, each with the recorded verdict on its signature, and what speaks against all of them together',
      params: AnyId,
      async handle({ caller: { tenantId }, params }) {
        if ((await reads.session(tenantId, params.id)) === undefined) throw notFound(`the session ${params.id}`);
        const rows = await rowsOf<Reading>(world, tenantId, OF_SESSION, params.id);
        const items = await Promise.all(
          rows.map(async ({ document, verdict, meter_serial, received_at, judged_at }) => ({
            ...{ receivedAt: received_at, document: await readable(document), verdict, meterSerial: meter_serial, judgedAt: judged_at },
          })),
        );
        const genuine = new Map<OcmfDocument, boolean | undefined>();
        for (const { document, verdict } of items)
          if (document !== null && verdict !== null && verdict !== 'otherFormat')
            genuine.set(readOcmf(ocmfText(document) ?? ''), verdict === 'genuine' ? true : verdict === 'wrong' ? false : undefined);
        const transaction = genuine.size === 0 ? null : judgeOcmf([...genuine.keys()], (document) => genuine.get(document));
        return ok({ items, transaction });
      },
    }),
  ];
}
