// One message to one address: posted, its answer waited for and not read. Nothing is followed elsewhere.
// What is sent, and what an answer means, is sender.ts's.
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { isPublicHost, PrivateAddress, publicLookup } from './addresses.js';

const TIMEOUT_MS = 15_000;

/** Resolves with the status of the answer; rejects where none came. */
export type Post = (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<number>;

export const postTo =
  (mayBePrivate: boolean): Post =>
  (target, headers, body) =>
    new Promise((resolve, reject) => {
      const url = new URL(target);
      if (!mayBePrivate && (url.protocol !== 'https:' || !isPublicHost(url.hostname))) {
        reject(new PrivateAddress());
        return;
      }
      const request = (url.protocol === 'https:' ? secure : plain)(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'joulestream', 'content-length': Buffer.byteLength(body), ...headers },
        // A connection that was judged for one webhook is not another one's.
        agent: false,
        ...(!mayBePrivate && { lookup: publicLookup }),
      });
      const late = setTimeout(() => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
      request.on('close', () => clearTimeout(late));
      request.on('error', reject);
      request.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
        request.destroy();
      });
      request.end(body);
    });
