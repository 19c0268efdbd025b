// The size and direction of the action tables.
// That they hold exactly the official actions is checked in validate.spec.ts.
import { describe, expect, it } from '@jest/globals';
import { actions, isAction, mayComeFromStation, type OcppVersion } from './index.js';

const count = (version: OcppVersion, direction: string): number =>
  [...actions(version).values()].filter((info) => info.direction === direction || info.direction === 'both').length;

describe('actions', () => {
  it.each<[OcppVersion, number, number, number]>([
    ['ocpp1.6', 39, 14, 26],
    ['ocpp2.0.1', 64, 25, 40],
    ['ocpp2.1', 91, 37, 55],
  ])('of %s are %i: %i from the station, %i to it, DataTransfer both ways', (version, all, fromStation, toStation) => {
    expect([actions(version).size, count(version, 'fromStation'), count(version, 'toStation')]).toEqual([all, fromStation, toStation]);
    expect([...actions(version)].filter(([, info]) => info.direction === 'both').map(([action]) => action)).toEqual(['DataTransfer']);
  });

  it('are refused in the wrong direction and version', () => {
    expect(mayComeFromStation('ocpp1.6', 'StartTransaction')).toBe(true);
    expect(mayComeFromStation('ocpp1.6', 'RemoteStartTransaction')).toBe(false);
    expect(mayComeFromStation('ocpp2.0.1', 'StartTransaction')).toBe(false);
    expect(isAction('ocpp1.6', 'constructor')).toBe(false);
  });
});
