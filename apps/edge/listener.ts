// HTTP and HTTPS servers that upgrade to WebSocket: sizes, time limits, sockets per address, compression, refusals with their headers.
// Who is admitted is the door's business; an open socket is a connection's.
import { randomBytes, type X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as loopTurn } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { arrivals } from '#service';
import { type Door, type HttpRefusal, HUNG_UP, isRefusal } from './admission/door.js';
import type { SocketCounts } from './admission/socket-limits.js';
import { LARGEST_FRAME } from './config.js';
import type { ConnectionIdentity } from './connection.js';
import type { TlsMaterial } from './tls-material.js';

/** Longest request line and headers [bytes]. */
const LARGEST_HEAD = 16 << 10;

/** Who has not asked by then is in no hurry, and keeps nobody's work waiting (ADR 0107). */
const IN_A_HURRY_MS = 2_000;

/** Connections that wait to be accepted; the system may allow fewer. Beyond, a crowd that comes back at once dials again after seconds. */
const BACKLOG = 4096;

/** At the end: who has not answered the closing handshake by then is not there. */
const FAREWELL_MS = 2_000;

/** What is asked of an upgrade request; node's own fits, and so does one that never was a socket. */
export interface UpgradeRequest {
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | undefined>> | IncomingMessage['headers'];
  readonly socket: {
    readonly remoteAddress?: string | undefined;
    readonly encrypted?: boolean;
    /** False once the peer hung up. */
    readonly readable?: boolean;
    /** An authority of ours signed the certificate that was shown. */
    readonly authorized?: boolean;
    readonly getPeerX509Certificate?: () => X509Certificate | undefined;
  };
}

/** One header of a request; of one that came more than once, nothing. */
export const headerOf = ({ headers }: UpgradeRequest, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

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
  /** Reads nothing more until `resume`, where the socket can do that. */
  pause?(): void;
  resume?(): void;
  /** Bytes taken by `send` that the peer has not read; all of a frame until the last of it is sent. */
  readonly bufferedAmount: number;
  /** Of the frame that is being sent, what the system has not taken; absent where that is not known. */
  readonly sendingBytes?: number;
}

export interface Listener {
  listen(port: number, address: string): Promise<void>;
  /** Undefined before it listens. */
  readonly port: number | undefined;
  /** Serves with changed certificates from the next handshake on; open sockets keep theirs. */
  renew?(): void;
  close(): Promise<void>;
}

/** With `tls` the listener is an encrypted one. */
export type CreateListener = (ports: ListenerPorts, tls?: TlsMaterial) => Listener;

