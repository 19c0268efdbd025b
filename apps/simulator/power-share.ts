// How a station divides its own maximum over its outlets: first come first admitted, then evenly.
// Limits of single outlets have been applied before.
export interface Demand {
  /** What the outlet could pass to its car [mA]. */
  readonly wantedMa: number;
  /** Below this the outlet pauses [mA]. */
  readonly leastMa: number;
}

/**
 * Currents [mA] in the order of the demands, none above what was wanted, their sum within `budgetMa`; an outlet gets its least or nothing.
 * The sum is held on every phase at once, which is exact for outlets wired alike and careful for others.
 */
export function share(demands: readonly Demand[], budgetMa: number): readonly number[] {
  const granted = demands.map(() => 0);
  let free = budgetMa;
  const admitted: number[] = [];
  demands.forEach(({ wantedMa, leastMa }, index) => {
    if (wantedMa < leastMa || wantedMa <= 0 || leastMa > free) return;
    admitted.push(index);
    granted[index] = leastMa;
    free -= leastMa;
  });
  const isHungry = (index: number): boolean => (granted[index] ?? 0) < (demands[index]?.wantedMa ?? 0);
  for (let hungry = admitted.filter(isHungry); hungry.length > 0 && free > 0; ) {
    const level = Math.min(...hungry.map((index) => granted[index] ?? 0));
    const lowest = hungry.filter((index) => granted[index] === level);
    const ceilings = hungry.flatMap((index) => {
      const held = granted[index] ?? 0;
      return [demands[index]?.wantedMa ?? 0, ...(held > level ? [held] : [])].filter((ceiling) => ceiling > level);
    });
    const rise = Math.min(free / lowest.length, ...ceilings.map((ceiling) => ceiling - level));
    for (const index of lowest) granted[index] = level + rise;
    free -= rise * lowest.length;
    hungry = hungry.filter(isHungry);
    if (rise <= 0) break;
  }
  return granted;
}
