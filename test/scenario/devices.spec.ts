// Devices on the whole network: wanted settings repaired, monitors that alert, campaigns over several stations and versions, orders seen through.
// Each is checked on the wire (what stations answered, from the log), in the records and in the rows an operator reads.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compareRows, migrateAll, placesWritten, rebuildRows } from '#apps/standalone';
import type { CallReceived, CommandAnswered, CommandRequested } from '#contracts';
import { scratchDatabase } from '#testing';
import { NetworkWorld } from './support/network-world.js';

type Items<T = Record<string, unknown>> = { readonly items: readonly T[] };
interface Campaign {
  readonly campaignId: string;
  readonly state: string;
  readonly progress: Readonly<Record<string, number>>;
  readonly stations: readonly { readonly stationId: string; readonly state: string; readonly status: string }[];
}
interface Event {
  readonly stationId: string;
  readonly eventId: string;
}

const STATIONS = ['V16', 'V201', 'V21'] as const;
const VERSIONS = { V16: 'ocpp1.6', V201: 'ocpp2.0.1', V21: 'ocpp2.1' } as const;

let network: NetworkWorld;
beforeAll(async () => {
  network = await NetworkWorld.open();
  const root = { nodeId: 'grid', limitA: 100, unmanagedMaxA: 0, phases: 3 };
  await network.must('PUT', '/v1/sites/s', { name: 'S', timeZone: 'UTC', root });
  const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6 }];
  for (const stationId of STATIONS)
    await network.must('PUT', `/v1/stations/${stationId}`, {
      siteId: 's',
      nodeId: 'grid',
      securityProfile: 1,
      evses,
      password: `password-of-${stationId}`,
    });
  await network.fleet({
    stations: STATIONS.map((stationId) => ({
      stationId,
      ocppVersion: VERSIONS[stationId],
      password: `password-of-${stationId}`,
      evses: [{ evseId: 1, maxA: 32 }],
    })),
    arrivals: 'none',
  });
  for (const stationId of STATIONS)
    await network.until(`${stationId} told everything`, async () => {
      const { inventory } = await network.must<{ inventory: { state: string } | null }>('GET', `/v1/stations/${stationId}`);
      return inventory?.state === 'complete';
    });
}, 180_000);
afterAll(() => network?.close(), 60_000);

const records = () => network.records('site-events');
const commands = async (action: string): Promise<readonly CommandRequested[]> =>
  (await records()).flatMap(({ type, data }) =>
    type === 'CommandRequested' && (data as CommandRequested).action === action ? [data as CommandRequested] : [],
  );
const answerTo = async (commandId: string): Promise<unknown> =>
  (await records()).flatMap(({ type, data }) =>
    type === 'CommandAnswered' && (data as CommandAnswered).commandId === commandId ? [(data as CommandAnswered).payload] : [],
  )[0];
const calls = async (action: string): Promise<readonly CallReceived[]> =>
  (await records()).flatMap(({ type, data }) =>
    type === 'CallReceived' && (data as CallReceived).action === action ? [data as CallReceived] : [],
  );
const tell = (stationId: string, action: string, payload: object) =>
  network.must<{ commandId: string; state: string }>('POST', `/v1/stations/${stationId}/commands?wait=true`, { action, payload });

describe('wanted settings', () => {
  it('differ from what stations tell until somebody repairs them, in the words of each version', async () => {
    const setting = (component: string | undefined, value: string) => ({
      ...(component !== undefined && { component: { name: component } }),
      variable: { name: 'HeartbeatInterval' },
      value,
    });
    await network.must('PUT', '/v1/sites/s/device-settings/heartbeat-16', {
      appliesTo: { ocppVersion: 'ocpp1.6' },
      settings: [setting(undefined, '77')],
    });
    await network.must('PUT', '/v1/sites/s/device-settings/heartbeat-2', {
      appliesTo: { ocppVersion: 'ocpp2.0.1' },
      settings: [setting('OCPPCommCtrlr', '78')],
    });
    const states = async (stationId: string) =>
      (await network.must<Items<{ state: string }>>('GET', `/v1/stations/${stationId}/device-settings`)).items;
    for (const [stationId, action, wanted] of [
      ['V16', 'ChangeConfiguration', '77'],
      ['V201', 'SetVariables', '78'],
    ] as const) {
      expect(await states(stationId)).toMatchObject([{ state: 'differs', wanted, variable: { name: 'HeartbeatInterval' } }]);
      const { commands: sent } = await network.must<{ commands: { commandId: string; action: string }[] }>(
        'POST',
        `/v1/stations/${stationId}/device-settings/repairs`,
      );
      expect(sent).toMatchObject([{ action }]);
      await network.until(`${stationId} is as wanted`, async () => (await states(stationId))[0]?.state === 'equal');
      const answer = JSON.stringify(await answerTo(sent[0]?.commandId ?? ''));
      expect(answer).toContain('Accepted');
    }
    expect(await states('V21')).toEqual([]);
    expect(
      (await network.call('PUT', '/v1/sites/s/device-settings/x', { settings: [{ variable: { name: 'AuthorizationKey' }, value: 'x' }] }))
        .status,
    ).toBe(400);
  }, 60_000);
});

