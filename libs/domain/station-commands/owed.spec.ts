// Commands that keep to their schema and still ask what a CSMS must not: each rule by its requirement, with the least that breaks it.
import { describe, expect, it } from '@jest/globals';
import { validate } from '#ocpp';
import { commandFaults } from './index.js';

type Json = Readonly<Record<string, unknown>>;

/** The requirements a payload breaks; it must keep to the schema, or the schema would have said it. */
function broken(action: string, payload: Json): readonly string[] {
  expect(validate('ocpp2.0.1', action, 'request', payload)).toEqual([]);
  expect(commandFaults('ocpp2.1', action, payload)).toEqual(commandFaults('ocpp2.0.1', action, payload));
  return commandFaults('ocpp2.0.1', action, payload).map(({ message }) => /\(([^)]+)\)$/.exec(message)?.[1] ?? message);
}

const value = (name: string, attributeValue: string, more: Json = {}) => ({
  component: { name: 'OCPPCommCtrlr' },
  variable: { name },
  attributeValue,
  ...more,
});
const profile = (more: Json = {}, period: Json = {}) => ({
  evseId: 1,
  chargingProfile: {
    id: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6, ...period }] }],
    ...more,
  },
});

describe('a command', () => {
  it('sets each value once, whatever the case of its name and whether the attribute is named (B05.FR.13)', () => {
    expect(
      broken('SetVariables', { setVariableData: [value('A', '1'), value('B', '1'), value('A', '2', { attributeType: 'Target' })] }),
    ).toEqual([]);
    expect(broken('SetVariables', { setVariableData: [value('A', '1'), value('a', '2', { attributeType: 'Actual' })] })).toEqual([
      'B05.FR.13',
    ]);
  });
  it('asks one connector for its status (F06.FR.13)', () => {
    expect(broken('TriggerMessage', { requestedMessage: 'StatusNotification', evse: { id: 1, connectorId: 1 } })).toEqual([]);
    expect(broken('TriggerMessage', { requestedMessage: 'MeterValues', evse: { id: 1 } })).toEqual([]);
    expect(broken('TriggerMessage', { requestedMessage: 'StatusNotification', evse: { id: 1 } })).toEqual(['F06.FR.13']);
  });
  it('names the transaction of a profile for one (K01.FR.03), and cannot where it starts it', () => {
    expect(broken('SetChargingProfile', profile({ chargingProfilePurpose: 'TxProfile', transactionId: 'T' }))).toEqual([]);
    expect(broken('SetChargingProfile', profile({ chargingProfilePurpose: 'TxProfile' }))).toEqual(['K01.FR.03']);
    const start = { remoteStartId: 1, idToken: { idToken: 'A', type: 'Central' }, ...profile({ chargingProfilePurpose: 'TxProfile' }) };
    expect(broken('RequestStartTransaction', start)).toEqual([]);
  });
  it('sets no external constraint (K01.FR.22), and no relative maximum of a station (K01.FR.38)', () => {
    expect(broken('SetChargingProfile', profile({ chargingProfilePurpose: 'ChargingStationExternalConstraints' }))).toEqual([
      'K01.FR.22, K02.FR.07',
    ]);
    const relative = { chargingProfilePurpose: 'ChargingStationMaxProfile', chargingProfileKind: 'Relative' };
    expect(broken('SetChargingProfile', profile(relative))).toEqual(['K01.FR.38']);
  });
  it('says which phase to use only where it is one (K01.FR.19)', () => {
    expect(broken('SetChargingProfile', profile({}, { numberPhases: 1, phaseToUse: 2 }))).toEqual([]);
    expect(broken('SetChargingProfile', profile({}, { numberPhases: 3, phaseToUse: 2 }))).toEqual(['K01.FR.19']);
    expect(broken('SetChargingProfile', profile({}, { phaseToUse: 2 }))).toEqual(['K01.FR.19']);
  });
  it('tells profiles to be cleared or got from all others (K09.FR.03, K10.FR.02, K10.FR.06)', () => {
    expect(broken('ClearChargingProfile', { chargingProfileId: 1 })).toEqual([]);
    expect(broken('ClearChargingProfile', { chargingProfileCriteria: { evseId: 0 } })).toEqual([]);
    expect(broken('ClearChargingProfile', {})).toEqual(['K10.FR.02']);
    const external = { chargingProfilePurpose: 'ChargingStationExternalConstraints' };
    expect(broken('ClearChargingProfile', { chargingProfileCriteria: external })).toEqual(['K10.FR.06']);
    expect(broken('GetChargingProfiles', { requestId: 1, chargingProfile: { stackLevel: 0 } })).toEqual([]);
    expect(broken('GetChargingProfiles', { requestId: 1, evseId: 1, chargingProfile: {} })).toEqual(['K09.FR.03']);
  });
  it('names a customer, in one way (N09.FR.04, N10.FR.08)', () => {
    const ask = { requestId: 1, report: true, clear: false };
    expect(broken('CustomerInformation', { ...ask, customerIdentifier: 'ann' })).toEqual([]);
    expect(broken('CustomerInformation', ask)).toEqual(['N09.FR.04, N10.FR.08']);
    expect(broken('CustomerInformation', { ...ask, customerIdentifier: 'ann', idToken: { idToken: 'A', type: 'Central' } })).toHaveLength(
      1,
    );
  });
  it('has the signature of firmware and its certificate, or neither (L01.FR.11)', () => {
    const update = (more: Json) => ({
      requestId: 1,
      firmware: { location: 'https://a/b', retrieveDateTime: '2026-11-01T12:00:00Z', ...more },
    });
    expect(broken('UpdateFirmware', update({}))).toEqual([]);
    expect(broken('UpdateFirmware', update({ signature: 'S', signingCertificate: 'C' }))).toEqual([]);
    expect(broken('UpdateFirmware', update({ signature: 'S' }))).toEqual(['L01.FR.11']);
  });
  it('of 1.6 has its schema alone', () => expect(commandFaults('ocpp1.6', 'ClearChargingProfile', {})).toEqual([]));
});
