// Objects of our OpenADR 3 server: found as a caller may see them, written and removed by records that its fold lets count or not.
// How they are asked for is door.ts'.
import type { VtnObjectType } from '#contracts';
import type { World } from '#ports';
import { badRequest, conflict, notFound, Problem } from '../problem.js';
import { append, passed } from '../requests.js';
import { rowsOf } from '../rows.js';
import { isTargeted, type VtnCaller } from './access.js';
import type { Operation } from './directory.js';
import { bodyOf, type Written } from './shapes.js';

export interface Wanted {
  readonly objectId?: string;
  /** By fields of the object. */
  readonly fields: Readonly<Record<string, string>>;
  readonly targets: readonly string[];
  /** A subscription that is about one of these. */
  readonly objects: readonly string[];
  readonly isActive: boolean;
  readonly skip: number;
  readonly limit: number;
}
export const ANY: Wanted = { fields: {}, targets: [], objects: [], isActive: false, skip: 0, limit: 1 };

interface Row extends Record<string, unknown> {
  readonly objectId: string;
  readonly objectType: VtnObjectType;
  readonly clientId: string | null;
  readonly content: Written;
  readonly createdAt: Date;
  readonly changedAt: Date;
}
const OBJECT = `select object_id as "objectId", object_type as "objectType", client_id as "clientId", content, created_at as "createdAt", changed_at as "changedAt" from vtn_objects
  where tenant_id = $1 and object_type = $2 and removed_at is null and ($3::text is null or object_id = $3) and content @> $4::jsonb and ($5::text is null or client_id = $5)
  and ($6::text[] is null or targets ?| $6) and ($7::text[] is null or targets = '[]' or targets ?| $7)
  and ($8::text[] is null or exists (select 1 from jsonb_array_elements(content -> 'objectOperations') o where o -> 'objects' ?| $8))
  and ($9::timestamptz is null or ends_at is null or ends_at > $9) order by created_at, object_id offset $10 limit $11`;
const GRANTED = `select distinct jsonb_array_elements_text(targets) as target from vtn_objects
  where tenant_id = $1 and client_id = $2 and object_type in ('VEN', 'RESOURCE') and removed_at is null`;
const REFUSAL = 'select status, reason from vtn_refusals where tenant_id = $1 and record_offset = $2';

/** Under which bearer tokens of a subscription are sealed. */
export const tokenSubject = (tenantId: string, objectId: string): string => `vtn:${tenantId}:${objectId}`;

