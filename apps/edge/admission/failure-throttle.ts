// Slows down who guesses passwords: per address and station tightly, per address loosely, because a whole site may share one address.
// Counts refused credentials only; a station with the right password next to a wrong one is not shut out.

const WINDOW_MS = 60_000;
const MOST_PER_STATION = 10;
const MOST_PER_ADDRESS = 300;
/** Remembered keys; the oldest are forgotten beyond it. */
const MOST_KEYS = 20_000;

interface Count {
  readonly since: number;
  failures: number;
}

export class FailureThrottle {
  readonly #counts = new Map<string, Count>();

  /** Whether an attempt may be looked at; a false costs the attacker a round trip and us nothing. */
  allows(address: string, stationKey: string, nowMs: number): boolean {
    return this.#failures(address, nowMs) < MOST_PER_ADDRESS && this.#failures(`${address} ${stationKey}`, nowMs) < MOST_PER_STATION;
  }

  failed(address: string, stationKey: string, nowMs: number): void {
    for (const key of [address, `${address} ${stationKey}`]) {
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
