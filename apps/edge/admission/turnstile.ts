// How often one station may come in: each connection is a handshake and two records. Who comes too often waits outside and is let in after a while,
// because whoever is told to come again does so at once (ADR 0116). That it is the station was decided before.
import { Budgets, type Rate } from '#kernel';
import type { Clock } from '#ports';

export class Turnstile {
  readonly #clock: Clock;
  readonly #entries: Budgets;
  readonly #longestMs: number;
  /** How the one attempt of a station that waits is sent away; bounded by the sockets that are open. */
  readonly #waiting = new Map<string, () => void>();

  constructor(clock: Clock, rate: Rate, longestMs: number) {
    this.#clock = clock;
    this.#entries = new Budgets(rate);
    this.#longestMs = longestMs;
  }

  /** Of several that wait the latest stays: a station that dials again has given up the one before. A promise resolves with whether it may come in. */
  ask(stationKey: string): 'now' | 'never' | Promise<boolean> {
    this.#waiting.get(stationKey)?.();
    const purse = this.#entries.of(stationKey);
    if (purse.spend(1, this.#clock.now())) return 'now';
    const waitMs = purse.waitMs(1, this.#clock.now());
    if (waitMs > this.#longestMs) return 'never';
    return new Promise((resolve) => this.#wait(stationKey, waitMs, resolve));
  }

  /** Whoever waits goes away; who asks afterwards is the caller's to send away. */
  close(): void {
    for (const sendAway of [...this.#waiting.values()]) sendAway();
  }

  #wait(stationKey: string, waitMs: number, resolve: (mayEnter: boolean) => void): void {
    const cancel = this.#clock.after(waitMs, () => {
      this.#waiting.delete(stationKey);
      const purse = this.#entries.of(stationKey);
      if (purse.spend(1, this.#clock.now())) resolve(true);
      else this.#wait(stationKey, purse.waitMs(1, this.#clock.now()), resolve); // a timer may be a moment early
    });
    this.#waiting.set(stationKey, () => {
      cancel();
      this.#waiting.delete(stationKey);
      resolve(false);
    });
  }
}
