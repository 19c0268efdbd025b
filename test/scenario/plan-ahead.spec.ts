// The planner in the running network: who leaves sooner gets more, a car that asks gets its schedule, and when the planner dies everybody
// shares fairly again. Rows and decisions are those of a replay that never asks a planner.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Planner, threadPlanner } from '#apps/load-balancing';
import type { Fleet } from '#apps/simulator';
import type { CallReceived, LimitExceeded, PlanComputed } from '#contracts';
import { planAhead, type SiteSnapshot } from '#domain/load-balancing';
import { highsSolver } from '../../apps/load-balancing/planner/index.js';
import { NetworkWorld } from './support/network-world.js';
import { RawStation } from './support/raw-station.js';

type Json = Record<string, unknown>;
interface List {
  readonly items: readonly Json[];
}
interface Violations {
  readonly seconds: number;
  readonly isExplained: boolean;
  readonly nodes: readonly { readonly nodeId: string; readonly phase: string; readonly seconds: number }[];
  readonly episodes: readonly {
    readonly since: string;
    readonly endedAt: string | null;
    readonly limitA: number;
    readonly flowA: number;
    readonly reasons: readonly Json[];
  }[];
}
const HOUR = 3_600_000;
const PASSWORD = 'password-of-a-station';
const car = { batteryWh: 80_000, soc: 0.1, maxA: 32, phases: 3 } as const;
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

describe('the planner’s thread', () => {
  const snapshot: SiteSnapshot = {
    slots: [0, 1].map((hour) => ({ fromMs: hour * HOUR, hours: 1 })),
    cars: ['stays', 'leaves'].map((id, index) => ({ id, kwPerA: 1, maxA: 10, needKwh: 10, departureMs: (2 - index) * HOUR })),
    rows: [{ factor: Float64Array.of(1, 1), limitA: Float64Array.of(10, 10) }],
  };

  it('answers as the solver in this process does, several questions in their order', async () => {
    const planner = threadPlanner();
    const expected = planAhead(snapshot, await highsSolver());
    const answers = await Promise.all([planner.plan(snapshot), planner.plan({ ...snapshot, cars: [] }), planner.plan(snapshot)]);
    expect(answers[0]).toEqual(expected);
    expect(answers[1]?.cars).toEqual([]);
    expect(answers[2]).toEqual(expected);
    await planner.stop();
    await expect(planner.plan(snapshot)).rejects.toThrow(/stopped/);
  });

  it('is ended when it is too slow, and begins anew with the next question', async () => {
    const planner = threadPlanner(0);
    await expect(planner.plan(snapshot)).rejects.toThrow(/within 0 ms/);
    await expect(planner.plan(snapshot)).rejects.toThrow(/within 0 ms/);
    await planner.stop();
  });

  it('fails the question it cannot read, and answers the next', async () => {
    const planner = threadPlanner();
    await expect(planner.plan({} as SiteSnapshot)).rejects.toThrow(/failed|ended/);
    expect((await planner.plan(snapshot)).status).toBe('planned');
    await planner.stop();
  });
});

