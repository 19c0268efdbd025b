// One word for what an outlet is doing, from what the station reports and what the network allows.
// How that word looks and reads is the page's part.
import type { Evse, Station } from '../api/network-shapes.js';

export type EvseState =
  | 'charging'
  | 'feedingBack'
  | 'pausedByNetwork'
  | 'pausedByStation'
  | 'waitingForCar'
  | 'free'
  | 'reserved'
  | 'unavailable'
  | 'faulted'
  | 'offline'
  | 'unknown';

/** In the order an operator wants them counted. */
export const EVSE_STATES: readonly EvseState[] = [
  'charging',
  'feedingBack',
  'pausedByNetwork',
  'pausedByStation',
  'waitingForCar',
  'free',
  'reserved',
  'unavailable',
  'faulted',
  'offline',
  'unknown',
];

/** Below this an AC car does not charge (IEC 61851-1) [A]. */
const LOWEST_AC_A = 6;
/** Less than this is standby, not charging [W]. */
const STANDBY_W = 100;

export const isFeedingBack = (powerW: number | null): boolean => powerW !== null && powerW <= -STANDBY_W;

/** A silent station comes first: its last word about the outlet may be old. */
export function evseState(station: Pick<Station, 'online'>, evse: Evse): EvseState {
  if (!station.online) return 'offline';
  if (isFeedingBack(evse.powerW) && evse.sessionId !== null) return 'feedingBack';
  const drawing = evse.powerW !== null && evse.powerW >= STANDBY_W;
  const heldBack = evse.limitA !== null && evse.limitA < LOWEST_AC_A && !drawing;
  switch (evse.status) {
    case 'Available':
      return 'free';
    case 'Charging':
      return heldBack ? 'pausedByNetwork' : 'charging';
    case 'SuspendedEVSE':
      return heldBack ? 'pausedByNetwork' : 'pausedByStation';
    // 2.x tells only that a car is there; power and limit tell the rest.
    case 'Occupied':
    case 'EVConnected':
      if (evse.sessionId === null) return 'waitingForCar';
      return drawing ? 'charging' : heldBack ? 'pausedByNetwork' : 'waitingForCar';
    case 'Preparing':
    case 'Finishing':
    case 'SuspendedEV':
    case 'Idle':
      return 'waitingForCar';
    case 'Reserved':
      return 'reserved';
    case 'Unavailable':
    case 'Inoperative':
      return 'unavailable';
    case 'Faulted':
      return 'faulted';
    default:
      return 'unknown';
  }
}
