// Load balancing without a world: the site model, the fair split, the ledger of what stations may draw, and the profiles that say so.
// Reading the log, keeping rows and delivering commands is the service's (apps/load-balancing).
export { type Allocation, type AllocationClaim, type AllocationRequest, allocate } from './allocate.js';
export { checkSite } from './check-site.js';
export { evseOfConnector } from './profiles.js';
export {
  type ConnectorConfig,
  DEFAULT_LEASE_SECONDS,
  type EvseConfig,
  type NodeConfig,
  PHASES,
  type Phase,
  type PhaseAmps,
  type PhaseSet,
  type Refusal,
  type SiteConfig,
  type StationConfig,
} from './site-model.js';
