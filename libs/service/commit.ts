// What a batch changes, as one statement: position under this epoch, rows, closed states, outgoing records, parked records; all of it or nothing.
// One round trip for a batch, whatever it wrote: on an embedded database the trips cost more than the rows.
import { OwnershipLost, type PartitionRef, type Sql } from '#ports';
import type { StateText } from './checkpoint.js';
import { ColumnParameter, type ColumnType } from './column.js';
import type { OutboxRecord, ParkedRecord, Watermarks } from './partition-fold.js';
import { type RowWrite, upserts } from './tables.js';

export interface BatchCommit {
  /** The position the batch was folded at, and the one behind it. */
  readonly from: number;
  readonly next: number;
  readonly seen: Watermarks;
  readonly rows: readonly RowWrite[];
  readonly closed: readonly StateText[];
  readonly outbox: readonly OutboxRecord[];
  readonly parked: readonly ParkedRecord[];
}

/** Longest reason kept of a parked record [characters]. */
const REASON = 4000;

/** Rejects with OwnershipLost when another holder took the partition or moved the position; then nothing was written. */
export async function commitBatch(database: Sql, service: string, ref: PartitionRef, epoch: number, batch: BatchCommit): Promise<void> {
  const commit = async (trusting: boolean): Promise<number> => {
    const { text, values } = commitStatement(service, ref, epoch, batch, trusting);
    return (await database.query(text, values)).rows.length;
  };
  // Rows of a series are new wherever the position is; a position that was set back finds them, and then they stay.
  const moved = await commit(true).catch((error: unknown) => (isDuplicate(error) ? commit(false) : Promise.reject(error)));
  if (moved !== 1) throw new OwnershipLost(`${service} no longer owns ${ref.topic}/${ref.partition} at ${batch.from} under epoch ${epoch}`);
}

const isDuplicate = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '23505';

function commitStatement(
  service: string,
  ref: PartitionRef,
  epoch: number,
  { from, next, seen, rows, closed, outbox, parked }: BatchCommit,
  trusting: boolean,
): { readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [service, ref.topic, ref.partition, next, JSON.stringify(seen), epoch, from];
  const param = (value: unknown): string => `$${values.push(value)}`;
  const column = <Item>(type: ColumnType, items: readonly Item[], read: (item: Item) => unknown): string =>
    `${param(new ColumnParameter(type, items.map(read)))}::${type}[]`;
  const parts = [
    `moved as (update service_positions set next_offset = $4, seen = $5::jsonb
       where service = $1 and topic = $2 and partition = $3 and epoch = $6 and next_offset = $7 returning 1)`,
  ];
  // Every part asks for `moved`: without the position it writes nothing.
  const add = (text: string): number => parts.push(`part_${parts.length} as (${text})`);
  const only = 'where exists (select from moved)';
  for (const upsert of upserts(rows)) add(upsert(param, only, trusting));
  if (closed.length > 0)
    add(
      `insert into service_states select $1::text, $2::text, $3::integer, a, $4::bigint, true, s
       from unnest(${param(closed.map(({ aggregate }) => aggregate))}::text[], ${param(closed.map(({ text }) => text))}::text[]) as given(a, s) ${only}
       on conflict (service, topic, partition, aggregate) do update set next_offset = excluded.next_offset, is_closed = true, state = excluded.state`,
    );
  if (outbox.length > 0)
    add(
      `insert into service_outbox select $1::text, $2::text, $3::integer, o, i, t, k, h::jsonb, v
       from unnest(${column('bigint', outbox, (r) => r.inputOffset)}, ${column('integer', outbox, (r) => r.index)},
         ${column('text', outbox, (r) => r.topic)}, ${column('text', outbox, (r) => r.record.key)},
         ${column('text', outbox, (r) => JSON.stringify(r.record.headers))}, ${column('text', outbox, (r) => r.record.value)})
         as given(o, i, t, k, h, v) ${only} on conflict do nothing`,
    );
  if (parked.length > 0)
    add(
      `insert into parked_records (service, topic, partition, record_offset, reason, stream_key) select $1::text, $2::text, $3::integer, o, r, k
       from unnest(${column('bigint', parked, (each) => each.offset)}, ${column('text', parked, (each) => each.reason.slice(0, REASON))},
         ${column('text', parked, (each) => each.streamKey)}) as given(o, r, k) ${only}
       on conflict do nothing`,
    );
  return { text: `with ${parts.join(',\n')} select 1 from moved`, values };
}