export function vtnObjects(world: World) {
  const { clock, ids, keys } = world;

  /** In the order they were made. */
  const rows = async (caller: VtnCaller, type: VtnObjectType, wanted: Wanted) => {
    const { tenantId, clientId, kind } = caller;
    const { objectId = null, fields, targets, objects, isActive, skip, limit } = wanted;
    const isVen = kind === 'ven';
    const granted = isVen && isTargeted(type) ? await grantedTo(caller) : undefined;
    // What a ven asks for by a target that it was not granted is not there.
    const asked = granted === undefined ? targets : targets.filter((each) => granted.includes(each));
    const found = await rowsOf<Row>(
      world,
      tenantId,
      OBJECT,
      ...[type, objectId, JSON.stringify(fields), isVen && !isTargeted(type) ? clientId : null],
      ...[targets.length > 0 ? asked : null, granted ?? null, objects.length > 0 ? objects : null],
      ...[isActive ? new Date(clock.now()) : null, skip, limit],
    );
    const visible = targets.length > 0 ? asked : granted;
    return { found, shown: found.map((row) => shown(row, granted === undefined ? undefined : visible)) };
  };

  const grantedTo = async ({ tenantId, clientId }: VtnCaller): Promise<readonly string[]> =>
    (await rowsOf<{ readonly target: string }>(world, tenantId, GRANTED, clientId)).map(({ target }) => target);

  const existing = async (caller: VtnCaller, type: VtnObjectType, objectId: string) => {
    const { found, shown } = await rows(caller, type, { ...ANY, objectId });
    if (found[0] === undefined || shown[0] === undefined) throw notFound(`the ${type.toLowerCase()} ${objectId}`);
    return { row: found[0], shown: shown[0] };
  };

  /** Throws the problem where it does not count. */
  const tell = async (fact: Parameters<typeof append>[2], tenantId: string): Promise<void> => {
    const position = await append(world, 'network-events', fact);
    await passed(world, 'vtn', position);
    const [refusal] = await rowsOf<{ status: number; reason: string }>(world, tenantId, REFUSAL, position.offset);
    if (refusal !== undefined) throw refusal.status === 404 ? notFound('it') : conflict(refusal.reason);
  };

  const written = async (caller: VtnCaller, type: VtnObjectType, body: unknown, before?: Row): Promise<Written> => {
    const { tenantId, clientId, kind } = caller;
    const said = bodyOf(type, kind).safeParse(body);
    if (!said.success) {
      const errors = said.error.issues.map(({ path, message }) => ({ path: path.join('.') || 'body', message }));
      throw badRequest(errors.map(({ path, message }) => `${path}: ${message}`).join('; '), errors);
    }
    const objectId = before?.objectId ?? ids.next();
    const content = await sealed({ ...said.data, ...(kind === 'ven' && keptOf(type, before)) }, tokenSubject(tenantId, objectId));
    if (type === 'RESOURCE' && kind === 'ven') await existing(caller, 'VEN', String(content.venID));
    if (type === 'REPORT') await existing(caller, 'EVENT', String(content.eventID)).catch(asConflict);
    const owner = isTargeted(type) ? undefined : typeof content.clientID === 'string' ? content.clientID : (before?.clientId ?? clientId);
    const data = { objectId, objectType: type, isNew: before === undefined, content, writtenBy: clientId };
    await tell({ type: 'VtnObjectWritten', tenantId, data: { ...data, ...(owner !== undefined && { clientId: owner }) } }, tenantId);
    return (await existing({ ...caller, kind: 'businessLogic' }, type, objectId)).shown;
  };

  const sealed = async (content: Written, subject: string): Promise<Written> => {
    if (!Array.isArray(content.objectOperations)) return content;
    const operations = (content.objectOperations as readonly Operation[]).map(async ({ bearerToken, ...operation }) => ({
      ...operation,
      ...(bearerToken != null && { bearerToken: await keys.seal(subject, bearerToken) }),
    }));
    return { ...content, objectOperations: await Promise.all(operations) };
  };

  return {
    list: async (caller: VtnCaller, type: VtnObjectType, wanted: Wanted) => (await rows(caller, type, wanted)).shown,
    one: async (caller: VtnCaller, type: VtnObjectType, objectId: string) => (await existing(caller, type, objectId)).shown,
    create: (caller: VtnCaller, type: VtnObjectType, body: unknown) => written(caller, type, body),
    async update(caller: VtnCaller, type: VtnObjectType, objectId: string, body: unknown) {
      return written(caller, type, body, (await existing(caller, type, objectId)).row);
    },
    async remove(caller: VtnCaller, type: VtnObjectType, objectId: string) {
      const { tenantId, clientId } = caller;
      const before = await existing(caller, type, objectId);
      await tell({ type: 'VtnObjectRemoved', tenantId, data: { objectId, removedBy: clientId } }, tenantId);
      return before.shown;
    },
  };
}

/** What only the business logic may say of a ven stays as it was. */
function keptOf(type: VtnObjectType, before: Row | undefined): Written {
  if (type !== 'VEN' && type !== 'RESOURCE') return {};
  const { clientID, targets } = before?.content ?? {};
  return { ...(clientID !== undefined && { clientID }), ...(targets !== undefined && { targets }) };
}

const asConflict = (error: unknown): never => {
  throw error instanceof Problem && error.status === 404 ? conflict(error.message) : error;
};

/** `visible`: targets that the reader may know of; absent = all. Who may read it knows its bearer tokens already. */
export function shown({ objectId, objectType, clientId, content, createdAt, changedAt }: Row, visible?: readonly string[]): Written {
  const { objectType: _, targets: own, objectOperations, ...said } = content;
  const targets = own ?? (objectType === 'VEN' || objectType === 'RESOURCE' ? [] : undefined);
  const operations = objectOperations as readonly Operation[] | undefined;
  const metadata = {
    id: objectId,
    createdDateTime: createdAt.toISOString(),
    modificationDateTime: changedAt.toISOString(),
    objectType,
  };
  return {
    ...metadata,
    ...said,
    ...(clientId !== null && { clientID: clientId }),
    ...(operations && { objectOperations: operations.map(({ bearerToken: __, ...operation }) => operation) }),
    ...(Array.isArray(targets) && { targets: visible === undefined ? targets : targets.filter((each) => visible.includes(each)) }),
  };
}
