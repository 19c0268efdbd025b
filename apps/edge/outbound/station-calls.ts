// Our CALLs to one station, one at a time: Idle → Preparing (reading sealed fields, checks) → Outstanding → Idle; closed ends all.
// A late answer is still an outcome. Which edge a command reaches, and the socket, are others' business.
import { reveal } from '#domain/privacy';
import { type Span, tracer } from '#observability';
import { actions, callFrame, errorCodeFor, type Frame, type OcppVersion, resultErrorFrame, type SchemaViolation, validate } from '#ocpp';
import type { Cancel, Clock, RoutedCommand } from '#ports';
import { COMMAND_QUEUE_LIMIT } from '../config.js';
import { CommandQueue } from './command-queue.js';

export type RefusalReason =
  | 'NotConnected'
  | 'PastNotAfter'
  | 'OlderGrant'
  | 'Superseded'
  | 'NotBooted'
  | 'QueueFull'
  | 'InvalidPayload'
  | 'NotPermitted';

export type Outcome =
  | { readonly type: 'CommandSent' }
  | {
      readonly type: 'CommandAnswered';
      readonly payload: unknown;
      readonly violations: readonly SchemaViolation[];
      readonly resultError?: { readonly code: string; readonly description: string };
    }
  | { readonly type: 'CommandErrored'; readonly code: string; readonly description: string }
  | { readonly type: 'CommandUnanswered'; readonly reason: 'timeout' | 'disconnected' }
  | { readonly type: 'CommandRefused'; readonly reason: RefusalReason; readonly detail?: string };

/** `wait`: not now, ask again; a reason: never on this connection. */
export type Permission = 'send' | 'wait' | RefusalReason;

export interface StationCallsPorts {
  readonly version: OcppVersion;
  readonly clock: Clock;
  readonly send: (frame: string) => void;
  readonly report: (command: RoutedCommand, outcome: Outcome) => void;
  readonly unseal: (sealed: string) => Promise<string | undefined>;
  /** State of the connection: booted, draining, inside an inbound call. */
  readonly permission: (command: RoutedCommand) => Permission;
  /** The owner that granted it still owns the site. */
  readonly isCurrentOwner: (command: RoutedCommand) => boolean;
  readonly newMessageId: () => string;
}

/** Timed-out calls whose answer would still be understood. */
const MOST_LATE = 8;
const LONGEST_ID = 36;

interface Outstanding {
  readonly messageId: string;
  readonly command: RoutedCommand;
  readonly span: Span | undefined;
  readonly cancelTimeout: Cancel;
}

type Answer = Extract<Frame, { kind: 'result' | 'error' }>;

export class StationCalls {
  readonly #ports: StationCallsPorts;
  readonly #queue = new CommandQueue(COMMAND_QUEUE_LIMIT);
  readonly #late = new Map<string, RoutedCommand>();
  #outstanding: Outstanding | undefined;
  #isPreparing = false;
  #isClosed = false;

  constructor(ports: StationCallsPorts) {
    this.#ports = ports;
  }

  /** True while something waits that a `pump` could send. */
  get isWaiting(): boolean {
    return this.#queue.size > 0;
  }

