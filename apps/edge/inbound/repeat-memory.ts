// Remembers what each station was answered, so that a repeated frame gets the same answer and adds nothing to the log.
// Repeats with new message ids are recognised by content in the session service; this is only about equal frames.
import { hash } from 'node:crypto';

/** Messages whose content names its own instant: an equal one is a repeat, on whatever connection and however late. */
const TIMELESS: ReadonlySet<string> = new Set(['StartTransaction', 'StopTransaction', 'MeterValues', 'TransactionEvent']);
/** Remembered answers per station; it has one CALL outstanding, so this covers long retries. */
const MOST_ANSWERS = 8;
/** Remembered stations per edge; the ones silent for longest are forgotten beyond it. */
const MOST_STATIONS = 50_000;

interface Remembered {
  readonly action: string;
  readonly payloadHash: string;
  readonly connectionId: string;
  /** Settles when the first one's append does: a repeat joins an append that is still under way. */
  readonly answer: Promise<string>;
}

export interface RepeatKey {
  readonly messageId: string;
  readonly action: string;
  readonly payloadHash: string;
  readonly connectionId: string;
}

export const hashPayload = (payloadText: string): string => hash('sha1', payloadText, 'base64');

/**
 * Some stations count message ids from 1 after each start, and a Heartbeat always looks alike: so the other messages are repeats
 * within one connection only. A message id alone never makes one.
 */
const isRepeat = (remembered: Remembered, key: RepeatKey): boolean =>
  remembered.action === key.action &&
  remembered.payloadHash === key.payloadHash &&
  (remembered.connectionId === key.connectionId || TIMELESS.has(key.action));

export class RepeatMemory {
  readonly #stations = new Map<string, Map<string, Remembered>>();

  find(station: string, key: RepeatKey): Promise<string> | undefined {
    const remembered = this.#stations.get(station)?.get(key.messageId);
    return remembered !== undefined && isRepeat(remembered, key) ? remembered.answer : undefined;
  }

  /** An answer that fails to become durable is forgotten again: the next attempt is a first one. */
  remember(station: string, key: RepeatKey, answer: Promise<string>): void {
    const answers = this.#stations.get(station) ?? new Map<string, Remembered>();
    this.#stations.delete(station);
    this.#stations.set(station, answers);
    answers.delete(key.messageId);
    const remembered = { action: key.action, payloadHash: key.payloadHash, connectionId: key.connectionId, answer };
    answers.set(key.messageId, remembered);
    forgetOldest(answers, MOST_ANSWERS);
    forgetOldest(this.#stations, MOST_STATIONS);
    answer.catch(() => {
      if (answers.get(key.messageId) === remembered) answers.delete(key.messageId);
    });
  }
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
