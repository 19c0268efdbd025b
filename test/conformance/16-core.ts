// OCPP 1.6, the core profile: boot, sessions from the first card to the bill, configuration, resets, unlocking.
// Lists, reservations, triggers, profiles and security are beside it; firmware and logs are with those of 2.0.1.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { at } from '../quirks/support/charger.js';
import { type Block, type Json, operatorAsks, type Station, TOKEN } from './support/stage.js';

const block: Block = (open) => {
  const here = (): Promise<Station> => open().station('CORE16', 'ocpp1.6');
  const key = (name: string, value: string) => ({ key: name, value });

  beforeAll(async () => {
    await open().network.must('PUT', '/v1/tokens/Central/BLOCKED16', { status: 'Blocked' });
    await open().network.must('PUT', '/v1/tokens/Central/EXPIRED16', { status: 'Accepted', expiresAt: '2020-01-01T00:00:00Z' });
  });

  const status = async (value: string, more: Json = {}) =>
    expect(
      await (await here()).call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: value, timestamp: at(0), ...more }),
    ).toEqual({});
  const start = async (more: Json = {}): Promise<Json> =>
    (await (await here()).call('StartTransaction', { connectorId: 1, idTag: TOKEN, meterStart: 1000, timestamp: at(60), ...more })) as Json;
  const stop = async (transactionId: unknown, more: Json = {}) =>
    (await here()).call('StopTransaction', { transactionId, meterStop: 1500, timestamp: at(0), ...more });
  /** It is one session of 0.5 kWh, ended for this reason, and one bill. */
  const isBilled = async (transactionId: unknown, reason: string, flags: readonly string[] = []): Promise<void> => {
    const station = await here();
    const session = await station.session(transactionId as number);
    expect(session).toMatchObject({ energyWh: 500, reason, provisional: false, flags });
    expect(await station.charger.cdrs(session)).toMatchObject([{ total_energy: 0.5 }]);
  };

  it('TC_001: a cold boot is accepted, with time and interval, and its configuration is asked for', async () => {
    const station = await here();
    const boot = { chargePointVendor: 'v', chargePointModel: 'm', firmwareVersion: '7' };
    expect(await station.call('BootNotification', boot)).toMatchObject({
      status: 'Accepted',
      interval: 300,
      currentTime: expect.stringMatching(/Z$/),
    });
    for (const connectorId of [0, 1, 2]) await status('Available', { connectorId });
    expect(await station.call('Heartbeat')).toMatchObject({ currentTime: expect.stringMatching(/Z$/) });
    const row = await station.network.until('the boot in its row', async () => {
      const found = await station.network.must<Json>('GET', `/v1/stations/${station.id}`);
      return found.firmwareVersion === '7' && found;
    });
    expect(row).toMatchObject({ vendor: 'v', model: 'm', ocppVersion: 'ocpp1.6', online: true });
    await station.network.until('the question', () => station.charger.commands.find(([, , action]) => action === 'GetConfiguration'));
  });

  describe('a session', () => {
    it.each([
      ['TC_003: the cable first, ended by the card', ['Preparing', 'Charging'], 'Local', { idTag: TOKEN, reason: 'Local' }],
      ['TC_004_1: the card first, ended by the card', ['Preparing', 'Charging'], 'Local', { idTag: TOKEN }],
      ['TC_005_1: ended where the car pulls its plug', ['Charging', 'SuspendedEV'], 'EVDisconnected', { reason: 'EVDisconnected' }],
      ['TC_007: begun with a card of the cache', ['Charging'], 'Local', { idTag: TOKEN, reason: 'Local' }],
      ['TC_037_1: begun while it was offline', ['Charging'], 'Local', { idTag: TOKEN, reason: 'Local' }],
      ['TC_039: begun and ended while it was offline', [], 'Local', { idTag: TOKEN, reason: 'Local' }],
      ['TC_032_1: ended by a power failure', ['Charging'], 'PowerLoss', { reason: 'PowerLoss' }],
      ['TC_068: ended by another card of its parent', ['Charging'], 'Local', { idTag: TOKEN.toLowerCase(), reason: 'Local' }],
    ])('%s', async (_, statuses, reason, end) => {
      const station = await here();
      expect(await station.call('Authorize', { idTag: TOKEN })).toEqual({ idTagInfo: { status: 'Accepted' } });
      const { transactionId, idTagInfo } = await start();
      expect([typeof transactionId, idTagInfo]).toEqual(['number', { status: 'Accepted' }]);
      for (const each of statuses) await status(each);
      const meterValue = [{ timestamp: at(30), sampledValue: [{ value: '1200' }] }];
      expect(await station.call('MeterValues', { connectorId: 1, transactionId, meterValue })).toEqual({});
      expect(await stop(transactionId, end)).toEqual((end as Json).idTag === undefined ? {} : { idTagInfo: { status: 'Accepted' } });
      await status('Finishing');
      await status('Available');
      await isBilled(transactionId, reason);
    });
    it('TC_004_2: nothing is there when no car comes in time', async () => {
      const station = await here();
      expect(await station.call('Authorize', { idTag: TOKEN })).toEqual({ idTagInfo: { status: 'Accepted' } });
      await status('Preparing');
      await status('Available');
      const { items } = await station.network.must<{ items: readonly Json[] }>('GET', `/v1/sessions?stationId=${station.id}&status=active`);
      expect(items).toEqual([]);
    });
    it.each([
      ['TC_023_1: nobody knows', 'STRANGER', 'Invalid'],
      ['TC_023_2: that has expired', 'EXPIRED16', 'Expired'],
      ['TC_023_3: that is blocked', 'BLOCKED16', 'Blocked'],
    ])('a card %s opens nothing', async (_, idTag, expected) => {
      expect(await (await here()).call('Authorize', { idTag })).toMatchObject({ idTagInfo: { status: expected } });
      const [record] = (await (await here()).calls('Authorize')).slice(-1);
      expect(record?.data.token?.status).toBe(expected);
    });
    it('TC_037_3: begun offline with a card that opens nothing gets its id all the same, and ends (1.6, 4.8)', async () => {
      const { transactionId, idTagInfo } = await start({ idTag: 'STRANGER' });
      expect([typeof transactionId, idTagInfo]).toEqual(['number', { status: 'Invalid' }]);
      expect(await stop(transactionId, { reason: 'DeAuthorized', idTag: 'STRANGER' })).toEqual({ idTagInfo: { status: 'Invalid' } });
      await isBilled(transactionId, 'DeAuthorized', ['tokenNotAccepted']);
    });
    it('TC_024: a lock that fails is in its row', async () => {
      await status('Faulted', { errorCode: 'ConnectorLockFailure', connectorId: 2 });
      await open().network.until('the fault', async () => {
        const { evses } = await open().network.must<{ evses: readonly Json[] }>('GET', '/v1/stations/CORE16');
        return evses.some((evse) => evse.evseId === 2 && evse.status === 'Faulted');
      });
      await status('Available', { connectorId: 2 });
    });
    it.each([
      ['TC_010: the cable first', ['Preparing', 'Charging']],
      ['TC_011_1: the remote start first', ['Preparing', 'Charging']],
    ])('begun remotely, and ended remotely (TC_012): %s', async (_, statuses) => {
      const station = await here();
      expect(await station.asked('RemoteStartTransaction', { idTag: TOKEN, connectorId: 1 })).toMatchObject({
        state: 'accepted',
        wire: [2, expect.any(String), 'RemoteStartTransaction', { idTag: TOKEN, connectorId: 1 }],
      });
      for (const each of statuses) await status(each);
      const { transactionId } = await start();
      expect(await station.asked('RemoteStopTransaction', { transactionId } as Json)).toMatchObject({ state: 'accepted' });
      expect(await stop(transactionId, { reason: 'Remote' })).toEqual({});
      await isBilled(transactionId, 'Remote');
    });
    it.each([
      ['TC_013: a hard reset', 'Hard', 'HardReset'],
      ['TC_014: a soft reset', 'Soft', 'SoftReset'],
    ])('ends with %s, and the station boots', async (_, type, reason) => {
      const { transactionId } = await start();
      expect(await (await here()).asked('Reset', { type })).toMatchObject({ state: 'accepted' });
      await stop(transactionId, { reason });
      expect(
        await (await here()).call('BootNotification', { chargePointVendor: 'v', chargePointModel: 'm', firmwareVersion: '7' }),
      ).toMatchObject({ status: 'Accepted' });
      await isBilled(transactionId, reason);
    });
  });

  describe('an operator asks', () => {
    const unlock = { connectorId: 1 };
    operatorAsks(here, [
      ['TC_011_2: for a remote start that finds no car', 'RemoteStartTransaction', { idTag: TOKEN, connectorId: 1 }],
      [
        'TC_026: for a remote start that is rejected',
        'RemoteStartTransaction',
        { idTag: TOKEN, connectorId: 1 },
        { status: 'Rejected' },
        'rejected',
      ],
      ['TC_028: for a remote stop that is rejected', 'RemoteStopTransaction', { transactionId: 12 }, { status: 'Rejected' }, 'rejected'],
      ['TC_017_1: to unlock', 'UnlockConnector', unlock, { status: 'Unlocked' }],
      ['TC_017_2: to unlock a cable that is fixed', 'UnlockConnector', unlock, { status: 'NotSupported' }, 'rejected'],
      ['TC_018_1: to unlock while it charges', 'UnlockConnector', unlock, { status: 'Unlocked' }],
      ['TC_030: to unlock, which fails', 'UnlockConnector', unlock, { status: 'UnlockFailed' }, 'rejected'],
      ['TC_031: to unlock a connector that is not there', 'UnlockConnector', { connectorId: 9 }, { status: 'NotSupported' }, 'rejected'],
      [
        'TC_019_1: for all settings',
        'GetConfiguration',
        {},
        { configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '60' }] },
      ],
      [
        'TC_019_2: for one setting',
        'GetConfiguration',
        { key: ['SupportedFeatureProfiles'] },
        { configurationKey: [{ key: 'SupportedFeatureProfiles', readonly: true, value: 'Core' }] },
      ],
      ['TC_021: for a setting to be changed', 'ChangeConfiguration', key('MeterValueSampleInterval', '30')],
      ['TC_040_1: for a setting it does not have', 'ChangeConfiguration', key('Unknown', '1'), { status: 'NotSupported' }, 'rejected'],
      [
        'TC_040_2: for a setting that cannot be',
        'ChangeConfiguration',
        key('MeterValueSampleInterval', '-1'),
        { status: 'Rejected' },
        'rejected',
      ],
      ['TC_061: for its cache to be cleared', 'ClearCache', {}],
      ['5.2: for a connector to be closed', 'ChangeAvailability', { connectorId: 1, type: 'Inoperative' }],
      ['5.2: for a connector to be opened', 'ChangeAvailability', { connectorId: 1, type: 'Operative' }, { status: 'Scheduled' }],
    ]);
  });

  it('TC_064: what a vendor nobody knows says is declined', async () => {
    expect(await (await here()).call('DataTransfer', { vendorId: 'vendor', messageId: 'm', data: 'x' })).toEqual({
      status: 'UnknownVendorId',
    });
  });

  describe('what is asked of the contract of a car, in a DataTransfer of the Open Charge Alliance', () => {
    const EMAID = 'DE8AA0000016';
    const asks = async (messageId: string, payload: Json | string) => {
      const data = typeof payload === 'string' ? payload : JSON.stringify(payload);
      const answer = (await (
        await here()
      ).call('DataTransfer', { vendorId: 'org.openchargealliance.iso15118pnc', messageId, data })) as Json;
      return [answer.status, answer.data === undefined ? undefined : JSON.parse(String(answer.data))];
    };
    beforeAll(() => open().network.must('PUT', `/v1/tokens/eMAID/${EMAID}`, { status: 'Accepted' }));

    it.each([
      ['of its kind', { idToken: EMAID, type: 'eMAID' }],
      ['named by its text alone', EMAID],
    ])('is what its token is worth (%s), and nothing where a chain does not lead to an authority', async (_, idToken) => {
      expect(await asks('Authorize', { idToken })).toEqual(['Accepted', { idTokenInfo: { status: 'Accepted' } }]);
      const refused = { idTokenInfo: { status: 'Invalid' }, certificateStatus: 'CertChainError' };
      expect(await asks('Authorize', { idToken, certificate: 'none' })).toEqual(['Accepted', refused]);
    });
    it('is declined where nobody is asked, and what it is not is refused', async () => {
      const ocspRequestData = {
        hashAlgorithm: 'SHA256',
        issuerNameHash: 'a',
        issuerKeyHash: 'b',
        serialNumber: '1',
        responderURL: 'http://o',
      };
      expect(await asks('GetCertificateStatus', { ocspRequestData })).toEqual(['Accepted', { status: 'Failed' }]);
      const exi = { iso15118SchemaVersion: 'v', action: 'Install', exiRequest: 'what a car says' };
      expect(await asks('Get15118EVCertificate', exi)).toEqual(['Accepted', { status: 'Failed', exiResponse: '' }]);
      for (const nonsense of ['', '[]', 'null', '{"idToken":{"idToken":7}}', 'x'])
        expect(await asks('Authorize', nonsense)).toEqual(['Rejected', undefined]);
      expect(await asks('SignCertificate', { csr: 'c' })).toEqual(['UnknownMessageId', undefined]);
    });
    it('is in the log with what the token was worth, and nobody reads there who it was', async () => {
      const station = await here();
      const records = (await station.network.records('site-events')).filter(
        ({ type, stationId, data }) =>
          type === 'CallReceived' && stationId === station.id && (data as { action: string }).action === 'DataTransfer',
      );
      const worth = records.map(({ data }) => (data as { token?: { status: string } }).token?.status).filter((each) => each !== undefined);
      expect(worth).toEqual(['Accepted', 'Invalid', 'Accepted', 'Invalid']);
      expect(JSON.stringify(records)).not.toMatch(new RegExp(`${EMAID}|what a car says`));
    });
  });
};

export default block;
