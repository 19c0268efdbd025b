import { describe, expect, it } from '@jest/globals';
import type { Evse } from '../api/network-shapes.js';
import { type EvseState, evseState } from './evse-state.js';

const evse: Evse = {
  evseId: 1,
  status: 'Charging',
  limitA: 16,
  wantedA: null,
  heldBy: null,
  waits: null,
  tightAt: null,
  capA: null,
  powerW: 11_000,
  sessionId: 's1',
};

describe('evseState', () => {
  it('says offline whatever the last status was', () => {
    expect(evseState({ online: false }, { ...evse, status: 'Faulted' })).toBe('offline');
  });

  it('tells a pause the network commanded from one of the station or the car', () => {
    const quiet = { ...evse, powerW: 0 };
    expect(evseState({ online: true }, { ...quiet, status: 'SuspendedEVSE', limitA: 0 })).toBe('pausedByNetwork');
    expect(evseState({ online: true }, { ...quiet, status: 'Charging', limitA: 0 })).toBe('pausedByNetwork');
    expect(evseState({ online: true }, { ...quiet, status: 'SuspendedEVSE', limitA: 16 })).toBe('pausedByStation');
    expect(evseState({ online: true }, { ...quiet, status: 'SuspendedEV', limitA: 16 })).toBe('waitingForCar');
  });

  it('does not call a car paused that still draws above its limit', () => {
    expect(evseState({ online: true }, { ...evse, limitA: 0 })).toBe('charging');
  });

  it.each<[string, Partial<Evse>, EvseState]>([
    ['drawing', {}, 'charging'],
    ['feeding back, with no limit left to charge', { powerW: -5_000, limitA: 0 }, 'feedingBack'],
    ['held at zero', { powerW: 0, limitA: 0 }, 'pausedByNetwork'],
    ['allowed but not drawing', { powerW: 0 }, 'waitingForCar'],
    ['without a session', { sessionId: null, powerW: 0 }, 'waitingForCar'],
  ])('reads a 2.x outlet that is only Occupied by power and limit: %s', (_, change, state) => {
    expect(evseState({ online: true }, { ...evse, status: 'Occupied', ...change })).toBe(state);
  });

  it('admits that it does not know a word', () => {
    expect(evseState({ online: true }, { ...evse, status: 'Dancing' })).toBe('unknown');
  });
});