  enqueue(command: RoutedCommand): void {
    if (this.#isClosed) {
      this.#refuse(command, 'NotConnected');
      return;
    }
    const { taken, superseded } = this.#queue.add(command);
    for (const older of superseded) this.#refuse(older, 'Superseded', `by ${command.commandId}`);
    if (taken) this.pump();
    else
      this.#refuse(
        command,
        'QueueFull',
        `${COMMAND_QUEUE_LIMIT} messages wait for this station already: send it again once they are answered`,
      );
  }

  /** Sends the next command if the station may get one now. Never call it from inside the handling of an inbound call. */
  pump(): void {
    if (this.#isClosed || this.#outstanding !== undefined || this.#isPreparing) return;
    this.dropHopeless();
    const head = this.#queue.peek();
    if (head === undefined || this.#ports.permission(head) !== 'send') return;
    this.#queue.next();
    this.#isPreparing = true;
    void this.#dispatch(head);
  }

  /** Refuses what waits and has no hope any more: too late, overtaken by another owner, or never permitted on this connection. */
  dropHopeless(): void {
    for (const command of this.#queue.remove((waiting) => this.#hopeless(waiting) !== undefined))
      this.#refuse(command, this.#hopeless(command) ?? 'NotPermitted');
  }

  #hopeless(command: RoutedCommand): RefusalReason | undefined {
    if (this.#ports.clock.now() > Date.parse(command.notAfter)) return 'PastNotAfter';
    if (!this.#ports.isCurrentOwner(command)) return 'OlderGrant';
    const permission = this.#ports.permission(command);
    return permission === 'send' || permission === 'wait' ? undefined : permission;
  }

  async #dispatch(command: RoutedCommand): Promise<void> {
    try {
      const payload = await reveal(command.action, command.payload, this.#ports.unseal);
      this.#sendOrRefuse(command, payload);
    } catch (error) {
      this.#refuse(command, 'InvalidPayload', error instanceof Error ? error.message : 'unreadable');
    } finally {
      this.#isPreparing = false;
    }
    this.pump();
  }

  /** Everything is asked at the moment of sending, whatever was true while it waited. */
  #sendOrRefuse(command: RoutedCommand, payload: unknown): void {
    const hopeless = this.#isClosed ? 'NotConnected' : this.#hopeless(command);
    const fault = this.#faultOf(command.action, payload);
    if (hopeless !== undefined) this.#refuse(command, hopeless);
    else if (fault !== undefined) this.#refuse(command, 'InvalidPayload', fault);
    else if (this.#ports.permission(command) === 'wait')
      this.#queue.putBack(command); // a call came in meanwhile; its answer pumps again
    else this.#send(command, payload as object);
  }

  #faultOf(action: string, payload: unknown): string | undefined {
    const info = actions(this.#ports.version).get(action);
    if (info === undefined || info.direction === 'fromStation') return `${action} is no call to a station of ${this.#ports.version}`;
    if (payload === undefined) return 'a sealed field cannot be read any more';
    const [violation] = validate(this.#ports.version, action, 'request', payload);
    return violation === undefined ? undefined : `${violation.path} ${violation.message}`;
  }

  #send(given: RoutedCommand, payload: object): void {
    const messageId = given.commandId.length <= LONGEST_ID ? given.commandId : this.#ports.newMessageId();
    const { action, stationId, timeoutMs, traceparent: from } = given;
    const span =
      from === undefined
        ? undefined
        : tracer()?.begin({ kind: 'client', name: action, from, attributes: { 'ocpp.station_id': stationId } });
    const command = span === undefined ? given : { ...given, traceparent: span.traceparent };
    const cancelTimeout = this.#ports.clock.after(timeoutMs, () => this.#timedOut(messageId));
    this.#outstanding = { messageId, command, span, cancelTimeout };
    this.#ports.report(command, { type: 'CommandSent' });
    this.#ports.send(callFrame(messageId, action, payload)); // last: it may be what ends the connection
  }

  /** False when nobody here asked for this answer. */
  answered(frame: Answer): boolean {
    const command = this.#take(frame.messageId, frame.kind === 'error' ? 'CALLERROR' : undefined);
    if (command === undefined) return false;
    this.#ports.report(
      command,
      frame.kind === 'result'
        ? this.#judged(command.action, frame.messageId, frame.payload)
        : { type: 'CommandErrored', code: frame.code, description: frame.description },
    );
    return true;
  }

  /** An answer that breaks its schema counts all the same; 2.1 has a way to tell the station. */
  #judged(action: string, messageId: string, payload: unknown): Outcome {
    const { version, send } = this.#ports;
    const violations = validate(version, action, 'response', payload);
    const [first] = violations;
    if (first === undefined || version !== 'ocpp2.1') return { type: 'CommandAnswered', payload, violations };
    const resultError = { code: errorCodeFor(version, violations), description: `${first.path} ${first.message}` };
    send(resultErrorFrame(messageId, resultError.code, resultError.description));
    return { type: 'CommandAnswered', payload, violations, resultError };
  }

  #take(messageId: string, failure?: string): RoutedCommand | undefined {
    if (this.#outstanding?.messageId === messageId) return this.#over(this.#outstanding, failure);
    const late = this.#late.get(messageId);
    this.#late.delete(messageId);
    return late;
  }

  #over({ command, span, cancelTimeout }: Outstanding, failure: string | undefined): RoutedCommand {
    cancelTimeout();
    span?.end(failure);
    this.#outstanding = undefined;
    return command;
  }

  #timedOut(messageId: string): void {
    const command = this.#take(messageId, 'timeout');
    if (command === undefined) return;
    this.#late.set(messageId, command);
    for (const oldest of this.#late.keys()) {
      if (this.#late.size <= MOST_LATE) break;
      this.#late.delete(oldest);
    }
    this.#ports.report(command, { type: 'CommandUnanswered', reason: 'timeout' });
    this.pump();
  }

  /** The connection is over: what left is unanswered, what waited never leaves. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#outstanding !== undefined)
      this.#ports.report(this.#over(this.#outstanding, 'disconnected'), { type: 'CommandUnanswered', reason: 'disconnected' });
    for (const command of this.#queue.remove(() => true)) this.#refuse(command, 'NotConnected');
  }

  #refuse(command: RoutedCommand, reason: RefusalReason, detail?: string): void {
    this.#ports.report(command, { type: 'CommandRefused', reason, ...(detail !== undefined && { detail }) });
  }
}
