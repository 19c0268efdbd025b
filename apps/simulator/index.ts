// Stations and cars from a seed, speaking real OCPP: what the standalone network and the tests use of the simulator.
// It depends on nothing of the server but the language both speak.
export type { CarSpec } from './car.js';
export { type Chance, chance } from './chance.js';
export { type Cancel, type Clock, systemClock, VirtualClock } from './clock.js';
export type { Arrivals } from './drivers.js';
export type { FaultRates } from './faults.js';
export { type Draw, type Fleet, type FleetOptions, idTokensOf, type StationTotals, startFleet } from './fleet.js';
export type { BackOff } from './line.js';
export { type Dial, type Link, type LinkHandlers, type Target, webSocketDial } from './link.js';
export type { Phase } from './meter.js';
export { PERSONALITIES, type PersonalityName, personality } from './personalities.js';
export type { EvseSpec, StationSpec } from './specs.js';
export { type Registration, Station, type StationEvent } from './station.js';
export type { AnsweredMessage, IdToken, StopCause, TransactionRecord } from './transaction.js';
export { type TryOutOptions, tryOut } from './try-out.js';
