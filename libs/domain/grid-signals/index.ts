// Signals of grid operators: what they say, for whom, from when, and what it comes to.
export { type CallbackPlace, callbackPlace, callbackToken } from './callback.js';
export { type Capacity, type CapacityRules, capacityOf, type EventRefusal, type GridDirection, notLoosened } from './capacity.js';
export { ENERGY_PAYLOADS, type EnergyWindow, energyOf } from './energy.js';
export { type Dimming, dimmed, FAIL_SAFE_AFTER_SILENCE_MS, guaranteedW } from './enwg14a.js';
export type {
  EventTarget,
  GridEvent,
  GridInterval,
  GridPayload,
  IntervalPeriod,
  PayloadDescriptor,
  ReportDescriptor,
  SignalRefusal,
} from './event.js';
export { type AskedStretch, type Delivered, evidenceOf, type LoadSample } from './evidence.js';
export { gacProgramRefusals, gacRefusals, isGacVenName, isSafeMode, type OpenAdrVersion } from './gac.js';
export { plannedOf, type Stretch } from './intervals.js';
export {
  type LimitStep,
  type LineLimit,
  OSCP_PHASES,
  OSCP_TYPES,
  OSCP_UNITS,
  type OscpBlock,
  type OscpType,
  oscpRefusals,
  stepsOfBlocks,
  tighter,
} from './oscp.js';
export { type ConnectionRecord, type RegisterSample, type ReservationWish, saidOf, toldIn } from './report-values.js';
export { type DueReport, endOf, reportsDue } from './reports-due.js';
export { routed } from './routing.js';
export { type Bound, fromNow, lower, type Step, timelineOf, valueAt } from './timeline.js';
