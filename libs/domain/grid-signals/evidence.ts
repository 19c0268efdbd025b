// What a grid operator asked of a site beside what its meters say was drawn: how soon it was met, and by how much not.
// Why not is told by whoever saw it (load balancing); what is measured, by metering.

/** A limit while it stood, [ms since 1970] up to `toMs`. */
export interface AskedStretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly limitW: number;
  readonly isFallback: boolean;
}

/** Power of a site from `atMs` until the next sample; null where nothing is known. */
export interface LoadSample {
  readonly atMs: number;
  readonly measuredW: number | null;
  /** What its cars were given. */
  readonly allocatedW: number | null;
}

export interface Delivered extends AskedStretch {
  /** Time within the stretch for which something was measured [s]. */
  readonly measuredS: number;
  readonly averageW: number | null;
  readonly highestW: number | null;
  readonly plannedW: number | null;
  /** Above the limit [s], and what that came to [Wh]. */
  readonly aboveS: number;
  readonly aboveWh: number;
  /** From when on nothing measured was above the limit to its end [s after it began]; null: it was above at the end, or nothing was measured. */
  readonly metAfterS: number | null;
}

/** A sample that is older says nothing any more [ms]. */
const STALE_MS = 5 * 60_000;

/** For each stretch, in order; `samples` in order of time, from at least one before the first stretch where there is one. */
export function evidenceOf(asked: readonly AskedStretch[], samples: readonly LoadSample[], nowMs: number): readonly Delivered[] {
  return asked.map((stretch) => {
    const endMs = Math.min(stretch.toMs, nowMs);
    let [measuredMs, plannedMs, energyWms, plannedWms, aboveMs, aboveWms] = [0, 0, 0, 0, 0, 0];
    let highestW: number | null = null;
    let lastAboveEndMs = stretch.fromMs;
    samples.forEach(({ atMs, measuredW, allocatedW }, index) => {
      const fromMs = Math.max(stretch.fromMs, atMs);
      const toMs = Math.min(endMs, samples[index + 1]?.atMs ?? endMs, atMs + STALE_MS);
      const forMs = toMs - fromMs;
      if (forMs <= 0) return;
      if (allocatedW !== null) {
        plannedMs += forMs;
        plannedWms += forMs * allocatedW;
      }
      if (measuredW === null) return;
      measuredMs += forMs;
      energyWms += forMs * measuredW;
      highestW = Math.max(highestW ?? 0, measuredW);
      if (measuredW <= stretch.limitW) return;
      aboveMs += forMs;
      aboveWms += forMs * (measuredW - stretch.limitW);
      lastAboveEndMs = toMs;
    });
    const isMet = measuredMs > 0 && (aboveMs === 0 || lastAboveEndMs < endMs);
    return {
      ...stretch,
      measuredS: measuredMs / 1000,
      averageW: measuredMs === 0 ? null : Math.round(energyWms / measuredMs),
      highestW,
      plannedW: plannedMs === 0 ? null : Math.round(plannedWms / plannedMs),
      aboveS: aboveMs / 1000,
      aboveWh: Math.round(aboveWms / 3_600) / 1000,
      metAfterS: isMet ? (lastAboveEndMs - stretch.fromMs) / 1000 : null,
    };
  });
}
