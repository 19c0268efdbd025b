// One station's socket: Opening (in the upgrade) → Booting → Accepted | Pending → Draining → Closed.
//   Booting → Accepted | Pending: a BootNotification was answered, or the grace after connecting passed without one.
//   any → Draining: our process ends; what is in flight is answered, nothing more is read. any → Closed: either side, or a newer connection.
// Who may connect was decided before; what a message means is decided in inbound/ and outbound/.

import { type EnvelopeAttributes, streamKey } from '#contracts';
import { mayBeSensitive, protect } from '#domain/privacy';
import { correctionsFor, identityIn } from '#domain/quirks';
import { failureOf, type Span } from '#observability';
import { errorCodeIn, errorFrame, type Frame, type OcppVersion, parseFrame, resultFrame } from '#ocpp';
import type { DirectoryEntry, Generation, RoutedCommand, StationEntry } from '#ports';
import type { StationPath } from './admission/path.js';
import { CLOSE, IN_FLIGHT_BYTES_LIMIT, INBOX_LIMIT, UNHEARD_BYTES_LIMIT, UNREAD_LIMIT } from './config.js';
import { mayBeEvse } from './inbound/answers-v201.js';
import { callRecord, recordPrefix } from './inbound/call-record.js';
import { callSpan } from './inbound/call-span.js';
import { Intake } from './inbound/intake.js';
import { type NoPlan, type Plan, planAnswer } from './inbound/plan-answer.js';
import { contentOf } from './inbound/repeat-memory.js';
import { UnreadFrames } from './inbound/unread-frames.js';
import { isoTime } from './iso-time.js';
import type { StationSocket } from './listener.js';
import { Agreements } from './outbound/agreements.js';
import { type Outcome, type Permission, StationCalls } from './outbound/station-calls.js';
import { Presence } from './presence.js';
import type { EdgeServices } from './services.js';

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

type CallFrame = Extract<Frame, { kind: 'call' | 'send' }>;
type UnreadableFrame = Extract<Frame, { kind: 'unreadable' }> & { readonly text: string };
interface Waiting<F = CallFrame | UnreadableFrame> {
  readonly frame: F;
  readonly bytes: number;
  readonly receivedMs: number;
  /** Where its trace is followed, from when it is handled. */
  span?: Span | undefined;
}

const IMPOSTOR: Plan = {
  answer: { kind: 'error', code: 'SecurityError', description: 'the serial number is not that of the certificate' },
  violations: [],
  flags: ['serialNumberMismatch'],
};

/** Answers that repeat what the station told in confidence; one that names a group is another. */
const ECHOING: ReadonlySet<string> = new Set(['GetCertificateChainStatus', 'VatNumberValidation']);

/** Questions, answered anew each time: what was true the first time need not be now, and to a station with one id for everything each of them is a new one. */
const UNREPEATED: ReadonlySet<string> = new Set([
  'Authorize',
  'BootNotification',
  'DataTransfer',
  'Heartbeat',
  'PullDynamicScheduleUpdate',
]);

/** No answer may be given now; the socket closes and the station keeps its message. */
class Unanswerable extends Error {}

/** Nothing is started or ended remotely at a station that is not accepted (1.6, 4.2; 2.x, B02.FR.05). */
const NOT_WHILE_PENDING: ReadonlySet<string> = new Set([
  'RemoteStartTransaction',
  'RemoteStopTransaction',
  'RequestBatterySwap',
  'RequestStartTransaction',
  'RequestStopTransaction',
]);

export class Connection {
  readonly identity: ConnectionIdentity;
  readonly directoryEntry: DirectoryEntry;
  readonly calls: StationCalls;
  readonly #socket: StationSocket;
  readonly #services: EdgeServices;
  readonly #stationKey: string;
  readonly #siteKey: string;
  readonly #partition: number;
  readonly #recordPrefix: string;
  readonly #openedMs: number;
  readonly #intake: Intake;
  readonly #unread: UnreadFrames;
  readonly #agreements = new Agreements();
  readonly #presence: Presence;
  readonly #inbox: Waiting[] = [];
  #entry: StationEntry;
  /** What the station believes: told at its latest boot, or where it did not boot on this connection, as it is configured. Only a boot changes it. */
  #told: StationEntry['bootStatus'];
  #state: ConnectionState = 'Booting';
  #handling: Waiting | undefined;
  #appendingSinceMs: number | undefined;
  #refreshedMs: number;

