// A car that feeds back, in the running network and over a real socket: its driver agrees, dear energy makes it worth it, the grid takes less back,
// the driver takes his word back. Time is virtual, and waits for stations to be answered: a clock proves itself in ten minutes.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Planner, threadPlanner } from '#apps/load-balancing';
import { type Fleet, type Station, VirtualClock } from '#apps/simulator';
import type { CallReceived, CommandAnswered, CommandRequested, SessionEnded } from '#contracts';
import { validate } from '#ocpp';
import { FLAT_TARIFF } from '../chaos/support/flat-tariff.js';
import { NetworkWorld } from './support/network-world.js';

type Json = Record<string, unknown>;
interface Page<T> {
  readonly items: readonly T[];
}
interface Outlet {
  readonly evseId: number;
  readonly powerW: number | null;
  readonly dischargeA: number | null;
}
interface Session extends Json {
  readonly sessionId: string;
  readonly evseId: number;
  readonly energyWh: number;
  readonly exportedWh: number | null;
  readonly powerW: number | null;
  readonly needs: { readonly discharge: { readonly state: string; readonly because: readonly string[]; readonly toldToStation: string } };
}

const HOUR = 3_600_000;
const EXPORT_A = 12;
/** Limits that come at once hold after this time [ms]. */
const NOTICE_MS = 30_000;
/** How far the clock goes at a time [ms]: while the network starts, while time is to pass, and while something is decided. */
const PACE = { start: 10, fast: 2_000, steady: 500 } as const;

const clock = new VirtualClock(Date.parse('2026-11-02T17:30:00Z'));
let stepMs: number = PACE.start;
let isOver = false;
let network: NetworkWorld;
let planner: Planner;
let fleet: Fleet | undefined;
let station: Station;
let ticking: Promise<void>;
/** Currents at EVSE 1, lowest of its lines, as they changed [A]. */
const flows: { readonly at: number; readonly amps: number }[] = [];

/** Time goes on once stations have their answers and the site's owner has read everything, or after a while: some wait for time to pass. */
async function tick(): Promise<void> {
  const real = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  while (!isOver) {
    clock.advance(stepMs);
    await real(2);
    for (let waits = 0; waits < 50 && !(await isQuiet()); waits++) await real(2);
  }
}
async function isQuiet(): Promise<boolean> {
  if (fleet === undefined || isOver) return true;
  if (fleet.stations.some(({ queued }) => queued > 0)) return false;
  const { database, log } = network.world;
  const { rows } = await database.query(
    "select next_offset from service_positions where service = 'load-balancing' and topic = 'site-events'",
    [],
  );
  return Number((rows[0] as Json | undefined)?.next_offset ?? 0) >= (await log.head('site-events', 0));
}
const inMs = (ms: number): string => new Date(clock.now() + ms).toISOString();
const lineA = (): number => Math.min(0, ...(fleet?.draws() ?? []).map(({ currentMa }) => currentMa / 1000));
const sessionOf = async (evseId: number): Promise<Session> => {
  const { items } = await network.must<Page<Session>>('GET', '/v1/sessions?stationId=CS&status=active');
  return items.find((session) => session.evseId === evseId) ?? ({} as Session);
};
const commands = async (action: string): Promise<readonly CommandRequested[]> =>
  (await network.records('site-events'))
    .filter(({ type }) => type === 'CommandRequested')
    .map(({ data }) => data as CommandRequested)
    .filter((command) => command.action === action);

