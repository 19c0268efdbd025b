// The thread PGlite runs in: PostgreSQL's wire protocol in, the same protocol out.
// It stands alone (nothing of ours is imported), because a thread starts from this file whether it was compiled or not.
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

export interface PgliteData {
  /** Created with an empty cluster when missing. */
  readonly dataDirectory: string;
  /** Nothing is synced: the cluster is thrown away with the process. */
  readonly isScratch: boolean;
}

export type PgliteRequest =
  | { readonly kind: 'open' }
  | { readonly kind: 'exchange'; readonly bytes: Uint8Array }
  | { readonly kind: 'close' };

export type PgliteAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'exchanged'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly message: string };

/** PostgreSQL begins with this as PGlite starts it: no file is ever synced (`fsync = off`). */
const NEVER_SYNCED = '-F';

type Init = NodeFS['init'];
/** Emscripten's: a file has a descriptor, a directory has none. */
interface OpenNode {
  readonly nfd?: number;
  readonly node: object;
}
interface NodeFiles {
  readonly stream_ops: object;
  realPath(node: object): string;
}
/** WASI's EIO: PostgreSQL ends then, as it must, and what it had promised is in its log. */
const NOT_SYNCED = 29;

/** PGlite's files, with the one call of PostgreSQL that it leaves out (0.5.16). */
class SyncedFiles extends NodeFS {
  override async init(...[pglite, options]: Parameters<Init>): ReturnType<Init> {
    const { emscriptenOpts } = await super.init(pglite, options);
    const sync = ({ NODEFS: files }: { readonly NODEFS: NodeFiles }): object =>
      Object.assign(files.stream_ops, { fsync: (its: OpenNode) => synced(its, () => files.realPath(its.node)) });
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), sync] } };
  }
}

function synced({ nfd }: OpenNode, path: () => string): number {
  const descriptor = nfd ?? openSync(path(), 'r');
  try {
    fdatasyncSync(descriptor);
    return 0;
  } catch {
    return NOT_SYNCED;
  } finally {
    if (nfd === undefined) closeSync(descriptor);
  }
}

const { dataDirectory, isScratch } = workerData as PgliteData;
const lasting = (): PGliteOptions => ({
  fs: new SyncedFiles(dataDirectory),
  startParams: PGlite.defaultStartParams.filter((each) => each !== NEVER_SYNCED),
});
const pglite = isScratch ? new PGlite(dataDirectory) : new PGlite(lasting());
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
