// A linear program as sparse rows, and what is asked of whoever solves it. Nothing here knows cars or amperes.
// The solver itself is the service's (apps/load-balancing/planner): domain code only states problems and reads answers.

/** Largest first: each objective is reached before the next one is looked at, and kept up to `giveBack`. */
export interface Objective {
  /** One factor per column; the sum is made as large as possible. */
  readonly factor: Float64Array;
  /** How much of the reached value later objectives may spend, absolute. */
  readonly giveBack: number;
}

/** lower ≤ x ≤ upper, rowLower ≤ A x ≤ rowUpper; row r has the entries start[r] … start[r + 1] − 1. */
export interface LinearProgram {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly value: Float64Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly objectives: readonly Objective[];
}

export interface LinearSolution {
  /** `failed`: no answer within the solver's bounds. Both mean that there are no values to use. */
  readonly status: 'optimal' | 'infeasible' | 'failed';
  readonly x: Float64Array;
  /** Per row: what the last objective would gain if the row let one unit more through. Without presence where there is no answer. */
  readonly rowPrice?: Float64Array;
}

/** Deterministic: equal programs get equal answers. Synchronous; a service runs it in a worker. */
export type LinearSolver = (program: LinearProgram) => LinearSolution;

/** Grows a program column by column and row by row. */
export class ProgramBuilder {
  readonly #lower: number[] = [];
  readonly #upper: number[] = [];
  readonly #start: number[] = [0];
  readonly #column: number[] = [];
  readonly #value: number[] = [];
  readonly #rowLower: number[] = [];
  readonly #rowUpper: number[] = [];

  get columns(): number {
    return this.#lower.length;
  }

  column(lower: number, upper: number): number {
    this.#upper.push(upper);
    return this.#lower.push(lower) - 1;
  }

  /** Its index. */
  row(lower: number, upper: number, entries: Iterable<readonly [column: number, value: number]>): number {
    for (const [column, value] of entries) {
      this.#column.push(column);
      this.#value.push(value);
    }
    this.#start.push(this.#column.length);
    this.#rowUpper.push(upper);
    return this.#rowLower.push(lower) - 1;
  }

  build(objectives: readonly Objective[]): LinearProgram {
    return {
      lower: Float64Array.from(this.#lower),
      upper: Float64Array.from(this.#upper),
      start: Int32Array.from(this.#start),
      column: Int32Array.from(this.#column),
      value: Float64Array.from(this.#value),
      rowLower: Float64Array.from(this.#rowLower),
      rowUpper: Float64Array.from(this.#rowUpper),
      objectives,
    };
  }
}
