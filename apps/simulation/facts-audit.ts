// What leaves edges and reaches stations, held against the log: nothing is answered before it is stored (P1), nothing is stored twice (P2),
// no command leaves unwritten, late or twice, and every answer to one is told. Who may hand out limits is in owners-audit.ts.
import type { LogRecord } from '#ports';
import type { Fault } from './fault.js';
import { headOf } from './frame-head.js';
import type { Life } from './process.js';
import type { Socket } from './wire.js';

interface Command {
  readonly stationId: string;
  readonly notAfter: string;
}

/** What is told of a command; `words`: the station's own, as records have it, each once. */
export interface Outcomes {
  readonly words: Set<string>;
  /** As its edge heard it first. */
  heard?: string;
}

interface Links {
  readonly endedMs: number[];
  told: number;
}

/** A station may ask these again in the same words, and what is true may be another by then: each time it is asked is a fact of its own. */
const QUESTIONS: ReadonlySet<string> = new Set(['Authorize', 'BootNotification', 'DataTransfer', 'Heartbeat', 'PullDynamicScheduleUpdate']);
/** The first of that name is the call's own: the payload comes last. */
const MESSAGE_ID = /"messageId":("(?:[^"\\]|\\.)*")/;
/** Longer than an edge is ever kept from the log. */
const TOLD_WITHIN_MS = 300_000;
/** After a command's `notAfter`: who ends it waits for the answer, for whoever may know better, and for the clock. */
const ENDED_WITHIN_MS = 150_000;

export class FactsAudit {
  readonly faults: Fault[] = [];
  answers = 0;
  commands = 0;
  /** By command. */
  readonly outcomes = new Map<string, Outcomes>();
  /** Orders to the payment provider that nobody has told the answer of. */
  readonly unanswered = new Set<string>();
  readonly #paid = new Set<string>();
  readonly #stored = new Map<string, number>();
  /** A question by station and message id → how often an edge heard it. */
  readonly #questions = new Map<string, number>();
  readonly #answered = new Set<string>();
  readonly #requested = new Map<string, Command>();
  readonly #told = new Map<string, string>();
  readonly #ended = new Set<string>();
  readonly #arrived = new Set<string>();
  readonly #asked = new WeakMap<Socket, Set<string>>();
  readonly #links = new Map<Life, Map<string, Links>>();
  readonly #heard = new Map<string, { readonly socket: Socket; readonly atMs: number }>();

  constructor(private readonly now: () => number) {}

  stored({ topic, headers, value }: LogRecord, writer: Life): void {
    const isAskedAgain = headers.ce_source === '/api';
    if (!isAskedAgain) this.#derivedOnce(headers.ce_id ?? '', value);
    if (topic === 'billing-events') this.#ordered(headers.ce_type ?? '', value);
    if (topic !== 'site-events') return;
    const stationId = headers.ce_stationid ?? '';
    switch (headers.ce_type) {
      case 'CallReceived': {
        const key = `${stationId} ${JSON.parse(MESSAGE_ID.exec(value)?.[1] ?? value)}`;
        this.#stored.set(key, (this.#stored.get(key) ?? 0) + 1);
        return;
      }
      case 'StationDisconnected':
        this.#linksOf(writer, stationId).told++;
        return;
      case 'CommandRequested': {
        const { commandId, notAfter } = JSON.parse(value) as Command & { commandId: string };
        this.#requested.set(commandId, { stationId, notAfter });
        return;
      }
      case 'CommandAnswered':
      case 'CommandErrored':
      case 'CommandUnanswered':
      case 'CommandRefused': {
        const { commandId } = JSON.parse(value) as { commandId: string };
        this.#ended.add(commandId);
        const { words } = this.#outcomesOf(commandId);
        if (headers.ce_type === 'CommandAnswered' || headers.ce_type === 'CommandErrored') words.add(value);
      }
    }
  }

  /** A frame left its edge. */
  left(socket: Socket, text: string): void {
    const { kind, messageId: commandId } = headOf(text);
    if (kind !== 2) return;
    const asked = this.#asked.get(socket) ?? new Set();
    this.#asked.set(socket, asked.add(commandId));
    const command = this.#requested.get(commandId);
    if (command !== undefined && (socket.door?.clock.now() ?? this.now()) > Date.parse(command.notAfter))
      this.#fault('late', `${socket.stationId} was sent the command ${commandId} after ${command.notAfter}`);
  }

