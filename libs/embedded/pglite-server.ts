// PGlite in its thread, as something that a `pg` client can talk to.
// Who talks, and in which turn, is the database's business.
import { Duplex } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import type { PgliteAnswer, PgliteData, PgliteRequest } from './pglite-thread.js';
import { Thread, threadFile } from './thread.js';

// V8 can lose count of WebAssembly code it frees while PGlite runs, and then ends the process (`Check failed: jit_page_->allocations_.erase(addr) == 1`,
// nodejs/node#64500). What is kept instead is some megabytes of code that was replaced by faster code.
setFlagsFromString('--no-wasm-code-gc');

export class PgliteServer {
  readonly #thread: Thread<PgliteRequest, PgliteAnswer>;

  private constructor(data: PgliteData) {
    this.#thread = new Thread(threadFile('pglite-thread', import.meta.url), data);
  }

  /** Opens the cluster in the directory, or makes one. Rejects when PGlite cannot. */
  static async start(data: PgliteData): Promise<PgliteServer> {
    const server = new PgliteServer(data);
    try {
      await server.#ask({ kind: 'open' });
      return server;
    } catch (error) {
      await server.#thread.end();
      throw error;
    }
  }

  /** Bytes of the wire protocol, whole messages up to one that asks for an answer; resolves with all that PostgreSQL says to them. */
  async exchange(bytes: Uint8Array): Promise<Uint8Array> {
    // As bytes of their own they change hands; of a view, the thread would be sent a copy of all that lies around it.
    const own = new Uint8Array(bytes);
    const answer = await this.#ask({ kind: 'exchange', bytes: own }, [own.buffer]);
    return answer.kind === 'exchanged' ? answer.bytes : new Uint8Array();
  }

  /** Shuts PostgreSQL down; resolves when its files are at rest. */
  async stop(): Promise<void> {
    try {
      await this.#ask({ kind: 'close' });
    } finally {
      await this.#thread.end();
    }
  }

  async #ask(request: PgliteRequest, transfer: readonly ArrayBuffer[] = []): Promise<PgliteAnswer> {
    const answer = await this.#thread.ask(request, transfer);
    if (answer.kind === 'failed') throw new Error(`PGlite: ${answer.message}`);
    return answer;
  }
}

type Callback = (error?: Error | null) => void;

/** The socket that `pg` believes in. Messages written in one turn go over together. */
export class PgliteSocket extends Duplex {
  readonly #server: PgliteServer;

  constructor(server: PgliteServer) {
    super();
    this.#server = server;
  }

  connect(): this {
    queueMicrotask(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {} // bytes are pushed as they come: pg asked for each of them

  override _write(chunk: Buffer, _: BufferEncoding, done: Callback): void {
    this.#exchange(chunk, done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Callback): void {
    this.#exchange(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  #exchange(bytes: Buffer, done: Callback): void {
    this.#server.exchange(bytes).then(
      (answer) => {
        this.push(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength));
        done();
      },
      (error: Error) => done(error),
    );
  }
}
