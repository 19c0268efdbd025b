// The network at scale: two edges and two replicas of every service as processes of their own on Kafka, Redis and PostgreSQL.
// A station of each version charges below the site's limit; a command enters by the api that holds no station; a killed owner is replaced.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Fleet, startFleet } from '#apps/simulator';
import { LIMIT_TOPICS } from '#contracts';
import { type OtlpReceiver, otlpReceiver, pathTo, readAll } from '#testing';
import { FLAT_TARIFF } from '../chaos/support/flat-tariff.js';
import { ProcessNetwork } from './support/process-network.js';
import { until } from './support/until.js';

const LIMIT_A = 20;
const car = { batteryWh: 60_000, soc: 0.2, maxA: 32, phases: 3 } as const;

describe('two edges and two replicas of every service', () => {
  let network: ProcessNetwork;
  let collector: OtlpReceiver;
  const fleets: Fleet[] = [];
  const drawnA = (fleet: Fleet | undefined): number => Math.max(0, ...(fleet?.draws().map(({ currentMa }) => currentMa / 1000) ?? []));

  beforeAll(async () => {
    collector = await otlpReceiver();
    network = await ProcessNetwork.open({
      settings: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_TRACES_SAMPLER_ARG: '1' },
    });
    await network.insist('PUT', '/v1/tariffs/flat', FLAT_TARIFF);
    await network.insist('PUT', '/v1/sites/s', {
      name: 'S',
      timeZone: 'UTC',
      voltageV: 230,
      root: { nodeId: 'grid', limitA: LIMIT_A, unmanagedMaxA: 0, phases: 3 },
    });
    await network.insist('PUT', '/v1/sites/s/tariff', { tariffId: 'flat' });
    const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }];
    for (const [index, [stationId, ocppVersion]] of (
      [
        ['OLD', 'ocpp1.6'],
        ['NEW', 'ocpp2.0.1'],
      ] as const
    ).entries()) {
      await network.insist('PUT', `/v1/stations/${stationId}`, {
        siteId: 's',
        nodeId: 'grid',
        securityProfile: 1,
        password: `password-of-${stationId}`,
        evses,
      });
      fleets.push(
        await startFleet({
          url: `ws://127.0.0.1:${network.edgePorts[index]}/ocpp`,
          stations: [{ stationId, ocppVersion, password: `password-of-${stationId}`, evses: [{ evseId: 1, maxA: 32 }] }],
          arrivals: 'none',
          sampleIntervalS: 1,
        }),
      );
    }
    for (const idToken of fleets[0]?.idTokens.slice(0, 2) ?? [])
      await network.insist('PUT', `/v1/tokens/ISO14443/${idToken}`, { status: 'Accepted' });
  }, 300_000);

  afterAll(async () => {
    for (const fleet of fleets) await fleet.stop();
    await network?.close();
    collector?.close();
  }, 60_000);

  it('charges, shares, releases, commands by the other api, and bills', async () => {
    const [old, recent] = fleets;
    const online = async (): Promise<boolean> =>
      (await network.call<{ items: { online: boolean }[] }>('GET', '/v1/stations')).items.filter((each) => each.online).length === 2;
    await until('both stations online', online);
    const [first, second] = old?.idTokens ?? [];
    expect(old?.station('OLD').charging.arrive(1, car, { idToken: first ?? '', type: 'ISO14443' })).toBe(true);
    await until('the first car alone has the whole site', () => drawnA(old) > LIMIT_A - 2);
    expect(recent?.station('NEW').charging.arrive(1, car, { idToken: second ?? '', type: 'ISO14443' })).toBe(true);
    await until('both cars share', () => drawnA(old) >= 6 && drawnA(recent) >= 6);
    expect(drawnA(old) + drawnA(recent)).toBeLessThanOrEqual(LIMIT_A + 0.001);

    const answer = await network.call<{ state: string; answer: unknown }>(
      'POST',
      '/v1/stations/NEW/commands?wait=true',
      {
        action: 'GetVariables',
        payload: { getVariableData: [{ component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } }] },
      },
      1,
    );
    expect(answer.state).toBe('accepted');
    expect(answer.answer).toMatchObject({ getVariableResult: expect.anything() });

    old?.station('OLD').charging.depart(1);
    await until('the one that stays is released', () => drawnA(recent) > LIMIT_A - 2);
    recent?.station('NEW').charging.depart(1);
    const sessions = await until('both sessions ended', async () => {
      const { items } = await network.call<{ items: { stationId: string; energyWh: number; sessionId: string }[] }>(
        'GET',
        '/v1/sessions?status=ended',
        undefined,
        1,
      );
      return items.length === 2 && items;
    });
    const cdrs = await until('both sessions billed', async () => {
      const { items } = await network.call<{ items: { session_id: string; total_energy: number }[] }>('GET', '/v1/cdrs');
      return items.length === 2 && items;
    });
    await network.settled();
    for (const { stationId, transactions } of fleets.flatMap((fleet) => fleet.totals())) {
      const registerWh = Number(transactions[0]?.meterStopWh) - Number(transactions[0]?.meterStartWh);
      const session = sessions.find((each) => each.stationId === stationId);
      expect(session?.energyWh).toBeCloseTo(registerWh, 3);
      expect(
        Math.abs((cdrs.find(({ session_id }) => session_id === session?.sessionId)?.total_energy ?? 0) * 1000 - registerWh),
      ).toBeLessThan(0.051);
    }
  }, 420_000);

  it('takes limits, and their withdrawal, from a topic that a utility writes to, and says what became of each', async () => {
    const { asked, outcomes } = LIMIT_TOPICS;
    await network.log.open([asked, outcomes]);
    const write = (value: string) => network.log.append(asked, [{ key: 'utility', headers: { ce_id: 'by-topic' }, value }]);
    const [startsAt, expiresAt] = [-1, 1].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
    const limit = { siteIds: ['s'], schedule: [{ startsAt, limitA: 10 }], expiresAt, source: 'utility' };
    const standing = async () => {
      const { items } = await network.call<{ items: readonly { inForce: object | null }[] }>('GET', '/v1/sites/s/grid-limits');
      return items.map(({ inForce }) => inForce);
    };
    const [{ partition } = { partition: 0 }] = await write(JSON.stringify(limit));
    await until('the limit in force', async () => JSON.stringify(await standing()).includes('"limitA":10'));
    await write(JSON.stringify({ ...limit, schedule: [{ startsAt, limit: 500 }] }));
    await write('{"withdrawn":true}');
    await until('no limit', async () => (await standing()).length === 0);
    const said = await until('three outcomes', async () => {
      const head = await network.log.head(outcomes, partition);
      return head >= 3 && readAll(network.log, outcomes, partition, 0, head);
    });
    expect(said.map(({ headers }) => headers.ce_type)).toEqual(['GridLimitTaken', 'GridLimitRefused', 'GridLimitTaken']);
    expect(JSON.parse(said[1]?.value ?? '')).toMatchObject({ limitId: 'by-topic', text: expect.stringContaining('500') });
  }, 120_000);

  it('is followed from one process to the next: what a station says, what is asked of it then, and its answer are one trace', async () => {
    const path = await until('the trace of a boot', () =>
      collector.spans
        .filter(({ name }) => name === 'GetBaseReport')
        .map((span) => pathTo(span, collector.spans))
        .find(([first]) => first?.name === 'BootNotification'),
    );
    expect(path.map(({ service, name }) => [service, name])).toEqual([
      ['edge', 'BootNotification'],
      ['stations', 'stations decides'],
      ['stations', 'hand over GetBaseReport'],
      ['edge', 'GetBaseReport'],
    ]);
    expect(new Set(path.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it('has its rows again from the log, folded in threads', async () => {
    for (const fleet of fleets.splice(0)) await fleet.stop();
    expect(await network.drain()).toEqual([]);
    await network.database.query('truncate sessions, meter_samples, cdrs');
    const rebuilt = await network.program('standalone/replay.js', []);
    expect(rebuilt).toMatchObject({ status: 0, output: expect.stringMatching(/billing +session-events/) });
    expect((await network.program('standalone/replay.js', ['--verify'])).output).toMatch(/the rows equal a replay of the log/);
  }, 120_000);
});
