// OCPP 1.6 beyond the core: versions of local lists, triggers, smart charging, and the security extension,
// as far as they are a question of an operator and an answer of a station, and what the station says of it.
// What becomes of it is told beside the services that keep it.
import { describe, expect, it } from '@jest/globals';
import { at } from '../quirks/support/charger.js';
import { type Block, type Json, operatorAsks, type Station, TOKEN } from './support/stage.js';

const profile = (chargingProfileId: number, chargingProfilePurpose: string, more: Json = {}) => ({
  chargingProfileId,
  stackLevel: 5,
  chargingProfilePurpose,
  chargingProfileKind: 'Absolute',
  chargingSchedule: {
    startSchedule: '2026-01-01T00:00:00Z',
    chargingRateUnit: 'A',
    chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }],
  },
  ...more,
});
const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'a', issuerKeyHash: 'b', serialNumber: 'c' };
const log = { remoteLocation: 'https://logs.example/a' };

const block: Block = (open) => {
  const here = async (): Promise<Station> => {
    const root = { nodeId: 'grid', limitA: 200, unmanagedMaxA: 0, phases: 3 };
    await open().network.must('PUT', '/v1/sites/o', { name: 'O', timeZone: 'Europe/Amsterdam', voltageV: 230, root });
    return open().station('OTHER16', 'ocpp1.6', { siteId: 'o' });
  };

  describe('an operator asks', () => {
    operatorAsks(here, [
      ['TC_042_1: for the version of a list it cannot keep', 'GetLocalListVersion', {}, { listVersion: -1 }],
      ['TC_042_2: for the version of an empty list', 'GetLocalListVersion', {}, { listVersion: 0 }],
      ['TC_054: for a message', 'TriggerMessage', { requestedMessage: 'MeterValues', connectorId: 1 }],
      [
        'TC_055: for a message it does not send',
        'TriggerMessage',
        { requestedMessage: 'MeterValues', connectorId: 9 },
        { status: 'Rejected' },
        'rejected',
      ],
      ['TC_056: for a default', 'SetChargingProfile', { connectorId: 1, csChargingProfiles: profile(56, 'TxDefaultProfile') }],
      [
        'TC_059: to start with a profile',
        'RemoteStartTransaction',
        { idTag: TOKEN, connectorId: 1, chargingProfile: profile(59, 'TxProfile') },
      ],
      ['TC_066: for its schedule', 'GetCompositeSchedule', { connectorId: 1, duration: 300 }],
      ['TC_067: for a profile to be cleared', 'ClearChargingProfile', { id: 56 }],
      ['TC_076: for a certificate to be deleted', 'DeleteCertificate', { certificateHashData: hash }],
      ['TC_079: for its security log', 'GetLog', { logType: 'SecurityLog', requestId: 79, log }, { status: 'Accepted', filename: 'a' }],
    ]);
  });

  it('TC_057: a profile of a transaction is sent with its number', async () => {
    const station = await here();
    const { transactionId } = (await station.call('StartTransaction', {
      connectorId: 1,
      idTag: TOKEN,
      meterStart: 0,
      timestamp: at(60),
    })) as Json;
    const wanted = { connectorId: 1, csChargingProfiles: profile(57, 'TxProfile', { transactionId }) };
    const { state, wire } = await station.asked('SetChargingProfile', wanted);
    expect([state, wire[3]]).toEqual(['accepted', wanted]);
    await station.call('StopTransaction', { transactionId, meterStop: 10, timestamp: at(0) });
    expect(await station.session(transactionId as number)).toMatchObject({ energyWh: 10 });
  });
};

export default block;
