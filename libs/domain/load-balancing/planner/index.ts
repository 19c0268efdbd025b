// The planner (T2): from a snapshot of a site to a linear program, and from its solution to targets per car. Pure; no clock, no solver.
// Solving happens in a worker of the service; T1 projects the targets onto the network that exists when they are used.
export type { CarPlan } from './car-plan.js';
export { type Dischargeable, dischargeable, EXPORT_FRESH_MS, spareWh } from './consent.js';
export {
  comparable,
  departureQuantile,
  type LearnedStays,
  learnStays,
  type PastStay,
  type Stay,
  stayChance,
  usualEnergyWh,
} from './departures.js';
export { energyCostsAt } from './energy-costs.js';
export type { HeldBy } from './held-back.js';
export { type LinearProgram, type LinearSolution, type LinearSolver, type Objective, ProgramBuilder } from './linear-program.js';
export { needsOfCar } from './needs-of-car.js';
export { networkRows } from './network-rows.js';
export { type LimitRow, type PhasorMember, phasorRows } from './phasor-rows.js';
export { planAhead, programOf } from './plan-ahead.js';
export { type Outlook, snapshotOf } from './site-snapshot.js';
export {
  type PlanCar,
  type PlanCosts,
  type PlanDischarge,
  type PlannedCar,
  type PlanRow,
  type PlanSlot,
  type SitePlanAhead,
  type SiteSnapshot,
  slotsFrom,
} from './snapshot.js';
export { splitAsPlanned, type Target } from './split-as-planned.js';
export {
  type ChargingNeeds,
  deliveredWh,
  fedBackWh,
  gainedWh,
  hasNeeds,
  metered,
  meteredBack,
  newVisit,
  stayOf,
  type Visit,
} from './visit.js';