beforeAll(async () => {
  planner = threadPlanner();
  ticking = tick();
  network = await NetworkWorld.open(undefined, { PLAN_INTERVAL_S: '60' }, { clock }, planner);
  await network.must('PUT', '/v1/tariffs/flat', FLAT_TARIFF);
  const prices = [{ startTime: '17:00', endTime: '20:00', pricePerKwh: 0.6 }, { pricePerKwh: 0.1 }];
  const root = { nodeId: 'grid', limitA: 80, exportLimitA: EXPORT_A, unmanagedMaxA: 40 };
  const energy = { prices, wearPerKwh: 0.05 };
  await network.must('PUT', '/v1/sites/s', { name: 'S', timeZone: 'UTC', voltageV: 230, root, energy });
  await network.must('PUT', '/v1/sites/s/tariff', { tariffId: 'flat' });
  // A building draws enough to use what cars feed back.
  const load = { nodeId: 'grid', at: inMs(0), currentA: [30, 30, 30], ttlSeconds: 86_400 };
  await network.must('POST', '/v1/sites/s/measurements', [load]);
  const evse = { phases: 3, minA: 6, maxA: 16, safeA: 0 };
  const evses = [
    { evseId: 1, ...evse, maxDischargeA: 16 },
    { evseId: 2, ...evse },
  ];
  await network.must('PUT', '/v1/stations/CS', { siteId: 's', nodeId: 'grid', securityProfile: 1, password: 'password-of-CS', evses });
  fleet = await network.fleet({
    stations: [
      {
        ...{ stationId: 'CS', ocppVersion: 'ocpp2.1', password: 'password-of-CS' },
        evses: [
          { evseId: 1, maxA: 16, maxDischargeA: 16 },
          { evseId: 2, maxA: 16 },
        ],
      },
    ],
    arrivals: 'none',
    sampleIntervalS: 20,
    clock,
  });
  station = fleet.station('CS');
  station.listen((event) => {
    if (event.type !== 'Drawing' || event.evseId !== 1) return;
    flows.push({ at: event.at, amps: Math.min(0, ...Object.values(event.currentsMa)) / 1000 });
  });
  for (const idToken of fleet.idTokens.slice(0, 2)) await network.must('PUT', `/v1/tokens/ISO14443/${idToken}`, { status: 'Accepted' });
  stepMs = PACE.fast;
  await network.until('it is online', async () => {
    const { items } = await network.must<Page<{ online: boolean }>>('GET', '/v1/stations');
    return items.some(({ online }) => online);
  });
  const car = { batteryWh: 60_000, soc: 0.7, maxA: 16, phases: 3, v2x: { maxDischargeA: 16, leastSoc: 0.2 } } as const;
  station.charging.arrive(1, car, { idToken: fleet.idTokens[0] ?? '', type: 'ISO14443' });
  station.charging.arrive(2, { ...car, soc: 0.95 }, { idToken: fleet.idTokens[1] ?? '', type: 'ISO14443' });
}, 60_000);
afterAll(async () => {
  await network?.quiet();
  isOver = true;
  await ticking;
  await network?.close();
  await planner?.stop();
}, 30_000);

it('is told what is missing where a driver agrees to what cannot be', async () => {
  const { sessionId } = await network.until('both sessions', async () => {
    const [first, second] = [await sessionOf(1), await sessionOf(2)];
    return first.sessionId !== undefined && second.sessionId !== undefined && second;
  });
  const refused = await network.call<Json>('PUT', `/v1/sessions/${sessionId}/needs`, { discharge: { consent: true } });
  expect(refused).toMatchObject({
    status: 422,
    body: {
      type: expect.stringContaining('cannot-feed-back'),
      errors: [{ path: 'CS.evses.2.maxDischargeA', message: expect.any(String) }],
    },
  });
  expect((await sessionOf(2)).needs).toBeNull();
  station.charging.depart(2);
});

it('feeds back while that pays, with the leave of its driver, below what the grid takes back', async () => {
  const { sessionId } = await sessionOf(1);
  const needs = { departsAt: inMs(12 * HOUR), energyWh: 5_000, discharge: { consent: true, reserveWh: -25_000 } };
  const answer = await network.must<Session['needs']>('PUT', `/v1/sessions/${sessionId}/needs`, needs);
  // Nobody knows its clock yet.
  expect(answer.discharge).toMatchObject({ consent: true, state: 'notPossible', because: expect.arrayContaining(['clock']) });
  await network.until('nothing is in the way', async () => (await sessionOf(1)).needs.discharge.state === 'possible', 60_000);
  stepMs = PACE.steady;
  await network.until('the car feeds back all that the node takes', () => lineA() <= -EXPORT_A + 0.5, 60_000);
  const session = await network.until('that is shown', async () => {
    const now = await sessionOf(1);
    return Number(now.powerW) < -6_000 && Number(now.exportedWh) > 0 && now;
  });
  expect(session.needs.discharge).toMatchObject({ because: [], toldToStation: 'allowed: Accepted' });
  const { evses } = await network.must<{ evses: readonly Outlet[] }>('GET', '/v1/stations/CS');
  expect(evses.find(({ evseId }) => evseId === 1)).toMatchObject({ dischargeA: EXPORT_A, powerW: expect.any(Number) });

  const announcedMs = clock.now();
  const limit = { siteIds: ['s'], source: 'dso', direction: 'export', schedule: [{ startsAt: inMs(0), limitA: 5 }], expiresAt: inMs(HOUR) };
  await network.must('POST', '/v1/grid/limits', limit);
  await network.until('it feeds back less', () => lineA() >= -5, 30_000);
  stepMs = PACE.fast;
  await network.until('that is over its notice', () => clock.now() > announcedMs + NOTICE_MS + 10_000, 30_000);
  expect(lineA()).toBe(-5);
  expect(Math.min(...flows.map(({ amps }) => amps))).toBeGreaterThanOrEqual(-EXPORT_A);
  expect(flows.filter(({ at, amps }) => at > announcedMs + NOTICE_MS && amps < -5)).toEqual([]);

  const withdrawnMs = clock.now();
  await network.must('PUT', `/v1/sessions/${sessionId}/needs`, { departsAt: inMs(11 * HOUR), energyWh: 5_000 });
  await network.until('nothing flows back', () => lineA() === 0, 30_000);
  expect((await sessionOf(1)).needs.discharge).toBeNull();
  await network.until('its station knows', async () => (await commands('NotifyAllowedEnergyTransfer')).length === 2);
  await network.until('time has passed', () => clock.now() > withdrawnMs + 60_000, 30_000);
  expect(flows.filter(({ at, amps }) => at > withdrawnMs + NOTICE_MS && amps < 0)).toEqual([]);
}, 150_000);

