// How far a partition's rows and decisions are in the database, one commit after the other. Records that a service has no use for are left behind it:
// they are in its next commit, or in one of their own a moment later; whoever takes over before that finds nothing in them again (ADR 0111).
import { OwnershipLost, type PartitionRef, type World } from '#ports';
import { type BatchCommit, commitBatch } from './commit.js';
import type { Watermarks } from './partition-fold.js';
import { counted } from './turns.js';

export interface Place {
  readonly next: number;
  readonly seen: Watermarks;
}

/** For so long the place may stay behind what was read, and so long after a commit that failed it is tried again [ms]. */
const BEHIND_MS = 1_000;
const AGAIN_MS = 10_000;

export class CommittedPlace {
  /** What is below it is committed; of what was read from here on nothing is in a row, a state or the outbox. */
  place: Place;
  private dueMs = Number.POSITIVE_INFINITY;
  private lost: OwnershipLost | undefined;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly world: Pick<World, 'database' | 'clock'>,
    private readonly service: string,
    private readonly ref: PartitionRef,
    private readonly epoch: number,
    taken: Place,
  ) {
    this.place = taken;
  }

  /** Rejects as commitBatch does, and the place stays. */
  async commit(batch: Omit<BatchCommit, 'from'>): Promise<void> {
    await this.inTurn(() => this.write(batch));
    this.dueMs = Number.POSITIVE_INFINITY;
  }

  /** Records were read of which nothing is to be written. Throws OwnershipLost where the last move found another holder. */
  leaveBehind(nowMs: number): void {
    if (this.lost !== undefined) throw this.lost;
    this.dueMs = Math.min(this.dueMs, nowMs + BEHIND_MS);
  }

  isDue(nowMs: number): boolean {
    return this.dueMs <= nowMs;
  }

  /** Commits that everything up to `read` was read, where that is not committed yet. Rejects as commitBatch does. */
  async moveTo(read: Place, nowMs: number): Promise<void> {
    this.dueMs = Number.POSITIVE_INFINITY;
    try {
      await this.inTurn(async () => {
        if (read.next > this.place.next) await this.write({ ...read, rows: [], closed: [], outbox: [], parked: [] });
      });
    } catch (error) {
      if (error instanceof OwnershipLost) this.lost = error;
      else this.dueMs = nowMs + AGAIN_MS;
      throw error;
    }
  }

  private async write(batch: Omit<BatchCommit, 'from'>): Promise<void> {
    const { database, clock } = this.world;
    await counted(clock, () => commitBatch(database, this.service, this.ref, this.epoch, { ...batch, from: this.place.next }));
    this.place = { next: batch.next, seen: batch.seen };
  }

  /** Each begins where the one before it ended. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined); // whoever asked for it has the rejection
    return turn;
  }
}
