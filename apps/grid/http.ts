// How servers of grid operators are asked over HTTP: within a time, up to a size, never sent on elsewhere.
// What they are asked is their protocol's.

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

/** Whatever it says; rejects with ServerSilent where that is nothing, or too much. */
export async function answer(url: string, request: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, { ...request, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    let bytes = 0;
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > LARGEST_ANSWER) throw new ServerSilent(`its answer is larger than ${LARGEST_ANSWER >> 20} MiB`);
      text += decoder.decode(chunk, { stream: true });
    }
    return { status: response.status, text };
  } catch (error) {
    if (error instanceof ServerSilent) throw error;
    const { name = '', cause } = error as {
      readonly name?: string;
      readonly cause?: { readonly code?: string; readonly message?: string };
    };
    throw new ServerSilent(
      name === 'TimeoutError' ? `no answer within ${TIMEOUT_MS / 1000} s` : `no connection (${cause?.code ?? cause?.message ?? name})`,
    );
  }
}
