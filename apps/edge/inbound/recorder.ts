// From a call to its answer: planned, its personal data sealed, in the log, and only then answered (P1); a repeat from memory (P2).
// Which frame is a call, and what becomes of the connection, is the connection's.
import { type EnvelopeAttributes, streamKey } from '#contracts';
import { mayBeSensitive, protect } from '#domain/privacy';
import type { Span } from '#observability';
import { errorCodeIn, errorFrame, type Frame, resultFrame } from '#ocpp';
import type { StationEntry } from '#ports';
import type { ConnectionIdentity } from '../connection.js';
import { isoTime } from '../iso-time.js';
import type { Agreements } from '../outbound/agreements.js';
import type { EdgeServices } from '../services.js';
import type { Standing } from '../standing.js';
import { mayBeEvse } from './answers-v201.js';
import { callRecord, recordPrefix } from './call-record.js';
import { type NoPlan, type Plan, planAnswer } from './plan-answer.js';
import { contentOf } from './repeat-memory.js';
import { UnreadFrames } from './unread-frames.js';

export type CallFrame = Extract<Frame, { kind: 'call' | 'send' }>;
type UnreadableFrame = Extract<Frame, { kind: 'unreadable' }> & { readonly text: string };
/** A frame that gets an answer, from when it was read. */
export interface Waiting<F = CallFrame | UnreadableFrame> {
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
export class Unanswerable extends Error {}

export interface RecorderParts {
  readonly services: EdgeServices;
  readonly identity: ConnectionIdentity;
  readonly standing: Standing;
  readonly agreements: Agreements;
  /** Picks up what was configured since; false where the station has to connect anew. */
  readonly refresh: () => Promise<boolean>;
  readonly booted: (told: StationEntry['bootStatus'], payload: CallFrame['payload']) => void;
  /** It is not the station its certificate was made out to. */
  readonly impostor: () => void;
  /** A call of so many bytes was refused, or is of no use to anybody here. */
  readonly unwanted: (bytes: number) => void;
}

export class Recorder {
  readonly unread: UnreadFrames;
  readonly #parts: RecorderParts;
  readonly #services: EdgeServices;
  readonly #identity: ConnectionIdentity;
  readonly #standing: Standing;
  readonly #stationKey: string;
  readonly #partition: number;
  readonly #recordPrefix: string;

