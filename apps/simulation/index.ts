// The whole network on virtual time: what tests and the command line use of it.
export { FAULT_KINDS, type FaultKinds } from './faults.js';
export type { Pace } from './paces.js';
export type { CommittedStatement } from './rows.js';
export { type SimulationOptions, type SimulationReport, simulate, type Violation } from './simulate.js';
