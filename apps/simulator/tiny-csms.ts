// A CSMS of a hundred lines for the simulator's own specs: answers everything, remembers and schema-checks every frame.
// It decides nothing about energy or money.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type WebSocket from 'ws';
import { WebSocketServer } from 'ws';
import { callFrame, errorFrame, isOcppVersion, type OcppVersion, parseFrame, resultFrame, type SchemaViolation, validate } from '#ocpp';

export interface ReceivedCall {
  readonly stationId: string;
  readonly messageId: string;
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export type TinyAnswer = object | 'silence' | { readonly code: string };

export class TinyCsms {
  readonly calls: ReceivedCall[] = [];
  readonly violations: { readonly action: string; readonly violations: readonly SchemaViolation[] }[] = [];
  readonly upgrades: IncomingMessage[] = [];
  /** Answers instead of the default one; undefined falls back to it. */
  onCall: (call: ReceivedCall) => TinyAnswer | undefined = () => undefined;
  now: () => number = () => Date.now();
  readonly #http = createServer();
  readonly #sockets = new Map<string, { readonly socket: WebSocket; readonly version: OcppVersion }>();
  readonly #pending = new Map<string, { readonly action: string; readonly resolve: (answer: unknown) => void }>();
  readonly #watchers = new Set<() => void>();
  #nextTransaction = 1000;
  #nextCall = 0;

  /** Its URL, without station id. */
  async listen(): Promise<string> {
    const server = new WebSocketServer({ server: this.#http });
    server.on('connection', (socket, request) => this.#connected(socket, request));
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}/ocpp`;
  }

  async close(): Promise<void> {
    for (const { socket } of this.#sockets.values()) socket.terminate();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  /** The station's answer: the result, or `{ error }` with the code. */
  call(stationId: string, action: string, payload: object): Promise<unknown> {
    const open = this.#sockets.get(stationId);
    if (open === undefined) throw new Error(`${stationId} is not connected`);
    const messageId = `csms-${this.#nextCall++}`;
    return new Promise((resolve) => {
      this.#pending.set(messageId, { action, resolve });
      open.socket.send(callFrame(messageId, action, payload));
    });
  }

  /** Sends a text as it is. */
  raw(stationId: string, text: string): void {
    this.#sockets.get(stationId)?.socket.send(text);
  }

  of(action: string, stationId?: string): readonly ReceivedCall[] {
    return this.calls.filter((call) => call.action === action && (stationId === undefined || call.stationId === stationId));
  }

  /** Resolves when `condition` gives something other than undefined or false, asked after every frame. */
  until<Found>(what: string, condition: () => Found | undefined | false): Promise<Found> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#watchers.delete(look);
        reject(new Error(`waited in vain for ${what}; received: ${this.calls.map(({ action }) => action).join(' ')}`));
      }, 10_000);
      const look = () => {
        const found = condition();
        if (found === undefined || found === false) return;
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(found);
      };
      this.#watchers.add(look);
      look();
    });
  }

  #connected(socket: WebSocket, request: IncomingMessage): void {
    const stationId = decodeURIComponent(request.url?.split('/').at(-1) ?? '');
    const version = socket.protocol;
    if (!isOcppVersion(version)) throw new Error(`subprotocol ${version}`);
    this.upgrades.push(request);
    this.#sockets.set(stationId, { socket, version });
    socket.on('message', (data) => {
      this.#received(stationId, version, socket, data.toString());
      for (const look of [...this.#watchers]) look();
    });
    for (const look of [...this.#watchers]) look();
  }

  #received(stationId: string, version: OcppVersion, socket: WebSocket, text: string): void {
    const frame = parseFrame(text, version);
    if (frame.kind === 'result' || frame.kind === 'error') {
      const pending = this.#pending.get(frame.messageId);
      this.#pending.delete(frame.messageId);
      if (frame.kind === 'result' && pending !== undefined) this.#check(version, pending.action, 'response', frame.payload);
      pending?.resolve(frame.kind === 'result' ? frame.payload : { error: frame.code });
      return;
    }
    if (frame.kind !== 'call') throw new Error(`a station sent ${text}`);
    this.#check(version, frame.action, 'request', frame.payload);
    const call: ReceivedCall = { stationId, messageId: frame.messageId, action: frame.action, payload: frame.payload };
    this.calls.push(call);
    const answer = this.onCall(call) ?? this.#usualAnswer(version, call);
    if (answer === 'silence') return;
    const isError = 'code' in answer && typeof answer.code === 'string';
    socket.send(isError ? errorFrame(call.messageId, answer.code as 'InternalError', '') : resultFrame(call.messageId, answer));
  }

  #check(version: OcppVersion, action: string, kind: 'request' | 'response', payload: unknown): void {
    const violations = validate(version, action, kind, payload);
    if (violations.length > 0) this.violations.push({ action, violations });
  }

  #usualAnswer(version: OcppVersion, { action, payload }: ReceivedCall): object {
    const currentTime = new Date(this.now()).toISOString();
    switch (action) {
      case 'BootNotification':
        return { currentTime, interval: 300, status: 'Accepted' };
      case 'Heartbeat':
        return { currentTime };
      case 'Authorize':
        return version === 'ocpp1.6' ? { idTagInfo: { status: 'Accepted' } } : { idTokenInfo: { status: 'Accepted' } };
      case 'StartTransaction':
        return { transactionId: this.#nextTransaction++, idTagInfo: { status: 'Accepted' } };
      case 'TransactionEvent':
        return payload.idToken === undefined ? {} : { idTokenInfo: { status: 'Accepted' } };
      case 'DataTransfer':
        return { status: 'Accepted' };
      default:
        return {};
    }
  }
}
