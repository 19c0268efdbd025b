// What writes wait for: that a service has passed a position, and how a request to the owner of a site ended.
// For how long, and what is said when nothing came, is requests.ts's.
import type { Database, Position, Sql, World } from '#ports';
import { Waiting } from './waiting.js';

interface Passage extends Position {
  readonly service: string;
}
interface Request {
  readonly tenantId: string;
  readonly requestId: string;
}
interface Outcome {
  readonly state: 'accepted' | 'refused';
  readonly version: number;
  readonly reasons: { readonly path: string; readonly message: string }[];
  readonly at: Position;
}

interface Awaited {
  readonly passages: Waiting<Passage, true>;
  readonly outcomes: Waiting<Request, Outcome>;
}
const kept = new WeakMap<Database, Awaited>();

/** One of each for all who wait on a database. */
export function awaited({ database, clock }: Pick<World, 'database' | 'clock'>): Awaited {
  const found = kept.get(database) ?? {
    passages: new Waiting<Passage, true>(clock, (passages) => passed(database, passages)),
    outcomes: new Waiting<Request, Outcome>(clock, (requests) => ended(database, requests)),
  };
  kept.set(database, found);
  return found;
}

async function passed(database: Sql, passages: readonly Passage[]): Promise<ReadonlyMap<Passage, true>> {
  const placeOf = (service: string, topic: string, partition: number): string => `${service}/${topic}/${partition}`;
  const { rows } = await database.query<{ service: string; topic: string; partition: number; next_offset: number }>(
    'select service, topic, partition, next_offset from service_positions where service = any($1::text[])',
    [[...new Set(passages.map(({ service }) => service))]],
  );
  const next = new Map(rows.map((row) => [placeOf(row.service, row.topic, row.partition), Number(row.next_offset)]));
  const isPassed = ({ service, topic, partition, offset }: Passage) => (next.get(placeOf(service, topic, partition)) ?? 0) > offset;
  return new Map(passages.filter(isPassed).map((passage) => [passage, true]));
}

async function ended(database: Sql, requests: readonly Request[]): Promise<ReadonlyMap<Request, Outcome>> {
  const { rows } = await database.query<{
    nth: number;
    state: Outcome['state'];
    version: number | null;
    reasons: Outcome['reasons'];
    topic: Position['topic'];
    partition: number;
    record_offset: number;
  }>(
    `select nth, state, version, reasons, topic, partition, record_offset
     from unnest($1::text[], $2::text[]) with ordinality as asked(tenant_id, request_id, nth) join requests using (tenant_id, request_id)`,
    [requests.map(({ tenantId }) => tenantId), requests.map(({ requestId }) => requestId)],
  );
  const outcomes = new Map<Request, Outcome>();
  for (const { nth, state, version, reasons, topic, partition, record_offset } of rows) {
    const request = requests[Number(nth) - 1];
    const at = { topic, partition, offset: Number(record_offset) };
    if (request !== undefined) outcomes.set(request, { state, version: Number(version), reasons, at });
  }
  return outcomes;
}
