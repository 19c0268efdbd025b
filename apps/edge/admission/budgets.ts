// Rates with a burst, one per key: what a station or an address may cost us, refilled as time passes.
// What happens to who spends more is the caller's. Times come in, no clock is read.

/** Remembered keys; the ones that spent longest ago are forgotten beyond it, which gives them their burst back. */
const MOST_KEYS = 50_000;

interface Purse {
  left: number;
  atMs: number;
}

export interface Rate {
  /** What may be spent at once. */
  readonly burst: number;
  /** What comes back each second. */
  readonly perS: number;
}

export class Budgets {
  readonly #purses = new Map<string, Purse>();
  readonly #rate: Rate;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes `cost` if it is there; false takes nothing. */
  spend(key: string, cost: number, nowMs: number): boolean {
    const purse = this.#refilled(key, nowMs);
    if (purse.left < cost) return false;
    purse.left -= cost;
    return true;
  }

  /** Time until `cost` is there [ms]; 0 = now. */
  waitMs(key: string, cost: number, nowMs: number): number {
    const { left } = this.#refilled(key, nowMs);
    return left >= cost ? 0 : Math.ceil(((cost - left) / this.#rate.perS) * 1000);
  }

  #refilled(key: string, nowMs: number): Purse {
    const { burst, perS } = this.#rate;
    const purse = this.#purses.get(key) ?? { left: burst, atMs: nowMs };
    purse.left = Math.min(burst, purse.left + (Math.max(0, nowMs - purse.atMs) / 1000) * perS);
    purse.atMs = nowMs;
    this.#purses.delete(key); // to the end of the queue of the forgotten
    this.#purses.set(key, purse);
    for (const oldest of this.#purses.keys()) {
      if (this.#purses.size <= MOST_KEYS) break;
      this.#purses.delete(oldest);
    }
    return purse;
  }
}
