// One message to one address: posted, its answer waited for and not read.
// What is sent, and what an answer means, is sender.ts's.
import { type Reach, requestFrom } from '#outbound';

const TIMEOUT_MS = 15_000;

/** Resolves with the status of the answer; rejects where none came. */
export type Post = (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<number>;

export function postTo(mayBePrivate: boolean): Post {
  const reach: Reach = { mayBePrivate, mayBeOwn: false };
  return async (target, headers, body) => {
    const asked = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body, withinMs: TIMEOUT_MS };
    const answer = await requestFrom(target, asked, reach);
    answer.destroy();
    return answer.statusCode ?? 0;
  };
}
