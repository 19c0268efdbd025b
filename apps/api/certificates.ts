// Certificates of stations: what they have and when it runs out, installing, asking, renewing and deleting; and the roots of the network's own authority.
// Signing what stations ask for needs nobody; what a deletion may not do is a rule of libs/domain/station-commands.
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { deletionFault } from '#domain/station-commands';
import { hashDataOf, localAuthority } from '#pki';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { type CertificateReads, certificateReads } from './certificate-reads.js';
import { requestCommand } from './commands.js';
import { type Answer, type Call, ok, type Route, route } from './http.js';
import { type Lookups, StationId } from './lookups.js';
import { badRequest, conflict, notFound } from './problem.js';
import type { Reads } from './reads.js';
import * as shapes from './schemas.js';

const DAY_MS = 86_400_000;
const TIMEOUT_MS = 30_000;
const USES = ['ChargingStationCertificate', 'V2GCertificate'] as const;

const CertificatePath = z.object({ stationId: shapes.StationIdText, certificateId: z.string().min(1).max(120) });
const ExpiryQuery = z.object({ withinDays: z.coerce.number().int().min(0).max(3650).default(30) });
const InstallBody = z.strictObject({
  certificateType: z
    .string()
    .min(1)
    .max(50)
    .describe('as the station’s version names it, e.g. CSMSRootCertificate, in 1.6 CentralSystemRootCertificate'),
  certificate: z.string().min(1).max(10_000).describe('PEM'),
});
const InventoryBody = z.strictObject({
  certificateType: z
    .string()
    .min(1)
    .max(50)
    .optional()
    .describe('1.6 tells one type at a time: the roots it trusts us by unless another is named'),
});
const RenewalBody = z.strictObject({ use: z.enum(USES).default('ChargingStationCertificate') });

const ACCEPTED = { 202: 'durable and on its way: `GET /v1/commands/{commandId}` tells how it went' };

/** Refuses what would cut a station off, by whatever route it is asked for. */
export async function refuseDeletion(
  rows: CertificateReads,
  reads: Reads,
  tenantId: string,
  stationId: string,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { hashAlgorithm, issuerNameHash, serialNumber } = (payload.certificateHashData ?? {}) as Readonly<Record<string, unknown>>;
  const named = { hashAlgorithm: String(hashAlgorithm), issuerNameHash: String(issuerNameHash), serialNumber: String(serialNumber) };
  const installed = (await rows.ofStation(tenantId, stationId)).flatMap((each) =>
    each.origin === 'held' && each.state === 'installed' && each.serialNumber !== null
      ? [{ ...each, serialNumber: each.serialNumber }]
      : [],
  );
  const { config } = ((await reads.station(tenantId, stationId)) ?? {}) as {
    readonly config?: { readonly securityProfile?: number } | null;
  };
  const fault = deletionFault(installed, named, (config?.securityProfile ?? 0) >= 2);
  if (fault !== undefined) throw conflict(fault);
}

