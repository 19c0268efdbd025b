// Judges what is read: signed by whom it says, who may say such a thing in this place (ADR 0105). What it refuses keeps its place and its reason.
// What becomes of it is its reader's: a service parks it.
import { verify } from 'node:crypto';
import { promisify } from 'node:util';
import { LIMIT_TOPICS, mayNotWrite } from '#contracts';
import type { LogRecord } from '#ports';
import { HEADER, leafOf, readHeader, type Signature, signedBytes } from './signature.js';
import type { Signer, Signers } from './signers.js';
import { rootOf } from './tree.js';

/** In the order given. */
export type Judge = (records: readonly LogRecord[]) => Promise<readonly LogRecord[]>;

const verified = promisify(verify) as (algorithm: null, data: Buffer, key: Signer['key'], signature: Buffer) => Promise<boolean>;

/** Signatures whose verdict is remembered: the records of one lie in many partitions. */
const REMEMBERED = 65_536;

export function judgeBy({ byKeyId, required }: Signers): Judge {
  const verdicts = new Map<string, Promise<boolean>>();

  const isGenuine = (record: LogRecord, signature: Signature, { key }: Signer): Promise<boolean> => {
    const root = rootOf(leafOf(record.topic, record, signature), signature.index, signature.count, signature.way);
    if (root === undefined) return Promise.resolve(false);
    const name = `${signature.keyId}.${root.toString('base64url')}.${signature.signed}`;
    const known = verdicts.get(name);
    if (known !== undefined) return known;
    if (verdicts.size >= REMEMBERED) verdicts.clear();
    const verdict = verified(null, signedBytes(root), key, Buffer.from(signature.signed, 'base64url'));
    verdicts.set(name, verdict);
    return verdict;
  };

  const judge = async (record: LogRecord): Promise<LogRecord> => {
    const { topic, partition, offset, headers } = record;
    const text = headers[HEADER];
    if (text === undefined) {
      const isRequired = Object.hasOwn(required, topic) && offset >= (required[topic]?.[partition] ?? 0);
      return isRequired ? { ...record, refused: 'it is not signed' } : record;
    }
    const signature = readHeader(text);
    const signer = signature && byKeyId.get(signature.keyId);
    if (signature === undefined || signer === undefined) return { ...record, refused: 'it is signed with a key that nobody named' };
    if (signer.until !== undefined && offset >= (signer.until[topic]?.[partition] ?? 0))
      return { ...record, refused: 'it is signed with a key that was retired before' };
    if (!(await isGenuine(record, signature, signer))) return { ...record, refused: 'its signature is not of this record in this place' };
    const refused = topic === LIMIT_TOPICS.asked ? beyond(record, signer) : mayNotWrite(topic, headers, signer.services);
    if (refused !== undefined) return { ...record, refused };
    return { ...record, signed: { process: `${signature.keyId}/${signature.instance}`, order: [signature.atMs, signature.number] } };
  };
  return (records) => Promise.all(records.map(judge));
}

/** Why this signer may not limit what the record limits. */
function beyond({ headers, value }: LogRecord, { limits }: Signer): string | undefined {
  if (limits === undefined || limits.tenantId !== (headers.ce_tenantid || 'default'))
    return 'its signer may not limit sites of this tenant';
  // Without its own name, the same limit written again would be another one.
  if (!headers.ce_id) return 'ce_id was expected: what is signed has a name of its own';
  const { siteIds } = limits;
  if (siteIds === undefined) return undefined;
  const named = sitesIn(value);
  return named !== undefined && named.length > 0 && named.every((siteId) => siteIds.has(siteId))
    ? undefined
    : 'its signer may not limit all of these sites';
}

/** Sites of a limit (`siteIds`) or of a withdrawal (`siteId`). */
function sitesIn(text: string): readonly string[] | undefined {
  try {
    const { siteIds, siteId } = JSON.parse(text);
    return Array.isArray(siteIds) ? siteIds : [siteId];
  } catch {
    return undefined;
  }
}
