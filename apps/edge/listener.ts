// The HTTP server that upgrades to WebSocket: sizes, time limits, compression, refusals with their headers.
// Who is admitted is the door's business; an open socket is a connection's.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Door, type HttpRefusal, isRefusal } from './admission/door.js';
import { chooseSubprotocol } from './admission/path.js';
import { LARGEST_FRAME } from './config.js';
import type { ConnectionIdentity } from './connection.js';

const HANDSHAKE_MS = 10_000;

export interface ListenerPorts {
  readonly door: Door;
  /** Refuses everything while set, e.g. while draining. */
  readonly closedBecause: () => HttpRefusal | undefined;
  readonly opened: (socket: WebSocket, identity: ConnectionIdentity) => void;
  /** Admitted, but the socket was gone before the upgrade was complete. */
  readonly vanished: (identity: ConnectionIdentity) => void;
  readonly refused: (refusal: HttpRefusal, request: IncomingMessage) => void;
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

export function createListener({ door, closedBecause, opened, vanished, refused, failed }: ListenerPorts): Server {
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
  return server;
}
