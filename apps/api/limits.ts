// What one key may ask of us, and how often one address may come with a key nobody has. Who asks more is told when to come back.
// Counted per process: several of them allow several times as much.
import { Budgets, type Rate } from '#kernel';
import type { Clock } from '#ports';
import { Problem } from './problem.js';

/** Requests; a calculation over a large site or a report costs as much as `DEAR` of them. */
export const REQUESTS_OF_KEY: Rate = { burst: 5_000, perS: 500 };
export const DEAR = 100;
/** What a price takes the processor beyond a request, by its effort (libs/domain/billing/effort.ts); never more than a key can have. */
export const costOfEffort = (effort: number): number => Math.min(REQUESTS_OF_KEY.burst - DEAR, Math.ceil(effort / 100_000));
/** A key has 192 bits, so that guessing costs only us; a proxy in front lets many callers share an address. */
export const STRANGE_KEYS_OF_ADDRESS: Rate = { burst: 100, perS: 2 };
/** Hashes of keys that were good: they are looked up whatever their address did. */
const MOST_KEPT = 10_000;

export const tooMany = (what: string, waitS: number): Problem =>
  new Problem(429, 'too-many-requests', 'Too many requests', `${what}: wait ${waitS} s`, undefined, { 'retry-after': String(waitS) });
const later = (what: string, waitMs: number): Problem => tooMany(what, Math.ceil(waitMs / 1000));

/** Throws the 429 problem when the key has nothing left. */
export function spending(clock: Pick<Clock, 'now'>): (key: string, cost: number) => void {
  const budgets = new Budgets(REQUESTS_OF_KEY);
  return (key, cost) => {
    const purse = budgets.of(key);
    if (!purse.spend(cost, clock.now())) throw later('this key asked too much', purse.waitMs(cost, clock.now()));
  };
}

/** Keys that turned out to be nobody's, by the address they came from. */
export class StrangeKeys {
  readonly #addresses = new Budgets(STRANGE_KEYS_OF_ADDRESS);
  readonly #good = new Set<string>();
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Throws the 429 problem where the key was never good and its address came with too many that were not. */
  mayAsk(address: string, keyHash: string): void {
    if (this.#good.has(keyHash)) return;
    const waitMs = this.#addresses.of(address).waitMs(1, this.#clock.now());
    if (waitMs > 0) throw later('too many wrong keys came from this address', waitMs);
  }

  wasGood(keyHash: string): void {
    if (this.#good.size >= MOST_KEPT) this.#good.clear();
    this.#good.add(keyHash);
  }

  wasStrange(address: string): void {
    this.#addresses.spend(address, 1, this.#clock.now());
  }
}
