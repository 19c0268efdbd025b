// A clock the test holds: time passes when the test says so, and due tasks run in order.
import type { Cancel, Clock } from '#ports';

export class HeldClock implements Clock {
  #now: number;
  #tasks: { readonly due: number; readonly task: () => void }[] = [];

  constructor(startIso = '2026-11-01T12:00:00.000Z') {
    this.#now = Date.parse(startIso);
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): Cancel {
    const entry = { due: this.#now + delayMs, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }

  /** Runs everything that falls due within `ms`, at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#tasks.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.#tasks = this.#tasks.filter((entry) => entry !== next);
      this.#now = Math.max(this.#now, next.due);
      next.task();
    }
    this.#now = end;
  }
}