describe('settings of many', () => {
  it('go in messages of no more items than the station takes (B05.FR.11)', async () => {
    const settings = ['MessageTimeout', 'MessageAttempts', 'MessageAttemptInterval', 'HeartbeatInterval'].map((name, index) => ({
      component: { name: 'OCPPCommCtrlr' },
      variable: { name },
      value: String(index + 11),
    }));
    const { commands: sent } = await network.must<{ commands: { commandId: string }[] }>('POST', '/v1/stations/V21/variable-settings', {
      settings,
    });
    const read = async () =>
      (
        await network.must<Items<{ variable: { name: string }; value: string; set: { status: string } | null }>>(
          'GET',
          '/v1/stations/V21/variables?component=OCPPCommCtrlr&limit=100',
        )
      ).items;
    await network.until('all are told', async () => (await read()).filter(({ set }) => set?.status === 'Accepted').length === 4);
    expect((await read()).find(({ variable }) => variable.name === 'MessageAttempts')).toMatchObject({
      value: '12',
      set: { status: 'Accepted' },
    });
    const payloads = (await commands('SetVariables')).filter(({ commandId }) => sent.some((each) => each.commandId === commandId));
    expect(payloads.map(({ payload }) => (payload as { setVariableData: unknown[] }).setVariableData.length)).toEqual([3, 1]);
  }, 60_000);
  it('of 1.6, however many, leave one after the other, and each is answered', async () => {
    const settings = Array.from({ length: 70 }, (_, index) => ({ variable: { name: `Vendor.Key${index}` }, value: '1' }));
    const { commands: sent } = await network.must<{ commands: { commandId: string }[] }>('POST', '/v1/stations/V16/variable-settings', {
      settings,
    });
    const rows = (ids: readonly string[]) =>
      Promise.all(ids.map((id) => network.must<{ state: string; requestedBy?: string }>('GET', `/v1/commands/${id}`)));
    const ids = sent.map(({ commandId }) => commandId);
    await network.until(
      'the last is answered',
      async () => !['queued', 'sent'].includes((await rows(ids.slice(-1)))[0]?.state ?? 'queued'),
    );
    expect(new Set((await rows(ids)).map(({ state }) => state))).toEqual(new Set(['rejected']));
    // One on its way at a time: each is asked for once the one before it was answered.
    const told = (await records()).flatMap(({ type, data }) => {
      const { commandId = '' } = data as { commandId?: string };
      return ids.includes(commandId) ? [`${type} ${ids.indexOf(commandId)}`] : [];
    });
    const each = (index: number) => ['CommandRequested', 'CommandSent', 'CommandAnswered'].map((type) => `${type} ${index}`);
    expect(told).toEqual(ids.flatMap((_, index) => each(index)));
  }, 60_000);
});

describe('a monitor', () => {
  it('alerts, is acknowledged, and is over with its monitor', async () => {
    const about = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } };
    await tell('V201', 'SetVariableMonitoring', { setMonitoringData: [{ ...about, value: 10, type: 'UpperThreshold', severity: 2 }] });
    const standing = async () =>
      (await network.must<Items<Event>>('GET', '/v1/device-events?stationId=V201&standing=true&severity=3')).items;
    const [event] = await network.until('it alerts', async () => ((await standing()).length > 0 ? standing() : undefined));
    expect(event).toMatchObject({ severity: 2, trigger: 'Alerting', acknowledgedAt: null, ...about });
    await network.must('POST', `/v1/stations/V201/device-events/${event?.eventId}/acknowledgements`, { note: 'seen' });
    expect((await standing())[0]).toMatchObject({ acknowledgedBy: expect.stringContaining('api:'), note: 'seen' });
    const { items: monitors } = await network.must<Items<{ monitorId: number }>>('GET', '/v1/stations/V201/monitors');
    expect(monitors).toMatchObject([{ type: 'UpperThreshold', value: 10, severity: 2 }]);
    await tell('V201', 'ClearVariableMonitoring', { id: monitors.map(({ monitorId }) => monitorId) });
    await network.until('it is over', async () => (await standing()).length === 0);
    expect((await network.must<Items>('GET', '/v1/stations/V201/monitors')).items).toEqual([]);
    expect(await calls('NotifyEvent')).toHaveLength(2);
  }, 60_000);
});

