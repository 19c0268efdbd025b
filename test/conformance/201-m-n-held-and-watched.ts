// OCPP 2.0.1, blocks M and N: what a station holds, watches and knows — certificates, monitors and their events, drivers — asked for, told, and seen in rows.
// The certificates of 1.6 go the same way. Issuing and renewing, over TLS, are in test/scenario/certificates.spec.ts.
import { describe, expect, it } from '@jest/globals';
import { issue } from '../scenario/support/certificates.js';
import { type Block, type Json, type Station, TOKEN } from './support/stage.js';

const now = (): string => new Date().toISOString();
const AVAILABILITY = { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'AvailabilityState' } };
const POWER = { component: { name: 'ChargingStation' }, variable: { name: 'Power' } };

const block: Block = (open) => {
  const network = () => open().network;
  const must = <T = Json>(method: string, path: string, body?: unknown): Promise<T> => network().must<T>(method, path, body);
  const itemsOf = async (path: string) => (await must<{ items: readonly Json[] }>('GET', path)).items;
  const has = (row: Json, is: Json): boolean => Object.entries(is).every(([name, value]) => row[name] === value);
  const found = (path: string, is: Json): Promise<Json> =>
    network().until(`${JSON.stringify(is)} at ${path}`, async () => (await itemsOf(path)).find((row) => has(row, is)) ?? false);

  describe('a root', () => {
    const root = issue({ subject: { CN: 'A root' }, isAuthority: true });
    const asks = async (station: Station, type: string, status: string, state: string) => {
      const payload = { certificateType: type, certificate: root.cert };
      const { wire, ...row } = await station.asked('InstallCertificate', payload, { status });
      expect([row.state, wire.slice(2)]).toEqual([state, ['InstallCertificate', payload]]);
    };
    const tells = async (station: Station, type: string, answer: Json): Promise<void> => {
      const { wire, state } = await station.asked('GetInstalledCertificateIds', { certificateType: answer.asked }, answer.reply as Json);
      expect([state, wire.slice(2)]).toEqual(['accepted', ['GetInstalledCertificateIds', { certificateType: answer.asked }]]);
      await found(`/v1/stations/${station.id}/certificates`, { type, serialNumber: 'C0FFEE', origin: 'held', state: 'installed' });
    };
    const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: 'C0FFEE' };
    const held = (station: Station, type: string) =>
      found(`/v1/stations/${station.id}/certificates`, { type, origin: 'held', state: 'installed' });

    it('TC_M_02, TC_M_13: of the manufacturer is installed, and told', async () => {
      const station = await open().station('M201', 'ocpp2.0.1');
      const certificateType = 'ManufacturerRootCertificate';
      await asks(station, certificateType, 'Accepted', 'accepted');
      expect(await held(station, certificateType)).toMatchObject({ notAfter: expect.any(String) });
      const reply = { status: 'Accepted', certificateHashDataChain: [{ certificateType, certificateHashData: hash }] };
      await tells(station, certificateType, { asked: [certificateType], reply });
    });
    it('TC_M_05: that cannot be installed is not held', async () => {
      const station = await open().station('M201', 'ocpp2.0.1');
      await asks(station, 'CSMSRootCertificate', 'Failed', 'rejected');
      await asks(station, 'V2GRootCertificate', 'Accepted', 'accepted');
      await held(station, 'V2GRootCertificate');
      expect((await itemsOf('/v1/stations/M201/certificates')).filter(({ type }) => type === 'CSMSRootCertificate')).toEqual([]);
    });
    it.each([
      ['TC_075_1: of the manufacturer', 'ManufacturerRootCertificate'],
      ['TC_075_2: of ours', 'CentralSystemRootCertificate'],
    ])('%s is installed at a station of 1.6, and told', async (_, certificateType) => {
      const station = await open().station('M16', 'ocpp1.6');
      await asks(station, certificateType, 'Accepted', 'accepted');
      await held(station, certificateType);
      await tells(station, certificateType, { asked: certificateType, reply: { status: 'Accepted', certificateHashData: [hash] } });
    });
  });

  describe('a monitor', () => {
    const here = (): Promise<Station> => open().station('N201', 'ocpp2.0.1');
    const monitors = () => itemsOf('/v1/stations/N201/monitors');
    const set = async (id: number, more: Json = {}): Promise<void> => {
      const wanted = { value: 1, type: 'Delta', severity: 8, ...AVAILABILITY, ...more };
      const { value: _, ...told } = wanted;
      const payload = { setMonitoringData: [wanted] };
      const { state, wire } = await (await here()).asked('SetVariableMonitoring', payload, {
        setMonitoringResult: [{ ...told, id, status: 'Accepted' }],
      });
      expect([state, wire.slice(2)]).toEqual(['accepted', ['SetVariableMonitoring', payload]]);
      await found('/v1/stations/N201/monitors', { monitorId: id, type: wanted.type, value: wanted.value, severity: wanted.severity });
    };
    const cleared = async (ids: readonly number[], status: string) => {
      const payload = { id: ids };
      const clearMonitoringResult = ids.map((id) => ({ id, status }));
      const { state, wire } = await (await here()).asked('ClearVariableMonitoring', payload, { clearMonitoringResult });
      expect([state, wire.slice(2)]).toEqual([status.toLowerCase(), ['ClearVariableMonitoring', payload]]);
    };

    it('TC_N_08, TC_N_44: is set, and stays where the station does not let it go', async () => {
      await set(8);
      await cleared([8], 'Rejected');
      await set(9);
      expect((await monitors()).map(({ monitorId }) => monitorId)).toEqual(expect.arrayContaining([8, 9]));
    });
    it('TC_N_18: is cleared with others, no more in one message than the station takes', async () => {
      const station = await here();
      for (const id of [181, 182, 183]) await set(id);
      const bound = {
        component: { name: 'MonitoringCtrlr' },
        variable: { name: 'ItemsPerMessage', instance: 'ClearVariableMonitoring' },
        variableAttribute: [{ value: '2' }],
      };
      await station.call('NotifyReport', { requestId: 18, seqNo: 0, generatedAt: now(), reportData: [bound] });
      await network().until('the bound is known', async () =>
        JSON.stringify(await itemsOf('/v1/stations/N201/variables')).includes('ItemsPerMessage'),
      );
      await station.refused('ClearVariableMonitoring', { id: [181, 182, 183] });
      await cleared([181, 182], 'Accepted');
      await cleared([183], 'Accepted');
      await network().until('they are gone', async () => !(await monitors()).some(({ monitorId }) => Number(monitorId) > 180));
    });
    it('TC_N_17: level the station rejects is not in force', async () => {
      const level = async () => (await must('GET', '/v1/stations/N201/monitors')).level;
      await (await here()).asked('SetMonitoringLevel', { severity: 5 });
      await network().until('level 5', async () => (await level()) === 5);
      expect(await (await here()).asked('SetMonitoringLevel', { severity: 4 }, { status: 'Rejected' })).toMatchObject({
        state: 'rejected',
      });
      await set(17);
      expect(await level()).toBe(5);
    });
    it.each([
      ['TC_N_03', 3, [POWER]],
      ['TC_N_60', 60, [POWER, AVAILABILITY]],
    ])('%s: is told by its kind and variable, where there is one', async (_, requestId, componentVariable) => {
      const station = await here();
      const state = (is: string) =>
        network().until(`the report is ${is}`, async () => (await must('GET', '/v1/stations/N201/monitors')).reportState === is);
      const asks = async (monitoringCriterion: string, status: string) => {
        const payload = { requestId, monitoringCriteria: [monitoringCriterion], componentVariable };
        const { wire } = await station.asked('GetMonitoringReport', payload, { status });
        expect(wire.slice(2)).toEqual(['GetMonitoringReport', payload]);
      };
      await asks('DeltaMonitoring', 'EmptyResultSet');
      await state('empty');
      await asks('ThresholdMonitoring', 'Accepted');
      const variableMonitoring = [{ id: requestId, transaction: false, value: 11_000, type: 'UpperThreshold', severity: 2 }];
      const monitor = [{ ...POWER, variableMonitoring }];
      expect(await station.call('NotifyMonitoringReport', { requestId, seqNo: 0, generatedAt: now(), monitor })).toEqual({});
      await state('complete');
      await found('/v1/stations/N201/monitors', { monitorId: requestId, type: 'UpperThreshold', value: 11_000, severity: 2 });
    });

    const event = (eventId: number, trigger: string, more: Json = {}) => ({
      eventId,
      timestamp: now(),
      trigger,
      actualValue: 'Faulted',
      eventNotificationType: 'CustomMonitor',
      ...AVAILABILITY,
      ...more,
    });
    const notifies = async (eventData: Json) =>
      expect(await (await here()).call('NotifyEvent', { generatedAt: now(), seqNo: 0, eventData: [eventData] })).toEqual({});
    const EVENTS = '/v1/device-events?stationId=N201&limit=100';
    it.each([
      ['TC_N_21: that is wired in', 21, 'Alerting', { eventNotificationType: 'HardWiredMonitor' }],
      ['TC_N_24, TC_N_50: that reports again and again', 24, 'Periodic', {}],
    ])('%s tells an event, which is answered with nothing and kept', async (_, id, trigger, more) => {
      await notifies(event(id, trigger, more));
      const row = await found(EVENTS, { trigger, notification: event(id, trigger, more).eventNotificationType });
      expect(row).toMatchObject({ actualValue: 'Faulted', isClear: false, ...AVAILABILITY });
    });
    it('TC_N_49: that is over after a restart ends its event', async () => {
      const about = { ...POWER, variableMonitoringId: 49, actualValue: '12000' };
      await set(49, { ...POWER, type: 'UpperThreshold', value: 11_000, severity: 3 });
      await notifies(event(490, 'Alerting', about));
      expect(await found(EVENTS, { monitorId: 49 })).toMatchObject({ clearedAt: null, severity: 3 });
      await notifies(event(491, 'Alerting', { ...about, actualValue: '0', cleared: true }));
      await network().until('it is over', async () =>
        (await itemsOf(EVENTS)).some((row) => row.monitorId === 49 && row.isClear === false && row.clearedAt !== null),
      );
    });
  });

  describe('what is known of a driver', () => {
    const idToken = { idToken: TOKEN, type: 'ISO14443' };
    it.each([
      ['TC_N_27: is told', { idToken, report: true, clear: false }, ['charged on Monday']],
      ['TC_N_30: is told and cleared', { idToken, report: true, clear: true }, ['charged on Monday']],
      ['TC_N_31: is told and cleared, and was nothing', { idToken, report: true, clear: true }, ['']],
      ['TC_N_32: is cleared and not told', { idToken, report: false, clear: true }, ['']],
      ['TC_N_62: by a name, is told and cleared', { customerIdentifier: 'a driver', report: true, clear: true }, ['charged on Monday']],
    ])('%s', async (_, question, parts) => {
      const station = await open().station('N201-drivers', 'ocpp2.0.1');
      const path = `/v1/stations/${station.id}/customer-information`;
      const { requestId } = await must<{ requestId: number }>('POST', path, question);
      const [, , , payload] = await network().until('the question', () =>
        station.charger.commands.find(([, , action, asked]) => action === 'CustomerInformation' && (asked as Json).requestId === requestId),
      );
      expect(payload).toEqual({ requestId, ...question });
      for (const [seqNo, data] of parts.entries())
        expect(await station.call('NotifyCustomerInformation', { requestId, seqNo, data, generatedAt: now() })).toEqual({});
      const row = await found(path, { requestId, state: 'complete' });
      expect(row).toMatchObject({ isReport: question.report, isClear: question.clear, parts });
      expect(JSON.stringify(await station.calls('NotifyCustomerInformation'))).not.toContain('Monday');
    });
  });
};

export default block;
