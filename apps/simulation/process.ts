// One life of a process: Running ⇄ Paused (everything that happens to it waits) → Dead (nothing of it ever goes on).
// What runs in it does not know; a restart is another life.
import type { Chance } from '#apps/simulator';
import type { Cancel, Clock, Ids, Random } from '#ports';
import type { Timeline } from './timeline.js';

export class Life {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  #diedMs = Number.POSITIVE_INFINITY;
  #isPaused = false;
  #backlog: (() => void)[] = [];
  readonly #onDeath: (() => void)[] = [];

  constructor(
    /** Of the process; the same in every life. */
    readonly name: string,
    readonly timeline: Timeline,
    chance: Chance,
    /** Its timers fire at multiples of this [ms], late and never early: a busy process is no metronome, and idle ticks cost nothing. */
    timersMs = 1,
    /** By how much its clock is wrong at the moment [ms]; timers last as long as they should. */
    errorMs: () => number = () => 0,
  ) {
    const late = (delayMs: number): number => Math.ceil((timeline.now() + Math.max(0, delayMs)) / timersMs) * timersMs - timeline.now();
    this.clock = {
      now: () => timeline.now() + errorMs(),
      after: (delayMs, task) => this.after(timersMs === 1 ? delayMs : late(delayMs), task),
    };
    this.ids = { next: uuids(chance.fork('ids')) };
    this.random = chance.fork('random');
  }

  get isAlive(): boolean {
    return this.#diedMs === Number.POSITIVE_INFINITY;
  }

  /** Infinity while it lives. */
  get diedMs(): number {
    return this.#diedMs;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Does `task` as this process: at once, after its pause, or never. */
  run(task: () => void): void {
    if (!this.isAlive) return;
    if (this.#isPaused) this.#backlog.push(task);
    else task();
  }

  after(delayMs: number, task: () => void): Cancel {
    return this.timeline.after(delayMs, () => this.run(task));
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.after(delayMs, resolve));
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    const missed = this.#backlog.splice(0);
    // In order, each with the promises it sets going, as the event loop of a process that wakes up would.
    for (const task of missed) this.timeline.after(0, () => this.run(task));
  }

  onDeath(task: () => void): void {
    this.#onDeath.push(task);
  }

  die(): void {
    if (!this.isAlive) return;
    this.#diedMs = this.timeline.now();
    this.#backlog = [];
    for (const task of this.#onDeath) task();
  }
}

/** Random UUIDs (version 4) of a seed. */
export function uuids(chance: Chance): () => string {
  const digits = (count: number): string => {
    let text = '';
    while (text.length < count) text += chance.integer(0, 0xffff).toString(16).padStart(4, '0');
    return text.slice(0, count);
  };
  return () => `${digits(8)}-${digits(4)}-4${digits(3)}-${chance.pick(['8', '9', 'a', 'b'])}${digits(3)}-${digits(12)}`;
}
