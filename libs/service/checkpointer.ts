// Writes a partition's changed states to rest, now and then, while the partition goes on: Idle → Writing → Idle.
// States are never mutated, so those of one moment can be written later, piece by piece. What a checkpoint is: checkpoint.ts.
import type { Envelope } from '#contracts';
import type { Database, PartitionRef } from '#ports';
import { type Checkpoint, fence, moveCheckpoint, type StateText, saveStates } from './checkpoint.js';
import { type ServiceDefinition, stateText } from './fold.js';

export interface CheckpointPolicy {
  /** A takeover folds again about this many records at most, and looks through as many for its own decisions. */
  readonly everyRecords: number;
  readonly everyMs: number;
  /** Where nothing comes in: others write into the output topics meanwhile. */
  readonly quietMs: number;
  /** Of one transaction: small enough to let others pass between. */
  readonly pieceCharacters: number;
}
export const CHECKPOINT_POLICY: CheckpointPolicy = {
  everyRecords: 20_000,
  everyMs: 300_000,
  quietMs: 3_600_000,
  pieceCharacters: 1_000_000,
};

export class Checkpointer<State, In extends Envelope> {
  private readonly unsaved: Set<string>;
  private records: number;
  /** In the output topics since the last checkpoint, as the takeover found it. */
  private told: number;
  private sinceMs: number;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly service: ServiceDefinition<State, In>,
    private readonly ref: PartitionRef,
    private readonly epoch: number,
    private readonly policy: CheckpointPolicy,
    start: { readonly unsaved: ReadonlySet<string>; readonly records: number; readonly told: number; readonly nowMs: number },
  ) {
    this.unsaved = new Set(start.unsaved);
    this.records = start.records;
    this.told = start.told;
    this.sinceMs = start.nowMs;
  }

  /** After a commit: what changed, and what went to rest with the commit itself. */
  changed(aggregates: Iterable<string>, atRest: Iterable<string>, records: number): void {
    for (const aggregate of aggregates) this.unsaved.add(aggregate);
    for (const aggregate of atRest) this.unsaved.delete(aggregate);
    this.records += records;
  }

  /** Whether a takeover would have less to read after one. */
  get hasNews(): boolean {
    return this.records > 0 || this.told >= this.policy.everyRecords;
  }

  isDue(nowMs: number): boolean {
    const { everyRecords, everyMs, quietMs } = this.policy;
    const isMuch = this.records >= everyRecords || this.told >= everyRecords;
    return this.writing === undefined && (isMuch || nowMs - this.sinceMs >= (this.records > 0 ? everyMs : quietMs));
  }

  /** Takes the states as they are now and writes them. Rejects with OwnershipLost when another holder came, or as the database does; then the old checkpoint stays. */
  write(at: Checkpoint, states: ReadonlyMap<string, State>, nowMs: number): Promise<void> {
    if (this.writing !== undefined) return this.writing;
    const work = [...this.unsaved].flatMap((aggregate): [string, State][] => {
      const state = states.get(aggregate);
      return state === undefined ? [] : [[aggregate, state]];
    });
    const { records, told } = this;
    this.unsaved.clear();
    this.records = 0;
    this.told = 0;
    this.sinceMs = nowMs;
    this.writing = this.writePieces(at, work)
      .catch((error: unknown) => {
        for (const [aggregate] of work) this.unsaved.add(aggregate);
        this.records += records;
        this.told = told;
        throw error;
      })
      .finally(() => {
        this.writing = undefined;
      });
    return this.writing;
  }

  private async writePieces(at: Checkpoint, work: readonly [string, State][]): Promise<void> {
    let piece: StateText[] = [];
    let size = 0;
    const flush = async (): Promise<void> => {
      if (piece.length === 0) return;
      const texts = piece;
      piece = [];
      size = 0;
      await this.database.inTransaction(async (tx) => {
        await fence(tx, this.service.name, this.ref, this.epoch);
        await saveStates(tx, this.service.name, this.ref, at.next, texts);
      });
    };
    for (const [aggregate, state] of work) {
      const text = stateText(this.service, aggregate, state);
      piece.push(text);
      size += text.text.length;
      if (size >= this.policy.pieceCharacters) await flush();
    }
    await flush();
    await this.database.inTransaction((tx) => moveCheckpoint(tx, this.service.name, this.ref, this.epoch, at));
  }
}
