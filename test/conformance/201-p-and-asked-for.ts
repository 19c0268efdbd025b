// OCPP 2.0.1, blocks D, H, L, M, N, O and P as far as they are a question of an operator and an answer of a station, and what a station says without being asked.
// What becomes of it — lists, reservations, certificates, campaigns, messages on a screen — is told beside the services that keep it.
import { describe, expect, it } from '@jest/globals';
import { type Block, type Json, operatorAsks, type Station, TOKEN } from './support/stage.js';

const idToken = { idToken: TOKEN, type: 'ISO14443' };
const at = '2099-01-01T00:00:00Z';
const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'a', issuerKeyHash: 'b', serialNumber: 'c' };
const customer = { requestId: 1, report: true, clear: false };
const now = (): string => new Date().toISOString();

const block: Block = (open) => {
  const here = (): Promise<Station> => open().station('P201', 'ocpp2.0.1');

  describe('an operator asks for', () => {
    operatorAsks(here, [
      ['TC_D_08: the version of the local list', 'GetLocalListVersion', {}, { versionNumber: 3 }],
      ['TC_D_09: the version of a list that is not there', 'GetLocalListVersion', {}, { versionNumber: 0 }],
      ['TC_N_47: all monitors', 'GetMonitoringReport', { requestId: 1 }],
      ['TC_N_01: monitors of a kind', 'GetMonitoringReport', { requestId: 1, monitoringCriteria: ['ThresholdMonitoring'] }],
      ['TC_N_02: monitors of a variable', 'GetMonitoringReport', { requestId: 1, componentVariable: [{ component: { name: 'EVSE' } }] }],
      ['TC_N_05: monitors of the factory', 'SetMonitoringBase', { monitoringBase: 'FactoryDefault' }],
      ['TC_N_16: fewer events', 'SetMonitoringLevel', { severity: 4 }],
      [
        'TC_N_25: its log',
        'GetLog',
        { logType: 'DiagnosticsLog', requestId: 25, log: { remoteLocation: 'https://logs.example/a' } },
        { status: 'Accepted', filename: 'a' },
      ],
      [
        'TC_N_34: a log it does not give',
        'GetLog',
        { logType: 'DiagnosticsLog', requestId: 34, log: { remoteLocation: 'https://logs.example/a' } },
        { status: 'Rejected' },
        'rejected',
      ],
      [
        'TC_N_35: its security log',
        'GetLog',
        { logType: 'SecurityLog', requestId: 35, log: { remoteLocation: 'https://logs.example/a' } },
        { status: 'Accepted', filename: 'a' },
      ],
      ['TC_N_28: what it knows of nobody', 'CustomerInformation', { ...customer, customerIdentifier: 'nobody' }],
      [
        'TC_N_29: what it does not tell',
        'CustomerInformation',
        { ...customer, customerIdentifier: 'somebody' },
        { status: 'Rejected' },
        'rejected',
      ],
      ['TC_M_12: its certificates of one kind', 'GetInstalledCertificateIds', { certificateType: ['CSMSRootCertificate'] }],
      ['TC_M_18: all its certificates', 'GetInstalledCertificateIds', {}],
      [
        'TC_M_19: certificates it does not have',
        'GetInstalledCertificateIds',
        { certificateType: ['MORootCertificate'] },
        { status: 'NotFound' },
        'rejected',
      ],
      [
        'TC_M_21: a certificate to be deleted that stays',
        'DeleteCertificate',
        { certificateHashData: hash },
        { status: 'Failed' },
        'rejected',
      ],
      ['TC_H_17: a reservation to be given up', 'CancelReservation', { reservationId: 1 }],
      ['TC_O_01: its messages', 'GetDisplayMessages', { requestId: 1 }],
      ['TC_O_05: a message to be cleared that is not there', 'ClearDisplayMessage', { id: 9 }, { status: 'Unknown' }, 'rejected'],
      ['P01: something of a vendor', 'DataTransfer', { vendorId: 'v', messageId: 'm' }, { status: 'Accepted', data: { a: ['b'] } }],
    ]);
    operatorAsks(here, [
      [
        'TC_H_01: an EVSE to be reserved',
        'ReserveNow',
        { id: 2, expiryDateTime: at, idToken: { idToken: 'OTHER', type: 'Central' }, evseId: 1 },
        { status: 'Occupied' },
        'rejected',
      ],
    ]);
    it('N09.FR.04, N10.FR.08: a customer is named', async () => {
      expect((await (await here()).refused('CustomerInformation', customer))[0]?.message).toContain('N09.FR.04');
      const { state } = await (await here()).asked('CustomerInformation', { ...customer, idToken });
      expect(state).toBe('accepted');
    });
    it('N09.FR.08: a customer’s certificate is named by the algorithm the station reported it with', async () => {
      const station = await here();
      const contract = { ...hash, serialNumber: '0C0FFEE', hashAlgorithm: 'SHA384' };
      const certificateHashDataChain = [{ certificateType: 'V2GCertificateChain', certificateHashData: contract }];
      await station.asked('GetInstalledCertificateIds', {}, { status: 'Accepted', certificateHashDataChain });
      await station.network.until('it is known', async () => {
        const { items } = await station.network.must<{ items: readonly Json[] }>('GET', `/v1/stations/${station.id}/certificates`);
        return items.some(({ serialNumber }) => serialNumber === '0C0FFEE');
      });
      const named = (hashAlgorithm: string) => ({ ...customer, customerCertificate: { ...contract, hashAlgorithm } });
      const [fault] = await station.refused('CustomerInformation', named('SHA256'));
      expect(fault?.message).toContain('SHA384');
      expect((await station.asked('CustomerInformation', named('SHA384'))).state).toBe('accepted');
    });
  });

  it('TC_P_02: what a vendor nobody knows says is declined', async () => {
    expect(await (await here()).call('DataTransfer', { vendorId: 'vendor', messageId: 'm', data: { a: 1 } })).toEqual({
      status: 'UnknownVendorId',
    });
  });
  it('TC_P_03: what a vendor adds to a message changes nothing about its answer, and is sealed', async () => {
    const station = await here();
    const customData = { vendorId: 'vendor', anything: 'at all' };
    expect(await station.call('Heartbeat', { customData })).toEqual({ currentTime: expect.any(String) });
    const [record] = (await station.calls('Heartbeat')).slice(-1);
    expect(record?.data.payload).toMatchObject({ customData: { vendorId: 'vendor', anything: expect.stringMatching(/^sealed:/) } });
  });
  it('A04.FR.03, TC_N_35: security events and states of logs and firmware are heard, with nothing', async () => {
    const station = await here();
    const heard = [
      await station.call('SecurityEventNotification', { type: 'InvalidCsmsCertificate', timestamp: now() }),
      await station.call('LogStatusNotification', { status: 'Uploaded', requestId: 35 }),
      await station.call('FirmwareStatusNotification', { status: 'Idle' }),
    ];
    expect(heard).toEqual([{}, {}, {}]);
    expect((await station.calls()).slice(-3).map(({ data }) => [data.violations, data.flags])).toEqual([
      [[], []],
      [[], []],
      [[], []],
    ]);
  });
};

export default block;