export function certificateRoutes(world: World, reads: Reads, { siteOf }: Lookups): readonly Route[] {
  const rows = certificateReads(world);
  const authority = localAuthority({ keys: world.keys, clock: world.clock, validityDays: 1 });

  type Sending = Pick<Call<{ readonly stationId: string }, unknown, unknown>, 'caller' | 'params' | 'headers'>;
  const versionOf = async ({ caller, params }: Sending): Promise<string | null> => {
    const station = await reads.station(caller.tenantId, params.stationId);
    return (station?.ocppVersion as string | null | undefined) ?? null;
  };
  const send = async (call: Sending, action: string, payload: Readonly<Record<string, unknown>>): Promise<Answer> => {
    const { caller, params, headers } = call;
    const { tenantId } = caller;
    const key = headers['idempotency-key'];
    const commandId = await requestCommand(world, {
      tenantId,
      siteId: await siteOf(tenantId, params.stationId),
      stationId: params.stationId,
      ocppVersion: await versionOf(call),
      action,
      payload,
      timeoutMs: TIMEOUT_MS,
      requestedBy: `api:${caller.name}`,
      idempotencyKey: typeof key === 'string' && key !== '' ? key : undefined,
    });
    return { status: 202, body: { commandId }, headers: { location: `/v1/commands/${commandId}` } };
  };

  return [
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/certificates',
      answer: answers.pageOf(answers.Certificate),
      summary:
        'Certificates of a station: signed on its request, held as it told, shown at the door; with their end and an alarm thirty days before',
      params: StationId,
      async handle({ caller, params }) {
        await siteOf(caller.tenantId, params.stationId);
        return ok({ items: await rows.ofStation(caller.tenantId, params.stationId), nextCursor: null });
      },
    }),
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/certificates',
      answer: answers.Asked,
      summary: 'Install a root or authority at a station',
      params: StationId,
      body: InstallBody,
      answers: ACCEPTED,
      handle(call) {
        const { certificate } = call.body;
        try {
          new X509Certificate(certificate);
        } catch {
          throw badRequest('certificate: no X.509 certificate in PEM', [{ path: 'certificate', message: 'PEM was expected' }]);
        }
        return send(call, 'InstallCertificate', call.body);
      },
    }),
    route({
      method: 'delete',
      path: '/v1/stations/{stationId}/certificates/{certificateId}',
      answer: answers.Asked,
      summary: 'Delete a certificate that a station holds; never the last root it trusts us by',
      params: CertificatePath,
      answers: { ...ACCEPTED, 409: 'it is the last root this station trusts us by, or is not known by its hashes' },
      async handle(call) {
        const { tenantId } = call.caller;
        const { stationId, certificateId } = call.params;
        const found = (await rows.ofStation(tenantId, stationId)).find(
          (each) => each.certificateId === certificateId && each.origin === 'held' && each.state === 'installed',
        );
        if (found === undefined) throw notFound(`the certificate ${certificateId} at ${stationId}`);
        const { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } = found;
        if (hashAlgorithm === null || issuerNameHash === null || issuerKeyHash === null)
          throw conflict('the station has not told by which hashes it knows this certificate: ask for its inventory first');
        const payload = { certificateHashData: { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } };
        await refuseDeletion(rows, reads, tenantId, stationId, payload);
        return send(call, 'DeleteCertificate', payload);
      },
    }),
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/certificate-inventory',
      answer: answers.Asked,
      summary: 'Ask a station which certificates it holds',
      params: StationId,
      body: InventoryBody,
      answers: ACCEPTED,
      async handle(call) {
        const { certificateType } = call.body;
        const is16 = (await versionOf(call)) === 'ocpp1.6';
        const types = is16
          ? { certificateType: certificateType ?? 'CentralSystemRootCertificate' }
          : certificateType === undefined
            ? {}
            : { certificateType: [certificateType] };
        return send(call, 'GetInstalledCertificateIds', types);
      },
    }),
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/certificate-renewal',
      answer: answers.Asked,
      summary: 'Tell a station to make a new key and ask for a new certificate',
      params: StationId,
      body: RenewalBody,
      answers: ACCEPTED,
      async handle(call) {
        if ((await versionOf(call)) === 'ocpp1.6')
          return send(call, 'ExtendedTriggerMessage', { requestedMessage: 'SignChargePointCertificate' });
        const requestedMessage = call.body.use === 'V2GCertificate' ? 'SignV2GCertificate' : 'SignChargingStationCertificate';
        return send(call, 'TriggerMessage', { requestedMessage });
      },
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/refused-connections',
      answer: answers.pageOf(answers.RefusedConnection),
      summary:
        'Handshakes of this station that were refused: downgrades, wrong passwords and certificates; five at once and then one a minute, with how many there were between',
      params: StationId,
      async handle({ caller, params }) {
        await siteOf(caller.tenantId, params.stationId);
        return ok({ items: await rows.refusalsOf(caller.tenantId, params.stationId), nextCursor: null });
      },
    }),
    route({
      method: 'get',
      path: '/v1/certificates',
      answer: answers.pageOf(answers.Certificate),
      summary: 'Certificates of all stations that run out within so many days, the next one first',
      query: ExpiryQuery,
      async handle({ caller, query }) {
        const before = new Date(world.clock.now() + query.withinDays * DAY_MS);
        return ok({ items: await rows.endingBefore(caller.tenantId, before), nextCursor: null });
      },
    }),
    route({
      method: 'get',
      path: '/v1/certificate-authority',
      answer: answers.pageOf(answers.RootCertificate),
      summary: 'Roots of the network’s own authority: what its certificates of stations lead to, and those for V2G',
      async handle() {
        const roots = await Promise.all(USES.map(async (use) => ({ use, pem: (await authority.roots(use))[0] ?? '' })));
        return ok({ items: roots.map(({ use, pem }) => rootShown(use, pem)), nextCursor: null });
      },
    }),
  ];
}

function rootShown(use: string, pem: string): object {
  const certificate = new X509Certificate(pem);
  return { use, certificate: pem, subject: certificate.subject, notAfter: certificate.validToDate, ...hashDataOf(certificate) };
}
