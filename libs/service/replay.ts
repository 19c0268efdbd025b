// Folds the log again into an empty database: the proof that rows are only a view of the log (P4). Publishes and sends nothing:
// what was decided and never published waits in the outbox for the service's next start.
import type { Envelope, Recorded } from '#contracts';
import type { Database, LogRecord, PartitionRef } from '#ports';
import { moveCheckpoint, saveStates, takePartition } from './checkpoint.js';
import { commitBatch } from './commit.js';
import { type Change, isClosed, type Output, type ServiceDefinition, stateText, versionOf } from './fold.js';
import { keptReading } from './kept-reading.js';
import { foldRead, type OutboxRecord, type PartitionMemory, type ReadRecord, readRecords } from './partition-fold.js';
import { type Reading, type Recordings, readAllRecordedOutputs } from './recorded-outputs.js';
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

/** Up to `end` (exclusive). */
export interface Replayed<State, In extends Envelope> {
  readonly service: ServiceDefinition<State, In>;
  readonly end: number;
}

/**
 * Replays one partition for several services at once: each record is read and decoded once for all. With `redecide`, also decides again and reports where
 * that differs from what is recorded. Reports are in the order of `services`.
 */
export async function replayTogether(
  log: Reading,
  database: Database,
  // biome-ignore lint/suspicious/noExplicitAny: of different states and inputs; each is only used with itself
  services: readonly Replayed<any, any>[],
  ref: PartitionRef,
  redecide: boolean,
): Promise<readonly ReplayReport[]> {
  const reading = keptReading(log, ref);
  const recordings = await readAllRecordedOutputs(
    reading,
    services.map(({ service }) => service),
    ref,
  );
  const replays = await Promise.all(
    services.map(({ service, end }, index) => Replay.begin(database, service, ref, end, recordings[index] as Recordings, redecide)),
  );
  const end = Math.max(...services.map((each) => each.end));
  for await (const batch of gathered(reading.read(ref.topic, ref.partition, 0, end))) {
    await settled(replays.map((replay) => replay.take(batch)));
  }
  return settled(replays.map((replay) => replay.finish()));
}

export const replayPartition = async <State, In extends Envelope>(
  log: Reading,
  database: Database,
  service: ServiceDefinition<State, In>,
  ref: PartitionRef,
  end: number,
  redecide: boolean,
): Promise<ReplayReport> => (await replayTogether(log, database, [{ service, end }], ref, redecide))[0] as ReplayReport;

/** Rejects with the first failure once nothing runs any more. */
async function settled<T>(running: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(running);
  return Promise.all(running);
}

/** One service on its way through a partition. */
class Replay<State, In extends Envelope> {
  readonly #states = new Map<string, State>();
  readonly #differences: string[] = [];
  readonly #told = new Map<string, Told>();
  #memory: PartitionMemory<State>;
  #records = 0;
  #parked = 0;

  private constructor(
    readonly database: Database,
    readonly service: ServiceDefinition<State, In>,
    readonly ref: PartitionRef,
    readonly end: number,
    readonly epoch: number,
    readonly recordings: Recordings,
    readonly redecide: boolean,
  ) {
    this.#memory = { ref, next: 0, seen: {}, states: this.#states, recorded: recordings.recorded };
  }

  static async begin<State, In extends Envelope>(
    database: Database,
    service: ServiceDefinition<State, In>,
    ref: PartitionRef,
    end: number,
    recordings: Recordings,
    redecide: boolean,
  ): Promise<Replay<State, In>> {
    const { epoch } = await database.inTransaction((tx) => takePartition(tx, service.name, ref, versionOf(service)));
    return new Replay(database, service, ref, end, epoch, recordings, redecide);
  }

  async take(batch: readonly LogRecord[]): Promise<void> {
    const own = (batch.at(-1)?.offset ?? 0) < this.end ? batch : batch.filter(({ offset }) => offset < this.end);
    if (own.length === 0) return;
    await inPieces(readRecords(this.service, own), (piece) => this.#foldAndCommit(piece));
    this.#records += own.length;
  }

  async finish(): Promise<ReplayReport> {
    const { name } = this.service;
    const { ref, end, epoch } = this;
    const { next, seen } = this.#memory;
    await this.database.inTransaction(async (tx) => {
      await moveCheckpoint(tx, name, ref, epoch, { next, seen, outputs: this.recordings.heads });
      await saveStates(
        tx,
        name,
        ref,
        next,
        [...this.#states].map(([aggregate, state]) => stateText(this.service, aggregate, state)),
      );
    });
    const elsewhere = { ref, end, told: this.#told };
    return { records: this.#records, parked: this.#parked, differences: this.#differences, elsewhere };
  }

  async #foldAndCommit(read: readonly ReadRecord<In>[]): Promise<void> {
    const { database, service, ref, epoch } = this;
    const states = this.#states;
    const memory = this.#memory;
    for (const [aggregate, { state }] of await fetchClosed<State, In>(database, service, ref, states, read)) states.set(aggregate, state);
    const { next, seen, changed, changes, rows, outbox, parked } = foldRead(service, memory, read, this.redecide);
    const present = (aggregate: string): State | undefined => changed.get(aggregate) ?? states.get(aggregate);
    const closed = [...new Set(read.map(({ aggregate }) => aggregate ?? ''))].filter((aggregate) => isClosed(service, present(aggregate)));
    const texts = closed.filter((each) => changed.has(each)).map((each) => stateText(service, each, changed.get(each) as State));
    await commitBatch(database, service.name, ref, epoch, { from: memory.next, next, seen, rows, closed: texts, outbox, parked });
    for (const [aggregate, state] of changed) states.set(aggregate, state);
    for (const aggregate of closed) states.delete(aggregate);
    if (this.redecide) this.#decideAgain(changes, outbox);
    this.#memory = { ...memory, next, seen };
    this.#parked += parked.length;
  }

  #decideAgain(changes: readonly Change<State, In>[], outbox: readonly OutboxRecord[]): void {
    const { service, ref } = this;
    const waiting = new Set(outbox.map(({ inputOffset }) => inputOffset));
    for (const { before, input, outputs } of changes) {
      const decided = decidedToday(service, before, input);
      if (decided === undefined || essence(input, decided) !== essence(input, outputs))
        this.#differences.push(`${service.name}: ${ref.topic}/${ref.partition}/${input.at.offset} ${input.type}`);
      if (decided === undefined) continue;
      for (const [id, each] of elsewhere(service.name, input, decided, waiting.has(input.at.offset))) this.#told.set(id, each);
    }
  }
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
