// Many who wait for rows look together: one query for all of them, and again until each has seen its own.
// What they look for, and how long anybody waits, is for who asks to say.
import type { Clock } from '#ports';

const LOOK_AGAIN_MS = 20;

/** Answers those of the questions that have an answer. */
type Look<Question, Answer> = (questions: readonly Question[]) => Promise<ReadonlyMap<Question, Answer>>;

interface Waiter<Answer> {
  readonly untilMs: number;
  readonly resolve: (answer: Answer | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export class Waiting<Question extends object, Answer> {
  readonly #clock: Pick<Clock, 'now' | 'after'>;
  readonly #look: Look<Question, Answer>;
  /** In the order in which they came. */
  readonly #waiters = new Map<Question, Waiter<Answer>>();
  #isLooking = false;

  constructor(clock: Pick<Clock, 'now' | 'after'>, look: Look<Question, Answer>) {
    this.#clock = clock;
    this.#look = look;
  }

  /** `question` is an object of its own each time. Resolves with undefined when the time is over and one look at least was in vain; rejects as its look does. */
  ask(question: Question, withinMs: number): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiters.set(question, { untilMs: this.#clock.now() + withinMs, resolve, reject });
      if (!this.#isLooking) void this.#lookOn();
    });
  }

  async #lookOn(): Promise<void> {
    this.#isLooking = true;
    for (;;) {
      const sinceMs = this.#clock.now();
      await this.#lookOnce(new Map(this.#waiters));
      if (this.#waiters.size === 0) break;
      // The database has at least as long for others.
      const pauseMs = Math.max(LOOK_AGAIN_MS, this.#clock.now() - sinceMs);
      await new Promise((resolve) => this.#clock.after(pauseMs, () => resolve(undefined)));
    }
    this.#isLooking = false;
  }

  async #lookOnce(asked: ReadonlyMap<Question, Waiter<Answer>>): Promise<void> {
    try {
      const answers = await this.#look([...asked.keys()]);
      for (const [question, { untilMs, resolve }] of asked) {
        const answer = answers.get(question);
        if (answer === undefined && this.#clock.now() < untilMs) continue;
        this.#waiters.delete(question);
        resolve(answer);
      }
    } catch (error) {
      for (const [question, { reject }] of asked) {
        this.#waiters.delete(question);
        reject(error);
      }
    }
  }
}
