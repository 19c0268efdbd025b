// Who changed what, as the api tells it, and whether its chain is whole.
// How it is said is pages/audit.
import type { Ask, Page } from './http-api.js';
import { listOf, numberOrNull, type Row, rowOf, text, textOrNull, timeOrNull } from './loose-json.js';

export const OUTCOMES = ['done', 'refused', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export const BREAKS = ['missing', 'altered', 'unlinked'] as const;

export interface AuditQuery {
  readonly outcome: Outcome | null;
  /** Id of a site, a station or another part of a path; '' for all. */
  readonly subject: string;
}

/** A leaf of a configuration that is not what it was. */
export interface Difference {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface AuditRow {
  readonly seq: number;
  readonly atMs: number | null;
  readonly actor: string;
  readonly role: string;
  /** `PUT /v1/sites/depot`, with ids in place of parameters. */
  readonly what: string;
  readonly outcome: Outcome;
  readonly problem: string | null;
  readonly differences: readonly Difference[];
}

export interface ChainTold {
  readonly head: { readonly seq: number; readonly hash: string } | null;
  readonly brokenAt: { readonly seq: number; readonly reason: (typeof BREAKS)[number] } | null;
}

/** Null where the key may not see it. */
export async function readAudit(ask: Ask, { outcome, subject }: AuditQuery, cursor: string | null): Promise<Page<AuditRow> | null> {
  const query = new URLSearchParams({
    limit: '50',
    ...(outcome !== null && { outcome }),
    ...(subject !== '' && { subject }),
    ...(cursor !== null && { cursor }),
  });
  const told = await ask.readAllowed(`/v1/audit?${query}`);
  if (told === null) return null;
  const { items, nextCursor } = rowOf(told);
  return { items: listOf(items).map(rowOf).map(entry), nextCursor: textOrNull(nextCursor) };
}

export async function readChain(ask: Ask): Promise<ChainTold> {
  const { head, brokenAt } = rowOf(await ask.readAllowed('/v1/audit/verify'));
  const [end, broken] = [rowOf(head), rowOf(brokenAt)];
  const [endSeq, brokenSeq] = [numberOrNull(end.seq), numberOrNull(broken.seq)];
  return {
    head: endSeq === null ? null : { seq: endSeq, hash: text(end.hash) },
    brokenAt: brokenSeq === null ? null : { seq: brokenSeq, reason: BREAKS.find((each) => each === broken.reason) ?? 'altered' },
  };
}

function entry(row: Row): AuditRow {
  const subject = rowOf(row.subject);
  // A card is known by its hash alone.
  const ids: Row = { ...subject, idToken: text(subject.tokenHash).slice(0, 12) };
  const path = text(row.route).replaceAll(/\{(\w+)\}/g, (_, name: string) => text(ids[name]) || `{${name}}`);
  const isDeleted = row.method === 'DELETE';
  const isChange = row.outcome === 'done' && (isDeleted || (row.after !== null && row.after !== undefined));
  return {
    seq: numberOrNull(row.seq) ?? 0,
    atMs: timeOrNull(row.at),
    actor: text(rowOf(row.actor).name),
    role: text(row.role),
    what: `${text(row.method)} ${path}`,
    outcome: OUTCOMES.find((each) => each === row.outcome) ?? 'failed',
    problem: textOrNull(row.problem),
    differences: isChange ? differencesOf(row.before, isDeleted ? null : row.after) : [],
  };
}

/** By the path of each leaf, in order of their paths. */
export function differencesOf(before: unknown, after: unknown): readonly Difference[] {
  const [old, present] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...old.keys(), ...present.keys()])]
    .filter((path) => old.get(path) !== present.get(path))
    .sort()
    .map((path) => ({ path, before: old.get(path) ?? null, after: present.get(path) ?? null }));
}

function leavesOf(value: unknown, path = '', found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (value === null || value === undefined) return found;
  if (typeof value !== 'object') return found.set(path, String(value));
  for (const [name, inner] of Object.entries(value)) leavesOf(inner, path === '' ? name : `${path}.${name}`, found);
  return found;
}
