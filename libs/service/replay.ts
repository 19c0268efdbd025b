// Folds the log again into an empty database: the proof that rows are only a view of the log (P4). Publishes and sends nothing.
import type { Envelope } from '#contracts';
import type { Database, EventLog, PartitionRef } from '#ports';
import type { ServiceDefinition } from './fold.js';
import { foldBatch, type PartitionMemory } from './partition-fold.js';
import { readRecordedOutputs } from './recorded-outputs.js';
import { park } from './store.js';
import { writeRows } from './tables.js';

export interface ReplayReport {
  readonly records: number;
  readonly parked: number;
  /** Inputs whose decision would be another one today, with the first few places. */
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
  const recorded = await readRecordedOutputs(log, service.name, service.outputs, ref, 0, {});
  const states = new Map<string, State>();
  let memory: PartitionMemory<State> = { ref, next: 0, seen: {}, states, recorded };
  let records = 0;
  let parked = 0;
  const differences: string[] = [];
  for await (const batch of log.read(ref.topic, ref.partition, 0, end)) {
    const result = foldBatch(service, memory, batch);
    await database.inTransaction(async (tx) => {
      await writeRows(tx, result.rows);
      await park(tx, service.name, ref, result.parked);
    });
    if (redecide) {
      for (const { before, input, outputs } of result.changes) {
        if (JSON.stringify(service.fold.decide(before, input).map(essence)) !== JSON.stringify(outputs.map(essence)))
          differences.push(`${service.name}: ${ref.topic}/${ref.partition}/${input.at.offset} ${input.type}`);
      }
    }
    for (const [aggregate, state] of result.changed) states.set(aggregate, state);
    memory = { ref, next: result.next, seen: result.seen, states, recorded };
    records += batch.length;
    parked += result.parked.length;
  }
  return { records, parked, differences };
}

const essence = ({ topic, type, data }: { topic: string; type: string; data: unknown }): unknown => [
  topic,
  type,
  JSON.parse(JSON.stringify(data)),
];
