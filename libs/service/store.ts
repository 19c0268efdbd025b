// A service's bookkeeping in the database: position under an epoch, aggregate states, outbox, parked records.
// All of it commits together with the service's rows, or not at all.
import { type EventLog, OwnershipLost, type PartitionRef, type Sql } from '#ports';
import type { OutboxRecord, ParkedRecord, Watermarks } from './partition-fold.js';
import type { OutputPositions } from './recorded-outputs.js';

export const SERVICE_TABLES = `
create table if not exists service_positions (
  service text not null, topic text not null, partition integer not null,
  epoch bigint not null, next_offset bigint not null, seen jsonb not null, output_next jsonb not null,
  primary key (service, topic, partition));
create table if not exists service_states (
  service text not null, topic text not null, partition integer not null, aggregate text not null, state text not null,
  primary key (service, topic, partition, aggregate));
create table if not exists service_outbox (
  service text not null, topic text not null, partition integer not null, input_offset bigint not null, index integer not null,
  out_topic text not null, key text not null, headers jsonb not null, value text not null,
  primary key (service, topic, partition, input_offset, index));
create table if not exists parked_records (
  service text not null, topic text not null, partition integer not null, record_offset bigint not null, reason text not null,
  primary key (service, topic, partition, record_offset));
alter table parked_records add column if not exists stream_key text not null default '';
create table if not exists schema_migrations (app text not null, name text not null, primary key (app, name));`;

export interface PositionRow {
  readonly epoch: number;
  readonly next: number;
  readonly seen: Watermarks;
  readonly outputNext: OutputPositions;
}

const where = 'service = $1 and topic = $2 and partition = $3';
const place = (service: string, { topic, partition }: PartitionRef): [string, string, number] => [service, topic, partition];

/** Raises the epoch: from here on no earlier holder of the partition can commit. */
export async function takePartition(db: Sql, service: string, ref: PartitionRef): Promise<PositionRow> {
  const { rows } = await db.query<{ epoch: number; next_offset: number; seen: Watermarks; output_next: OutputPositions }>(
    `insert into service_positions values ($1, $2, $3, 1, 0, '{}', '{}')
     on conflict (service, topic, partition) do update set epoch = service_positions.epoch + 1
     returning epoch, next_offset, seen, output_next`,
    place(service, ref),
  );
  const row = rows[0];
  if (row === undefined) throw new Error('no position row');
  return { epoch: Number(row.epoch), next: Number(row.next_offset), seen: row.seen, outputNext: row.output_next };
}

/** Moves the position from `from` to `to` under `epoch`; rejects with OwnershipLost when another holder took the partition or the position. */
export async function advance(
  tx: Sql,
  service: string,
  ref: PartitionRef,
  epoch: number,
  from: number,
  to: number,
  seen: Watermarks,
): Promise<void> {
  const { rowCount } = await tx.query(
    `update service_positions set next_offset = $4, seen = $5::jsonb where ${where} and epoch = $6 and next_offset = $7`,
    [...place(service, ref), to, JSON.stringify(seen), epoch, from],
  );
  if (rowCount !== 1) throw new OwnershipLost(`${service} no longer owns ${ref.topic}/${ref.partition} at ${from} under epoch ${epoch}`);
}

export async function loadStates<State>(db: Sql, service: string, ref: PartitionRef): Promise<Map<string, State>> {
  const { rows } = await db.query<{ aggregate: string; state: string }>(
    `select aggregate, state from service_states where ${where}`,
    place(service, ref),
  );
  return new Map(rows.map(({ aggregate, state }) => [aggregate, JSON.parse(state)]));
}

export async function saveStates(tx: Sql, service: string, ref: PartitionRef, states: ReadonlyMap<string, unknown>): Promise<void> {
  if (states.size === 0) return;
  await tx.query(
    `insert into service_states select $1, $2, $3, given.* from unnest($4::text[], $5::text[]) as given
     on conflict (service, topic, partition, aggregate) do update set state = excluded.state`,
    [...place(service, ref), [...states.keys()], [...states.values()].map((state) => JSON.stringify(state))],
  );
}

export async function enqueue(tx: Sql, service: string, ref: PartitionRef, records: readonly OutboxRecord[]): Promise<void> {
  if (records.length === 0) return;
  await tx.query(
    `insert into service_outbox select $1, $2, $3, o::bigint, i::integer, t, k, h::jsonb, v
     from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) as given(o, i, t, k, h, v)
     on conflict do nothing`,
    [
      ...place(service, ref),
      records.map((r) => String(r.inputOffset)),
      records.map((r) => String(r.index)),
      records.map((r) => r.topic),
      records.map((r) => r.record.key),
      records.map((r) => JSON.stringify(r.record.headers)),
      records.map((r) => r.record.value),
    ],
  );
}

export async function loadOutbox(db: Sql, service: string, ref: PartitionRef): Promise<OutboxRecord[]> {
  const { rows } = await db.query<{
    input_offset: number;
    index: number;
    out_topic: string;
    key: string;
    headers: Record<string, string>;
    value: string;
  }>(
    `select input_offset, index, out_topic, key, headers, value from service_outbox where ${where} order by input_offset, index`,
    place(service, ref),
  );
  return rows.map((r) => ({
    inputOffset: Number(r.input_offset),
    index: r.index,
    topic: r.out_topic,
    record: { key: r.key, headers: r.headers, value: r.value },
  }));
}

/** Forgets published records and remembers how far the output topics are known. */
export async function dequeue(tx: Sql, service: string, ref: PartitionRef, last: OutboxRecord, outputNext: OutputPositions): Promise<void> {
  await tx.query(`delete from service_outbox where ${where} and (input_offset, index) <= ($4, $5)`, [
    ...place(service, ref),
    last.inputOffset,
    last.index,
  ]);
  await tx.query(`update service_positions set output_next = output_next || $4::jsonb where ${where}`, [
    ...place(service, ref),
    JSON.stringify(outputNext),
  ]);
}

export async function park(tx: Sql, service: string, ref: PartitionRef, parked: readonly ParkedRecord[]): Promise<void> {
  for (const { offset, reason, streamKey } of parked)
    await tx.query(
      'insert into parked_records (service, topic, partition, record_offset, reason, stream_key) values ($1, $2, $3, $4, $5, $6) on conflict do nothing',
      [...place(service, ref), offset, reason.slice(0, 4000), streamKey],
    );
}

/** Publishes in order; positions of the last record per output partition. */
export async function publish(log: EventLog, records: readonly OutboxRecord[]): Promise<OutputPositions> {
  const next: Record<string, number> = {};
  let start = 0;
  while (start < records.length) {
    const topic = records[start]?.topic ?? '';
    let end = start;
    while (end < records.length && records[end]?.topic === topic) end++;
    const positions = await log.append(
      topic,
      records.slice(start, end).map(({ record }) => record),
    );
    for (const { partition, offset } of positions) next[`${topic}/${partition}`] = offset + 1;
    start = end;
  }
  return next;
}
