// Time as the simulated world sees it: the machine's, faster, or held by a test.
// What happens at which time is decided elsewhere; nothing else in the simulator reads a clock.
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Runs `task` once after `delayMs`. */
  after(delayMs: number, task: () => void): Cancel;
}

/** The longest delay a timer of the runtime takes; longer waits are cut and re-armed by who asked. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, Math.min(Math.max(0, delayMs), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Who is later than this with a timer of its own was stopped, and heard nothing meanwhile [ms]. */
const STOPPED_MS = 1_000;

/** As `after`, for who waits for an answer: for as long as this process was stopped, and others maybe with it, nothing was waited for. */
export function whileListening(clock: Clock, delayMs: number, task: () => void): Cancel {
  const dueAt = clock.now() + delayMs;
  let cancel = clock.after(delayMs, () => {
    const lateMs = clock.now() - dueAt;
    if (lateMs > STOPPED_MS) cancel = whileListening(clock, Math.min(lateMs, delayMs), task);
    else task();
  });
  return () => cancel();
}

/** A clock that runs `scale` times as fast as `base` from now on. Stations on it write timestamps that run ahead of the world's. */
export function scaledClock(scale: number, base: Clock = systemClock): Clock {
  const origin = base.now();
  return {
    now: () => Math.floor(origin + (base.now() - origin) * scale),
    after: (delayMs, task) => base.after(delayMs / scale, task),
  };
}

/** A clock that only moves when told to; due tasks run in the order of their time, then of their arming. */
export class VirtualClock implements Clock {
  #now: number;
  #armed = 0;
  readonly #tasks = new Map<number, { readonly due: number; readonly task: () => void }>();

  constructor(startAt: number) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): Cancel {
    const id = this.#armed++;
    this.#tasks.set(id, { due: this.#now + Math.max(0, delayMs), task });
    return () => this.#tasks.delete(id);
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#nextDue(end); next !== undefined; next = this.#nextDue(end)) {
      const [id, { due, task }] = next;
      this.#tasks.delete(id);
      this.#now = Math.max(this.#now, due);
      task();
    }
    this.#now = end;
  }

  #nextDue(end: number) {
    let first: [number, { readonly due: number; readonly task: () => void }] | undefined;
    for (const entry of this.#tasks) if (entry[1].due <= end && (first === undefined || entry[1].due < first[1].due)) first = entry;
    return first;
  }
}
