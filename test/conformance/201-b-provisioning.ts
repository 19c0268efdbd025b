// OCPP 2.0.1, block B: boot, variables, reports, resets, network profiles.
// Stations that wait or are rejected are in test/scenario/edge-boot-status.spec.ts and onboarding.spec.ts.
import { describe, expect, it } from '@jest/globals';
import { type Block, type Json, operatorAsks, type Station, TOKEN } from './support/stage.js';

const heartbeat = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } };
const offline = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'OfflineThreshold' } };
const got = (value: string) => ({ attributeStatus: 'Accepted', attributeValue: value });
const profile = {
  configurationSlot: 1,
  connectionData: {
    ocppVersion: 'OCPP20',
    ocppTransport: 'JSON',
    ocppCsmsUrl: 'wss://csms.example/ocpp',
    messageTimeout: 30,
    securityProfile: 2,
    ocppInterface: 'Wired0',
  },
};

const block: Block = (open) => {
  const here = (): Promise<Station> => open().station('B201', 'ocpp2.0.1');

  it('TC_B_01, B01.FR.02: a boot is answered with status, time and interval, and asked what the station is made of (B07.FR.14)', async () => {
    const station = await here();
    const heard = (await station.call('BootNotification', {
      reason: 'PowerUp',
      chargingStation: { vendorName: 'v', model: 'm', serialNumber: 'B-1', firmwareVersion: '1.2' },
    })) as Json;
    expect(heard).toMatchObject({ status: 'Accepted', interval: 300, currentTime: expect.stringMatching(/Z$/) });
    expect(Math.abs(Date.parse(String(heard.currentTime)) - Date.now())).toBeLessThan(60_000);
    await station.call('StatusNotification', {
      timestamp: new Date().toISOString(),
      connectorStatus: 'Available',
      evseId: 1,
      connectorId: 1,
    });
    const row = await station.network.until('the boot in its row', async () => {
      const found = await station.network.must<Json>('GET', `/v1/stations/${station.id}`);
      return found.firmwareVersion === '1.2' && found;
    });
    expect(row).toMatchObject({ vendor: 'v', model: 'm', online: true, ocppVersion: 'ocpp2.0.1' });
    await station.network.until('the question', () => station.charger.commands.find(([, , action]) => action === 'GetBaseReport'));
  });

  describe('an operator asks for', () => {
    operatorAsks(here, [
      ['TC_B_06: one variable', 'GetVariables', { getVariableData: [offline] }, { getVariableResult: [{ ...offline, ...got('60') }] }],
      [
        'TC_B_07: several variables',
        'GetVariables',
        { getVariableData: [offline, { ...heartbeat, attributeType: 'Actual' }] },
        {
          getVariableResult: [
            { ...offline, ...got('60') },
            { ...heartbeat, ...got('300') },
          ],
        },
      ],
      [
        'TC_B_09: one variable to be set',
        'SetVariables',
        { setVariableData: [{ ...offline, attributeValue: '123' }] },
        { setVariableResult: [{ ...offline, attributeStatus: 'Accepted' }] },
      ],
      [
        'TC_B_10: several variables to be set',
        'SetVariables',
        {
          setVariableData: [
            { ...offline, attributeValue: '123' },
            { ...heartbeat, attributeValue: '60' },
          ],
        },
        {
          setVariableResult: [
            { ...offline, attributeStatus: 'Accepted' },
            { ...heartbeat, attributeStatus: 'RebootRequired' },
          ],
        },
      ],
      ['TC_B_12: its configuration', 'GetBaseReport', { requestId: 12, reportBase: 'ConfigurationInventory' }],
      ['TC_B_13: everything', 'GetBaseReport', { requestId: 13, reportBase: 'FullInventory' }],
      [
        'TC_B_14: a summary, which it does not have',
        'GetBaseReport',
        { requestId: 14, reportBase: 'SummaryInventory' },
        { status: 'NotSupported' },
        'rejected',
      ],
      [
        'TC_B_18: components that have a problem',
        'GetReport',
        { requestId: 18, componentCriteria: ['Problem'], componentVariable: [{ component: { name: 'EVSE' } }] },
      ],
      ['TC_B_20: a reset, when it is idle', 'Reset', { type: 'OnIdle' }],
      ['TC_B_21: a reset, when its transaction is over', 'Reset', { type: 'OnIdle' }, { status: 'Scheduled' }],
      ['TC_B_25: a reset of an EVSE', 'Reset', { type: 'OnIdle', evseId: 1 }],
      ['TC_B_26: a reset of an EVSE, when its transaction is over', 'Reset', { type: 'OnIdle', evseId: 1 }, { status: 'Scheduled' }],
      ['TC_B_42: another network profile', 'SetNetworkProfile', profile],
      ['TC_B_44: another network profile, which fails', 'SetNetworkProfile', profile, { status: 'Failed' }, 'rejected'],
    ]);
  });

  it('B05.FR.13: no value is set twice in one message', async () => {
    const data = { ...offline, attributeValue: '1' };
    expect(await (await here()).refused('SetVariables', { setVariableData: [data, { ...data, attributeType: 'Actual' }] })).toEqual([
      { path: 'payload/setVariableData/1', message: expect.stringContaining('B05.FR.13') },
    ]);
  });

  it('TC_B_08, B05.FR.11, B06.FR.05, N06.FR.04: no more is asked or set in one message than the station takes', async () => {
    const station = await here();
    const bound = (component: string, instance: string) => ({
      component: { name: component },
      variable: { name: 'ItemsPerMessage', instance },
      variableAttribute: [{ value: '2' }],
    });
    const reportData = [
      bound('DeviceDataCtrlr', 'GetVariables'),
      bound('DeviceDataCtrlr', 'SetVariables'),
      bound('MonitoringCtrlr', 'ClearVariableMonitoring'),
    ];
    await station.call('NotifyReport', { requestId: 8, generatedAt: new Date().toISOString(), seqNo: 0, reportData });
    await station.network.until('the bounds in rows', async () => {
      const { items } = await station.network.must<{ items: readonly Json[] }>(
        'GET',
        `/v1/stations/${station.id}/variables?variable=ItemsPerMessage`,
      );
      return items.length === 3;
    });
    const three = ['A', 'B', 'C'].map((name) => ({ ...offline, variable: { name } }));
    const wrong = [
      await station.refused('GetVariables', { getVariableData: three }),
      await station.refused('SetVariables', { setVariableData: three.map((each) => ({ ...each, attributeValue: '1' })) }),
      await station.refused('ClearVariableMonitoring', { id: [1, 2, 3] }),
    ];
    expect(wrong.map(([fault]) => fault?.message)).toEqual(
      ['B06.FR.05', 'B05.FR.11', 'N06.FR.04'].map((requirement) => expect.stringContaining(requirement)),
    );
    expect(
      await station.asked(
        'GetVariables',
        { getVariableData: three.slice(1) },
        { getVariableResult: three.slice(1).map((each) => ({ ...each, attributeStatus: 'UnknownVariable' })) },
      ),
    ).toMatchObject({ wire: [2, expect.any(String), 'GetVariables', expect.anything()] });
  });

  it.each([
    ['TC_B_22: at once', {}],
    ['TC_B_27: at once, of its EVSE', { evseId: 1 }],
  ])('a reset ends its transaction %s', async (id, evse) => {
    const station = await here();
    const transactionId = id.slice(0, 7);
    await station.transact(transactionId, [{ type: 'Started', trigger: 'Authorized', token: TOKEN, state: 'Charging', wh: 0 }]);
    expect(await station.asked('Reset', { type: 'Immediate', ...evse })).toMatchObject({ state: 'accepted' });
    const info = { stoppedReason: 'ImmediateReset' };
    await station.transact(transactionId, [{ type: 'Ended', trigger: 'ResetCommand', wh: 200, info, more: { seqNo: 1 } }]);
    expect(await station.session(transactionId)).toMatchObject({ reason: 'ImmediateReset', energyWh: 200 });
    await station.call('BootNotification', { reason: 'RemoteReset', chargingStation: { vendorName: 'v', model: 'm' } });
  });
};

export default block;
