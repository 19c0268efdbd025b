// Folds the log again into an empty database: the proof that rows are only a view of the log (P4). Publishes and sends nothing:
// what was decided and never published waits in the outbox for the service's next start.
import type { Envelope, Recorded } from '#contracts';
import type { Database, LogRecord, PartitionRef } from '#ports';
import { moveCheckpoint, saveStates, takePartition } from './checkpoint.js';
import { commitBatch } from './commit.js';
import { isClosed, type Output, type ServiceDefinition, stateText, versionOf } from './fold.js';
import { foldRead, type PartitionMemory, type ReadRecord, readRecords } from './partition-fold.js';
import { type Reading, readRecordedOutputs } from './recorded-outputs.js';
import { inPieces } from './refused.js';
import { fetchClosed } from './takeover.js';
import { elsewhere, isElsewhere, type Told, type ToldElsewhere } from './told-elsewhere.js';

export interface ReplayReport {
  readonly records: number;
  readonly parked: number;
  /** Inputs whose decision would be another one today. */
  readonly differences: readonly string[];
  /** With `redecide`: what it would tell other streams, for compareElsewhere. */
  readonly elsewhere: ToldElsewhere;
}

/** Replays one partition up to `end` (exclusive). With `redecide`, also decides again and reports where that differs from what is recorded. */
export async function replayPartition<State, In extends Envelope>(
  log: Reading,
  database: Database,
  service: ServiceDefinition<State, In>,
  ref: PartitionRef,
  end: number,
  redecide: boolean,
): Promise<ReplayReport> {
  const { name } = service;
  const { epoch } = await database.inTransaction((tx) => takePartition(tx, name, ref, versionOf(service)));
  const { recorded, heads } = await readRecordedOutputs(log, name, service.outputs, ref, 0, {}, []);
  const states = new Map<string, State>();
  let memory: PartitionMemory<State> = { ref, next: 0, seen: {}, states, recorded };
  let records = 0;
  let parked = 0;
  const differences: string[] = [];
  const told = new Map<string, Told>();
  const foldAndCommit = async (read: readonly ReadRecord<In>[]): Promise<void> => {
    for (const [aggregate, { state }] of await fetchClosed<State, In>(database, service, ref, states, read)) states.set(aggregate, state);
    const { next, seen, changed, changes, rows, outbox, parked: unreadable } = foldRead(service, memory, read);
    const present = (aggregate: string): State | undefined => changed.get(aggregate) ?? states.get(aggregate);
    const closed = [...new Set(read.map(({ aggregate }) => aggregate ?? ''))].filter((aggregate) => isClosed(service, present(aggregate)));
    const texts = closed.filter((each) => changed.has(each)).map((each) => stateText(service, each, changed.get(each) as State));
    await commitBatch(database, name, ref, epoch, { from: memory.next, next, seen, rows, closed: texts, outbox, parked: unreadable });
    for (const [aggregate, state] of changed) states.set(aggregate, state);
    for (const aggregate of closed) states.delete(aggregate);
    if (redecide) {
      const waiting = new Set(outbox.map(({ inputOffset }) => inputOffset));
      for (const { before, input, outputs } of changes) {
        const decided = decidedToday(service, before, input);
        if (decided === undefined || essence(input, decided) !== essence(input, outputs))
          differences.push(`${name}: ${ref.topic}/${ref.partition}/${input.at.offset} ${input.type}`);
        if (decided === undefined) continue;
        for (const [id, each] of elsewhere(name, input, decided, waiting.has(input.at.offset))) told.set(id, each);
      }
    }
    memory = { ref, next, seen, states, recorded };
    parked += unreadable.length;
  };
  for await (const batch of gathered(log.read(ref.topic, ref.partition, 0, end))) {
    await inPieces(readRecords(service, batch), foldAndCommit);
    records += batch.length;
  }
  await database.inTransaction(async (tx) => {
    await moveCheckpoint(tx, name, ref, epoch, { next: memory.next, seen: memory.seen, outputs: heads });
    await saveStates(
      tx,
      name,
      ref,
      memory.next,
      [...states].map(([aggregate, state]) => stateText(service, aggregate, state)),
    );
  });
  return { records, parked, differences, elsewhere: { ref, end, told } };
}

/** Undefined where it would be parked. */
function decidedToday<State, In extends Envelope>(
  { fold }: ServiceDefinition<State, In>,
  before: State,
  input: Recorded<In>,
): readonly Output[] | undefined {
  try {
    return fold.decide(before, input);
  } catch {
    return undefined;
  }
}

/** Nobody waits for the first of them: many records in one transaction cost less than the same in several. */
const RECORDS_AT_ONCE = 2_000;

async function* gathered(batches: AsyncIterable<readonly LogRecord[]>): AsyncIterable<readonly LogRecord[]> {
  let records: LogRecord[] = [];
  for await (const batch of batches) {
    records.push(...batch);
    if (records.length < RECORDS_AT_ONCE) continue;
    yield records;
    records = [];
  }
  if (records.length > 0) yield records;
}

/** What went to another stream than the input's is compared elsewhere. */
const essence = (input: Recorded, outputs: readonly Output[]): string =>
  JSON.stringify(outputs.filter((output) => !isElsewhere(input, output)).map(({ topic, type, data }) => [topic, type, data]));
