// Load balancing without a world: the site model, the fair split, the ledger of what stations may draw, and the profiles that say so.
// Reading the log, keeping rows and delivering commands is the service's (apps/load-balancing).
export { type Allocation, type AllocationClaim, type AllocationRequest, allocate } from './allocate.js';
export {
  checkAllocation,
  checkLimitedNode,
  checkMeasurements,
  checkNewTree,
  checkSite,
  neverCharging,
  nodesOf,
} from './check-site.js';
export { type Claim, STEP_MA } from './claim.js';
export { type Demand, MOST_STARTS, rankOf, type StationView } from './claims.js';
export { type ConnectorMap, connectorMap, connectorsOf, evseOfConnector, type NumberedEvse } from './connectors.js';
export { dischargeableMa } from './discharge.js';
export { type DynamicSchedule, dynamicGrants, updated as updatedDynamic } from './dynamic.js';
export { type ConfirmedPlan, meansMore } from './ev-schedule.js';
export {
  type Draw,
  type Exceedance,
  type ExceedanceReason,
  exceedances,
  type Flows,
  type MeteredDraw,
  mayExceed,
  type StationDraws,
} from './exceedance.js';
export { type PlaceObstacle, placeObstacles } from './feed-back-place.js';
export { externalCap, externalId, type ForeignRequest, readForeign } from './foreign.js';
export { type Clearing, capAt, capMa, clearedBy, isEndless, leavesNoDefault, profileInPlace } from './foreign-ledger.js';
export { GIVE_BACK_AFTER_MS, observeUse, type Use } from './give-back.js';
export type { ClearScope, ForeignProfile, Grant, GrantSlot, GrantStep } from './grant.js';
export { dischargeAt, leaseEndMs, limitAt, SETTLE_MS } from './grant.js';
export { admits, type PlacedStation, type Placement, placeStation } from './headroom.js';
export {
  accepted,
  asProven,
  booted,
  clearing,
  committedMa,
  connected,
  disconnected,
  type EvseLedger,
  granted,
  heardAgain,
  holdsGrant,
  newStationLedger,
  ownerChanged,
  presumedOffline,
  pruned,
  reconfigured,
  refused,
  type StationLedger,
  sent,
  setDisobedient,
  setOutlasting,
  stationBoundMa,
  transactionEnded,
  transactionStarted,
  unanswered,
  withoutForeign,
} from './ledger.js';
export {
  type Conditions,
  capacityAt,
  changesBetween,
  type Direction,
  exportCapacityAt,
  type GridLimit,
  type LimitStep,
  limitedBy,
  type Measurement,
  stepAt,
  type UnconfiguredLoad,
  unmanagedAt,
} from './limits.js';
export { emptyLoad, type Load, magnitude } from './load.js';
export { newest } from './moves.js';
export {
  COLUMN_NAMES,
  COLUMNS,
  type ColumnName,
  compileNetwork,
  HIGHEST_VOLTAGE,
  installedCapacity,
  LOWEST_VOLTAGE,
  type Network,
  totalMaOfWatts,
} from './network.js';
export { nextLook } from './next-look.js';
export { powerShare } from './phasor.js';
export { planSite } from './plan.js';
export * from './planner/index.js';
export { canDischarge, clearChargingProfile, isOwnProfileId, type ProfileSpec, setChargingProfile } from './profiles.js';
export { nextTurn, ROTATE_AFTER_MS, type Turn, yielding } from './rotation.js';
export { type Route, routeOf } from './routes.js';
export { nextShareLook, planShares, type SharedLimit } from './shared-limit.js';
export {
  type ConnectorConfig,
  DEFAULT_LEASE_SECONDS,
  type EnergyCosts,
  type EnergyPrice,
  type EnergyStep,
  type EvseConfig,
  LINE_PAIRS,
  type LinePair,
  type NodeConfig,
  type OpeningHours,
  PHASES,
  type Phase,
  type PhaseAmps,
  type PhaseSet,
  type Refusal,
  type SiteConfig,
  type StationConfig,
  type Transformer,
  WEEKDAYS,
  type Weekday,
} from './site-model.js';
export { type SiteAmounts, type SiteNeeds, siteNeeds } from './site-needs.js';
export type { PlanInput, PlannedGrant, SitePlan } from './site-plan.js';
export {
  type Amounts,
  type ShareGrant,
  type ShareStep,
  type SiteShare,
  shareConfirmed,
  shareGranted,
} from './site-share.js';
export { hasWaited, isJump, LARGEST_SKEW_MS, leaseSkew, observeSkew, skewBound } from './skew.js';
export { type Split, split } from './split.js';
export { isClearlyAbove } from './tolerance.js';
export { leastMa, limitToMa, type PhaseValues, perPhase, phaseIndexes } from './units.js';
export { leastToldMa, ratedW, rateUnitOf } from './watts.js';
