// The limits of a run as they were told, and the size nobody may be above at an instant: DESIGN P6, from the auditor's side.
/** Clocks of stations err by this much at most; what the product learns of them adds the way of a message and whole seconds. */
export const CLOCKS_ERR_MS = 20_000;
export const SKEW_BOUND_MS = CLOCKS_ERR_MS + 8_000;
const REACTION_MS = 30_000;

interface Limit {
  readonly fromMs: number;
  readonly size: number;
  /** Told a lease, the clock error and half a minute ahead: it binds to the second. */
  readonly isAnnounced: boolean;
}

export class LimitBook {
  readonly #limits: Limit[] = [];
  readonly graceMs: number;

  constructor(size: number, leaseMs: number) {
    this.graceMs = leaseMs + SKEW_BOUND_MS + REACTION_MS;
    this.#limits.push({ fromMs: Number.NEGATIVE_INFINITY, size, isAnnounced: true });
  }

  add(limit: Limit): void {
    this.#limits.push(limit);
  }

  /** What holds now, and what may still be drawn. */
  at(nowMs: number): { readonly size: number; readonly bound: number } {
    const index = this.#limits.findLastIndex(({ fromMs }) => fromMs <= nowMs);
    const size = this.#limits[index]?.size ?? 0;
    let bound = size;
    for (let before = index - 1; before >= 0; before--) {
      const { fromMs, isAnnounced } = this.#limits[before + 1] as Limit;
      if (fromMs + this.graceMs <= nowMs) break;
      if (isAnnounced && fromMs <= nowMs) continue;
      bound = Math.max(bound, this.#limits[before]?.size ?? 0);
    }
    return { size, bound };
  }
}
