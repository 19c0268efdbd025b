// The HTTP server that upgrades to WebSocket: sizes, time limits, compression, refusals with their headers.
// Who is admitted is the door's business; an open socket is a connection's.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { type Door, type HttpRefusal, isRefusal } from './admission/door.js';
import { chooseSubprotocol } from './admission/path.js';
import { LARGEST_FRAME } from './config.js';
import type { ConnectionIdentity } from './connection.js';

const HANDSHAKE_MS = 10_000;

/** What is asked of an upgrade request; node's own fits, and so does one that never was a socket. */
export interface UpgradeRequest {
  readonly url?: string | undefined;
  readonly headers: { readonly authorization?: string | undefined; readonly 'sec-websocket-protocol'?: string | undefined };
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean };
}

/** An open socket as a connection uses it; a WebSocket of `ws` is one. */
export interface StationSocket {
  on(event: 'message', heard: (data: Buffer) => void): unknown;
  on(event: 'pong', heard: () => void): unknown;
  on(event: 'close', heard: (code: number, reason: Buffer) => void): unknown;
  on(event: 'error', heard: (error: Error) => void): unknown;
  send(text: string): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
  /** Bytes taken by `send` that the peer has not read. */
  readonly bufferedAmount: number;
}

export interface Listener {
  listen(port: number, address: string): Promise<void>;
  /** Undefined before it listens. */
  readonly port: number | undefined;
  close(): Promise<void>;
}

export type CreateListener = (ports: ListenerPorts) => Listener;

export interface ListenerPorts {
  readonly door: Door;
  /** Refuses everything while set, e.g. while draining. */
  readonly closedBecause: () => HttpRefusal | undefined;
  readonly opened: (socket: StationSocket, identity: ConnectionIdentity) => void;
  /** Admitted, but the socket was gone before the upgrade was complete. */
  readonly vanished: (identity: ConnectionIdentity) => void;
  readonly refused: (refusal: HttpRefusal, request: UpgradeRequest) => void;
  readonly failed: (error: unknown) => HttpRefusal;
}

/**
 * Compression is mandatory for us (OCPP-J part 4, 3.4), and its memory is per socket: no context survives a message and our own windows are
 * small (2^10); a station that only offers larger ones still gets it.
 */
const PER_MESSAGE_DEFLATE = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 10,
  threshold: 1024,
  concurrencyLimit: 4,
  zlibDeflateOptions: { level: 3, memLevel: 4 },
} as const;

export const webSocketListener: CreateListener = ({ door, closedBecause, opened, vanished, refused, failed }) => {
  const admitted = new WeakMap<IncomingMessage, ConnectionIdentity>();
  const judge = async (request: IncomingMessage): Promise<ConnectionIdentity | HttpRefusal> => {
    try {
      return closedBecause() ?? (await door.admit(request));
    } catch (error) {
      return failed(error);
    }
  };

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_FRAME,
    perMessageDeflate: PER_MESSAGE_DEFLATE,
    clientTracking: false,
    handleProtocols: (_, request) => chooseSubprotocol(request.headers['sec-websocket-protocol']) ?? false,
    // Asked after the handshake's own headers were found to be in order, and before it completes.
    verifyClient: ({ req }, answer) => {
      void judge(req).then((outcome) => {
        if (isRefusal(outcome)) {
          refused(outcome, req);
          answer(false, outcome.status, outcome.message, outcome.headers);
          return;
        }
        admitted.set(req, outcome);
        answer(true);
        if (admitted.delete(req)) vanished(outcome);
      });
    },
  });

  const server = createServer({ connectionsCheckingInterval: HANDSHAKE_MS / 2 }, (_, response) => {
    response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end();
  });
  server.headersTimeout = HANDSHAKE_MS;
  server.requestTimeout = HANDSHAKE_MS;
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const identity = admitted.get(request);
      if (identity === undefined) throw new Error('a socket opened that nobody admitted');
      admitted.delete(request);
      opened(webSocket, identity);
    });
  });
  return {
    listen: (port, address) =>
      new Promise((resolve, reject) => {
        server.once('error', reject).listen(port, address, () => resolve());
      }),
    get port() {
      return (server.address() as AddressInfo | null)?.port;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