  constructor(parts: RecorderParts) {
    const { services, identity, standing } = parts;
    const { path, connectionId, generation, version } = identity;
    this.#parts = parts;
    this.#services = services;
    this.#identity = identity;
    this.#standing = standing;
    this.#stationKey = `${path.tenantId}/${path.stationId}`;
    this.#partition = services.siteLog.partitionOf(streamKey({ tenantId: path.tenantId, siteId: identity.entry.siteId }));
    this.#recordPrefix = recordPrefix({ connectionId, generation, ocppVersion: version });
    this.unread = new UnreadFrames(services, identity, (type, receivedMs) => this.#attributes(type, receivedMs));
  }

  /** From memory for a repeat. */
  answer(waiting: Waiting): Promise<string> {
    const { frame } = waiting;
    if (frame.kind === 'unreadable') return this.#recordUnreadable(frame, waiting);
    const { repeats, count } = this.#services;
    const { messageId, action, payloadText } = frame;
    const key = {
      messageId,
      action,
      content: contentOf(payloadText),
      connectionId: this.#identity.connectionId,
      told: this.#standing.told,
    };
    const known = UNREPEATED.has(action) ? undefined : repeats.find(this.#stationKey, key);
    if (known !== undefined) {
      count('repeats');
      return known;
    }
    const answer = this.#record(waiting as Waiting<CallFrame>);
    repeats.remember(this.#stationKey, key, answer);
    return answer;
  }

  /** The next attempt is a first one. */
  forget(answer: Promise<string>): void {
    this.#services.repeats.forget(this.#stationKey, answer);
  }

  /** Personal fields and secrets taken out of what a station answered to `action`. */
  protectAnswer(action: string, payload: unknown): Promise<unknown> {
    return protect(action, payload, this.#protection());
  }

  #attributes(type: string, receivedMs: number): EnvelopeAttributes {
    const { ids, config } = this.#services;
    const { tenantId, stationId } = this.#identity.path;
    return {
      id: ids.next(),
      type,
      source: `/edge/${config.edgeId}`,
      time: isoTime(receivedMs),
      tenantId,
      siteId: this.#standing.entry.siteId,
      stationId,
    };
  }

  /** Durable before it is refused, like a call: a station that hears CALLERROR may throw its message away. */
  async #recordUnreadable({ messageId, reason, code, text }: UnreadableFrame, { bytes, receivedMs }: Waiting): Promise<string> {
    const build = this.unread.admit({ kind: 'unreadable', reason, text, bytes }, receivedMs);
    if (build !== undefined) await this.#services.siteLog.append(this.#partition, [await build()]);
    return errorFrame(messageId, errorCodeIn(this.#identity.version, code), reason);
  }

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
    await this.#refreshed();
    return this.#plan(waiting);
  }

  /** It may have been configured since the station connected. */
  #isOfUnknownEvse = ({ action, payload }: CallFrame): boolean =>
    action === 'NotifyEVChargingNeeds' && !mayBeEvse(this.#standing.entry, (payload as { readonly evseId?: unknown } | null)?.evseId);

  #plan({ frame: { kind, messageId, action, payload }, receivedMs }: Waiting<CallFrame>): ReturnType<typeof planAnswer> {
    const { path, version } = this.#identity;
    const entry = action === 'BootNotification' ? this.#standing.entry : this.#standing.asTold;
    const totalCost = action === 'TransactionEvent' ? this.#costAfter(payload, receivedMs) : undefined;
    const view = {
      path,
      version,
      entry,
      asked: this.#parts.agreements.asked,
      plans: this.#parts.agreements.plans,
      totalCost,
      dynamicLimits: (id: number) => this.#parts.agreements.dynamicLimits(id),
    };
    return planAnswer(view, { messageId, action, payload, receivedMs, isSend: kind === 'send' }, this.#services.desk);
  }

  #costAfter(payload: CallFrame['payload'], receivedMs: number): number | undefined {
    const { terms, evseIds, shows } = this.#standing.entry;
    if (shows?.costs === false) return undefined;
    return this.#services.costs.after({
      stationKey: this.#stationKey,
      version: this.#identity.version,
      payload,
      receivedMs,
      terms,
      evseIds,
    });
  }

  async #recordBoot(waiting: Waiting<CallFrame>): Promise<string> {
    await this.#refreshed();
    const { bootStatus } = this.#standing.entry;
    const isImpostor = this.#isImpostor(waiting.frame.payload);
    const plan = isImpostor ? IMPOSTOR : await this.#plan(waiting);
    const answer = await this.#protectAndAppend(waiting, plan);
    if (plan !== 'bookAway' && plan.answer.kind === 'result') this.#parts.booted(bootStatus, waiting.frame.payload);
    if (isImpostor) this.#parts.impostor();
    return answer;
  }

  async #protectAndAppend(waiting: Waiting<CallFrame>, planning: ReturnType<typeof planAnswer> | NoPlan): Promise<string> {
    const { action, payload, payloadText } = waiting.frame;
    const plan = await planning;
    if (plan === 'bookAway') throw new Unanswerable('the answer book is away');
    const safe = await protect(action, payload, this.#protection(this.#parts.agreements.subjectFor(action, payload)));
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
    if (isUnwanted(plan)) this.#parts.unwanted(bytes);
    await this.#services.siteLog.append(this.#partition, [callRecord(attributes, this.#recordPrefix, head, plan, loggedText)]);
    return answerFrame(frame.messageId, plan);
  }

  /** `subject`: whom a message without a token tells of. */
  #protection(subject?: string) {
    const { desk, keys } = this.#services;
    const { tenantId, stationId } = this.#identity.path;
    return {
      tokenHash: (value: string) => desk.tokens.hash(tenantId, value),
      seal: (subjectId: string, text: string) => keys.seal(subjectId, text),
      fallbackSubject: subject ?? `station:${tenantId}/${stationId}`,
    };
  }

  /** The serial number a 2.x station tells has to be the name its certificate was made out to (B01.FR.11/12). */
  #isImpostor({ chargingStation }: CallFrame['payload']): boolean {
    const { certificateName } = this.#identity;
    if (certificateName === undefined || typeof chargingStation !== 'object' || chargingStation === null) return false;
    const { serialNumber } = chargingStation as { readonly serialNumber?: unknown };
    return serialNumber !== undefined && serialNumber !== certificateName;
  }

  async #refreshed(): Promise<void> {
    if (!(await this.#parts.refresh())) throw new Unanswerable('the station has to connect anew');
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
