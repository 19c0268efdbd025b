// A station that is nothing but a WebSocket: it says exactly what the test says, and waits for what comes.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ConnectionOptions } from 'node:tls';
import { WebSocket } from 'ws';

export interface Refused {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface ConnectOptions {
  readonly port: number;
  readonly path: string;
  readonly protocols?: string | readonly string[];
  readonly user?: string;
  readonly password?: string | Buffer;
  /** Connects by TLS; what it trusts, and what it shows. */
  readonly tls?: ConnectionOptions;
  readonly headers?: Readonly<Record<string, string>>;
}

const PATIENCE_MS = 10_000;

export class RawStation {
  readonly socket: WebSocket;
  /** Everything received and not yet taken. */
  readonly received: unknown[][] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #wake: (() => void) | undefined;
  #ids = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.received.push(JSON.parse(String(data)) as unknown[]);
      this.#wake?.();
    });
    socket.on('error', () => undefined); // seen as the close that follows
    this.closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })));
  }

  static async connect(options: ConnectOptions): Promise<RawStation> {
    const outcome = await RawStation.attempt(options);
    if (outcome instanceof RawStation) return outcome;
    throw new Error(`refused with ${outcome.status}`);
  }

  static attempt({ port, path, protocols = 'ocpp1.6', user, password, tls, headers }: ConnectOptions): Promise<RawStation | Refused> {
    const credentials = user === undefined ? undefined : Buffer.concat([Buffer.from(`${user}:`), Buffer.from(password ?? '')]);
    const socket = new WebSocket(
      `${tls === undefined ? 'ws' : 'wss'}://127.0.0.1:${port}${path}`,
      typeof protocols === 'string' ? protocols : [...protocols],
      {
        ...(tls as object | undefined),
        headers: { ...headers, ...(credentials !== undefined && { authorization: `Basic ${credentials.toString('base64')}` }) },
      },
    );
    return new Promise((resolve, reject) => {
      const station = new RawStation(socket);
      socket.once('open', () => resolve(station));
      socket.once('unexpected-response', async (request, response) => {
        const body = await text(response).catch(() => '');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        request.destroy();
      });
      socket.once('error', reject);
    });
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The next frame, in order of arrival. */
  async next(): Promise<unknown[]> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    while (this.received.length === 0) {
      if (deadline.aborted || this.socket.readyState === WebSocket.CLOSED) throw new Error('no frame came');
      await Promise.race([new Promise<void>((resolve) => (this.#wake = resolve)), this.closed, once(deadline, 'abort')]);
    }
    return this.received.shift() ?? [];
  }

  /** Sends a CALL and takes the frame that answers it. */
  async call(action: string, payload: unknown, messageId = `m${++this.#ids}`): Promise<unknown[]> {
    this.send([2, messageId, action, payload]);
    return this.next();
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
