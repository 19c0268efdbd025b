// A station of OCPP 2.1 in the whole network: it boots, charges below the site's limit, is limited further, is commanded in the words of 2.1,
// and ends with a priced record. What is new at its edge is in edge-v21.spec.ts.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Fleet, Station } from '#apps/simulator';
import type { CallReceived, CommandRequested } from '#contracts';
import { validate } from '#ocpp';
import { FLAT_TARIFF } from '../chaos/support/flat-tariff.js';
import { NetworkWorld } from './support/network-world.js';

interface Page<T> {
  readonly items: readonly T[];
}
interface SessionRow {
  readonly sessionId: string;
  readonly transactionId: string;
  readonly energyWh: number;
  readonly ocppVersion?: string;
  readonly priority?: string | null;
}
interface CommandRow {
  readonly state: string;
  readonly reason?: string;
  readonly answer?: unknown;
}

const LIMIT_A = 20;
let network: NetworkWorld;
let fleet: Fleet;
let station: Station;
const drawnA = (): number => Math.max(0, ...fleet.draws().map(({ currentMa }) => currentMa / 1000));
const command = (action: string, payload: unknown): Promise<CommandRow> =>
  network.must<CommandRow>('POST', '/v1/stations/CS/commands?wait=true', { action, payload, timeoutMs: 10_000 });

beforeAll(async () => {
  network = await NetworkWorld.open();
  await network.must('PUT', '/v1/tariffs/flat', FLAT_TARIFF);
  const root = { nodeId: 'grid', limitA: LIMIT_A, unmanagedMaxA: 0, phases: 3 };
  await network.must('PUT', '/v1/sites/s', { name: 'S', timeZone: 'Europe/Amsterdam', voltageV: 230, leaseSeconds: 300, root });
  await network.must('PUT', '/v1/sites/s/tariff', { tariffId: 'flat' });
  const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }];
  await network.must('PUT', '/v1/stations/CS', { siteId: 's', nodeId: 'grid', securityProfile: 1, password: 'password-of-CS', evses });
  fleet = await network.fleet({
    stations: [{ stationId: 'CS', ocppVersion: 'ocpp2.1', password: 'password-of-CS', evses: [{ evseId: 1, maxA: 32 }] }],
    arrivals: 'none',
    sampleIntervalS: 1,
  });
  station = fleet.station('CS');
  await network.must('PUT', `/v1/tokens/ISO14443/${fleet.idTokens[0]}`, { status: 'Accepted' });
}, 60_000);
afterAll(() => network?.close(), 30_000);

it('charges below the limit, is limited further, and is billed by its registers', async () => {
  await network.until('it is online, in its version', async () => {
    const { items } = await network.must<Page<{ online: boolean; ocppVersion: string }>>('GET', '/v1/stations');
    return items.some(({ online, ocppVersion }) => online && ocppVersion === 'ocpp2.1');
  });
  const car = { batteryWh: 60_000, soc: 0.2, maxA: 32, phases: 3 } as const;
  expect(station.charging.arrive(1, car, { idToken: fleet.idTokens[0] ?? '', type: 'ISO14443' })).toBe(true);
  await network.until('the car has the whole site', () => drawnA() > LIMIT_A - 2, 60_000);
  expect(drawnA()).toBeLessThanOrEqual(LIMIT_A);

  const now = Date.now();
  const limit = { siteIds: ['s'], source: 'dso', schedule: [{ startsAt: new Date(now).toISOString(), limitA: 9 }] };
  await network.must('POST', '/v1/grid/limits', { ...limit, expiresAt: new Date(now + 600_000).toISOString() });
  await network.until('the car follows the lower limit', () => drawnA() <= 9 && drawnA() >= 6, 60_000);

  const running = await network.must<Page<SessionRow>>('GET', '/v1/sessions?status=active');
  const path = `/v1/sessions/${running.items[0]?.sessionId}`;
  expect(await network.must('PUT', `${path}/priority`, { priority: true })).toMatchObject({ priority: true });
  await network.until('its row tells who gave it priority', async () => (await network.must<SessionRow>('GET', path)).priority === 'asked');
  expect(drawnA()).toBeLessThanOrEqual(9);

  station.charging.depart(1);
  const [session] = await network.until('its session ended', async () => {
    const { items } = await network.must<Page<SessionRow>>('GET', '/v1/sessions?status=ended');
    return items.length === 1 && items;
  });
  const [cdr] = await network.until('it is billed', async () => {
    const { items } = await network.must<Page<{ session_id: string; total_energy: number; total_cost: { excl_vat: number } }>>(
      'GET',
      '/v1/cdrs',
    );
    return items.length === 1 && items;
  });
  const [told] = fleet.totals()[0]?.transactions ?? [];
  const registerWh = Number(told?.meterStopWh) - Number(told?.meterStartWh);
  expect(registerWh).toBeGreaterThan(0);
  expect(session).toMatchObject({ transactionId: told?.transactionId });
  expect(session?.energyWh).toBeCloseTo(registerWh, 3);
  expect(cdr?.session_id).toBe(session?.sessionId);
  expect(cdr?.total_cost.excl_vat).toBeCloseTo((registerWh / 1000) * 0.4, 3);
  const { rows } = await network.world.database.query('select ocpp_version from sessions where session_id = $1', [session?.sessionId]);
  expect(rows).toMatchObject([{ ocpp_version: 'ocpp2.1' }]);
}, 240_000);

it('was told everything in its own words, and its plans end with their lease though it be away', async () => {
  const records = await network.records('site-events');
  const told = records.filter(({ type }) => type === 'CommandRequested').map(({ data }) => data as CommandRequested);
  for (const { action, payload } of told) expect([action, validate('ocpp2.1', action, 'request', payload)]).toEqual([action, []]);
  const plans = told.filter(({ grant }) => grant?.slot === 'plan').map(({ payload }) => payload as { chargingProfile: object });
  expect(plans.length).toBeGreaterThan(1);
  for (const { chargingProfile } of plans)
    expect(chargingProfile).toMatchObject({ maxOfflineDuration: 300, invalidAfterOfflineDuration: true });
  const calls = records.filter(({ type }) => type === 'CallReceived').map(({ data }) => data as CallReceived);
  expect(new Set(calls.map(({ ocppVersion }) => ocppVersion))).toEqual(new Set(['ocpp2.1']));
  expect(calls.flatMap(({ violations }) => violations)).toEqual([]);
  expect(new Set(calls.map(({ action }) => action))).toEqual(
    new Set(['BootNotification', 'StatusNotification', 'NotifyReport', 'Authorize', 'TransactionEvent']),
  );
});

it('is commanded in the words of 2.1, and what could lift its limits is refused', async () => {
  expect(await command('GetCompositeSchedule', { evseId: 1, duration: 60 })).toMatchObject({
    state: 'accepted',
    answer: { status: 'Accepted' },
  });
  // Nobody gave this station a tariff: it says so, and that is the outcome.
  expect(await command('GetTariffs', { evseId: 1 })).toMatchObject({ state: 'rejected', answer: { status: 'NoTariff' } });
  expect(await command('UsePriorityCharging', { transactionId: 't', activate: true })).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('NotPermitted'),
  });
  const wrong = await network.call('POST', '/v1/stations/CS/commands', { action: 'GetTariffs', payload: { evseId: 'one' } });
  expect(wrong.status).toBe(400);
});
