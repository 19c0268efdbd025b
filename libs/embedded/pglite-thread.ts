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
        return { kind: 'exchanged', bytes: own(await pglite.execProtocolRaw(request.bytes)) };
      case 'close':
        await pglite.close();
        return { kind: 'done' };
    }
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

/** What a thread may give away: PGlite keeps the buffer that lies around a view. */
const own = (bytes: Uint8Array): Uint8Array => (bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice());
