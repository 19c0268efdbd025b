// The audit as auditors read it: by what, whom and when, with what was before; as CSV; and whether the chain is whole.
// What is in it is recording.ts's.
import { z } from 'zod';
import type { AuditActor, ChangeAudited } from '#contracts';
import type { World } from '#ports';
import * as answers from '../answers/index.js';
import { csvText } from '../csv.js';
import { file, ok, type Route, route } from '../http.js';
import { DEAR } from '../limits.js';
import { decodeCursor, encodeCursor, rowsOf } from '../rows.js';
import * as shapes from '../schemas.js';
import { type Break, brokenAt, CHAIN_START, type ChainEnd } from './chain.js';

const OUTCOMES = ['done', 'refused', 'failed'] as const;

const Filter = z.object({
  from: shapes.Timestamp.optional(),
  to: shapes.Timestamp.optional(),
  actor: z.string().min(1).max(200).optional().describe('id or name of a key or person'),
  route: z.string().min(1).max(200).optional().describe('as in this description, such as /v1/sites/{siteId}'),
  subject: z.string().min(1).max(200).optional().describe('a parameter of the path, such as the id of a site or a station'),
  outcome: z.enum(OUTCOMES).optional(),
});
const FileQuery = Filter.extend({ limit: z.coerce.number().int().min(1).max(10_000).default(10_000) });
const SeenQuery = z
  .object({
    seq: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .describe('of a head that was told before, with its hash: whether it is still in the chain'),
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  })
  .refine(({ seq, hash }) => (seq === undefined) === (hash === undefined), { path: ['hash'], message: 'seq and hash, or neither' });

/** What it was before: of a PUT or DELETE, what the last one of the same subject that was done asked for. */
const ENTRIES = `select a.seq::integer as seq, a.at, a.actor, a.role, a.method, a.route, a.subject, a.status, a.problem, a.content as after,
  case when a.method in ('PUT', 'DELETE') then (select b.content from audit_entries b where b.tenant_id = a.tenant_id and b.route = a.route
    and b.subject = a.subject and b.seq < a.seq and b.status < 300 order by b.seq desc limit 1) end as before,
  case when a.status < 300 then 'done' when a.status < 500 then 'refused' else 'failed' end as outcome, a.previous_hash as "previousHash", a.hash
  from audit_entries a where a.tenant_id = $1 and ($2::timestamptz is null or a.at >= $2) and ($3::timestamptz is null or a.at < $3)
    and ($4::text is null or a.actor ->> 'id' = $4 or a.actor ->> 'name' = $4) and ($5::text is null or a.route = $5)
    and ($6::text is null or exists (select from jsonb_each_text(a.subject) s where s.value = $6))
    and ($7::text is null or case $7 when 'done' then a.status < 300 when 'refused' then a.status between 300 and 499 else a.status >= 500 end)
    and ($8::bigint is null or a.seq < $8) order by a.seq desc limit $9`;

interface Entry extends Record<string, unknown>, Pick<ChangeAudited, 'role' | 'method' | 'route' | 'subject' | 'status'> {
  readonly seq: number;
  readonly at: Date;
  readonly actor: AuditActor;
  readonly outcome: (typeof OUTCOMES)[number];
  readonly problem: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly hash: string;
}

const CHAIN = `select seq::integer as seq, previous_hash as "previousHash", hash, event_id as id, at as time, actor, role, method, route, subject, status, problem, content
  from audit_entries where tenant_id = $1 and seq > $2 order by seq limit 2000`;
interface Link extends Record<string, unknown> {
  readonly seq: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly id: string;
  readonly time: Date;
  readonly problem: string | null;
  readonly content: unknown;
}

