// Idempotency-Key: the same key with the same request is answered once and told again; with another request it is refused.
// Transport, like the feed: should the rows be lost, commands and requests still carry ids made from the key, so nothing happens twice.
import { sha256 } from '#kernel';
import type { World } from '#ports';
import type { Answer } from './http.js';
import { Problem } from './problem.js';
import { poll } from './requests.js';

/** Keys are remembered for a day. */
export const KEPT_HOURS = 24;
/** Who holds a key without an answer for so long has died. */
const ABANDONED_S = 60;
const WAIT_MS = 15_000;

export type Once = (
  tenantId: string,
  key: string,
  request: { readonly method: string; readonly url: string; readonly body: unknown },
  work: () => Promise<Answer>,
) => Promise<Answer>;

interface KeyRow {
  readonly fingerprint: string;
  readonly answer: Answer | null;
}

export function onceByKey(world: Pick<World, 'database' | 'clock'>): Once {
  const { database } = world;
  const look = async (tenantId: string, key: string): Promise<KeyRow | undefined> => {
    const { rows } = await database.query<KeyRow>('select fingerprint, answer from idempotency_keys where tenant_id = $1 and key = $2', [
      tenantId,
      key,
    ]);
    return rows[0];
  };
  return async (tenantId, key, { method, url, body }, work) => {
    const fingerprint = sha256(JSON.stringify([method, url, body]));
    await database.query(`delete from idempotency_keys where at < now() - make_interval(hours => $1)`, [KEPT_HOURS]);
    const { rowCount } = await database.query(
      `insert into idempotency_keys (tenant_id, key, fingerprint) values ($1, $2, $3) on conflict (tenant_id, key) do update set at = now()
       where idempotency_keys.answer is null and idempotency_keys.fingerprint = excluded.fingerprint
         and idempotency_keys.at < now() - make_interval(secs => $4)`,
      [tenantId, key, fingerprint, ABANDONED_S],
    );
    if (rowCount === 1) return answerFirst(tenantId, key, work);
    const told = await poll(world as World, WAIT_MS, async () => {
      const row = await look(tenantId, key);
      if (row !== undefined && row.fingerprint !== fingerprint)
        throw new Problem(
          422,
          'idempotency-key-reused',
          'This Idempotency-Key was used for another request',
          'take a new key for a new request',
        );
      return row === undefined ? 'gone' : (row.answer ?? undefined);
    });
    if (told === undefined || told === 'gone')
      throw new Problem(409, 'in-progress', 'The first request with this Idempotency-Key is not answered yet', 'try again', undefined, {
        'retry-after': '2',
      });
    return { ...told, headers: { ...told.headers, 'idempotency-replayed': 'true' } };
  };

  async function answerFirst(tenantId: string, key: string, work: () => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await work();
      await keep(tenantId, key, answer);
      return answer;
    } catch (error) {
      // A refusal is an answer too; trouble of ours is not.
      if (error instanceof Problem && error.status < 500)
        await keep(tenantId, key, {
          status: error.status,
          body: error.toJSON(),
          headers: { ...error.headers, 'content-type': 'application/problem+json' },
        });
      else await database.query('delete from idempotency_keys where tenant_id = $1 and key = $2', [tenantId, key]);
      throw error;
    }
  }

  async function keep(tenantId: string, key: string, answer: Answer): Promise<void> {
    await database.query('update idempotency_keys set answer = $3::jsonb where tenant_id = $1 and key = $2', [
      tenantId,
      key,
      JSON.stringify(answer),
    ]);
  }
}
