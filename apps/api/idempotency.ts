// Idempotency-Key: the same key with the same request is answered once and told again; with another request it is refused. What was done and not yet put
// down in the audit is not done again, but put down by the repeat.
// Transport, like the feed: should the rows be lost, commands and requests still carry ids made from the key, so nothing happens twice.
import { sha256 } from '#kernel';
import type { World } from '#ports';
import type { Answer, Stream } from './http.js';
import { Problem } from './problem.js';
import { poll } from './requests.js';

/** Keys are remembered for a day. */
export const KEPT_HOURS = 24;
/** Who holds a key without having ended for so long has died. */
const ABANDONED_S = 60;
const WAIT_MS = 15_000;
const PROBLEM = 'application/problem+json';

type Work = () => Promise<Answer | Stream>;

/** `audited` runs what it is given and puts down how that ended; it rejects where it could not. */
export type Once = (
  tenantId: string,
  key: string,
  request: { readonly method: string; readonly url: string; readonly body: unknown },
  work: Work,
  audited: (work: Work) => ReturnType<Work>,
) => ReturnType<Work>;

interface KeyRow {
  readonly fingerprint: string;
  readonly answer: Answer | null;
  readonly is_put_down: boolean;
}

export function onceByKey(world: Pick<World, 'database' | 'clock'>): Once {
  const { database } = world;
  return async (tenantId, key, { method, url, body }, work, audited) => {
    const fingerprint = sha256(JSON.stringify([method, url, body]));
    await database.query(`delete from idempotency_keys where at < now() - make_interval(hours => $1)`, [KEPT_HOURS]);
    const { rows } = await database.query<Pick<KeyRow, 'answer'>>(
      `insert into idempotency_keys (tenant_id, key, fingerprint, is_put_down) values ($1, $2, $3, false) on conflict (tenant_id, key) do update set at = now()
       where (idempotency_keys.answer is null or not idempotency_keys.is_put_down) and idempotency_keys.fingerprint = excluded.fingerprint
         and idempotency_keys.at <= now() - make_interval(secs => $4) returning answer`,
      [tenantId, key, fingerprint, ABANDONED_S],
    );
    const [taken] = rows;
    if (taken === undefined) return audited(() => toldAgain(tenantId, key, fingerprint));
    try {
      const answer = await audited(() => (taken.answer === null ? answerFirst(tenantId, key, work) : told(taken.answer)));
      await putDown(tenantId, key);
      return answer;
    } catch (error) {
      if (error instanceof Problem && error.status < 500) await putDown(tenantId, key);
      else await release(tenantId, key);
      throw error;
    }
  };

  async function toldAgain(tenantId: string, key: string, fingerprint: string): Promise<Answer> {
    const answer = await poll(world as World, WAIT_MS, async () => {
      const { rows } = await database.query<KeyRow>(
        'select fingerprint, answer, is_put_down from idempotency_keys where tenant_id = $1 and key = $2',
        [tenantId, key],
      );
      const [row] = rows;
      if (row !== undefined && row.fingerprint !== fingerprint)
        throw new Problem(
          422,
          'idempotency-key-reused',
          'This Idempotency-Key was used for another request',
          'take a new key for a new request',
        );
      return row === undefined ? 'gone' : row.is_put_down ? (row.answer ?? undefined) : undefined;
    });
    if (answer === undefined || answer === 'gone')
      throw new Problem(409, 'in-progress', 'The first request with this Idempotency-Key is not answered yet', 'try again', undefined, {
        'retry-after': '2',
      });
    return { ...answer, headers: { ...answer.headers, 'idempotency-replayed': 'true' } };
  }

  async function answerFirst(tenantId: string, key: string, work: Work): Promise<Answer> {
    try {
      const answer = (await work()) as Answer; // nothing that takes the response over is a POST
      await keep(tenantId, key, answer);
      return answer;
    } catch (error) {
      // A refusal is an answer too; trouble of ours is not.
      if (error instanceof Problem && error.status < 500)
        await keep(tenantId, key, { status: error.status, body: error.toJSON(), headers: { ...error.headers, 'content-type': PROBLEM } });
      throw error;
    }
  }

  /** As it was when it was done: a refusal is thrown. */
  async function told(answer: Answer): Promise<Answer> {
    if (answer.headers?.['content-type'] === PROBLEM) throw Problem.of(answer.body as ReturnType<Problem['toJSON']>, answer.headers);
    return answer;
  }

  async function keep(tenantId: string, key: string, answer: Answer): Promise<void> {
    await database.query('update idempotency_keys set answer = $3::jsonb where tenant_id = $1 and key = $2', [
      tenantId,
      key,
      JSON.stringify(answer),
    ]);
  }

  async function putDown(tenantId: string, key: string): Promise<void> {
    await database.query('update idempotency_keys set is_put_down = true where tenant_id = $1 and key = $2', [tenantId, key]);
  }

  /** The next one takes it at once: to do it where there is no answer, else to put it down. */
  async function release(tenantId: string, key: string): Promise<void> {
    await database.query(
      'update idempotency_keys set at = now() - make_interval(secs => $3) where tenant_id = $1 and key = $2 and answer is not null',
      [tenantId, key, ABANDONED_S],
    );
    await database.query('delete from idempotency_keys where tenant_id = $1 and key = $2 and answer is null', [tenantId, key]);
  }
}
