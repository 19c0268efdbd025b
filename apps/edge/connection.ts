// One station's socket: Opening (in the upgrade) → Booting → Accepted | Pending → Draining → Closed.
//   Booting → Accepted | Pending: a BootNotification was answered; or it showed that it goes on without one, or the grace for it passed.
//   any → Draining: our process ends; what is in flight is answered, nothing more is read. any → Closed: either side, or a newer connection.
// Who may connect was decided before; what a message means is decided in inbound/ and outbound/.

import { streamKey } from '#contracts';
import { graceMsOf } from '#domain/uptime';
import { failureOf } from '#observability';
import { errorCodeIn, type OcppVersion, parseFrame } from '#ocpp';
import type { DirectoryEntry, Generation, RoutedCommand, StationEntry } from '#ports';
import type { StationPath } from './admission/path.js';
import { ANSWERED_WITHIN_MS, CLOSE, IN_FLIGHT_BYTES_LIMIT, INBOX_LIMIT, UNHEARD_BYTES_LIMIT, UNREAD_LIMIT } from './config.js';
import { callSpan } from './inbound/call-span.js';
import { Intake } from './inbound/intake.js';
import { type CallFrame, Recorder, Unanswerable, type Waiting } from './inbound/recorder.js';
import type { StationSocket } from './listener.js';
import { Agreements } from './outbound/agreements.js';
import { type Outcome, type Permission, StationCalls } from './outbound/station-calls.js';
import { Presence } from './presence.js';
import type { EdgeServices } from './services.js';
import { Standing } from './standing.js';

export type ConnectionState = 'Booting' | 'Accepted' | 'Pending' | 'Draining' | 'Closed';

export interface ConnectionIdentity {
  readonly path: StationPath;
  readonly entry: StationEntry;
  readonly version: OcppVersion;
  readonly connectionId: string;
  readonly generation: Generation;
  /** CN of the certificate it came with, in security profile 3. */
  readonly certificateName?: string;
}

/** Of the time for which it may be silent: before others take it for gone, and later than the next heartbeat of one that sends them. */
const SILENT_PART = 0.6;

/** Nothing is started or ended remotely at a station that is not accepted (1.6, 4.2; 2.x, B02.FR.05). */
const NOT_WHILE_PENDING: ReadonlySet<string> = new Set([
  'RemoteStartTransaction',
  'RemoteStopTransaction',
  'RequestBatterySwap',
  'RequestStartTransaction',
  'RequestStopTransaction',
]);

/** Calls of a station that has been running: it will not boot first. What some send ahead of their boot shows nothing: their status, what they notify of, the end of what a restart cut off. */
const GOES_ON: ReadonlySet<string> = new Set(['Authorize', 'Heartbeat', 'MeterValues', 'StartTransaction', 'TransactionEvent']);

export class Connection {
  readonly identity: ConnectionIdentity;
  readonly directoryEntry: DirectoryEntry;
  readonly calls: StationCalls;
  readonly #socket: StationSocket;
  readonly #services: EdgeServices;
  readonly #openedMs: number;
  readonly #intake: Intake;
  readonly #standing: Standing;
  readonly #recorder: Recorder;
  readonly #agreements = new Agreements();
  readonly #presence: Presence;
  readonly #inbox: Waiting[] = [];
  #state: ConnectionState = 'Booting';
  #handling: Waiting | undefined;
  #appendingSinceMs: number | undefined;
  /** It stands in line to be closed, as it was not answered in time. */
  #isGivenUp = false;
  /** It is closed once it was told so. */
  #isImpostor = false;