describe('a campaign', () => {
  const ended = (campaignId: string) =>
    network.until('the campaign is over', async () => {
      const campaign = await network.must<Campaign>('GET', `/v1/campaigns/${campaignId}`);
      return campaign.state === 'ended' ? campaign : undefined;
    });
  const begun = (body: object) => network.must<Campaign>('POST', '/v1/campaigns', { stationIds: STATIONS, waveSize: 1, ...body });

  it('installs firmware at stations of every version, one at a time', async () => {
    const { campaignId } = await begun({ order: { kind: 'firmware', location: 'https://example.org/f.bin' } });
    const { stations, progress } = await ended(campaignId);
    expect(progress).toEqual({ done: 3 });
    expect(stations.map(({ stationId, status }) => [stationId, status])).toEqual(STATIONS.map((stationId) => [stationId, 'Installed']));
    const asked = await commands('UpdateFirmware');
    expect(asked.map(({ stationId, requestedBy }) => [stationId, requestedBy])).toEqual(
      STATIONS.map((stationId) => [stationId, 'stations:campaigns']),
    );
    // One at a time: each was asked after the one before it had told its end.
    const order = (await records()).flatMap(({ type, data }) => {
      if (type === 'CommandRequested') return (data as CommandRequested).action === 'UpdateFirmware' ? ['asked'] : [];
      return type === 'TransferTold' && (data as { end?: string }).end !== undefined ? ['ended'] : [];
    });
    expect(order).toEqual(['asked', 'ended', 'asked', 'ended', 'asked', 'ended']);
    const { items } = await network.must<Items<Event>>('GET', '/v1/security-events?criticality=critical&acknowledged=false');
    expect(items.map(({ stationId }) => stationId).sort()).toEqual(['V201', 'V21']);
    await network.must(
      'POST',
      `/v1/stations/V21/security-events/${items.find(({ stationId }) => stationId === 'V21')?.eventId}/acknowledgements`,
      {},
    );
    expect((await network.must<Items>('GET', '/v1/security-events?acknowledged=false')).items).toHaveLength(1);
  }, 60_000);

  it('fetches logs, and is refused where it could not be asked', async () => {
    const { campaignId } = await begun({ order: { kind: 'log', location: 'https://example.org/logs', log: 'diagnostics' }, waveSize: 3 });
    expect((await ended(campaignId)).progress).toEqual({ done: 3 });
    expect((await commands('GetDiagnostics')).length + (await commands('GetLog')).length).toBe(3);
    const { items } = await network.must<Items>('GET', '/v1/stations/V16/transfers');
    expect(items).toMatchObject([
      { kind: 'firmware', endedAs: 'done' },
      { kind: 'log', endedAs: 'done', detail: 'V16.log' },
    ]);
    const refused = async (body: object): Promise<number> => (await network.call('POST', '/v1/campaigns', body)).status;
    expect(await refused({ order: { kind: 'publish', location: 'https://x', checksum: 'c' }, stationIds: ['V16'] })).toBe(400);
    expect(await refused({ order: { kind: 'log', location: 'https://me:pw@x', log: 'security' }, stationIds: ['V16'] })).toBe(400);
    expect(await refused({ order: { kind: 'log', location: 'https://x', log: 'security' }, stationIds: ['NONE'] })).toBe(404);
  }, 60_000);
});

describe('an order', () => {
  it('is followed until its effect is seen', async () => {
    const state = async (stationId: string, action: string) =>
      (await network.must<Items<{ action: string; state: string; answer: string }>>('GET', `/v1/stations/${stationId}/orders`)).items.find(
        (each) => each.action === action,
      );
    await tell('V16', 'TriggerMessage', { requestedMessage: 'StatusNotification', connectorId: 1 });
    await network.until('the status came', async () => (await state('V16', 'TriggerMessage'))?.state === 'done');
    await tell('V201', 'ChangeAvailability', { operationalStatus: 'Inoperative', evse: { id: 1 } });
    expect(await network.until('it is shown', () => state('V201', 'ChangeAvailability'))).toMatchObject({
      answer: 'Accepted',
      state: 'done',
    });
    const report = await tell('V201', 'GetReport', { requestId: 4711, componentVariable: [{ component: { name: 'OCPPCommCtrlr' } }] });
    expect(report.state).toBe('accepted');
    await network.until('the report is complete', async () => {
      const { items } = await network.must<Items<{ requestId: number; state: string }>>('GET', '/v1/stations/V201/reports');
      return items.find(({ requestId }) => requestId === 4711)?.state === 'complete';
    });
    await tell('V201', 'Reset', { type: 'Immediate' });
    await network.until('it has booted again', async () => (await state('V201', 'Reset'))?.state === 'done');
  }, 60_000);
});

describe('rows of devices', () => {
  it('are what the log says, and every decision would be taken again', async () => {
    await network.quiet();
    const { log, database } = network.world;
    const rebuilt = await scratchDatabase();
    try {
      await migrateAll(rebuilt);
      const places = (await placesWritten(log, database)).filter(({ service }) => service.name === 'stations');
      const decisions: string[] = [];
      await rebuildRows(log, rebuilt, places, (_, { differences }) => void decisions.push(...differences), true);
      expect(decisions).toEqual([]);
      const tables = (await compareRows(database, rebuilt)).filter(({ table }) => /^(device_|campaign|security_events)/.test(table));
      expect(tables.flatMap(({ differences }) => differences.slice(0, 3))).toEqual([]);
      for (const table of [
        'device_variables',
        'device_events',
        'device_transfers',
        'device_orders',
        'campaign_stations',
        'security_events',
      ])
        expect([table, tables.find((each) => each.table === table)?.rows]).toEqual([table, expect.any(Number)]);
      expect(tables.find(({ table }) => table === 'campaign_stations')?.rows).toBe(6);
    } finally {
      await rebuilt.close();
    }
  }, 60_000);
});
