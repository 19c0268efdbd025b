// Rows of our OpenADR 3 server: clients, objects as they were written, and what was refused. An object that is gone stays with its end.
import type { RowWrite, TableSpec } from '#service';
import type { Directory, Refusal, VtnFact } from './directory.js';
import { endsAt } from './ending.js';

const clients: TableSpec = {
  name: 'vtn_clients',
  columns: {
    tenant_id: 'text',
    client_id: 'text',
    kind: 'text',
    secret_hash: 'text',
    made_by: 'text',
    made_at: 'timestamptz',
    removed_at: 'timestamptz',
  },
  key: ['tenant_id', 'client_id'],
};
const objects: TableSpec = {
  name: 'vtn_objects',
  columns: {
    tenant_id: 'text',
    object_id: 'text',
    object_type: 'text',
    client_id: 'text',
    content: 'jsonb',
    targets: 'jsonb',
    ends_at: 'timestamptz',
    created_at: 'timestamptz',
    changed_at: 'timestamptz',
    changed_by: 'text',
    removed_at: 'timestamptz',
  },
  key: ['tenant_id', 'object_id'],
};
const refusals: TableSpec = {
  name: 'vtn_refusals',
  columns: { tenant_id: 'text', record_offset: 'bigint', status: 'integer', reason: 'text' },
  key: ['tenant_id', 'record_offset'],
};
export const VTN_TABLES: readonly TableSpec[] = [clients, objects, refusals];

export function vtnRows(before: Directory, after: Directory, fact: VtnFact, refusal: Refusal | undefined): readonly RowWrite[] {
  const { tenantId: tenant_id, time, at } = fact;
  if (refusal !== undefined) return [{ table: refusals, row: { tenant_id, record_offset: at.offset, ...refusal } }];
  const gone = Object.keys(before.objects).filter((id) => after.objects[id] === undefined);
  const ended = gone.map((object_id): RowWrite => ({ table: objects, row: { tenant_id, object_id, removed_at: new Date(time) } }));
  switch (fact.type) {
    case 'VtnClientMade': {
      const { clientId: client_id, kind, secretHash: secret_hash, requestedBy: made_by } = fact.data;
      const row = { tenant_id, client_id, kind, secret_hash, made_by, made_at: new Date(time), removed_at: null };
      return [{ table: clients, row }];
    }
    case 'VtnClientRemoved':
      return [...ended, { table: clients, row: { tenant_id, client_id: fact.data.clientId, removed_at: new Date(time) } }];
    case 'VtnObjectRemoved':
      return ended;
    case 'VtnObjectWritten': {
      const { objectId: object_id, objectType: object_type, clientId, content, writtenBy: changed_by } = fact.data;
      const { createdAt, targets } = after.objects[object_id] ?? { createdAt: time, targets: [] };
      const about = { object_type, client_id: clientId ?? null, content, targets, ends_at: endsAt(content, time), changed_by };
      const when = { created_at: new Date(createdAt), changed_at: new Date(time), removed_at: null };
      return [{ table: objects, row: { tenant_id, object_id, ...about, ...when } }];
    }
  }
}
