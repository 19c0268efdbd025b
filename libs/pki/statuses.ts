// Asks OCSP responders what became of certificates, keeps their answers while they hold, and gives up in time.
// Only responders an operator named are asked: the addresses come from stations and cars (attack 14).
import type { CertificateStatuses, Clock, StatusAnswer, StatusQuestion } from '#ports';
import { ocspRequest, readOcspAnswer } from './ocsp.js';

/** Sends DER to an address and answers with DER; rejects for anything else. `fetch` does, bounded and without following anybody elsewhere. */
export type Exchange = (url: URL, body: Buffer, signal: AbortSignal) => Promise<Buffer>;

export interface StatusesOptions {
  /** `host` or `host:port`; nobody else is asked. */
  readonly responders: readonly string[];
  readonly clock: Clock;
  readonly timeoutMs?: number;
  readonly exchange?: Exchange;
}

const TIMEOUT_MS = 3_000;
const LARGEST_ANSWER = 32 << 10;
const MOST_KEPT = 10_000;
/** Questions on their way at one time; further ones are not asked. */
const MOST_ASKING = 100;
/** What failed is not asked again at once: stations repeat themselves. */
const SILENT_MS = 10_000;

const byFetch: Exchange = async (url, body, signal) => {
  const headers = { 'Content-Type': 'application/ocsp-request', Accept: 'application/ocsp-response' };
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body), redirect: 'error', signal });
  if (!response.ok || response.body === null) throw new Error(`the responder answered ${response.status}`);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body) {
    bytes += part.length;
    if (bytes > LARGEST_ANSWER) throw new Error('the answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts);
};

export function certificateStatuses({
  responders,
  clock,
  timeoutMs = TIMEOUT_MS,
  exchange = byFetch,
}: StatusesOptions): CertificateStatuses {
  const named = new Set(responders.map((name) => name.toLowerCase()));
  const kept = new Map<string, { readonly answer: StatusAnswer | undefined; readonly untilMs: number }>();
  const asking = new Map<string, Promise<StatusAnswer | undefined>>();

  const responderOf = (text: string): URL | undefined => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
    return url !== undefined && isHttp && url.username === '' && (named.has(url.hostname) || named.has(url.host)) ? url : undefined;
  };

  const fetchAnswer = async (
    question: StatusQuestion,
    url: URL,
    issuers: readonly string[] | undefined,
  ): Promise<StatusAnswer | undefined> => {
    const answer = await exchange(url, await ocspRequest(question), AbortSignal.timeout(timeoutMs));
    const verdict = await readOcspAnswer(answer, question, clock.now(), issuers);
    return verdict && { ...verdict, response: answer.toString('base64') };
  };

  return {
    async ask(question, issuers) {
      const url = responderOf(question.responderURL);
      if (url === undefined) return undefined;
      const { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } = question;
      const key = JSON.stringify([url.href, hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber, issuers ?? null]);
      const known = kept.get(key);
      if (known !== undefined && known.untilMs > clock.now()) return known.answer;
      const underway = asking.get(key);
      if (underway !== undefined) return underway;
      if (asking.size >= MOST_ASKING) return undefined;
      const asked = fetchAnswer(question, url, issuers).catch(() => undefined);
      asking.set(key, asked);
      const answer = await asked;
      asking.delete(key);
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(key, { answer, untilMs: answer?.nextUpdateMs ?? clock.now() + SILENT_MS });
      return answer;
    },
  };
}
