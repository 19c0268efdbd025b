// Remembers what each station was answered, so that a repeated frame gets the same answer and adds nothing to the log.
// Repeats with new message ids are recognised by content in the session service; this is only about equal frames.
import { hash } from 'node:crypto';
import type { StationEntry } from '#ports';

/** Messages whose content names its own instant: an equal one is a repeat, on whatever connection and however late. */
const TIMELESS: ReadonlySet<string> = new Set(['StartTransaction', 'StopTransaction', 'MeterValues', 'TransactionEvent']);
/** Remembered answers per station; it has one CALL outstanding, so only the latest are repeated. */
const MOST_ANSWERS = 3;
/** Remembered stations per edge; the ones known for longest are forgotten beyond it. */
const MOST_STATIONS = 20_000;
/** Payloads are remembered as they are, which is cheaper than hashing each one; longer ones by their hash, which bounds the memory. */
const LONGEST_REMEMBERED_TEXT = 2_048;

export interface RepeatKey {
  readonly messageId: string;
  readonly action: string;
  /** See `contentOf`. */
  readonly content: string;
  readonly connectionId: string;
  /** What the station was told when it booted: what is refused before it is accepted is taken afterwards (B02). */
  readonly told: StationEntry['bootStatus'];
}

interface Remembered extends RepeatKey {
  /** Settles when the first one's append does: a repeat joins an append that is still under way. */
  readonly answer: Promise<string>;
}

/** Equal for equal payload texts only. */
export const contentOf = (payloadText: string): string =>
  payloadText.length <= LONGEST_REMEMBERED_TEXT ? payloadText : hash('sha256', payloadText, 'base64');

/**
 * Some stations count message ids from 1 after each start, some have one id for everything, and a status may come back: so the other messages
 * are repeats of the very last one of the same connection only. A message id alone never makes one.
 */
const isRepeat = (remembered: Remembered, key: RepeatKey, isLast: boolean): boolean =>
  remembered.messageId === key.messageId &&
  remembered.action === key.action &&
  remembered.content === key.content &&
  // A refusal of before the acceptance is none after it; what was taken stays taken.
  (remembered.told === 'Accepted' || remembered.told === key.told) &&
  ((isLast && remembered.connectionId === key.connectionId) || TIMELESS.has(key.action));

export class RepeatMemory {
  /** Newest last. */
  readonly #stations = new Map<string, Remembered[]>();

  find(station: string, key: RepeatKey): Promise<string> | undefined {
    const answers = this.#stations.get(station);
    return answers?.find((remembered, index) => isRepeat(remembered, key, index === answers.length - 1))?.answer;
  }

  remember(station: string, key: RepeatKey, answer: Promise<string>): void {
    const answers = this.#stations.get(station) ?? this.#add(station);
    answers.push({ ...key, answer });
    if (answers.length > MOST_ANSWERS) answers.shift();
  }

  /** The answer could not be made durable: the next attempt is a first one. */
  forget(station: string, answer: Promise<string>): void {
    const answers = this.#stations.get(station) ?? [];
    const index = answers.findIndex((remembered) => remembered.answer === answer);
    if (index >= 0) answers.splice(index, 1);
  }

  #add(station: string): Remembered[] {
    for (const oldest of this.#stations.keys()) {
      if (this.#stations.size < MOST_STATIONS) break;
      this.#stations.delete(oldest);
    }
    const answers: Remembered[] = [];
    this.#stations.set(station, answers);
    return answers;
  }
}