it('was told so in the words of 2.1, and what it answered is on record', async () => {
  const records = await network.records('site-events');
  const leaves = await commands('NotifyAllowedEnergyTransfer');
  const modes = ['AC_single_phase', 'AC_two_phase', 'AC_three_phase'];
  expect(leaves.map(({ payload }) => (payload as Json).allowedEnergyTransfer)).toEqual([[...modes, 'AC_BPT'], modes]);
  const answers = records.filter(({ type }) => type === 'CommandAnswered').map(({ data }) => data as CommandAnswered);
  for (const { commandId } of leaves) expect(answers.find((each) => each.commandId === commandId)?.payload).toEqual({ status: 'Accepted' });
  const told = records.filter(({ type }) => type === 'CommandRequested').map(({ data }) => data as CommandRequested);
  for (const { action, payload } of told) expect([action, validate('ocpp2.1', action, 'request', payload)]).toEqual([action, []]);
  const calls = records.filter(({ type }) => type === 'CallReceived').map(({ data }) => data as CallReceived);
  expect(calls.flatMap(({ violations }) => violations)).toEqual([]);
  const wishes = calls.filter(({ action }) => action === 'NotifyEVChargingNeeds').map(({ payload }) => payload as Json);
  const requested = wishes.map(({ chargingNeeds }) => (chargingNeeds as Json).requestedEnergyTransfer);
  expect(requested).toEqual(['AC_three_phase', 'AC_BPT', 'AC_three_phase']);
});

it('keeps what flowed back beside what was delivered: in the session, and in no bill', async () => {
  const { sessionId } = await sessionOf(1);
  station.charging.depart(1);
  const [cdr] = await network.until('it is billed', async () => {
    const { items } = await network.must<Page<{ session_id: string; total_energy: number; total_cost: { excl_vat: number } }>>(
      'GET',
      `/v1/cdrs?sessionId=${sessionId}`,
    );
    return items.length === 1 && items;
  });
  const told = fleet?.totals()[0]?.transactions.find(({ evseId }) => evseId === 1);
  const importedWh = Number(told?.meterStopWh) - Number(told?.meterStartWh);
  expect(told?.exportedWh).toBeGreaterThan(20);
  const { items } = await network.must<Page<Session>>('GET', '/v1/sessions?status=ended');
  const session = items.find((each) => each.sessionId === sessionId);
  expect(session?.exportedWh).toBeCloseTo(told?.exportedWh ?? 0, 3);
  expect(session?.energyWh).toBeCloseTo(importedWh, 3);
  expect(cdr?.total_energy).toBeCloseTo(importedWh / 1000, 3);
  expect(cdr?.total_cost.excl_vat).toBeCloseTo((importedWh / 1000) * 0.4, 3);
  const ended = (await network.records('session-events'))
    .filter(({ type }) => type === 'SessionEnded')
    .map(({ data }) => data as SessionEnded);
  expect(ended.filter((each) => each.sessionId === sessionId)).toEqual([
    expect.objectContaining({ exportedWh: session?.exportedWh, energyWh: session?.energyWh }),
  ]);
  const { rows } = await network.world.database.query(
    'select max(export_register_wh) as back, min(power_w) as watts from power_samples where transaction_id = $1',
    [told?.transactionId],
  );
  expect(Number((rows[0] as Json).back)).toBeCloseTo(told?.exportedWh ?? 0, 3);
  expect(Number((rows[0] as Json).watts)).toBeLessThan(-6_000);
});
