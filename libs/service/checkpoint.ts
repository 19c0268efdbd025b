// Checkpoints of a partition's states: what a takeover begins from, so that it need not fold the whole log. Accelerators only.
// Each state has its own position, so a checkpoint is written in small transactions; the partition's checkpoint moves when all are in.
// When one is due, and in which order states are written, is the checkpointer's business.
import { OwnershipLost, type PartitionRef, type Sql } from '#ports';
import type { Watermarks } from './partition-fold.js';
import { place, where } from './store.js';

/** `topic/partition` → offset: what a service derived from records at or above the checkpoint is not below it. */
export type OutputPositions = Readonly<Record<string, number>>;

export interface Checkpoint {
  /** Every state at rest has at least the records below this. */
  readonly next: number;
  readonly seen: Watermarks;
  readonly outputs: OutputPositions;
}

export interface TakenPartition {
  readonly epoch: number;
  /** The position: rows and decisions of records below this are committed. */
  readonly next: number;
  readonly seen: Watermarks;
  readonly checkpoint: Checkpoint;
}

/** A state and the offset below which the records of the partition are in it. */
export interface StoredState<State> {
  readonly state: State;
  readonly next: number;
}

interface PositionRow {
  readonly epoch: number;
  readonly next_offset: number;
  readonly seen: Watermarks;
  readonly checkpoint_next: number;
  readonly checkpoint_seen: Watermarks;
  readonly checkpoint_outputs: OutputPositions;
  readonly checkpoint_version: number;
}

/** Raises the epoch: from here on no earlier holder can commit. States of another version are thrown away, and the checkpoint begins at 0. */
export async function takePartition(tx: Sql, service: string, ref: PartitionRef, version: number): Promise<TakenPartition> {
  const { rows } = await tx.query<PositionRow>(
    `insert into service_positions (service, topic, partition, epoch, next_offset, seen, checkpoint_version) values ($1, $2, $3, 1, 0, '{}', $4)
     on conflict (service, topic, partition) do update set epoch = service_positions.epoch + 1
     returning epoch, next_offset, seen, checkpoint_next, checkpoint_seen, checkpoint_outputs, checkpoint_version`,
    [...place(service, ref), version],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('no position row');
  const position = { epoch: Number(row.epoch), next: Number(row.next_offset), seen: row.seen };
  if (row.checkpoint_version === version)
    return { ...position, checkpoint: { next: Number(row.checkpoint_next), seen: row.checkpoint_seen, outputs: row.checkpoint_outputs } };
  await tx.query(`delete from service_states where ${where}`, place(service, ref));
  await tx.query(
    `update service_positions set checkpoint_next = 0, checkpoint_seen = '{}', checkpoint_outputs = '{}', checkpoint_version = $4 where ${where}`,
    [...place(service, ref), version],
  );
  return { ...position, checkpoint: { next: 0, seen: {}, outputs: {} } };
}

type Rows<State> = ReadonlyMap<string, StoredState<State>>;
interface StateRow {
  readonly aggregate: string;
  readonly next_offset: number;
  readonly state: string;
}
const toStates = <State>(rows: readonly StateRow[]): Rows<State> =>
  new Map(rows.map(({ aggregate, next_offset, state }) => [aggregate, { state: JSON.parse(state) as State, next: Number(next_offset) }]));

/** All open aggregates. */
export async function loadOpen<State>(db: Sql, service: string, ref: PartitionRef): Promise<Rows<State>> {
  const { rows } = await db.query<StateRow>(
    `select aggregate, next_offset, state from service_states where ${where} and not is_closed`,
    place(service, ref),
  );
  return toStates(rows);
}

/** Those of `aggregates` that are at rest, closed ones included. */
export async function fetchStates<State>(db: Sql, service: string, ref: PartitionRef, aggregates: readonly string[]): Promise<Rows<State>> {
  const { rows } = await db.query<StateRow>(
    `select aggregate, next_offset, state from service_states where ${where} and aggregate = any($4::text[])`,
    [...place(service, ref), aggregates],
  );
  return toStates(rows);
}

export interface StateText {
  readonly aggregate: string;
  readonly isClosed: boolean;
  readonly text: string;
}

/** Within a transaction that holds the position's row. An older state never replaces a newer one. */
export async function saveStates(tx: Sql, service: string, ref: PartitionRef, next: number, states: readonly StateText[]): Promise<void> {
  if (states.length === 0) return;
  await tx.query(
    `insert into service_states select $1, $2, $3, a, $4, c, s from unnest($5::text[], $6::boolean[], $7::text[]) as given(a, c, s)
     on conflict (service, topic, partition, aggregate) do update
     set next_offset = excluded.next_offset, is_closed = excluded.is_closed, state = excluded.state
     where service_states.next_offset < excluded.next_offset`,
    [
      ...place(service, ref),
      next,
      states.map(({ aggregate }) => aggregate),
      states.map(({ isClosed }) => isClosed),
      states.map(({ text }) => text),
    ],
  );
}

/** Takes the position's row, or rejects with OwnershipLost: a holder that was replaced writes no checkpoint. */
export async function fence(tx: Sql, service: string, ref: PartitionRef, epoch: number): Promise<void> {
  const { rowCount } = await tx.query(`select 1 from service_positions where ${where} and epoch = $4 for update`, [
    ...place(service, ref),
    epoch,
  ]);
  if (rowCount !== 1) throw new OwnershipLost(`${service} no longer owns ${ref.topic}/${ref.partition} under epoch ${epoch}`);
}

export async function moveCheckpoint(tx: Sql, service: string, ref: PartitionRef, epoch: number, to: Checkpoint): Promise<void> {
  await fence(tx, service, ref, epoch);
  await tx.query(
    `update service_positions set checkpoint_next = $4, checkpoint_seen = $5::jsonb, checkpoint_outputs = $6::jsonb where ${where}`,
    [...place(service, ref), to.next, JSON.stringify(to.seen), JSON.stringify(to.outputs)],
  );
}
