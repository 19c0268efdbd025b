// One WebSocket to the CSMS as a station sees it, behind an interface a test can replace.
// When to dial again is the line's business; frames are the conversation's.
import WebSocket, { type ClientOptions } from 'ws';

export interface Target {
  readonly url: string;
  readonly subprotocol: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The certificate the station comes with, PEM. */
  readonly identity?: { readonly cert: string; readonly key: string };
}

export interface LinkHandlers {
  opened(): void;
  received(text: string): void;
  /** Once, for a link that opened and for one that never did. `retryAfterMs` is what an HTTP refusal asked for. */
  closed(reason: string, retryAfterMs?: number): void;
}

export interface Link {
  /** False when the link is not open; the text is then not sent. */
  send(text: string): boolean;
  /** `abrupt`: as if the cable was cut, without a close frame. */
  close(abrupt: boolean): void;
}

export type Dial = (target: Target, handlers: LinkHandlers) => Link;

const HANDSHAKE_TIMEOUT_MS = 20_000;

function retryAfterMs(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** Dials real sockets. `options` carries TLS material, for example. */
export const webSocketDial =
  (options: ClientOptions = {}): Dial =>
  ({ url, subprotocol, headers, identity }, handlers) => {
    const socket = new WebSocket(url, [subprotocol], {
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      ...options,
      ...identity,
      headers: { ...headers },
    });
    let closed = false;
    const close = (reason: string, retryMs?: number) => {
      if (closed) return;
      closed = true;
      handlers.closed(reason, retryMs);
    };
    socket.on('open', () => handlers.opened());
    socket.on('message', (data, isBinary) => {
      if (!isBinary) handlers.received(data.toString());
    });
    socket.on('unexpected-response', (request, response) => {
      response.resume();
      request.destroy();
      close(`HTTP ${response.statusCode}`, retryAfterMs(response.headers['retry-after']));
    });
    socket.on('error', (error: Error & { code?: string }) => close(error.code ?? error.message));
    socket.on('close', (code) => close(`closed with ${code}`));
    return {
      send: (text) => {
        if (socket.readyState !== WebSocket.OPEN) return false;
        socket.send(text);
        return true;
      },
      close: (abrupt) => (abrupt ? socket.terminate() : socket.close(1000)),
    };
  };