  constructor(socket: StationSocket, identity: ConnectionIdentity, services: EdgeServices) {
    const { path, entry, version, connectionId, generation } = identity;
    this.#socket = socket;
    this.#services = services;
    this.identity = identity;
    this.directoryEntry = { ...path, edgeId: services.config.edgeId, connectionId, generation };
    this.#openedMs = services.clock.now();
    const stationKey = `${path.tenantId}/${path.stationId}`;
    this.#intake = new Intake({
      socket,
      clock: services.clock,
      roundRobin: services.roundRobin,
      prompt: services.budgets.prompt.of(stationKey),
      calls: services.budgets.calls.of(stationKey),
      wrong: services.budgets.wrong.of(stationKey),
      read: (data) => this.#read(data),
      held: () => services.count('pauses'),
    });
    this.#standing = new Standing(path, entry, services);
    this.#recorder = new Recorder({
      services,
      identity,
      standing: this.#standing,
      agreements: this.#agreements,
      refresh: () => this.#refresh(),
      booted: (told, payload) => this.#booted(told, payload),
      impostor: () => {
        this.#isImpostor = true;
      },
      unwanted: (bytes) => this.#intake.wasWrong(bytes),
    });
    this.#presence = new Presence(socket, services.config.pingIntervalS * 1000, this.#openedMs);
    if (entry.bootStatus !== 'Accepted') this.#state = 'Pending';
    this.calls = new StationCalls({
      version,
      clock: services.clock,
      send: (frame) => this.#write(frame),
      report: (command, outcome) => this.#report(command, outcome),
      unseal: (sealed) => services.keys.unseal(sealed),
      permission: (command) => this.#permission(command),
      isCurrentOwner: ({ tenantId, siteId, grant }) =>
        grant === undefined || services.fence.isCurrentOwner(streamKey({ tenantId, siteId }), grant.ownerEpoch),
      newMessageId: () => services.ids.next(),
    });
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('pong', () => {
      this.#heard();
      this.#intake.pong();
    });
    socket.on('close', (code, reason) => this.#ended(code, reason.toString('utf8')));
    socket.on('error', (error) => services.logger.debug({ stationId: path.stationId, err: error }, 'socket error'));
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Closes at once; what was received and not answered stays unanswered. */
  end(code: number, reason: string): void {
    if (this.#state === 'Closed') return;
    this.#socket.close(code, reason);
    this.#ended(code, reason);
  }

  /** It was moved or removed, and connects anew if it may. */
  reassigned(): void {
    this.end(CLOSE.restart, 'the station was moved or removed');
  }

  /** Answers what is in flight, reads nothing more, then closes with 1012. */
  drain(): void {
    if (this.#state === 'Closed' || this.#state === 'Draining') return;
    this.#state = 'Draining';
    this.#dropInbox();
    if (this.#handling === undefined) this.end(CLOSE.restart, 'restarting');
  }

  /** Called about once a second: deadlines, presence, boot grace. */
  tick(nowMs: number): void {
    const { config, waves } = this.#services;
    if (this.#appendingSinceMs !== undefined && nowMs - this.#appendingSinceMs >= config.appendTimeoutMs) {
      this.#isGivenUp = true;
      waves.enter(this, () => this.end(CLOSE.tryLater, 'try again later'), this.#appendingSinceMs + ANSWERED_WITHIN_MS);
    }
    if (this.#state === 'Booting' && nowMs - this.#openedMs >= config.bootGraceMs) {
      this.#state = 'Accepted';
      this.calls.pump();
    }
    if (this.calls.isWaiting) this.calls.dropHopeless();
    if (nowMs - this.#standing.refreshedMs >= config.pingIntervalS * 1000) void this.#refresh();
    const gone = this.#state === 'Closed' ? undefined : this.#presence.check(nowMs, this.#intake.isUnread);
    if (gone !== undefined) this.#cut(gone);
    else if (
      this.#state !== 'Closed' &&
      this.#presence.isThereInSilence(nowMs, SILENT_PART * graceMsOf(this.#standing.entry.toldHeartbeatS))
    )
      this.#services.pingsAnswered(this.identity);
  }

  #heard(): void {
    this.#presence.heard(this.#services.clock.now());
  }

  // ── inbound ──

  #receive(data: Buffer): void {
    if (this.#state === 'Closed' || this.#state === 'Draining') return;
    this.#heard();
    if (this.#intake.waitingBytes + data.length > UNHEARD_BYTES_LIMIT) this.end(CLOSE.policy, 'too much at once');
    else this.#intake.heard(data);
  }

  #read(data: Buffer): void {
    const [bytes, receivedMs] = [data.length, this.#services.clock.now()];
    const text = data.toString('utf8');
    const frame = parseFrame(text, this.identity.version);
    switch (frame.kind) {
      case 'call':
      case 'send':
        this.#presence.said(receivedMs);
        this.#take({ frame, bytes, receivedMs });
        break;
      case 'result':
      case 'error':
        if (!this.calls.answered(frame)) {
          this.#intake.wasWrong(bytes);
          this.#services.count('unsolicitedAnswers');
          this.#recorder.unread.keep({ kind: 'unsolicited', reason: 'an answer to no call of ours', text, bytes }, receivedMs);
        }
        this.calls.pump();
        break;
      case 'resultError': {
        this.#intake.wasWrong(bytes);
        this.#services.count('answersRefused');
        const reason = `our answer was refused: ${errorCodeIn(this.identity.version, frame.code)}`;
        this.#recorder.unread.keep({ kind: 'answerRefused', reason, text, bytes }, receivedMs);
        break;
      }
      case 'unreadable':
        this.#intake.wasWrong(bytes);
        this.#services.count('unreadableFrames');
        this.#take({ frame: { ...frame, text }, bytes, receivedMs });
        break;
      case 'unsupported':
        this.#intake.wasWrong(bytes);
        this.#services.count('unsupportedFrames');
        if (text.trim() !== '') this.#recorder.unread.keep({ kind: 'unsupported', reason: frame.reason, text, bytes }, receivedMs);
    }
  }

  #take(waiting: Waiting): void {
    const { inFlight } = this.#services;
    const isSend = ({ frame }: Waiting): boolean => frame.kind === 'send';
    if (this.#inbox.length >= INBOX_LIMIT && !isSend(waiting) && !this.#inbox.some(isSend)) {
      this.end(CLOSE.policy, 'too many calls at once');
      return;
    }
    if (inFlight.bytes + waiting.bytes > IN_FLIGHT_BYTES_LIMIT) {
      this.end(CLOSE.tryLater, 'try again later');
      return;
    }
    inFlight.bytes += waiting.bytes;
    if (this.#handling === undefined) {
      void this.#handle(waiting);
      return;
    }
    this.#inbox.push(waiting);
    if (this.#inbox.length > INBOX_LIMIT) this.#intake.wait(); // of SENDs a station may say as many as it likes (2.1 part 4, 4.1.5)
  }

  async #handle(waiting: Waiting): Promise<void> {
    this.#handling = waiting;
    const { count, answered, clock, inFlight } = this.#services;
    const { kind } = waiting.frame;
    let answer: Promise<string> | undefined;
    const span = callSpan(this.identity, waiting.frame);
    if (span !== undefined) waiting.span = span;
    try {
      this.#appendingSinceMs = waiting.receivedMs;
      answer = span === undefined ? this.#recorder.answer(waiting) : span.run(() => this.#recorder.answer(waiting));
      const text = await answer;
      if (kind !== 'send') {
        this.#write(text);
        this.#intake.answered();
      }
      if (this.#isImpostor) this.end(CLOSE.policy, 'the serial number is not that of the certificate');
      if (this.#state === 'Booting' && kind !== 'unreadable' && goesOn(waiting.frame)) this.#state = 'Accepted';
      if (this.#isGivenUp) {
        this.#isGivenUp = false;
        this.#services.answeredLate(this);
      }
      if (kind !== 'unreadable') count('calls');
      if (kind === 'call') answered(clock.now() - waiting.receivedMs, span?.traceparent);
      span?.end();
    } catch (error) {
      span?.end(failureOf(error));
      if (answer !== undefined) this.#recorder.forget(answer);
      this.#giveUp(error, waiting);
      return;
    } finally {
      this.#appendingSinceMs = undefined;
      inFlight.bytes -= waiting.bytes;
    }
    if (this.#inbox.length > 0 || this.calls.isWaiting) this.#services.nextTurn(() => this.#goOn());
    else this.#handling = undefined;
    if (this.state === 'Draining') this.end(CLOSE.restart, 'restarting');
  }

  /** Our own calls get their turn between two of the station's. */
  #goOn(): void {
    this.#handling = undefined;
    if (this.#state === 'Closed') return;
    this.calls.pump();
    const isOverfull = this.#inbox.length > INBOX_LIMIT;
    const next = this.#inbox.shift();
    if (next !== undefined) void this.#handle(next);
    if (isOverfull) this.#intake.goOn();
  }

  #booted(told: StationEntry['bootStatus'], payload: CallFrame['payload']): void {
    if (this.#state === 'Closed' || this.#state === 'Draining') return;
    this.#standing.booted(told, payload);
    this.#state = told === 'Accepted' ? 'Accepted' : 'Pending';
    this.#agreements.booted();
  }

  /** Picks up what was configured since; a station that was moved or is gone has to connect anew. False where nobody is connected any more. */
  async #refresh(): Promise<boolean> {
    const stands = await this.#standing.refresh();
    if (!stands && this.#state !== 'Closed') this.reassigned();
    return this.#state !== 'Closed';
  }

  /** When we cannot answer, the socket closes and the station keeps its message; never a CALLERROR for our faults. */
  #giveUp(error: unknown, { frame, receivedMs }: Waiting): void {
    if (this.#state === 'Closed') return;
    const { logger, waves, count } = this.#services;
    const { stationId } = this.identity.path;
    count('unansweredCalls');
    if (error instanceof Unanswerable) {
      this.end(CLOSE.tryLater, 'try again later');
      return;
    }
    const isRetriable = error instanceof Error && 'retriable' in error && error.retriable === true;
    const action = frame.kind === 'unreadable' ? frame.kind : frame.action;
    logger[isRetriable ? 'warn' : 'error']({ stationId, action, err: error }, 'a call could not be recorded');
    const code = isRetriable ? CLOSE.tryLater : CLOSE.broken;
    waves.enter(this, () => this.end(code, isRetriable ? 'try again later' : 'internal error'), receivedMs + ANSWERED_WITHIN_MS);
  }

  // ── outbound ──

  #permission(command: RoutedCommand): Permission {
    if (this.#state === 'Closed' || this.#state === 'Draining') return 'NotConnected';
    if (this.#standing.told === 'Rejected') return 'NotBooted';
    if (this.#state === 'Pending' && NOT_WHILE_PENDING.has(command.action)) return 'NotBooted';
    return this.#state === 'Booting' || this.#handling !== undefined ? 'wait' : 'send';
  }

  #report(command: RoutedCommand, outcome: Outcome): void {
    if (outcome.type === 'CommandSent') this.#agreements.sent(command, (value) => this.#services.desk.tokens.hash(command.tenantId, value));
    if (outcome.type === 'CommandAnswered') {
      this.#agreements.answered(command, outcome.payload);
      // A default is told while a station boots, and waits for it.
      if (command.grant?.plan !== undefined && command.causedAt !== undefined)
        this.#services.limited(this.#services.clock.now() - Date.parse(command.causedAt), command.traceparent);
    }
    this.#services.recordOutcome(command, outcome, this);
  }

  /** Personal fields and secrets taken out of what a station answered to `action`. */
  protectAnswer(action: string, payload: unknown): Promise<unknown> {
    return this.#recorder.protectAnswer(action, payload);
  }

  // ── the socket ──

  #write(text: string): void {
    if (this.#state === 'Closed') return;
    if (this.#socket.bufferedAmount > UNREAD_LIMIT) this.#cut('does not read');
    else this.#socket.send(text);
  }

  /** For a peer that is not there: no closing handshake. */
  #cut(reason: string): void {
    this.#socket.terminate();
    this.#ended(1006, reason);
  }

  #dropInbox(): void {
    this.#intake.close();
    for (const { bytes } of this.#inbox.splice(0)) this.#services.inFlight.bytes -= bytes;
  }

  #ended(code: number, reason: string): void {
    if (this.#state === 'Closed') return;
    this.#state = 'Closed';
    this.#dropInbox();
    this.calls.close();
    this.#services.connectionEnded(this, code, reason);
  }
}

const goesOn = ({ action, payload }: CallFrame): boolean => GOES_ON.has(action) && payload.eventType !== 'Ended';
