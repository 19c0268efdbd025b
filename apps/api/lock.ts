// A lock over all replicas of the api, for requests that look at rows, decide, and write what rows show only later.
// Who dies holding one loses it after a while.
import type { World } from '#ports';
import { unavailable } from './problem.js';
import { poll } from './requests.js';

/** Longer than anything done under a lock [s]. */
const HELD_S = 30;
const WAITS_MS = 10_000;

/** Rejects with a problem when others do not come to an end. */
export async function locked<T>(world: World, tenantId: string, subject: string, work: () => Promise<T>): Promise<T> {
  const { database, ids } = world;
  const holder = ids.next();
  const taken = await poll(world, WAITS_MS, async () => {
    const { rowCount } = await database.query(
      `insert into turns (tenant_id, subject, holder, until) values ($1, $2, $3, now() + make_interval(secs => $4))
       on conflict (tenant_id, subject) do update set holder = excluded.holder, until = excluded.until where turns.until < now()`,
      [tenantId, subject, holder, HELD_S],
    );
    return rowCount === 1 || undefined;
  });
  if (!taken) throw unavailable(`others are at work on ${subject}`);
  try {
    return await work();
  } finally {
    await database.query('delete from turns where tenant_id = $1 and subject = $2 and holder = $3', [tenantId, subject, holder]);
  }
}
