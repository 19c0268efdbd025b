// How reliable a port was, by whose rules, and why: pure functions over what the log tells. 23 CFR 680.116(b), ADR 0043, docs/uptime.md.
// Reading the log is the session service's, showing and filing the figures the api's.
export { allowedMs, downSinceMs, spentAtMs } from './budget.js';
export { type Correction, correctionsOf, type PortHistory, SETTLING_MS, uptimeKnownAt } from './corrections.js';
export { DECLARED_CAUSES, type Declaration, type DeclaredCause } from './declarations.js';
export type { Classification, Exclusion } from './exclusions.js';
export { graceMsOf, knownBy, type PortFact, type StatusTold } from './facts.js';
export { closedSpans } from './opening-hours.js';
export {
  covers,
  EXCLUSION_CAUSES,
  type ExclusionCause,
  RULE_SET_NAMES,
  RULE_SETS,
  type RuleSet,
  type RuleSetName,
  windowOf,
} from './rules.js';
export { difference, type Span } from './spans.js';
export { type DownCause, downBy, type Port, periodOf, type Segment, timelineOf } from './timeline.js';
export {
  type Amounts,
  grossPercentOf,
  meets,
  minutesText,
  type Outage,
  percentOf,
  together,
  type Uptime,
  uptime,
} from './uptime.js';
