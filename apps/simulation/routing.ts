// Directory, router and answer book as a server on the other end of a network; it may be emptied at any time.
// What they mean is taken from the embedded world; here is only the way there and back.
import { inProcessBook, inProcessDirectory } from '#embedded';
import {
  type AnswerBook,
  type CommandRouter,
  type PartitionRef,
  type RoutedMessage,
  RouterUnavailable,
  type StationDirectory,
} from '#ports';
import type { Life } from './process.js';
import type { Timeline } from './timeline.js';
import type { Weather } from './weather.js';

const TIMEOUT_MS = 2_000;
/** Every so many messages one is handed over twice: its sender lost the connection before the answer, and sent it again. */
const REPEATED_EVERY = 7;

interface Inbox {
  readonly life: Life;
  readonly take: (message: RoutedMessage) => void;
  lastMs: number;
}

export interface Routing {
  readonly router: CommandRouter;
  readonly directory: StationDirectory;
  readonly book: AnswerBook;
}

export class RoutingServer {
  directory = inProcessDirectory();
  book: AnswerBook;
  /** Told of every message handed in, and by whom. */
  onSent: (message: RoutedMessage, sender: Life) => void = () => {};
  readonly #inboxes = new Map<string, Inbox>();
  #era = 0;
  #sent = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly weather: Weather,
    private readonly bookPartitions: readonly PartitionRef[],
  ) {
    this.book = inProcessBook(bookPartitions);
  }

  /** Everything is gone, messages on their way included. */
  empty(): void {
    this.directory = inProcessDirectory();
    this.book = inProcessBook(this.bookPartitions);
    this.#era++;
  }

  /** As one process sees it. */
  port(life: Life): Routing {
    const ask = <T>(question: () => Promise<T>): Promise<T> => this.#ask(life, question);
    return {
      directory: {
        claim: (entry) => ask(() => this.directory.claim(entry)),
        release: (entry) => ask(() => this.directory.release(entry)),
        lookup: (tenantId, stationId) => ask(() => this.directory.lookup(tenantId, stationId)),
      },
      book: {
        isComplete: () => ask(() => this.book.isComplete()),
        station: (tenantId, stationId) => ask(() => this.book.station(tenantId, stationId)),
        token: (tenantId, tokenHash) => ask(() => this.book.token(tenantId, tokenHash)),
        openSessions: (tenantId, tokenHash) => ask(() => this.book.openSessions(tenantId, tokenHash)),
        ...this.#writing(ask),
      },
      router: {
        send: (edgeId, message) => {
          this.weather.reached(life.name, 'route');
          return ask(async () => {
            this.onSent(message, life);
            return this.#send(edgeId, message);
          });
        },
        listen: (edgeId, take) =>
          ask(async () => {
            const inbox: Inbox = { life, take, lastMs: 0 };
            this.#inboxes.set(edgeId, inbox);
            life.onDeath(() => void this.timeline.after(TIMEOUT_MS * 5, () => this.#close(edgeId, inbox)));
            return { close: async () => this.#close(edgeId, inbox) };
          }),
        check: () => ask(async () => {}),
      },
    };
  }

  /** A mark counts only for the life of the book in which the writing of its partition began, as with the real one. */
  #writing(ask: <T>(question: () => Promise<T>) => Promise<T>): Pick<AnswerBook, 'put' | 'markFolded' | 'isFolded'> {
    const begunIn = new Map<string, number>();
    let firstEra: number | undefined;
    const isFolded = async (topic: string, partition: number): Promise<boolean> => {
      const isMarked = await this.book.isFolded(topic, partition);
      if (!isMarked) begunIn.set(`${topic}/${partition}`, this.#era);
      return isMarked;
    };
    return {
      put: (entries) =>
        ask(async () => {
          firstEra ??= this.#era;
          await this.book.put(entries);
        }),
      markFolded: (topic, partition) =>
        ask(async () => {
          const name = `${topic}/${partition}`;
          if (!begunIn.has(name) && firstEra === undefined) await isFolded(topic, partition);
          if ((begunIn.get(name) ?? firstEra) === this.#era) await this.book.markFolded(topic, partition);
        }),
      isFolded: (topic, partition) => ask(() => isFolded(topic, partition)),
    };
  }

  #send(edgeId: string, message: RoutedMessage): boolean {
    const inbox = this.#inboxes.get(edgeId);
    if (inbox === undefined) return false;
    const era = this.#era;
    const times = ++this.#sent % REPEATED_EVERY === 0 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      inbox.lastMs = Math.max(inbox.lastMs, this.timeline.now() + this.weather.latency());
      this.timeline.at(inbox.lastMs, () => {
        if (era === this.#era && !this.weather.isCut(inbox.life.name, 'routing')) inbox.life.run(() => inbox.take(message));
      });
    }
    return true;
  }

  #close(edgeId: string, inbox: Inbox): void {
    if (this.#inboxes.get(edgeId) === inbox) this.#inboxes.delete(edgeId);
  }

  async #ask<T>(life: Life, question: () => Promise<T>): Promise<T> {
    const { weather } = this;
    await this.#travel(life, weather.latency() / 4);
    const answer = await question();
    await this.#travel(life, weather.latency() / 4);
    return answer;
  }

  async #travel(life: Life, ms: number): Promise<void> {
    await life.sleep(ms);
    if (!this.weather.isCut(life.name, 'routing')) return;
    await life.sleep(TIMEOUT_MS);
    throw new RouterUnavailable('the routing server cannot be reached');
  }
}
