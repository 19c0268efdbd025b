// Slows down who guesses passwords: per address and station tightly, per address and per station loosely, because a whole site may share
// one address and many addresses may guess at one station. Counts refused credentials only, and never shuts out an address the station itself came from.

const WINDOW_MS = 60_000;
const MOST_PER_STATION = 10;
const MOST_PER_ADDRESS = 300;
/** Over all addresses the station has never come from. */
const MOST_AT_STATION = 100;
/** Remembered keys; the oldest are forgotten beyond it. */
const MOST_KEYS = 20_000;

interface Count {
  readonly since: number;
  failures: number;
}

export class FailureThrottle {
  readonly #counts = new Map<string, Count>();
  /** Where each station last came from with the right password. */
  readonly #homes = new Map<string, string>();

  /** Whether an attempt may be looked at; a false costs the attacker a round trip and us nothing. */
  allows(address: string, stationKey: string, nowMs: number): boolean {
    if (this.#failures(address, nowMs) >= MOST_PER_ADDRESS || this.#failures(`${address} ${stationKey}`, nowMs) >= MOST_PER_STATION)
      return false;
    return this.#homes.get(stationKey) === address || this.#failures(` ${stationKey}`, nowMs) < MOST_AT_STATION;
  }

  /** The station itself came from there. */
  succeeded(address: string, stationKey: string): void {
    this.#homes.delete(stationKey);
    this.#homes.set(stationKey, address);
    for (const key of this.#homes.keys()) {
      if (this.#homes.size <= MOST_KEYS) break;
      this.#homes.delete(key);
    }
  }

  failed(address: string, stationKey: string, nowMs: number): void {
    for (const key of [address, `${address} ${stationKey}`, ` ${stationKey}`]) {
      const count = this.#counts.get(key);
      if (count !== undefined && nowMs - count.since < WINDOW_MS) count.failures++;
      else {
        this.#counts.delete(key); // a new window goes to the end of the queue of the forgotten
        this.#counts.set(key, { since: nowMs, failures: 1 });
      }
    }
    for (const key of this.#counts.keys()) {
      if (this.#counts.size <= MOST_KEYS) break;
      this.#counts.delete(key);
    }
  }

  #failures(key: string, nowMs: number): number {
    const count = this.#counts.get(key);
    return count === undefined || nowMs - count.since >= WINDOW_MS ? 0 : count.failures;
  }
}
