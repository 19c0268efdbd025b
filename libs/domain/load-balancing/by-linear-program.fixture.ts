// Weighted max-min by a sequence of linear programs on HiGHS: raise the common level as far as it goes, find out one by one who cannot have more
// at that level, keep those where they are, go on with the others. Slow, and nothing of ours in it.
import highsModule from 'highs';
import type { Claims, Row } from './max-min.fixture.js';

// Its declarations describe the CommonJS build; what an ES module gets is the function itself.
const loadHighs = highsModule as unknown as typeof highsModule.default;
/** What tells a claim that can have more from one that cannot [mA]. */
const MORE_MA = 1e-4;

export type MaxMin = (claims: Claims, rows: readonly Row[]) => readonly number[];

/** Per claim its current [mA], within [min, max] under every row. The minimums fit. Throws where HiGHS finds no optimum. */
export async function maxMinByLinearPrograms(): Promise<MaxMin> {
  const highs = await loadHighs();
  return ({ min, max, weight }, rows) => {
    const count = min.length;
    const at = (list: readonly number[], index: number): number => list[index] ?? 0;
    const kept = new Map<number, number>();
    const columns = [...min.keys()];
    /** One column per claim and one for the level; each row of the site, and each free claim at its share of the level or above. */
    const largest = (wanted: number, atLeast: number): number => {
      const shares = columns.filter((claim) => !kept.has(claim)).map((claim) => [claim, at(weight, claim)] as const);
      const entries = [
        ...rows.map(({ shares: members }) => [...members]),
        ...shares.map(([claim, share]) => [[claim, 1] as const, [count, -share] as const]),
      ];
      const starts = [0];
      for (const row of entries) starts.push((starts.at(-1) ?? 0) + row.length);
      const flat = entries.flat();
      const cost = new Float64Array(count + 1);
      cost[wanted] = 1;
      return highs.withModel(
        {
          numCols: count + 1,
          numRows: entries.length,
          sense: highs.constants.objectiveSense.maximize,
          colCost: cost,
          colLower: Float64Array.from([...columns.map((claim) => kept.get(claim) ?? at(min, claim)), atLeast]),
          colUpper: Float64Array.from([...columns.map((claim) => kept.get(claim) ?? at(max, claim)), highs.infinity]),
          rowLower: Float64Array.from([...rows.map(() => -highs.infinity), ...shares.map(() => 0)]),
          rowUpper: Float64Array.from([...rows.map(({ capacity }) => capacity), ...shares.map(() => highs.infinity)]),
          matrix: {
            format: 'csr',
            numRows: entries.length,
            numCols: count + 1,
            starts: Int32Array.from(starts),
            indices: Int32Array.from(flat, ([column]) => column),
            values: Float64Array.from(flat, ([, value]) => value),
          },
        },
        (model) => {
          model.options.set({ output_flag: false, primal_feasibility_tolerance: 1e-9, dual_feasibility_tolerance: 1e-9 });
          model.run();
          if (model.getModelStatus() !== highs.constants.modelStatus.optimal) throw new Error('HiGHS finds no optimum');
          return model.getSolution().colValue[wanted] ?? Number.NaN;
        },
      );
    };
    while (kept.size < count) {
      const level = largest(count, 0);
      const free = columns.filter((claim) => !kept.has(claim));
      const own = (claim: number): number => Math.max(at(min, claim), level * at(weight, claim));
      const stuck = free.filter((claim) => largest(claim, Math.max(0, level - MORE_MA)) <= own(claim) + 10 * MORE_MA * at(weight, claim));
      if (stuck.length === 0) throw new Error('the reference makes no progress');
      for (const claim of stuck) kept.set(claim, Math.min(at(max, claim), own(claim)));
    }
    return columns.map((claim) => kept.get(claim) ?? 0);
  };
}
