// Of certificates of stations, of the roots behind them, and of handshakes that were refused.
import { z } from 'zod';
import { Id, KeptText, KeptTime, Time } from './shapes.js';

export const Certificate = z
  .object({
    certificateId: Id,
    stationId: Id,
    origin: z.enum(['signed', 'held', 'shown']),
    type: z.string(),
    state: z.string(),
    reason: KeptText,
    serialNumber: KeptText,
    subject: KeptText,
    issuer: KeptText,
    hashAlgorithm: KeptText,
    issuerNameHash: KeptText,
    issuerKeyHash: KeptText,
    notBefore: KeptTime,
    notAfter: KeptTime,
    alarm: z.enum(['expiring', 'expired']).nullable(),
    changedAt: Time,
  })
  .meta({ id: 'Certificate' });
export const RefusedConnection = z
  .object({
    eventId: Id,
    at: Time,
    reason: z.string(),
    securityProfile: z.int().nullable(),
    isEncrypted: z.boolean().nullable(),
    hasPassword: z.boolean().nullable(),
    serialNumber: KeptText,
    unrecorded: z.int().nullable().describe('how many there were before it that are not told'),
  })
  .meta({ id: 'RefusedConnection' });
export const RootCertificate = z
  .object({
    use: z.string(),
    certificate: z.string().describe('PEM'),
    subject: z.string(),
    notAfter: Time,
    hashAlgorithm: z.string(),
    issuerNameHash: z.string(),
    issuerKeyHash: z.string(),
    serialNumber: z.string(),
  })
  .meta({ id: 'RootCertificate' });
