// What is wrong at the moment between processes and the servers they stand on, and how long things take.
// What goes wrong when is decided in faults.ts.
import type { Chance } from '#apps/simulator';

export type Server = 'log' | 'rows' | 'routing';

/** Where it hurts most to be struck: a record has left, a decision is about to be committed, it is and nobody has heard of it, a command is about to be routed. */
export type Moment = 'append' | 'begin' | 'commit' | 'route';

export class Weather {
  /** The log refuses records: its disk is full. */
  isDiskFull = false;
  readonly #cuts = new Set<string>();
  /** Extra time before a consumer of this process gets its next batch [ms]. */
  readonly slowConsumers = new Map<string, number>();
  readonly #ambushes = new Map<string, () => void>();
  #onHealed: (() => void)[] = [];

  constructor(readonly chance: Chance) {}

  isCut(process: string, server: Server): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(`${process} ${server}`);
  }

  cut(process: string, server: Server): void {
    this.#cuts.add(`${process} ${server}`);
  }

  heal(process: string, server: Server): void {
    this.#cuts.delete(`${process} ${server}`);
    for (const task of this.#onHealed) task();
  }

  healAll(): void {
    this.#ambushes.clear();
    this.#cuts.clear();
    this.isDiskFull = false;
    this.slowConsumers.clear();
    for (const task of this.#onHealed) task();
  }

  /** `strike` happens the next time this process reaches that moment. */
  ambush(process: string, moment: Moment, strike: () => void): void {
    this.#ambushes.set(`${process} ${moment}`, strike);
  }

  reached(process: string, moment: Moment): void {
    if (this.#ambushes.size === 0) return;
    const name = `${process} ${moment}`;
    const strike = this.#ambushes.get(name);
    this.#ambushes.delete(name);
    strike?.();
  }

  onHealed(task: () => void): void {
    this.#onHealed.push(task);
  }

  /** Mostly about a millisecond, now and then a hundred [ms]. */
  latency(): number {
    const draw = this.chance.next();
    return draw < 0.98 ? 0.2 + draw : 5 + this.chance.next() * 100;
  }
}
