// What reaches a station, held against the log: nothing is answered before it is stored (P1), nothing is stored twice (P2),
// no command leaves unwritten, and none of a former owner follows one of its successor.
import type { LogRecord } from '#ports';

interface Command {
  readonly stationId: string;
  readonly notAfter: string;
  readonly grant?: { readonly ownerEpoch: number; readonly grantSeq: number };
}

/** A frame that left in time may still be on the wire. */
const ON_ITS_WAY_MS = 2_000;

export class FactsAudit {
  readonly faults: { readonly atMs: number; readonly rule: string; readonly text: string }[] = [];
  answers = 0;
  commands = 0;
  readonly #stored = new Map<string, number>();
  readonly #answered = new Set<string>();
  readonly #requested = new Map<string, Command>();
  readonly #told = new Map<string, string>();
  readonly #outcomes = new Set<string>();
  readonly #arrived = new Set<string>();
  readonly #highest = new Map<string, { readonly ownerEpoch: number; readonly grantSeq: number }>();

  constructor(private readonly now: () => number) {}

  stored({ topic, headers, value }: LogRecord): void {
    this.#derivedOnce(headers.ce_id ?? '', value);
    if (topic !== 'site-events') return;
    const stationId = headers.ce_stationid ?? '';
    switch (headers.ce_type) {
      case 'CallReceived': {
        const { messageId } = JSON.parse(value) as { messageId: string };
        const key = `${stationId} ${messageId}`;
        this.#stored.set(key, (this.#stored.get(key) ?? 0) + 1);
        return;
      }
      case 'CommandRequested': {
        const { commandId, notAfter, grant } = JSON.parse(value) as Command & { commandId: string };
        this.#requested.set(commandId, { stationId, notAfter, ...(grant !== undefined && { grant }) });
        return;
      }
      case 'CommandAnswered':
      case 'CommandErrored':
      case 'CommandUnanswered':
      case 'CommandRefused':
        this.#outcomes.add((JSON.parse(value) as { commandId: string }).commandId);
    }
  }

  /** A frame reached its station. */
  arrived(stationId: string, text: string): void {
    const [kind, messageId] = JSON.parse(text) as [number, string];
    if (kind === 2) this.#commandArrived(stationId, messageId);
    else {
      this.answers++;
      const key = `${stationId} ${messageId}`;
      this.#answered.add(key);
      if (!this.#stored.has(key)) this.#fault('P1', `${stationId} was answered ${messageId}, which is not in the log`);
    }
  }

  /** When everything has come to rest. */
  conclude(): void {
    for (const key of this.#answered) {
      const count = this.#stored.get(key) ?? 0;
      if (count !== 1) this.#fault('P2', `${key} was answered and is in the log ${count} times`);
    }
    for (const [commandId, { stationId }] of this.#requested)
      if (!this.#outcomes.has(commandId)) this.#fault('outcome', `command ${commandId} to ${stationId} has no outcome`);
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
    const command = this.#requested.get(commandId);
    if (command === undefined) {
      this.#fault('written first', `${stationId} got a command ${commandId} that is not in the log`);
      return;
    }
    if (this.#arrived.has(commandId)) this.#fault('once', `${stationId} got the command ${commandId} twice`);
    this.#arrived.add(commandId);
    if (this.now() > Date.parse(command.notAfter) + ON_ITS_WAY_MS)
      this.#fault('late', `${stationId} got the command ${commandId} after ${command.notAfter}`);
    const { grant } = command;
    if (grant === undefined) return;
    const highest = this.#highest.get(stationId);
    if (highest !== undefined && grant.ownerEpoch < highest.ownerEpoch)
      this.#fault('one owner', `${stationId} got a limit of owner ${grant.ownerEpoch} after one of owner ${highest.ownerEpoch}`);
    else this.#highest.set(stationId, grant);
  }

  #fault(rule: string, text: string): void {
    this.faults.push({ atMs: this.now(), rule, text });
  }
}
