// Of keys, and of who did what.
import { z } from 'zod';
import { Fields, Id, KeptText, KeptTime, Time } from './shapes.js';

export const ApiKey = z
  .object({
    keyId: Id,
    name: z.string(),
    role: z.string(),
    sites: z.array(Id).nullable(),
    createdAt: Time,
    createdBy: z.string(),
    revokedAt: KeptTime,
  })
  .meta({ id: 'ApiKey' });
export const Me = z.object({
  name: z.string(),
  role: z.string(),
  sites: z.array(Id).nullable().describe('null: all'),
  may: z.array(z.string()).describe('as `POST /v1/stations/{stationId}/commands`'),
});
export const NewApiKey = z.object({ keyId: Id, name: z.string(), role: z.string(), sites: z.array(Id).optional(), key: z.string() });
export const AuditEntry = z
  .object({
    seq: z.int(),
    at: Time,
    actor: Fields,
    role: z.string(),
    method: z.string(),
    route: z.string(),
    subject: z.unknown(),
    status: z.int().nullable(),
    outcome: z.enum(['done', 'refused', 'failed']),
    problem: KeptText,
    before: z.unknown(),
    after: z.unknown(),
    previousHash: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export const AuditVerdict = z.object({
  isWhole: z.boolean(),
  head: z.object({ seq: z.int(), hash: z.string() }).nullable(),
  brokenAt: Fields.nullable(),
  isSeen: z.boolean().optional(),
});
export const Token = z
  .object({
    type: z.string(),
    idToken: z.string(),
    status: z.string(),
    hasGroup: z.boolean(),
    groupId: KeptText.describe('null also where its name cannot be read any more'),
    expiresAt: KeptTime,
    onlyAt: z.array(Fields).nullable().describe('null: everywhere'),
  })
  .meta({ id: 'Token' });
export const StatedToken = z.looseObject({ type: z.string(), idToken: z.string(), status: z.string() });
