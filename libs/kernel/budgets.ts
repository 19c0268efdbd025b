// Rates with a burst, one per key: what a station, an address or a key may cost us, refilled as time passes.
// What happens to who spends more is the caller's. Times come in, no clock is read.

/** Remembered keys; the ones asked for longest ago are forgotten beyond it, which gives them their burst back. */
const MOST_KEYS = 50_000;

export interface Rate {
  /** What may be spent at once. */
  readonly burst: number;
  /** What comes back each second. */
  readonly perS: number;
}

export class Purse {
  readonly #rate: Rate;
  #left: number;
  #atMs = Number.NEGATIVE_INFINITY;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#left = rate.burst;
  }

  /** Takes `cost` if it is there; false takes nothing. */
  spend(cost: number, nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#left < cost) return false;
    this.#left -= cost;
    return true;
  }

  /** Time until `cost` is there [ms]; 0 = now. */
  waitMs(cost: number, nowMs: number): number {
    this.#refill(nowMs);
    return this.#left >= cost ? 0 : Math.ceil(((cost - this.#left) / this.#rate.perS) * 1000);
  }

  #refill(nowMs: number): void {
    if (nowMs > this.#atMs && this.#left < this.#rate.burst)
      this.#left = Math.min(this.#rate.burst, this.#left + ((nowMs - this.#atMs) / 1000) * this.#rate.perS);
    this.#atMs = nowMs;
  }
}

export class Budgets {
  readonly #purses = new Map<string, Purse>();
  readonly #rate: Rate;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** The one purse of `key`, to be kept by whoever spends often. */
  of(key: string): Purse {
    const purse = this.#purses.get(key) ?? new Purse(this.#rate);
    this.#purses.delete(key); // to the end of the queue of the forgotten
    this.#purses.set(key, purse);
    for (const oldest of this.#purses.keys()) {
      if (this.#purses.size <= MOST_KEYS) break;
      this.#purses.delete(oldest);
    }
    return purse;
  }

  spend(key: string, cost: number, nowMs: number): boolean {
    return this.of(key).spend(cost, nowMs);
  }
}