export interface ListenerPorts {
  readonly door: Pick<Door, 'admit'>;
  readonly sockets: SocketCounts;
  readonly handshakeTimeoutMs: number;
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

interface Sending {
  readonly _handle: { readonly writeQueueSize?: number } | null;
  /** Beneath a socket of TLS. */
  readonly _parent?: Sending | null;
}

/** The system tells it of its own handles alone, and neither ws nor node hands it on. */
class SocketOfStation extends WebSocket {
  get sendingBytes(): number {
    const { _socket } = this as unknown as { readonly _socket: Sending | null };
    return (_socket?._parent ?? _socket)?._handle?.writeQueueSize ?? 0;
  }
}

/**
 * In a crowd many gave up while they waited to be heard. That they did is read two turns of the loop after what they asked; letting them in all the same
 * would keep others waiting until those give up, too (ADR 0107).
 */
async function hungUp({ socket }: IncomingMessage): Promise<HttpRefusal | undefined> {
  if (!arrivals.isCrowd) return undefined;
  await loopTurn();
  await loopTurn();
  return socket.readable ? undefined : HUNG_UP;
}

export const webSocketListener: CreateListener = (ports, tls) => {
  const { door, handshakeTimeoutMs, opened, vanished, refused, failed } = ports;
  const admitted = new WeakMap<IncomingMessage, ConnectionIdentity>();
  const judge = async (request: IncomingMessage): Promise<ConnectionIdentity | HttpRefusal> => {
    try {
      return (await hungUp(request)) ?? (await door.admit(request, () => stations.isPatient(request.socket)));
    } catch (error) {
      return failed(error);
    }
  };

  const sockets = new WebSocketServer({
    noServer: true,
    WebSocket: SocketOfStation,
    maxPayload: LARGEST_FRAME,
    perMessageDeflate: PER_MESSAGE_DEFLATE,
    clientTracking: false,
    // Asked after `verifyClient` admitted it.
    handleProtocols: (_, request) => admitted.get(request)?.version ?? false,
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

  const notHttp = (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end();
  };
  const limits = { connectionsCheckingInterval: handshakeTimeoutMs / 2, maxHeaderSize: LARGEST_HEAD };
  const server: Server | TlsServer =
    tls === undefined
      ? createServer(limits, notHttp)
      : createTlsServer({ ...limits, ...tls.options(), handshakeTimeout: handshakeTimeoutMs }, notHttp);
  server.headersTimeout = handshakeTimeoutMs;
  server.requestTimeout = handshakeTimeoutMs;
  const stations = limitSockets(server, ports);
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const identity = admitted.get(request);
      if (identity === undefined) throw new Error('a socket opened that nobody admitted');
      admitted.delete(request);
      stations.add(request.socket);
      ports.sockets.known(request.socket.remoteAddress);
      opened(webSocket, identity);
    });
  });
  return {
    listen: (port, address) =>
      new Promise((resolve, reject) => {
        server.once('error', reject).listen({ port, host: address, backlog: BACKLOG }, () => resolve());
      }),
    get port() {
      return (server.address() as AddressInfo | null)?.port;
    },
    renew() {
      if (tls === undefined || !('setSecureContext' in server)) return;
      server.setSecureContext(tls.options());
      // A session resumed by an old ticket would be judged by the authorities of then.
      server.setTicketKeys(randomBytes(48));
    },
    close() {
      server.closeAllConnections();
      const impatience = setTimeout(() => stations.destroy(), FAREWELL_MS);
      return new Promise((resolve) =>
        server.close(() => {
          clearTimeout(impatience);
          resolve();
        }),
      );
    },
  };
};

/** Sockets that became a station's, and those nobody has to hurry for; a socket of TLS is told by the raw one beneath it. */
interface Sockets {
  add(socket: Socket): void;
  /** It waits on purpose, and is none of a crowd. */
  isPatient(socket: Socket): void;
  /** Ends all that are open, without a word. */
  destroy(): void;
}

/** Before a byte is read, and before TLS costs anything. */
function limitSockets(server: Server | TlsServer, { sockets }: ListenerPorts): Sockets {
  const open = new Set<Socket>();
  const stations = new Set<string>();
  const arriving = new Map<string, NodeJS.Timeout>();
  const arrived = (name: string): void => {
    clearTimeout(arriving.get(name));
    if (arriving.delete(name)) arrivals.left();
  };
  server.on('connection', (socket: Socket) => {
    const [address, name] = [socket.remoteAddress, nameOf(socket)];
    if (!sockets.enter(address)) {
      socket.destroy();
      return;
    }
    open.add(socket);
    arrivals.came();
    arriving.set(name, setTimeout(arrived, IN_A_HURRY_MS, name).unref());
    socket.once('close', () => {
      open.delete(socket);
      arrived(name);
      sockets.leave(address, stations.delete(name));
    });
  });
  return {
    add(socket) {
      stations.add(nameOf(socket));
      arrived(nameOf(socket));
    },
    isPatient: (socket) => arrived(nameOf(socket)),
    destroy() {
      for (const socket of open) socket.destroy();
    },
  };
}

/** The same for a TLS socket and the raw one beneath it. */
const nameOf = ({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string => `${remoteAddress} ${remotePort}`;