describe('a site where drivers say when they leave', () => {
  let network: NetworkWorld;
  let fleet: Fleet;
  let planner: Planner;
  const drawnA = (stationId: string): number =>
    Math.max(
      0,
      ...fleet
        .draws()
        .filter((draw) => draw.stationId === stationId)
        .map(({ currentMa }) => currentMa / 1000),
    );
  const session = async (stationId: string): Promise<Json> => {
    const { items } = await network.must<List>('GET', `/v1/sessions?stationId=${stationId}&status=active`);
    return items[0] ?? {};
  };
  const outlet = async (stationId: string): Promise<Json> =>
    (await network.must<{ evses: readonly Json[] }>('GET', `/v1/stations/${stationId}`)).evses[0] ?? {};
  const plans = async (): Promise<readonly PlanComputed[]> =>
    (await network.records('site-events')).filter(({ type }) => type === 'PlanComputed').map(({ data }) => data as PlanComputed);

  beforeAll(async () => {
    planner = threadPlanner();
    // Plans every five seconds are too old after fifteen.
    network = await NetworkWorld.open(undefined, { PLAN_INTERVAL_S: '5' }, {}, planner);
    const root = { nodeId: 'grid', limitA: 20, unmanagedMaxA: 0, phases: 3 };
    await network.must('PUT', '/v1/sites/s', { name: 'S', timeZone: 'Europe/Amsterdam', voltageV: 230, root });
    const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }];
    for (const stationId of ['SOON', 'LATE', 'ASKS'])
      await network.must('PUT', `/v1/stations/${stationId}`, {
        siteId: 's',
        nodeId: 'grid',
        securityProfile: 1,
        password: PASSWORD,
        evses,
      });
    fleet = await network.fleet({
      stations: [
        { stationId: 'SOON', ocppVersion: 'ocpp1.6', password: PASSWORD, evses: [{ evseId: 1, maxA: 32 }] },
        { stationId: 'LATE', ocppVersion: 'ocpp2.0.1', password: PASSWORD, evses: [{ evseId: 1, maxA: 32 }] },
      ],
      arrivals: 'none',
      sampleIntervalS: 1,
    });
    for (const idToken of fleet.idTokens.slice(0, 2)) await network.must('PUT', `/v1/tokens/ISO14443/${idToken}`, { status: 'Accepted' });
    await network.until('both stations online', async () => {
      const { items } = await network.must<List>('GET', '/v1/stations');
      return items.filter(({ online }) => online).length === 2;
    });
    for (const [index, stationId] of ['SOON', 'LATE'].entries())
      fleet.station(stationId).charging.arrive(1, car, { idToken: fleet.idTokens[index] ?? '', type: 'ISO14443' });
  }, 60_000);
  afterAll(() => network?.close(), 60_000);

  it('shares fairly while nobody says anything, without a plan', async () => {
    await network.until('both share', () => Math.abs(drawnA('SOON') - 10) < 1 && Math.abs(drawnA('LATE') - 10) < 1, 120_000);
    expect(await plans()).toEqual([]);
  }, 130_000);

  it('gives more to who leaves sooner, and says why the other has less', async () => {
    const needs = { SOON: [HOUR, 12_000], LATE: [10 * HOUR, 12_000] } as const;
    for (const [stationId, [ms, energyWh]] of Object.entries(needs)) {
      const { sessionId } = await session(stationId);
      await network.must('PUT', `/v1/sessions/${sessionId}/needs`, { departsAt: inMs(ms), energyWh });
    }
    await network.until('who leaves sooner has more', () => drawnA('SOON') >= 13 && drawnA('LATE') <= 7, 120_000);
    expect(await outlet('LATE')).toMatchObject({ heldBy: 'laterDeparture' });
    expect(await outlet('SOON')).toMatchObject({ heldBy: null });
    expect(await session('SOON')).toMatchObject({ needs: { energyWh: 12_000 }, plan: { shortfallWh: 0, promiseShortfallWh: 0 } });
    // The car obeys before the answer of its station is a row, and every plan may ask anew.
    const { limit, siteLoad } = await network.until('what it was told last is answered', async () => {
      const told = await network.must<Json & { limit: Json }>('GET', '/v1/sites/s/explain?stationId=LATE&evseId=1');
      return told.limit.outcome === 'accepted' && told;
    });
    expect(limit).toMatchObject({
      heldBy: 'laterDeparture',
      outcome: 'accepted',
      limitA: expect.any(Number),
      seen: { cars: 2, waiting: [] },
    });
    expect(siteLoad).toMatchObject({ limitW: 20 * 3 * 230 });
    const { limits, plan } = await network.must<{ limits: readonly Json[]; plan: { slots: readonly { powerW: number }[] } }>(
      'GET',
      '/v1/sites/s/outlook',
    );
    expect(limits).toEqual([{ at: expect.any(String), limitW: 20 * 3 * 230 }]);
    // The slot that runs has all there is: one of them leaves within the hour.
    expect(plan.slots[0]?.powerW).toBeGreaterThan(12_000);
    const [first] = await plans();
    expect(first).toMatchObject({ ownerEpoch: expect.any(Number), isCosted: false });
  }, 130_000);

  it('tells what a driver cannot have', async () => {
    const { sessionId } = await session('SOON');
    await network.must('PUT', `/v1/sessions/${sessionId}/needs`, { departsAt: inMs(HOUR), energyWh: 60_000 });
    const plan = await network.until('a plan that falls short', async () => {
      const { plan: latest } = (await session('SOON')) as { plan: { shortfallWh: number; promiseShortfallWh: number } };
      return latest.shortfallWh > 0 && latest;
    });
    // 20 A on three lines for an hour are 13.8 kWh.
    expect(plan.shortfallWh).toBeGreaterThan(40_000);
    expect(plan.promiseShortfallWh).toBe(plan.shortfallWh);
  }, 60_000);

  it('answers a car that states its needs, and sends it a schedule (K15)', async () => {
    const station = await RawStation.connect({
      port: network.network.edge.port,
      path: '/ocpp/ASKS',
      protocols: 'ocpp2.0.1',
      user: 'ASKS',
      password: PASSWORD,
    });
    const seen: { action: string; payload: Json }[] = [];
    const answers = new Map<string, Json>();
    station.socket.on('message', (data) => {
      const [kind, id, ...rest] = JSON.parse(String(data)) as [number, string, ...unknown[]];
      if (kind === 3) answers.set(id, rest[0] as Json);
      if (kind !== 2) return;
      const [action, payload] = rest as [string, Json];
      seen.push({ action, payload });
      station.send([
        3,
        id,
        action === 'GetVariables' ? { getVariableResult: [] } : { status: action === 'SetChargingProfile' ? 'Accepted' : 'Rejected' },
      ]);
    });
    const say = async (id: string, action: string, payload: Json): Promise<Json> => {
      station.send([2, id, action, payload]);
      return network.until(`the answer to ${action}`, () => answers.get(id));
    };
    await say('b', 'BootNotification', { reason: 'PowerUp', chargingStation: { model: 'm', vendorName: 'v' } });
    await network.until('its default', () => seen.some(({ action }) => action === 'SetChargingProfile'), 30_000);
    await say('t', 'TransactionEvent', {
      eventType: 'Started',
      timestamp: inMs(0),
      triggerReason: 'CablePluggedIn',
      seqNo: 0,
      transactionInfo: { transactionId: 'asking' },
      evse: { id: 1, connectorId: 1 },
    });
    const before = seen.length;
    const acChargingParameters = { energyAmount: 5_000, evMinCurrent: 6, evMaxCurrent: 16, evMaxVoltage: 400 };
    const chargingNeeds = { requestedEnergyTransfer: 'AC_three_phase', departureTime: inMs(2 * HOUR), acChargingParameters };
    const answer = await say('n', 'NotifyEVChargingNeeds', { evseId: 1, maxScheduleTuples: 3, chargingNeeds });
    expect(answer.status).toBe('Accepted');
    const schedule = await network.until(
      'its schedule',
      () => seen.slice(before).find(({ payload }) => (payload.chargingProfile as Json | undefined)?.transactionId === 'asking')?.payload,
      60_000,
    );
    const { chargingSchedule } = schedule.chargingProfile as {
      chargingSchedule: readonly { chargingSchedulePeriod: readonly unknown[] }[];
    };
    expect(chargingSchedule).toHaveLength(1);
    expect(chargingSchedule[0]?.chargingSchedulePeriod.length).toBeLessThanOrEqual(3);
    const means = (id: string, limit: number): Promise<Json> =>
      say(id, 'NotifyEVChargingSchedule', {
        evseId: 1,
        timeBase: inMs(0),
        chargingSchedule: { id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
      });
    expect(await means('k1', 0)).toEqual({ status: 'Accepted' });
    expect(await means('k2', 32)).toEqual({ status: 'Rejected' });
    const refusals = (await network.records('site-events')).filter(
      ({ type, data }) => type === 'CallReceived' && (data as CallReceived).action === 'NotifyEVChargingSchedule',
    );
    expect(refusals.map(({ data }) => (data as CallReceived).answer)).toEqual([
      { kind: 'result', payload: { status: 'Accepted' } },
      { kind: 'result', payload: { status: 'Rejected' } },
    ]);
    await say('e', 'TransactionEvent', {
      eventType: 'Ended',
      timestamp: inMs(0),
      triggerReason: 'EVDeparted',
      seqNo: 1,
      transactionInfo: { transactionId: 'asking', stoppedReason: 'EVDisconnected' },
    });
    await station.close();
  }, 120_000);

  it('shares fairly again when the planner has died', async () => {
    await planner.stop();
    await network.until('both share', () => Math.abs(drawnA('SOON') - 10) < 1 && Math.abs(drawnA('LATE') - 10) < 1, 120_000);
    expect(await outlet('LATE')).toMatchObject({ heldBy: null });
  }, 130_000);

  it('measures what is above the limit, and names the station that does not obey', async () => {
    const from = inMs(0);
    const violations = async (): Promise<Violations> =>
      (await network.must<{ violations: Violations }>('GET', `/v1/sites/s/load?from=${from}&to=${inMs(60_000)}`)).violations;
    expect(await violations()).toEqual({ seconds: 0, isExplained: true, nodes: [], episodes: [] });
    fleet.station('LATE').disobey(true);
    await network.until('more flows than the limit', () => drawnA('SOON') + drawnA('LATE') > 20, 60_000);
    await network.until('that is told', async () => (await violations()).episodes.length === 3);
    fleet.station('LATE').disobey(false);
    const { seconds, isExplained, nodes, episodes } = await network.until('that is over', async () => {
      const now = await violations();
      return now.episodes.every(({ endedAt }) => endedAt !== null) && now;
    });
    expect(isExplained).toBe(true);
    expect(nodes.map(({ nodeId, phase }) => `${nodeId} ${phase}`).sort()).toEqual(['grid L1', 'grid L2', 'grid L3']);
    for (const { limitA, flowA, reasons } of episodes) {
      expect(limitA).toBe(20);
      expect(flowA).toBeGreaterThan(20);
      expect(reasons).toContainEqual(
        expect.objectContaining({ kind: expect.stringMatching(/disobedient|following/), stationId: 'LATE', evseId: 1 }),
      );
    }
    expect(seconds).toBeGreaterThan(0);
    for (const node of nodes) expect(node.seconds).toBeLessThanOrEqual(seconds);
    const told = await network.until('it is in the log', async () => {
      const records = (await network.records('balancing-events')).filter(({ type }) => type === 'LimitExceeded');
      const exceeded = records.map(({ data }) => data as LimitExceeded);
      return exceeded.filter(({ isOver }) => isOver).length >= 3 && exceeded;
    });
    expect(told.every(({ reasons }) => reasons.length > 0)).toBe(true);
    expect(told.filter(({ isOver }) => isOver)).toHaveLength(3);
    const { since } = episodes[0] as (typeof episodes)[number];
    const then = await network.must<Json>('GET', `/v1/sites/s/explain?stationId=LATE&evseId=1&at=${since}`);
    expect(then.violations).toEqual(expect.arrayContaining([expect.objectContaining({ since, nodeId: 'grid' })]));
    const { limits } = await network.must<{ limits: readonly Json[] }>('GET', `/v1/sessions/${(await session('LATE')).sessionId}/explain`);
    expect(limits.length).toBeGreaterThan(1);
    expect(limits.every(({ cause }) => typeof cause === 'string')).toBe(true);
  }, 120_000);

  it('has rows and decisions that a replay repeats without asking a planner', async () => {
    await network.close({ keep: true });
    const env = { ...process.env, DATA_DIR: network.directory };
    const replay = spawnSync(process.execPath, [join(process.cwd(), 'dist/apps/standalone/replay.js'), '--verify'], {
      env,
      encoding: 'utf8',
    });
    expect(replay.stdout).toMatch(/session_plans +3 rows, equal/);
    expect(replay.stdout).toMatch(/limit_violations +[3-9] rows, equal/);
    expect(replay.stdout).toMatch(/the rows equal a replay of the log/);
    expect(replay.stdout).not.toMatch(/DIFFERENT|\d parked|otherwise/);
    expect(replay.status).toBe(0);
  }, 120_000);
});
