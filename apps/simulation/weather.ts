// What is wrong at the moment between processes and the servers they stand on, and how long things take.
// What goes wrong when is decided in faults.ts.
import type { Chance } from '#apps/simulator';

export type Server = 'log' | 'rows' | 'routing';

export class Weather {
  /** The log refuses records: its disk is full. */
  isDiskFull = false;
  readonly #cuts = new Set<string>();
  /** Extra time before a consumer of this process gets its next batch [ms]. */
  readonly slowConsumers = new Map<string, number>();
  #onHealed: (() => void)[] = [];

  constructor(readonly chance: Chance) {}

  isCut(process: string, server: Server): boolean {
    return this.#cuts.has(`${process} ${server}`);
  }

  cut(process: string, server: Server): void {
    this.#cuts.add(`${process} ${server}`);
  }

  heal(process: string, server: Server): void {
    this.#cuts.delete(`${process} ${server}`);
    for (const task of this.#onHealed) task();
  }

  healAll(): void {
    this.#cuts.clear();
    this.isDiskFull = false;
    this.slowConsumers.clear();
    for (const task of this.#onHealed) task();
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
