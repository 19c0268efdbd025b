// Folds the log again into an empty database: the proof that rows are only a view of the log (P4). Publishes and sends nothing:
// what was decided and never published waits in the outbox for the service's next start.
import type { Envelope } from '#contracts';
import type { Database, EventLog, PartitionRef } from '#ports';
import type { ServiceDefinition } from './fold.js';
import { foldBatch, type PartitionMemory } from './partition-fold.js';
import { readRecordedOutputs } from './recorded-outputs.js';
import { advance, enqueue, park, saveStates, takePartition } from './store.js';
import { writeRows } from './tables.js';

export interface ReplayReport {
  readonly records: number;
  readonly parked: number;
  /** Inputs whose decision would be another one today. */
  readonly differences: readonly string[];
}

/** Replays one partition up to `end` (exclusive). With `redecide`, also decides again and reports where that differs from what is recorded. */
export async function replayPartition<State, In extends Envelope>(
  log: EventLog,
  database: Database,
  service: ServiceDefinition<State, In>,
  ref: PartitionRef,
  end: number,
  redecide: boolean,
): Promise<ReplayReport> {
  const { epoch } = await takePartition(database, service.name, ref);
  const recorded = await readRecordedOutputs(log, service.name, service.outputs, ref, 0, {});
  const states = new Map<string, State>();
  let memory: PartitionMemory<State> = { ref, next: 0, seen: {}, states, recorded };
  let records = 0;
  let parked = 0;
  const differences: string[] = [];
  for await (const batch of log.read(ref.topic, ref.partition, 0, end)) {
    const { next, seen, changed, changes, rows, outbox, parked: unreadable } = foldBatch(service, memory, batch);
    await database.inTransaction(async (tx) => {
      await advance(tx, service.name, ref, epoch, memory.next, next, seen);
      await writeRows(tx, rows);
      await saveStates(tx, service.name, ref, changed);
      await enqueue(tx, service.name, ref, outbox);
      await park(tx, service.name, ref, unreadable);
    });
    if (redecide)
      for (const { before, input, outputs } of changes)
        if (essence(service.fold.decide(before, input)) !== essence(outputs))
          differences.push(`${service.name}: ${ref.topic}/${ref.partition}/${input.at.offset} ${input.type}`);
    for (const [aggregate, state] of changed) states.set(aggregate, state);
    memory = { ref, next, seen, states, recorded };
    records += batch.length;
    parked += unreadable.length;
  }
  return { records, parked, differences };
}

const essence = (outputs: readonly { topic: string; type: string; data: unknown }[]): string =>
  JSON.stringify(outputs.map(({ topic, type, data }) => [topic, type, data]));
