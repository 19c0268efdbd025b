// How servers of grid operators are asked over HTTP: within a time, up to a size, never sent on elsewhere.
// What they are asked is their protocol's.
import { PrivateAddress, type Reach, requestFrom, TooLate } from '#outbound';

/** Rejected: the server said nothing useful; `message` is for people and names no secret. */
export class ServerSilent extends Error {}

export interface Answer {
  readonly status: number;
  readonly text: string;
}
const TIMEOUT_MS = 15_000;
const LARGEST_ANSWER = 8 << 20;

/** What it answered, where it did what was asked. */
export function read({ status, text }: Answer): unknown {
  if (status < 200 || status > 299) throw new ServerSilent(`it answered ${status}`);
  return parsed(text);
}

/** JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ServerSilent('its answer is not JSON');
  }
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Parameters are sent as a form. */
  readonly body?: string | URLSearchParams;
}
/** Whatever it says; rejects with ServerSilent where that is nothing, too much, or that it is elsewhere. */
export type Ask = (url: string, question: Question) => Promise<Answer>;

const FORM = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' };

export const asking =
  (reach: Reach): Ask =>
  async (url, { method = 'GET', headers = {}, body }) => {
    try {
      const form = body instanceof URLSearchParams ? FORM : {};
      const said = body === undefined ? {} : { body: String(body) };
      const response = await requestFrom(url, { method, headers: { ...form, ...headers }, ...said, withinMs: TIMEOUT_MS }, reach);
      const { statusCode: status = 0 } = response;
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        bytes += chunk.byteLength;
        if (bytes > LARGEST_ANSWER) throw new ServerSilent(`its answer is larger than ${LARGEST_ANSWER >> 20} MiB`);
        chunks.push(chunk);
      }
      if (status >= 300 && status < 400) throw new ServerSilent(`it answered ${status}, and nobody is followed elsewhere`);
      return { status, text: Buffer.concat(chunks).toString() };
    } catch (error) {
      if (error instanceof ServerSilent) throw error;
      if (error instanceof TooLate || error instanceof PrivateAddress) throw new ServerSilent(error.message);
      const { code, message } = error as { readonly code?: string; readonly message: string };
      throw new ServerSilent(`no connection (${code ?? message})`);
    }
  };
