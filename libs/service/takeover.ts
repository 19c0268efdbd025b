// Takes a partition over: raise the epoch, read the checkpoint, fold silently from there to the committed position.
// Recorded decisions repeat; nothing is decided, written or published twice. What goes on from here is the runner's.
import type { Envelope } from '#contracts';
import { type Lease, type PartitionRef, PortError, type World } from '#ports';
import { fence, fetchStates, loadOpen, type OutputPositions, saveStates, type TakenPartition, takePartition } from './checkpoint.js';
import { isClosed, type ServiceDefinition, stateText, versionOf } from './fold.js';
import { type OutboxRecord, type ReadRecord, type RecordedOutputs, readRecords, recallSteps, type Watermarks } from './partition-fold.js';
import { type Reading, readRecordedOutputs } from './recorded-outputs.js';
import { loadOutbox, loadParked } from './store.js';
import { inTurns } from './turns.js';

export interface Taken<State> extends TakenPartition {
  /** The log's end when it was taken. */
  readonly head: number;
  /** Open aggregates at `next`. */
  readonly states: Map<string, State>;
  /** Aggregates whose state is newer than the one at rest. */
  readonly unsaved: ReadonlySet<string>;
  /** Decisions for records at or above `next` that are in the log already: the database is older than the log. */
  readonly recorded: RecordedOutputs;
  readonly outbox: readonly OutboxRecord[];
  readonly outputs: OutputPositions;
}

export async function takeOver<State, In extends Envelope>(
  { log, database, clock }: Pick<World, 'log' | 'database' | 'clock'>,
  service: ServiceDefinition<State, In>,
  ref: PartitionRef,
  lease: Pick<Lease, 'heartbeat'>,
): Promise<Taken<State>> {
  const { name } = service;
  const taken = await database.inTransaction((tx) => takePartition(tx, name, ref, versionOf(service)));
  const { epoch, next, checkpoint } = taken;
  const head = await log.head(ref.topic, ref.partition);
  if (next > head) throw rowsAhead(name, ref, next, head);
  const open = await loadOpen<State>(database, name, ref);
  const states = new Map([...open].map(([aggregate, { state }]) => [aggregate, state]));
  const foldedTo = new Map([...open].map(([aggregate, { next: to }]) => [aggregate, to]));
  const parked = await loadParked(database, name, ref, checkpoint.next);
  // The outbox first: a holder before us may still publish from it, and what leaves it meanwhile is then in the log.
  const outbox = await loadOutbox(database, name, ref);
  const { recorded, heads } = await readRecordedOutputs(whileHeld(log, lease), service, ref, checkpoint.next, checkpoint.outputs, outbox);

  const unsaved = new Set<string>();
  let seen: Watermarks = checkpoint.seen;
  for await (const records of whileHeld(log, lease).read(ref.topic, ref.partition, checkpoint.next, next)) {
    const read = readRecords(service, records);
    for (const [aggregate, stored] of await fetchClosed<State, In>(database, service, ref, states, read)) {
      states.set(aggregate, stored.state);
      foldedTo.set(aggregate, stored.next);
    }
    const recalled = await inTurns(clock, recallSteps(service, { states, foldedTo, seen, recorded, parked }, read));
    seen = recalled.seen;
    for (const [aggregate, state] of recalled.changed) {
      states.set(aggregate, state);
      unsaved.add(aggregate);
    }
    const closing = [...new Set(read.map(({ aggregate }) => aggregate ?? ''))].filter((aggregate) =>
      isClosed(service, states.get(aggregate)),
    );
    const texts = closing.filter((each) => unsaved.has(each)).map((each) => stateText(service, each, states.get(each) as State));
    if (texts.length > 0) {
      const upTo = (records.at(-1)?.offset ?? 0) + 1;
      await database.inTransaction(async (tx) => {
        await fence(tx, name, ref, epoch);
        await saveStates(tx, name, ref, upTo, texts);
      });
    }
    for (const aggregate of closing) {
      states.delete(aggregate);
      unsaved.delete(aggregate);
    }
  }
  const later = new Map([...recorded].filter(([offset]) => offset >= next));
  return { ...taken, head, states, unsaved, recorded: later, outbox, outputs: heads };
}

/** Rejects with OwnershipLost once the partition is given up, by a process that ends among others: a takeover may read for minutes. */
const whileHeld = (log: Reading, lease: Pick<Lease, 'heartbeat'>): Reading => ({
  partitionCount: (topic) => log.partitionCount(topic),
  head: (topic, partition) => log.head(topic, partition),
  async *read(topic, partition, from, to) {
    for await (const records of log.read(topic, partition, from, to)) {
      yield records;
      await lease.heartbeat();
    }
  },
});

const rowsAhead = (name: string, { topic, partition }: PartitionRef, next: number, head: number): PortError =>
  new PortError(
    'RowsAheadOfLog',
    `${name} has rows up to ${next} of ${topic}/${partition}, but the log ends at ${head}: restore the log they came from, or empty the database`,
    false,
  );

/** Rejects with PortError `RowsAheadOfLog` where rows come from a log that is not this one: better before a start than at every takeover. */
export async function refuseForeignRows({ log, database }: Pick<World, 'log' | 'database'>): Promise<void> {
  const { rows } = await database.query<PartitionRef & { readonly service: string; readonly next_offset: number }>(
    'select service, topic, partition, next_offset from service_positions order by service, topic, partition',
  );
  for (const { service, topic, partition, next_offset } of rows) {
    const [next, head] = [Number(next_offset), await log.head(topic, partition)];
    if (next > head) throw rowsAhead(service, { topic, partition }, next, head);
  }
}

/** States that a batch needs and nobody holds in memory: a record about a closed aggregate came late. One query at most, none where nothing closes. */
export async function fetchClosed<State, In extends Envelope>(
  database: World['database'],
  service: ServiceDefinition<State, In>,
  ref: PartitionRef,
  held: ReadonlyMap<string, State>,
  records: readonly ReadRecord<In>[],
): Promise<Awaited<ReturnType<typeof fetchStates<State>>>> {
  if (service.fold.isClosed === undefined) return new Map();
  const missing = new Set<string>();
  for (const { aggregate } of records) if (aggregate !== undefined && !held.has(aggregate)) missing.add(aggregate);
  return missing.size === 0 ? new Map() : fetchStates<State>(database, service.name, ref, [...missing]);
}
