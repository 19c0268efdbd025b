// Writes what became of commands, and that connections ended, in order per site and until it is durable.
// An edge that dies loses what still waits here; the site's owner then notices the silence and says so itself.
import type { Clock, NewRecord } from '#ports';
import type { SiteLog } from '../site-log.js';

const RETRY_MS = 1_000;
const MOST_PER_APPEND = 500;
/** Waiting records over all sites; what comes beyond is not taken. */
const MOST_WAITING = 50_000;

/** Called once; may seal personal data first. */
export type BuildRecord = () => NewRecord | Promise<NewRecord>;

interface Told {
  /** The log did not take some: they are tried again. */
  readonly waits: (error: unknown) => void;
  /** One could not be made, for want of a key: it holds up no others. */
  readonly lost: (error: unknown) => void;
}

export class OutcomeWriter {
  readonly #siteLog: SiteLog;
  readonly #clock: Clock;
  readonly #told: Told;
  readonly #lines = new Map<string, Promise<NewRecord>[]>();
  readonly #writers = new Set<Promise<void>>();
  #waiting = 0;

  constructor(siteLog: SiteLog, clock: Clock, told: Told) {
    this.#siteLog = siteLog;
    this.#clock = clock;
    this.#told = told;
  }

  /** False when too many records wait already and this one was not taken. */
  write(siteKey: string, build: BuildRecord): boolean {
    if (this.#waiting >= MOST_WAITING) return false;
    this.#waiting++;
    const record = Promise.resolve().then(build);
    record.catch(() => undefined); // looked at by the writer, which may come to it later
    const line = this.#lines.get(siteKey);
    if (line !== undefined) {
      line.push(record);
      return true;
    }
    this.#lines.set(siteKey, [record]);
    const writer = this.#drainLine(siteKey).finally(() => this.#writers.delete(writer));
    this.#writers.add(writer);
    return true;
  }

  /** Resolves when nothing waits, or after `patienceMs`: a log that is away does not keep a process from ending. */
  async settle(patienceMs: number): Promise<void> {
    const patience = new Promise<void>((resolve) => void this.#clock.after(patienceMs, resolve));
    await Promise.race([Promise.allSettled(this.#writers), patience]);
  }

  async #drainLine(siteKey: string): Promise<void> {
    const partition = this.#siteLog.partitionOf(siteKey);
    for (;;) {
      const line = this.#lines.get(siteKey) ?? [];
      if (line.length === 0) break;
      const built = await Promise.allSettled(line.splice(0, MOST_PER_APPEND));
      const records = built.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      for (const outcome of built) if (outcome.status === 'rejected') this.#told.lost(outcome.reason);
      if (records.length > 0) await this.#persist(partition, records);
      this.#waiting -= built.length;
    }
    this.#lines.delete(siteKey);
  }

  async #persist(partition: number, records: readonly NewRecord[]): Promise<void> {
    for (;;) {
      try {
        await this.#siteLog.append(partition, records);
        return;
      } catch (error) {
        this.#told.waits(error);
        await new Promise<void>((resolve) => void this.#clock.after(RETRY_MS, resolve));
      }
    }
  }
}