  constructor(socket: StationSocket, identity: ConnectionIdentity, services: EdgeServices) {
    const { path, entry, version, connectionId, generation } = identity;
    this.#socket = socket;
    this.#services = services;
    this.identity = identity;
    this.#entry = entry;
    this.directoryEntry = { ...path, edgeId: services.config.edgeId, connectionId, generation };
    this.#stationKey = `${path.tenantId}/${path.stationId}`;
    this.#siteKey = streamKey({ tenantId: path.tenantId, siteId: entry.siteId });
    this.#partition = services.siteLog.partitionOf(this.#siteKey);
    this.#recordPrefix = recordPrefix({ connectionId, generation, ocppVersion: version });
    this.#openedMs = services.clock.now();
    this.#intake = new Intake({
      socket,
      clock: services.clock,
      roundRobin: services.roundRobin,
      prompt: services.budgets.prompt.of(this.#stationKey),
      calls: services.budgets.calls.of(this.#stationKey),
      wrong: services.budgets.wrong.of(this.#stationKey),
      read: (data) => this.#read(data),
      held: () => services.count('pauses'),
    });
    this.#unread = new UnreadFrames(services, identity, (type, receivedMs) => this.#attributes(type, receivedMs));
    this.#presence = new Presence(socket, services.config.pingIntervalS * 1000, this.#openedMs);
    this.#refreshedMs = this.#openedMs;
    this.#told = entry.bootStatus;
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
    if (this.#appendingSinceMs !== undefined && nowMs - this.#appendingSinceMs >= config.appendTimeoutMs)
      waves.enter(this, () => this.end(CLOSE.tryLater, 'try again later'));
    if (this.#state === 'Booting' && nowMs - this.#openedMs >= config.bootGraceMs) {
      this.#state = 'Accepted';
      this.calls.pump();
    }
    if (this.calls.isWaiting) this.calls.dropHopeless();
    if (nowMs - this.#refreshedMs >= config.pingIntervalS * 1000) void this.#refreshEntry();
    const gone = this.#state === 'Closed' ? undefined : this.#presence.check(nowMs, this.#intake.isUnread);
    if (gone !== undefined) this.#cut(gone);
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
        this.#take({ frame, bytes, receivedMs });
        break;
      case 'result':
      case 'error':
        if (!this.calls.answered(frame)) {
          this.#intake.wasWrong(bytes);
          this.#services.count('unsolicitedAnswers');
          this.#unread.keep(this.#siteKey, { kind: 'unsolicited', reason: 'an answer to no call of ours', text, bytes }, receivedMs);
        }
        this.calls.pump();
        break;
      case 'resultError': {
        this.#intake.wasWrong(bytes);
        this.#services.count('answersRefused');
        const reason = `our answer was refused: ${errorCodeIn(this.identity.version, frame.code)}`;
        this.#unread.keep(this.#siteKey, { kind: 'answerRefused', reason, text, bytes }, receivedMs);
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
        if (text.trim() !== '') this.#unread.keep(this.#siteKey, { kind: 'unsupported', reason: frame.reason, text, bytes }, receivedMs);
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
      answer = span === undefined ? this.#answer(waiting) : span.run(() => this.#answer(waiting));
      const text = await answer;
      if (kind !== 'send') {
        this.#write(text);
        this.#intake.answered();
      }
      if (kind !== 'unreadable') count('calls');
      if (kind === 'call') answered(clock.now() - waiting.receivedMs, span?.traceparent);
      span?.end();
    } catch (error) {
      span?.end(failureOf(error));
      if (answer !== undefined) this.#services.repeats.forget(this.#stationKey, answer); // the next attempt is a first one
      this.#giveUp(error, waiting.frame.kind === 'unreadable' ? 'unreadable' : waiting.frame.action);
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

  /** From memory for a repeat. */
  #answer(waiting: Waiting): Promise<string> {
    const { frame } = waiting;
    if (frame.kind === 'unreadable') return this.#recordUnreadable(frame, waiting);
    const { repeats, count } = this.#services;
    const { messageId, action, payloadText } = frame;
    const key = { messageId, action, content: contentOf(payloadText), connectionId: this.identity.connectionId, told: this.#told };
    const known = UNREPEATED.has(action) ? undefined : repeats.find(this.#stationKey, key);
    if (known !== undefined) {
      count('repeats');
      return known;
    }
    const answer = this.#record(waiting as Waiting<CallFrame>);
    repeats.remember(this.#stationKey, key, answer);
    return answer;
  }

  // ── what nobody can read ──

  #attributes(type: string, receivedMs: number): EnvelopeAttributes {
    const { ids, config } = this.#services;
    const { tenantId, stationId } = this.identity.path;
    return {
      id: ids.next(),
      type,
      source: `/edge/${config.edgeId}`,
      time: isoTime(receivedMs),
      tenantId,
      siteId: this.#entry.siteId,
      stationId,
    };
  }

  /** Durable before it is refused, like a call: a station that hears CALLERROR may throw its message away. */
  async #recordUnreadable({ messageId, reason, code, text }: UnreadableFrame, { bytes, receivedMs }: Waiting): Promise<string> {
    const build = this.#unread.admit({ kind: 'unreadable', reason, text, bytes }, receivedMs);
    if (build !== undefined) await this.#services.siteLog.append(this.#partition, [await build()]);
    return errorFrame(messageId, errorCodeIn(this.identity.version, code), reason);
  }

  // ── calls ──

  /** Resolves with the answer's frame once the call and that answer are in the log. The busy messages need nothing but the append. */
  #record(waiting: Waiting<CallFrame>): Promise<string> {
    const { frame } = waiting;
    if (frame.action === 'BootNotification') return this.#recordBoot(waiting);
    const isStale = this.#isOfUnknownEvse(frame) || isPriced(frame);
    const plan = isStale ? this.#planAnew(waiting) : this.#plan(waiting);
    if (plan instanceof Promise || mayBeSensitive(frame.action, frame.payloadText)) return this.#protectAndAppend(waiting, plan);
    return this.#append(waiting, plan, frame.payloadText);
  }

  /** By what is configured now. A station that was moved says it again where it belongs, and nothing of it stays where it was. */
  async #planAnew(waiting: Waiting<CallFrame>): Promise<Plan | NoPlan> {
    await this.#refreshEntry();
    if (this.#state === 'Closed') throw new Unanswerable('the station has to connect anew');
    return this.#plan(waiting);
  }

  /** It may have been configured since the station connected. */
  #isOfUnknownEvse = ({ action, payload }: CallFrame): boolean =>
    action === 'NotifyEVChargingNeeds' && !mayBeEvse(this.#entry, (payload as { readonly evseId?: unknown } | null)?.evseId);

  #plan({ frame: { kind, messageId, action, payload }, receivedMs }: Waiting<CallFrame>): ReturnType<typeof planAnswer> {
    const { path, version } = this.identity;
    const entry = action === 'BootNotification' ? this.#entry : this.#entryAsTold;
    const totalCost = action === 'TransactionEvent' ? this.#costAfter(payload, receivedMs) : undefined;
    const view = {
      path,
      version,
      entry,
      asked: this.#agreements.asked,
      plans: this.#agreements.plans,
      totalCost,
      dynamicLimits: (id: number) => this.#agreements.dynamicLimits(id),
    };
    return planAnswer(view, { messageId, action, payload, receivedMs, isSend: kind === 'send' }, this.#services.desk);
  }

  #costAfter(payload: CallFrame['payload'], receivedMs: number): number | undefined {
    const { terms, evseIds, shows } = this.#entry;
    if (shows?.costs === false) return undefined;
    return this.#services.costs.after({
      stationKey: this.#stationKey,
      version: this.identity.version,
      payload,
      receivedMs,
      terms,
      evseIds,
    });
  }

  /** The same object while the station knows what is configured. */
  get #entryAsTold(): StationEntry {
    return this.#entry.bootStatus === this.#told ? this.#entry : { ...this.#entry, bootStatus: this.#told };
  }

  async #recordBoot(waiting: Waiting<CallFrame>): Promise<string> {
    await this.#refreshEntry();
    if (this.#state === 'Closed') throw new Unanswerable('the station has to connect anew');
    const { bootStatus } = this.#entry;
    const isImpostor = this.#isImpostor(waiting.frame.payload);
    const plan = isImpostor ? IMPOSTOR : await this.#plan(waiting);
    const answer = await this.#protectAndAppend(waiting, plan);
    if (plan !== 'bookAway' && plan.answer.kind === 'result') this.#booted(bootStatus, waiting.frame.payload);
    if (isImpostor) this.end(CLOSE.policy, 'the serial number is not that of the certificate');
    return answer;
  }

  async #protectAndAppend(waiting: Waiting<CallFrame>, planning: ReturnType<typeof planAnswer> | NoPlan): Promise<string> {
    const { action, payload, payloadText } = waiting.frame;
    const plan = await planning;
    if (plan === 'bookAway') throw new Unanswerable('the answer book is away');
    const safe = await protect(action, payload, this.#protection(this.#agreements.subjectFor(action, payload)));
    if (plan.isOfErased && plan.token !== undefined) await this.#services.keys.destroy(plan.token.tokenHash);
    const logged = ECHOING.has(action) || plan.token?.groupHash !== undefined ? await this.#withoutEcho(action, plan) : plan;
    await this.#append(waiting, logged, safe === payload ? payloadText : JSON.stringify(safe));
    return answerFrame(waiting.frame.messageId, plan);
  }

  async #withoutEcho(action: string, plan: Plan): Promise<Plan> {
    if (plan.answer.kind === 'error') return plan;
    const payload = (await protect(action, plan.answer.payload, this.#protection())) as object;
    return { ...plan, answer: { kind: 'result', payload } };
  }

  /** Durable before answered (P1). */
  async #append({ frame, bytes, receivedMs, span }: Waiting<CallFrame>, plan: Plan, loggedText: string): Promise<string> {
    const untraced = this.#attributes('CallReceived', receivedMs);
    const attributes = span === undefined ? untraced : { ...untraced, traceparent: span.traceparent };
    const { kind, messageId, action } = frame;
    const head = kind === 'send' ? { messageId, action, isSend: true } : frame;
    if (isUnwanted(plan)) this.#intake.wasWrong(bytes);
    await this.#services.siteLog.append(this.#partition, [callRecord(attributes, this.#recordPrefix, head, plan, loggedText)]);
    return answerFrame(frame.messageId, plan);
  }

  /** `subject`: whom a message without a token tells of. */
  #protection(subject?: string) {
    const { desk, keys } = this.#services;
    const { tenantId, stationId } = this.identity.path;
    return {
      tokenHash: (value: string) => desk.tokens.hash(tenantId, value),
      seal: (subjectId: string, text: string) => keys.seal(subjectId, text),
      fallbackSubject: subject ?? `station:${tenantId}/${stationId}`,
    };
  }