export function auditRoutes(world: Pick<World, 'database'>): readonly Route[] {
  const entries = (tenantId: string, query: z.output<typeof Filter>, before: string | null, limit: number): Promise<readonly Entry[]> => {
    const { from, to, actor, route: template, subject, outcome } = query;
    const wanted = [from, to, actor, template, subject, outcome].map((each) => each ?? null);
    return rowsOf<Entry>(world, tenantId, ENTRIES, ...wanted, before, limit);
  };
  return [
    route({
      method: 'get',
      path: '/v1/audit',
      answer: answers.pageOf(answers.AuditEntry),
      summary:
        'Changes that were made or tried over this interface, the latest first: who, on what, how it ended; of configuration what was asked (after) and what the last change before it had asked (before), without personal data and secrets',
      query: Filter.extend(shapes.Page.shape),
      async handle({ caller: { tenantId }, query: { limit, cursor, ...query } }) {
        const [before = null] = decodeCursor(cursor, 'whole') ?? [];
        const rows = await entries(tenantId, query, before, limit + 1);
        const items = rows.slice(0, limit);
        return ok({ items, nextCursor: rows.length > limit ? encodeCursor([String(items.at(-1)?.seq)]) : null });
      },
    }),
    route({
      method: 'get',
      path: '/v1/audit.csv',
      answer: 'text/csv',
      cost: DEAR,
      summary: 'The same as CSV, at most 10,000 lines: take `to` from the last line for those before',
      query: FileQuery,
      answers: { 200: 'text/csv' },
      async handle({ caller: { tenantId }, query: { limit, ...query } }) {
        return file('audit.csv', 'text/csv; charset=utf-8', csvOf(await entries(tenantId, query, null, limit)));
      },
    }),
    route({
      method: 'get',
      path: '/v1/audit/verify',
      answer: answers.AuditVerdict,
      cost: DEAR,
      summary:
        'Whether every entry follows from the one before it; where not, the first that does not. A head (seq, hash) that was noted before shows that nothing since was cut off or written anew',
      query: SeenQuery,
      answers: { 200: 'isWhole, the head, and where it breaks: missing, altered or unlinked' },
      async handle({ caller: { tenantId }, query: { seq, hash } }) {
        let end: ChainEnd = CHAIN_START;
        let broken: Break | undefined;
        let isSeen: boolean | undefined = seq === undefined ? undefined : false;
        for (;;) {
          const rows = await rowsOf<Link>(world, tenantId, CHAIN, end.seq);
          for (const row of rows) {
            broken = brokenAt(end, parts(row));
            if (broken !== undefined) break;
            end = row;
            if (row.seq === seq && row.hash === hash) isSeen = true;
          }
          if (broken !== undefined || rows.length === 0) break;
        }
        const head = end.seq === 0 ? null : { seq: end.seq, hash: end.hash };
        return ok({
          isWhole: broken === undefined && isSeen !== false,
          head,
          brokenAt: broken ?? null,
          ...(isSeen !== undefined && { isSeen }),
        });
      },
    }),
  ];
}

function parts({ seq, previousHash, hash, id, time, problem, content, ...rest }: Link): Parameters<typeof brokenAt>[1] {
  const data = { ...rest, ...(problem !== null && { problem }), ...(content !== null && { content }) } as unknown as ChangeAudited;
  return { link: { seq, previousHash, hash }, entry: { id, time: time.toISOString(), data } };
}

function csvOf(entries: readonly Entry[]): string {
  const json = (value: unknown): string => csvText(value === null ? '' : JSON.stringify(value));
  const lines = entries.map(({ seq, at, actor, role, method, route: template, subject, status, outcome, problem, before, after, hash }) =>
    [
      seq,
      at.toISOString(),
      ...[actor.kind, actor.id, actor.name, role, method, template].map(csvText),
      json(subject),
      status,
      outcome,
      csvText(problem ?? ''),
      json(before),
      json(after),
      hash,
    ].join(','),
  );
  const head = 'seq,at,actorKind,actorId,actor,role,method,route,subject,status,outcome,problem,before,after,hash';
  return `${[head, ...lines].join('\r\n')}\r\n`;
}
