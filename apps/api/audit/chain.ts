// The chain of a tenant's audited changes: each entry is hashed with the hash of the one before, so that none can be altered, put in or taken out unseen.
// Where entries come from and are kept is definition.ts's.
import type { AuditChained, ChangeAudited } from '#contracts';
import { canonicalJson, sha256 } from '#kernel';

export interface AuditEntry {
  /** Of its record. */
  readonly id: string;
  /** ISO 8601 UTC, to the millisecond. */
  readonly time: string;
  readonly data: ChangeAudited;
}
export type ChainEnd = Pick<AuditChained, 'seq' | 'hash'>;
export const CHAIN_START: ChainEnd = { seq: 0, hash: '' };

export const linked = (end: ChainEnd, { id, time, data }: AuditEntry): AuditChained => {
  const seq = end.seq + 1;
  return { seq, previousHash: end.hash, hash: sha256(canonicalJson([seq, end.hash, id, time, data])) };
};

export interface Break {
  readonly seq: number;
  readonly reason: 'missing' | 'unlinked' | 'altered';
}

/** The first entry that does not follow from the one before it; `entries` in order of their places. */
export function brokenAt(end: ChainEnd, { link, entry }: { readonly link: AuditChained; readonly entry: AuditEntry }): Break | undefined {
  const { seq } = link;
  if (seq !== end.seq + 1) return { seq: end.seq + 1, reason: 'missing' };
  if (link.previousHash !== end.hash) return { seq, reason: 'unlinked' };
  return linked(end, entry).hash === link.hash ? undefined : { seq, reason: 'altered' };
}
