// One request to an address that somebody of a tenant chose: judged where the connection is made, within a time, and not sent on elsewhere.
// What is asked, and what an answer means, is the caller's.
import { type IncomingMessage, request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { connecting, type Reach } from './addresses.js';

export interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole of it, reading the answer included. */
  readonly withinMs: number;
}

export class TooLate extends Error {
  readonly code = 'TooLate';
  constructor(withinMs: number) {
    super(`no answer within ${withinMs / 1000} s`);
  }
}

/** Resolves with the beginning of the answer, whatever it is. Rejects with PrivateAddress, TooLate, or what the connection failed with; reading on may reject with TooLate. */
export const requestFrom = (target: string, { method, headers, body, withinMs }: Asked, reach: Reach): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const url = new URL(target);
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    // A connection that was judged for one tenant is not another one's.
    const options = { method, headers: { 'user-agent': 'joulestream', ...length, ...headers }, agent: false, ...connecting(url, reach) };
    const request = (url.protocol === 'https:' ? secure : plain)(url, options);
    let answer: IncomingMessage | undefined;
    const late = setTimeout(() => (answer ?? request).destroy(new TooLate(withinMs)), withinMs);
    request.on('close', () => clearTimeout(late));
    request.on('error', reject);
    request.on('response', (response) => {
      answer = response;
      resolve(response);
    });
    request.end(body);
  });
