import { describe, expect, it } from '@jest/globals';
import { connectorsOf, firstValues, type Offer, offersFor, toldOf } from './offers.js';

const outlet = { evseId: 2, connectorIds: [3, 4], transactionId: null };
const named = (offers: readonly Offer[], name: Offer['name']): Offer => {
  const found = offers.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${name} is not offered`);
  return found;
};
const messageOf = (offer: Offer, values = firstValues(offer)) => [
  offer.action,
  offer.payload(values, 7, Date.parse('2026-01-01T12:01:00Z')),
];

describe('what is asked of a station', () => {
  it('is nothing while nobody knows which OCPP it speaks', () => expect(offersFor(null, outlet)).toEqual([]));
  it('is to start where nothing runs, and to stop what runs', () => {
    const first = (offers: readonly Offer[]) => offers[0]?.name;
    expect(first(offersFor('1.6', outlet))).toBe('start');
    expect(first(offersFor('2.1', { ...outlet, transactionId: 'tx' }))).toBe('stop');
  });
  it('is said in the words of 1.6', () => {
    expect(messageOf(named(offersFor('1.6', outlet), 'start'), { token: ' 04AA ' })).toEqual([
      'RemoteStartTransaction',
      { connectorId: 3, idTag: '04AA' },
    ]);
    const offers = offersFor('1.6', { ...outlet, transactionId: '12' });
    expect(messageOf(named(offers, 'stop'))).toEqual(['RemoteStopTransaction', { transactionId: 12 }]);
    expect(messageOf(named(offers, 'reset'))).toEqual(['Reset', { type: 'Soft' }]);
  });
  it('is said in the words of 2.x', () => {
    expect(messageOf(named(offersFor('2.0.1', outlet), 'start'), { token: '04AA', type: 'ISO14443' })).toEqual([
      'RequestStartTransaction',
      { evseId: 2, remoteStartId: 7, idToken: { idToken: '04AA', type: 'ISO14443' } },
    ]);
    const offers = offersFor('2.1', { ...outlet, transactionId: '12' });
    expect(messageOf(named(offers, 'stop'))).toEqual(['RequestStopTransaction', { transactionId: '12' }]);
    expect(messageOf(named(offers, 'reset'))).toEqual(['Reset', { type: 'OnIdle' }]);
    expect(messageOf(named(offers, 'reset'), { type: 'Immediate', part: 'evse 2' })).toEqual(['Reset', { type: 'Immediate', evseId: 2 }]);
  });
  it('is to unlock and to put in and out of service by connectors in 1.6, by outlets and their connectors in 2.x', () => {
    const said = (version: string, name: 'unlock' | 'availability', values: Readonly<Record<string, string>>) =>
      named(offersFor(version, outlet), name).payload(values, 7, 0);
    expect(said('1.6', 'unlock', { part: 'connector 4' })).toEqual({ connectorId: 4 });
    expect(said('2.1', 'unlock', { part: 'connector 4' })).toEqual({ evseId: 2, connectorId: 4 });
    const bare = (version: string) => firstValues(named(offersFor(version, { ...outlet, connectorIds: [] }), 'unlock'));
    expect([bare('1.6'), bare('2.1')]).toEqual([{ part: 'connector 2' }, { part: 'connector 1' }]);
    expect(said('1.6', 'availability', { state: 'Inoperative', part: 'whole' })).toEqual({ connectorId: 0, type: 'Inoperative' });
    expect(said('2.1', 'availability', { state: 'Operative', part: 'whole' })).toEqual({ operationalStatus: 'Operative' });
    expect(said('2.1', 'availability', { state: 'Inoperative', part: 'evse 2' })).toEqual({
      operationalStatus: 'Inoperative',
      evse: { id: 2 },
    });
  });
  it('is to hold what is drawn below a limit from now on for so long, and to take that back by the same id', () => {
    const schedule = {
      startSchedule: '2026-01-01T12:00:00.000Z',
      duration: 660,
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 8 }],
    };
    const common = { stackLevel: 1, chargingProfileKind: 'Absolute' };
    const asked = { limitA: '8', minutes: '10' };
    expect(messageOf(named(offersFor('1.6', outlet), 'limit'), { ...asked, part: 'connector 3' })).toEqual([
      'SetChargingProfile',
      {
        connectorId: 3,
        csChargingProfiles: {
          ...common,
          chargingProfileId: 80_003,
          chargingProfilePurpose: 'TxDefaultProfile',
          chargingSchedule: schedule,
        },
      },
    ]);
    expect(messageOf(named(offersFor('2.0.1', outlet), 'limit'), { ...asked, part: 'whole' })).toEqual([
      'SetChargingProfile',
      {
        evseId: 0,
        chargingProfile: {
          ...common,
          id: 80_000,
          chargingProfilePurpose: 'ChargingStationMaxProfile',
          chargingSchedule: [{ id: 80_000, ...schedule }],
        },
      },
    ]);
    expect(messageOf(named(offersFor('1.6', outlet), 'unlimit'), { part: 'connector 3' })).toEqual([
      'ClearChargingProfile',
      { id: 80_003 },
    ]);
    expect(messageOf(named(offersFor('2.1', outlet), 'unlimit'), { part: 'whole' })).toEqual([
      'ClearChargingProfile',
      { chargingProfileId: 80_000 },
    ]);
  });
  it('interrupts charging by a restart that does not wait, by a limit that leaves cars nothing, by unlocking in 1.6', () => {
    const interrupts = (version: string, name: Offer['name'], values: Readonly<Record<string, string>>) =>
      named(offersFor(version, outlet), name).interrupts(values);
    const [all, one] = [
      { how: 'ends', where: 'station' },
      { how: 'ends', where: 'outlet' },
    ];
    expect([interrupts('1.6', 'reset', { type: 'Soft' }), interrupts('2.1', 'reset', { type: 'OnIdle', part: 'whole' })]).toEqual([
      all,
      null,
    ]);
    expect(interrupts('2.1', 'reset', { type: 'Immediate', part: 'whole' })).toEqual(all);
    expect(interrupts('2.1', 'reset', { type: 'Immediate', part: 'evse 2' })).toEqual(one);
    expect([interrupts('1.6', 'unlock', {}), interrupts('2.1', 'unlock', {})]).toEqual([one, null]);
    expect(interrupts('2.1', 'limit', { limitA: '6', part: 'whole' })).toBeNull();
    expect(interrupts('2.1', 'limit', { limitA: '0', part: 'evse 2' })).toEqual({ how: 'pauses', where: 'outlet' });
  });
});

it('what a problem says is told beside the field it is about, the rest for all', () => {
  const { fields } = named(offersFor('2.0.1', outlet), 'start');
  const errors = [
    { path: 'payload/idToken/idToken', message: 'is too long' },
    { path: 'payload/idToken', message: 'Unknown' },
    { path: 'payload/evseId', message: 'is none' },
  ];
  expect(toldOf(fields, errors)).toEqual({ byField: new Map([['token', 'is too long; Unknown']]), others: ['payload/evseId: is none'] });
});

it('connectors are numbered through a 1.6 station and within an outlet of 2.x, or as they are configured', () => {
  const evses = [{ evseId: 2, connectors: [{ connectorId: 7 }] }, { evseId: 1, connectors: 2 }, { evseId: 3 }];
  const told = (ocppVersion: string) => Object.fromEntries(connectorsOf({ ocppVersion, config: { evses } }));
  expect(told('ocpp1.6')).toEqual({ 1: [1, 2], 2: [7], 3: [8] });
  expect(told('ocpp2.1')).toEqual({ 1: [1, 2], 2: [7], 3: [1] });
  expect(connectorsOf({ ocppVersion: 'ocpp1.6', config: null })).toEqual(new Map());
});
