// A station that nobody configured, let in by UNKNOWN_STATIONS=accept: it is asked and looked at like any other, under a site of its own.
// That it is let in at all is edge-door.spec.ts's.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { secondTenant } from './support/isolation.js';
import { NetworkWorld } from './support/network-world.js';
import { RawStation } from './support/raw-station.js';

const STATION = '/v1/stations/STRANGER';

let network: NetworkWorld;
let stranger: RawStation;
beforeAll(async () => {
  network = await NetworkWorld.open(undefined, { UNKNOWN_STATIONS: 'accept' });
  stranger = await RawStation.connect({ port: network.network.edge.port, path: '/ocpp/STRANGER' });
  await stranger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
  await network.until('it is known', async () => (await network.call('GET', STATION)).status === 200);
}, 120_000);
afterAll(async () => {
  await stranger?.close();
  await network?.close();
}, 60_000);

interface Command {
  readonly commandId: string;
  readonly state: string;
  readonly reason?: string | null;
}

/** What became of a command, while the station answers what it is asked. */
async function asked(action: string, payload: object, answer?: object): Promise<Command> {
  const { commandId } = await network.must<Command>('POST', `${STATION}/commands`, { action, payload });
  if (answer !== undefined) {
    const [, messageId, told] = await stranger.next();
    expect(told).toBe(action);
    stranger.send([3, messageId, answer]);
  }
  return network.until(`${action} has ended`, async () => {
    const command = await network.must<Command>('GET', `/v1/commands/${commandId}`);
    return ['queued', 'sent'].includes(command.state) ? undefined : command;
  });
}

it('does what it is told, and its log tells it', async () => {
  expect(await asked('TriggerMessage', { requestedMessage: 'Heartbeat' }, { status: 'Accepted' })).toMatchObject({ state: 'accepted' });
  const { items } = await network.must<{ items: { action: string }[] }>('GET', `${STATION}/messages`);
  expect(items.map(({ action }) => action)).toEqual(expect.arrayContaining(['BootNotification', 'TriggerMessage']));
});

it('is read and set key by key', async () => {
  const key = { key: 'HeartbeatInterval', readonly: false, value: '300' };
  expect(await asked('GetConfiguration', {}, { configurationKey: [key] })).toMatchObject({ state: 'accepted' });
  const variables = await network.until('its keys are known', async () => {
    const { items } = await network.must<{ items: { variable: { name: string }; value: string }[] }>('GET', `${STATION}/variables`);
    return items.length > 0 && items;
  });
  expect(variables).toMatchObject([{ variable: { name: 'HeartbeatInterval' }, value: '300' }]);
  expect(await asked('ChangeConfiguration', { key: 'HeartbeatInterval', value: '60' }, { status: 'Accepted' })).toMatchObject({
    state: 'accepted',
  });
});

it('is sent no profile, as nothing of it counts against a limit, and no password, as it is asked for none', async () => {
  const csChargingProfiles = {
    chargingProfileId: 1,
    stackLevel: 1,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }] },
  };
  expect(await asked('SetChargingProfile', { connectorId: 1, csChargingProfiles })).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('not configured'),
  });
  const payload = { key: 'AuthorizationKey', value: '00112233445566778899' };
  expect((await network.call('POST', `${STATION}/commands`, { action: 'ChangeConfiguration', payload })).status).toBe(409);
});

it('has nothing that could be deleted or decided at its door, and is nobody’s in another tenant', async () => {
  for (const [method, path, body] of [
    ['DELETE', STATION, undefined],
    ['GET', `${STATION}/boot-status`, undefined],
    ['PUT', `${STATION}/boot-status`, { status: 'Rejected' }],
  ] as const)
    expect([method, (await network.call(method, path, body)).status]).toEqual([method, 404]);
  const other = { authorization: `Bearer ${await secondTenant(network)}` };
  const command = { action: 'TriggerMessage', payload: { requestedMessage: 'Heartbeat' } };
  expect((await network.call('POST', `${STATION}/commands`, command, other)).status).toBe(404);
  expect((await network.call('GET', `${STATION}/messages`, undefined, other)).status).toBe(404);
  const keyFor = async (site: string) => {
    const { key } = await network.must<{ key: string }>('POST', '/v1/api-keys', { name: 'host', role: 'operator', sites: [site] });
    return { authorization: `Bearer ${key}` };
  };
  const [elsewhere, here] = [await keyFor('elsewhere'), await keyFor('STRANGER')];
  expect((await network.call('POST', `${STATION}/commands`, command, elsewhere)).status).toBe(404);
  const { commandId } = (await network.call<Command>('POST', `${STATION}/commands`, command, here)).body;
  expect((await network.call('GET', `/v1/commands/${commandId}`, undefined, here)).status).toBe(200);
  expect((await network.call('GET', `/v1/commands/${commandId}`, undefined, elsewhere)).status).toBe(404);
  expect((await network.call('GET', '/v1/me', undefined, here)).body).toMatchObject({ role: 'operator', sites: ['STRANGER'] });
});

it('is told at once to connect anew where it is configured: what it draws would count nowhere until then', async () => {
  const root = { nodeId: 'grid', limitA: 10, unmanagedMaxA: 0, phases: 3 };
  await network.must('PUT', '/v1/sites/s', { name: 's', timeZone: 'UTC', root });
  const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 16, safeA: 0 }];
  await network.must('PUT', STATION, { siteId: 's', nodeId: 'grid', securityProfile: 1, evses });
  expect(await stranger.closed).toMatchObject({ code: 1012 });
}, 15_000);
