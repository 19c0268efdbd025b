// A service's bookkeeping in the database: its tables, the outbox and its relay, parked records.
// What a batch writes there is in commit.ts, states are in checkpoint.ts.
import type { EventLog, PartitionRef, Sql } from '#ports';
import type { OutboxRecord } from './partition-fold.js';
import { isReadBack } from './recorded-outputs.js';

/** Numbered like an app's own migrations; applied before them. */
export const SERVICE_MIGRATIONS: readonly { readonly name: string; readonly text: string }[] = [
  {
    name: '001-service',
    text: `
create table if not exists service_positions (
  service text not null, topic text not null, partition integer not null,
  epoch bigint not null, next_offset bigint not null, seen jsonb not null,
  primary key (service, topic, partition));
create table if not exists service_outbox (
  service text not null, topic text not null, partition integer not null, input_offset bigint not null, index integer not null,
  out_topic text not null, key text not null, headers jsonb not null, value text not null,
  primary key (service, topic, partition, input_offset, index));
create table if not exists parked_records (
  service text not null, topic text not null, partition integer not null, record_offset bigint not null, reason text not null,
  primary key (service, topic, partition, record_offset));
alter table parked_records add column if not exists stream_key text not null default '';`,
  },
  {
    name: '002-checkpoints',
    text: `
drop table if exists service_states;
alter table service_positions drop column if exists output_next;
alter table service_positions add column checkpoint_next bigint not null default 0;
alter table service_positions add column checkpoint_seen jsonb not null default '{}';
alter table service_positions add column checkpoint_outputs jsonb not null default '{}';
alter table service_positions add column checkpoint_version integer not null default 0;
create table service_states (
  service text not null, topic text not null, partition integer not null, aggregate text not null,
  next_offset bigint not null, is_closed boolean not null, state text not null,
  primary key (service, topic, partition, aggregate));
create index service_states_open on service_states (service, topic, partition) where not is_closed;
comment on column service_states.next_offset is 'the records of the partition below this are in the state';`,
  },
];

export const where = 'service = $1 and topic = $2 and partition = $3';
export const place = (service: string, { topic, partition }: PartitionRef): [string, string, number] => [service, topic, partition];

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

/** Forgets published records. */
export async function dequeue(tx: Sql, service: string, ref: PartitionRef, last: OutboxRecord): Promise<void> {
  await tx.query(`delete from service_outbox where ${where} and (input_offset, index) <= ($4, $5)`, [
    ...place(service, ref),
    last.inputOffset,
    last.index,
  ]);
}

/** Offsets of parked records from `from` on. */
export async function loadParked(db: Sql, service: string, ref: PartitionRef, from: number): Promise<ReadonlySet<number>> {
  const { rows } = await db.query<{ record_offset: number }>(
    `select record_offset from parked_records where ${where} and record_offset >= $4`,
    [...place(service, ref), from],
  );
  return new Set(rows.map(({ record_offset }) => Number(record_offset)));
}

/**
 * Publishes what was derived from records of partition `from`; where each output partition goes on after the last record. In order, except that what no
 * rebuild reads back goes first: whatever is then found (recorded-outputs.ts), nothing is missing before it.
 */
export async function publish(log: EventLog, from: PartitionRef, records: readonly OutboxRecord[]): Promise<void> {
  const isFound = ({ topic, record }: OutboxRecord): boolean =>
    isReadBack(log, { topic, partition: log.partitionOf(topic, record.key) }, from);
  const elsewhere = records.filter((each) => !isFound(each));
  for (const part of [elsewhere, records.filter(isFound)]) {
    let start = 0;
    while (start < part.length) {
      const topic = part[start]?.topic ?? '';
      let end = start;
      while (end < part.length && part[end]?.topic === topic) end++;
      await log.append(
        topic,
        part.slice(start, end).map(({ record }) => record),
      );
      start = end;
    }
  }
}
