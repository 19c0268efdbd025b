// The audit as a service: chains what was changed over the HTTP interface, tenant by tenant, and keeps it in rows.
// What of a call is recorded is recording.ts's, how it is looked at routes.ts's.
import type { AuditChained, Envelope, NetworkEvent } from '#contracts';
import type { ServiceDefinition, TableSpec } from '#service';
import { CHAIN_START, type ChainEnd, linked } from './chain.js';

type Audited = Extract<NetworkEvent, { readonly type: 'ChangeAudited' }>;

const entries: TableSpec = {
  name: 'audit_entries',
  columns: {
    tenant_id: 'text',
    seq: 'bigint',
    event_id: 'text',
    at: 'timestamptz',
    actor: 'jsonb',
    role: 'text',
    method: 'text',
    route: 'text',
    subject: 'jsonb',
    status: 'integer',
    problem: 'text',
    content: 'jsonb',
    previous_hash: 'text',
    hash: 'text',
  },
  key: ['tenant_id', 'seq'],
};

const isAudited = (input: Envelope): input is Audited => input.type === 'ChangeAudited';

export const auditDefinition: ServiceDefinition<ChainEnd, Audited> = {
  name: 'audit',
  inputs: ['network-events'],
  outputs: ['network-events'],
  tables: [entries],
  passesBy: ({ headers }) => headers.ce_type !== 'ChangeAudited',
  fold: {
    aggregateOf: (input) => (isAudited(input) ? input.tenantId : undefined),
    initial: () => CHAIN_START,
    decide: (end, input) => [{ topic: 'network-events', type: 'AuditChained', data: linked(end, input) }],
    evolve: (end, _, [output]) => (output === undefined ? end : chainEnd(output.data as AuditChained)),
    project({ input: { id, time, tenantId, data }, outputs: [output] }) {
      if (output === undefined) return [];
      const { seq, previousHash, hash } = output.data as AuditChained;
      const { actor, role, method, route, subject, status, problem = null, content = null } = data;
      const place = { tenant_id: tenantId, seq, event_id: id, at: time, previous_hash: previousHash, hash };
      return [{ table: entries, row: { ...place, actor, role, method, route, subject, status, problem, content } }];
    },
  },
};

const chainEnd = ({ seq, hash }: AuditChained): ChainEnd => ({ seq, hash });
