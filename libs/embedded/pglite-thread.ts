// The thread PGlite runs in: PostgreSQL's wire protocol in, the same protocol out.
// It stands alone (nothing of ours is imported), because a thread starts from this file whether it was compiled or not.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

export interface PgliteData {
  /** Created with an empty cluster when missing. */
  readonly dataDirectory: string;
}

export type PgliteRequest =
  | { readonly kind: 'open' }
  | { readonly kind: 'exchange'; readonly bytes: Uint8Array }
  | { readonly kind: 'close' };

export type PgliteAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'exchanged'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly message: string };

const { dataDirectory } = workerData as PgliteData;
const pglite = new PGlite(dataDirectory);
pglite.waitReady.catch(() => {}); // 'open' answers with it

let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (request: PgliteRequest) => {
  last = last.then(async () => {
    const answered = await answer(request);
    parentPort?.postMessage(answered, answered.kind === 'exchanged' ? [answered.bytes.buffer as ArrayBuffer] : []);
  });
});

async function answer(request: PgliteRequest): Promise<PgliteAnswer> {
  try {
    switch (request.kind) {
      case 'open':
        await pglite.waitReady;
        return { kind: 'done' };
      case 'exchange':
        return { kind: 'exchanged', bytes: await exchanged(request.bytes) };
      case 'close':
        await pglite.close();
        return { kind: 'done' };
    }
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

/** What PostgreSQL says. As a stream, because PGlite also parses what it returns whole, and keeps what it parsed for good (`execProtocolRaw`, 0.5.16). */
async function exchanged(bytes: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  await pglite.execProtocolRawStream(bytes, { onRawData: (part) => parts.push(part.slice()) });
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}
