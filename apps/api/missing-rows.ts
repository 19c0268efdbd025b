// What the rows do not have may still be in the log: while services read what was there when this process began, "does not exist" is no answer,
// and what is read from the rows says that it may not be all.
// That a service stands still is told elsewhere (its lag is measured); who does is not waited for.
import { TOPICS } from '#contracts';
import type { World } from '#ports';
import { Problem, unavailable } from './problem.js';
import { poll } from './requests.js';

/** Services have begun by then: one that has not has no place yet. */
const BEGUN_MS = 5_000;
const PATIENCE_MS = 60_000;
/** A start of rows that were closed whole has this much to read at most, and who asks is not sent away for it. */
const SOON_MS = 3_000;

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
}

export interface MissingRows {
  /** Records whose rows are not made yet; 0 once they are. */
  left(): Promise<number>;
  /**
   * Rejects as `work` does; but while records are left, what it did not find is 503 with their number. What reads is done again where that is over
   * within three seconds.
   */
  truthfully<T>(isRead: boolean, work: () => Promise<T>): Promise<T>;
}

export async function aboutMissingRows(world: Pick<World, 'database' | 'log' | 'clock'>): Promise<MissingRows> {
  const { database, log, clock } = world;
  const partitions = TOPICS.flatMap((topic) => Array.from({ length: log.partitionCount(topic) }, (_, partition) => ({ topic, partition })));
  const heads = new Map<string, number>(
    await Promise.all(partitions.map(async ({ topic, partition }) => [`${topic}/${partition}`, await log.head(topic, partition)] as const)),
  );
  const beganMs = clock.now();
  let isOver = false;
  let latest = { left: Number.POSITIVE_INFINITY, sinceMs: beganMs };

  async function recordsLeft(): Promise<number> {
    if (isOver) return 0;
    const { rows } = await database.query<Place>('select topic, partition, next_offset::float8 as next from service_positions');
    const left = rows.reduce((sum, { topic, partition, next }) => sum + Math.max(0, (heads.get(`${topic}/${partition}`) ?? 0) - next), 0);
    const nowMs = clock.now();
    if (left < latest.left) latest = { left, sinceMs: nowMs };
    isOver = left === 0 ? nowMs - beganMs > BEGUN_MS : nowMs - latest.sinceMs > PATIENCE_MS;
    return isOver ? 0 : left;
  }

  const isSoonOver = async (): Promise<boolean> =>
    (await poll(world, SOON_MS, async () => ((await recordsLeft()) === 0 ? true : undefined))) ?? false;

  return {
    left: recordsLeft,
    async truthfully(isRead, work) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Problem) || error.type !== 'not-found') throw error;
        const left = await recordsLeft();
        if (left === 0) throw error;
        if (isRead && (await isSoonOver())) return work();
        throw unavailable(`the rows are still being made from the log, ${left} records are left: ${error.detail} so far`);
      }
    },
  };
}
