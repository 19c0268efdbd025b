// Solving for the planner: HiGHS behind one function, and a thread that runs it.
export { highsSolver } from './highs-solver.js';
export { threadPlanner } from './thread-planner.js';