  /** The serial number a 2.x station tells has to be the name its certificate was made out to (B01.FR.11/12). */
  #isImpostor({ chargingStation }: CallFrame['payload']): boolean {
    const { certificateName } = this.identity;
    if (certificateName === undefined || typeof chargingStation !== 'object' || chargingStation === null) return false;
    const { serialNumber } = chargingStation as { readonly serialNumber?: unknown };
    return serialNumber !== undefined && serialNumber !== certificateName;
  }

  #booted(told: StationEntry['bootStatus'], payload: CallFrame['payload']): void {
    if (this.#state === 'Closed' || this.#state === 'Draining') return;
    // On the next connection the book has it; here it counts from the boot on.
    const { tokenEnding: _, ...entry } = this.#entry;
    const tokenEnding = correctionsFor(identityIn(payload))?.tokenEnding;
    this.#entry = { ...entry, ...(tokenEnding !== undefined && { tokenEnding }) };
    this.#told = told;
    this.#state = told === 'Accepted' ? 'Accepted' : 'Pending';
    this.#agreements.booted();
  }

  /** Picks up what was configured since; a station that moved or is gone has to connect anew. */
  async #refreshEntry(): Promise<void> {
    const { path } = this.identity;
    this.#refreshedMs = this.#services.clock.now();
    const known = await this.#services.stationEntry(path);
    if (known === 'bookAway' || this.#state === 'Closed') return;
    const isSame = known?.siteId === this.#entry.siteId && known.assignmentSeq === this.#entry.assignmentSeq;
    if (known !== undefined && isSame) this.#entry = known;
    else if (known !== undefined || this.#entry.assignmentSeq > 0) this.reassigned();
  }

  /** When we cannot answer, the socket closes and the station keeps its message; never a CALLERROR for our faults. */
  #giveUp(error: unknown, action: string): void {
    if (this.#state === 'Closed') return;
    const { logger, waves, count } = this.#services;
    const { stationId } = this.identity.path;
    count('unansweredCalls');
    if (error instanceof Unanswerable) {
      this.end(CLOSE.tryLater, 'try again later');
      return;
    }
    const isRetriable = error instanceof Error && 'retriable' in error && error.retriable === true;
    logger[isRetriable ? 'warn' : 'error']({ stationId, action, err: error }, 'a call could not be recorded');
    const code = isRetriable ? CLOSE.tryLater : CLOSE.broken;
    waves.enter(this, () => this.end(code, isRetriable ? 'try again later' : 'internal error'));
  }

  // ── outbound ──

  #permission(command: RoutedCommand): Permission {
    if (this.#state === 'Closed' || this.#state === 'Draining') return 'NotConnected';
    if (this.#told === 'Rejected') return 'NotBooted';
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
    return protect(action, payload, this.#protection());
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

/** Its tariff may have changed since the station connected, and whether the station shows it. */
const isPriced = ({ action, payload }: CallFrame): boolean =>
  (action === 'TransactionEvent' && payload.eventType === 'Started') || (action === 'Authorize' && payload.idToken !== undefined);

/** Refused, or data for a vendor's system that nobody runs here. */
const isUnwanted = ({ answer }: Plan): boolean =>
  answer.kind === 'error' || (answer.payload as { readonly status?: unknown }).status === 'UnknownVendorId';

function answerFrame(messageId: string, { answer }: Plan): string {
  return answer.kind === 'result' ? resultFrame(messageId, answer.payload) : errorFrame(messageId, answer.code, answer.description);
}
