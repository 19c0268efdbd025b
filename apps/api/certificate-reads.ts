// Certificates of stations, and handshakes that were refused, from the rows of the stations service.
// What is done about them is in certificates.ts.
import type { World } from '#ports';
import { queryAsTenant } from '#service';

export interface CertificateShown {
  readonly certificateId: string;
  readonly stationId: string;
  /** `signed` here on its request, `held` by it, or `shown` by it and signed elsewhere. */
  readonly origin: 'signed' | 'held' | 'shown';
  readonly type: string;
  readonly state: string;
  readonly reason: string | null;
  readonly serialNumber: string | null;
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly hashAlgorithm: string | null;
  readonly issuerNameHash: string | null;
  readonly issuerKeyHash: string | null;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  readonly alarm: 'expiring' | 'expired' | null;
  readonly changedAt: Date;
}

const CERTIFICATE = `select c.certificate_id as "certificateId", c.station_id as "stationId", c.origin, c.type, c.state, c.reason,
  c.serial_number as "serialNumber", c.subject, c.issuer, c.hash_algorithm as "hashAlgorithm", c.issuer_name_hash as "issuerNameHash",
  c.issuer_key_hash as "issuerKeyHash", c.not_before as "notBefore", c.not_after as "notAfter", c.alarm, c.changed_at as "changedAt"
  from station_certificates c join stations s using (tenant_id, site_id, station_id) where c.tenant_id = $1`;
const MOST = 500;

export type CertificateReads = ReturnType<typeof certificateReads>;

export function certificateReads({ database }: Pick<World, 'database'>) {
  const rows = async <Row>(text: string, tenantId: string, ...values: readonly unknown[]): Promise<readonly Row[]> =>
    (await queryAsTenant<Row>(database, tenantId, text, [tenantId, ...values])).rows;
  return {
    /** Newest change first. */
    ofStation: (tenantId: string, stationId: string) =>
      rows<CertificateShown>(
        `${CERTIFICATE} and c.station_id = $2 order by c.changed_at desc, c.certificate_id limit ${MOST}`,
        tenantId,
        stationId,
      ),
    /** In force, or meant to be, and over by then; the next one first. */
    endingBefore: (tenantId: string, at: Date) =>
      rows<CertificateShown>(
        `${CERTIFICATE} and c.not_after < $2 and c.state in ('installed', 'inUse') order by c.not_after, c.station_id, c.certificate_id limit ${MOST}`,
        tenantId,
        at,
      ),
    refusalsOf: (tenantId: string, stationId: string) =>
      rows<object>(
        `select r.event_id as "eventId", r.at, r.reason, r.security_profile as "securityProfile", r.encrypted as "isEncrypted",
           r.has_password as "hasPassword", r.serial_number as "serialNumber", r.unrecorded
         from connection_refusals r join stations s using (tenant_id, site_id, station_id)
         where r.tenant_id = $1 and r.station_id = $2 order by r.at desc, r.event_id limit ${MOST}`,
        tenantId,
        stationId,
      ),
  };
}
