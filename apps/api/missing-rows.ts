// What the rows do not have may still be in the log: while services read what was there when this process began, "does not exist" is no answer.
// That a service stands still is told elsewhere (its lag is measured); who does is not waited for.
import { TOPICS } from '#contracts';
import type { World } from '#ports';
import { Problem, unavailable } from './problem.js';

/** Services have begun by then: one that has not has no place yet. */
const BEGUN_MS = 5_000;
const PATIENCE_MS = 60_000;

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
}

/** Rejects as `work` does; but what it did not find is 503 with the number of records that are left, as long as any are. */
export type Truthfully = <T>(work: () => Promise<T>) => Promise<T>;

export async function aboutMissingRows({ database, log, clock }: Pick<World, 'database' | 'log' | 'clock'>): Promise<Truthfully> {
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

  return async (work) => {
    try {
      return await work();
    } catch (error) {
      const left = error instanceof Problem && error.type === 'not-found' ? await recordsLeft() : 0;
      if (left === 0) throw error;
      throw unavailable(`the rows are still being made from the log, ${left} records are left: ${(error as Problem).detail} so far`);
    }
  };
}
