// HiGHS (WebAssembly) behind the planner's solver type: one objective after the other on one model, each kept by a row.
// What a program means is the domain's; threads are worker.ts's.

import highsModule from 'highs';
import type { LinearProgram, LinearSolution, LinearSolver } from '#domain/load-balancing';

// Its declarations describe the CommonJS build; what an ES module gets is the function itself.
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** Loads the solver once (some 4 MB of WebAssembly); solving is synchronous. `secondsPerObjective` ends hopeless cases. */
export async function highsSolver(secondsPerObjective = 60): Promise<LinearSolver> {
  const highs = await loadHighs();
  const { optimal, infeasible } = highs.constants.modelStatus;

  return ({ lower, upper, start, column, value, rowLower, rowUpper, objectives }: LinearProgram): LinearSolution => {
    const columns = lower.length;
    const none: LinearSolution = { status: 'failed', x: new Float64Array(columns) };
    if (columns === 0) return { ...none, status: 'optimal' };
    // The memory of a model is not collected: `withModel` gives it back.
    return highs.withModel(
      {
        numCols: columns,
        numRows: rowLower.length,
        sense: highs.constants.objectiveSense.maximize,
        colCost: objectives[0]?.factor ?? new Float64Array(columns),
        colLower: lower,
        colUpper: upper,
        rowLower,
        rowUpper,
        matrix: { format: 'csr', numRows: rowLower.length, numCols: columns, starts: start, indices: column, values: value },
      },
      (model): LinearSolution => {
        model.options.set({ output_flag: false, time_limit: secondsPerObjective, random_seed: 0 });
        let x = none.x;
        let rowPrice: Float64Array = none.x;
        for (const [index, { factor, giveBack }] of objectives.entries()) {
          if (index > 0) model.changeColsCost({ kind: 'range', from: 0, to: columns - 1 }, factor);
          model.run();
          let status = model.getModelStatus();
          if (status !== optimal) {
            // Presolve has been seen to call solvable programs infeasible; what it says is believed only when simplex agrees.
            model.options.set('presolve', 'off');
            model.clearSolver();
            model.run();
            status = model.getModelStatus();
          }
          // A later objective that gets no answer leaves the answer of the earlier ones.
          if (status !== optimal)
            return index > 0 ? { status: 'optimal', x } : { ...none, status: status === infeasible ? 'infeasible' : 'failed' };
          const solution = model.getSolution();
          x = solution.colValue;
          rowPrice = solution.rowDual;
          if (index === objectives.length - 1) break;
          const used = [...factor.keys()].filter((each) => factor[each] !== 0);
          const reached = used.reduce((sum, each) => sum + (factor[each] as number) * (x[each] as number), 0);
          model.addRow(reached - giveBack, highs.infinity, { indices: used, values: used.map((each) => factor[each] as number) });
        }
        return { status: 'optimal', x, rowPrice };
      },
    );
  };
}
