// Other loads behind the same grid connection: what they draw, what their meter says of it, and what cars must have left to them by now.
import type { SiteEventData } from '#contracts';

/** Per line [A]. */
type Amps = readonly [number, number, number];

interface Spell {
  readonly from: number;
  /** What is drawn; the declared maximum where the meter is silent, for nobody knows better. */
  readonly countsA: Amps;
  readonly isHeard: boolean;
}

export class Building {
  /** A meter speaks this often, and what it said holds so long [s]. */
  static readonly EVERY_S = 20;
  static readonly HOLDS_S = 60;
  readonly #spells: Spell[] = [];

  /** `mostA`: what is declared, and never drawn above. */
  constructor(private readonly mostA: number) {}

  /** From `now` on; a silent meter hides what it is. */
  draw(now: number, countsA: Amps): void {
    this.#spells.push({ from: now, countsA, isHeard: true });
  }

  fallSilent(now: number): void {
    this.#spells.push({ from: now, countsA: [this.mostA, this.mostA, this.mostA], isHeard: false });
  }

  /** What its meter says in this second, if it speaks. */
  report(now: number): SiteEventData['MeasurementsReported'] | undefined {
    const last = this.#spells.at(-1);
    if (last?.isHeard !== true || (now / 1000) % Building.EVERY_S !== 0) return undefined;
    const at = new Date(now).toISOString();
    return { measurements: [{ nodeId: 'grid', at, currentA: last.countsA, ttlSeconds: Building.HOLDS_S }] };
  }

  /** The least that counted on a line within the last `ms`, and what must be free for it by now. */
  leastA(line: 0 | 1 | 2, now: number, ms: number): number {
    const lately = this.#spells.filter((_, index) => (this.#spells[index + 1]?.from ?? now) >= now - ms);
    return Math.min(...lately.map(({ countsA }) => countsA[line]));
  }
}