  /** A frame reached its station. */
  arrived(stationId: string, text: string): void {
    const { kind, messageId } = headOf(text);
    if (kind === 2) this.#commandArrived(stationId, messageId);
    else {
      this.answers++;
      const key = `${stationId} ${messageId}`;
      this.#answered.add(key);
      if (!this.#stored.has(key)) this.#fault('P1', `${stationId} was answered ${messageId}, which is not in the log`);
    }
  }

  /** A frame reached its edge. */
  heard(socket: Socket, text: string): void {
    const { kind, messageId, action } = headOf(text);
    if ((kind === 3 || kind === 4) && !socket.isClosing && this.#asked.get(socket)?.has(messageId)) {
      this.#heard.set(messageId, { socket, atMs: this.now() });
      this.#outcomesOf(messageId).heard ??= text;
    }
    if (kind !== 2 || !QUESTIONS.has(action)) return;
    const key = `${socket.stationId} ${messageId}`;
    this.#questions.set(key, (this.#questions.get(key) ?? 0) + 1);
  }

  /** A link ended at its edge. */
  ended({ stationId, door }: Socket): void {
    if (door !== undefined) this.#linksOf(door, stationId).endedMs.push(this.now());
  }

  /** When everything has come to rest. */
  conclude(): void {
    for (const key of this.#answered) {
      const count = this.#stored.get(key) ?? 0;
      const most = this.#questions.get(key) ?? 1;
      if (count < 1 || count > most) this.#fault('P2', `${key} was answered and is in the log ${count} times, not once to ${most}`);
    }
    for (const [commandId, { stationId, notAfter }] of this.#requested)
      if (!this.#ended.has(commandId) && Date.parse(notAfter) + ENDED_WITHIN_MS < this.now())
        this.#fault('outcome', `command ${commandId} to ${stationId} has no outcome`);
    for (const [commandId, { socket, atMs }] of this.#heard) {
      const { stationId, door } = socket;
      if (door !== undefined && door.diedMs - atMs > TOLD_WITHIN_MS && !this.outcomes.get(commandId)?.words.size)
        this.#fault('outcome', `${stationId} answered command ${commandId} to ${door.name}, which lived on and never told`);
    }
    for (const [edge, byStation] of this.#links)
      for (const [stationId, { endedMs, told }] of byStation) {
        const due = endedMs.filter((atMs) => edge.diedMs - atMs > TOLD_WITHIN_MS).length;
        if (told < due) this.#fault('outcome', `${due} links of ${stationId} ended at ${edge.name}, which lived on and told of ${told}`);
      }
  }

  #outcomesOf(commandId: string): Outcomes {
    const outcomes = this.outcomes.get(commandId) ?? { words: new Set() };
    this.outcomes.set(commandId, outcomes);
    return outcomes;
  }

  #ordered(type: string, value: string): void {
    if (!/^Payment(Ordered|Held|Captured|Released|Refunded|Failed)$/.test(type)) return;
    const { orderId } = JSON.parse(value) as { orderId: string };
    if (type !== 'PaymentOrdered') this.#paid.add(orderId);
    if (this.#paid.has(orderId)) this.unanswered.delete(orderId);
    else this.unanswered.add(orderId);
  }

  #linksOf(edge: Life, stationId: string): Links {
    const byStation = this.#links.get(edge) ?? new Map<string, Links>();
    this.#links.set(edge, byStation);
    const links = byStation.get(stationId) ?? { endedMs: [], told: 0 };
    byStation.set(stationId, links);
    return links;
  }

  /** A fact may be published again, and says the same then. */
  #derivedOnce(id: string, value: string): void {
    const known = this.#told.get(id);
    if (known === undefined) this.#told.set(id, value);
    else if (known !== value)
      this.#fault('P4', `the fact ${id} was told twice, differently: ${known.slice(0, 200)} / ${value.slice(0, 200)}`);
  }

  /** Every station is known and shows the right password: nothing but our own state can turn it away for good. */
  refused(stationId: string, status: number): void {
    if (status < 500 && status !== 429) this.#fault('door', `${stationId} was refused with HTTP ${status}`);
  }

  #commandArrived(stationId: string, commandId: string): void {
    this.commands++;
    if (!this.#requested.has(commandId)) {
      this.#fault('written first', `${stationId} got a command ${commandId} that is not in the log`);
      return;
    }
    if (this.#arrived.has(commandId)) this.#fault('once', `${stationId} got the command ${commandId} twice`);
    this.#arrived.add(commandId);
  }

  #fault(rule: string, text: string): void {
    this.faults.push({ atMs: this.now(), rule, text });
  }
}
