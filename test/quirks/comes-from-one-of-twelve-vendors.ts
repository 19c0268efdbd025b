// A site with a station of each of twelve vendors, all charging at once, each with the manners its owners report (apps/simulator/personalities.ts).
// Sessions, energy and bills are right, the site stays below its limit, and what was put right can be seen at each station.
import { expect, it } from '@jest/globals';
import { PERSONALITIES, type PersonalityName, personality } from '#apps/simulator';
import { type CdrRow, PRICE_PER_KWH, type Quirk, type SessionRow } from './support/charger.js';

const LIMIT_A = 110;
const PASSWORD = 'a-long-password-of-a-station';
const START_WH = 12_345;
const CAR = { batteryWh: 60_000, soc: 0.2, maxA: 32, phases: 3 } as const;
/** A watt is counted as if all of it came from one line: on three lines nothing would be left of a share. */
const PHASES: Partial<Record<PersonalityName, 1>> = { huawei: 1 };
/** Gone after each message, it takes no set point: it charges at its safe level, which it got before it began. */
const SAFE_A: Partial<Record<PersonalityName, number>> = { openwb: 6 };
/** What can be seen of each: known of its model, in its messages, in its session. */
const SEEN: Readonly<Record<PersonalityName, readonly string[]>> = {
  'abb-terra-ac': ['registerDip'],
  'wallbox-pulsar': ['registerDip'],
  'keba-p30': ['serial-behind-the-token', 'connectorZero'],
  'grizzl-e': ['registerSessionRelative'],
  huawei: ['limits-in-watts-only', 'negativeClamped'],
  'zaptec-go2': [],
  'growatt-thor': ['clockNoOffset', 'unitSpelling'],
  foxess: [],
  mennekes: [],
  'schneider-evlink': ['totalMismatch'],
  'delta-dc': [],
  openwb: [],
};

interface Page<T> {
  readonly items: readonly T[];
}
interface Told {
  readonly quirk: string;
  readonly times?: number;
}
type Quirks = Readonly<Record<'model' | 'messages' | 'sessions', readonly Told[]>>;

const quirk: Quirk = (network) => {
  it('charges beside the others and is billed by its registers', async () => {
    const world = network();
    const root = { nodeId: 'grid', limitA: LIMIT_A, unmanagedMaxA: 0, phases: 3 };
    await world.must('PUT', '/v1/sites/vendors', { name: 'V', timeZone: 'Europe/Amsterdam', voltageV: 230, root });
    await world.must('PUT', '/v1/sites/vendors/tariff', { tariffId: 'flat' });
    for (const name of PERSONALITIES)
      await world.must('PUT', `/v1/stations/${name}`, {
        ...{ siteId: 'vendors', nodeId: 'grid', securityProfile: 1, password: PASSWORD },
        evses: [{ evseId: 1, phases: PHASES[name] === 1 ? ['L1'] : 3, minA: 6, maxA: 32, safeA: SAFE_A[name] ?? 0 }],
      });
    const fleet = await world.fleet({
      stations: PERSONALITIES.map((name) =>
        personality(name, {
          stationId: name,
          password: PASSWORD,
          evses: [{ evseId: 1, phases: PHASES[name] ?? 3, meterStartWh: START_WH }],
        }),
      ),
      idTokens: PERSONALITIES.map((_, index) => `04AB00000000${10 + index}`),
      arrivals: 'none',
      sampleIntervalS: 1,
      seed: 'vendors',
    });
    for (const idToken of fleet.idTokens) await world.must('PUT', `/v1/tokens/ISO14443/${idToken}`, { status: 'Accepted' });
    const overLimit: number[] = [];
    const watch = setInterval(() => {
      for (const phase of ['L1', 'L2', 'L3']) {
        const sumMa = fleet.draws().reduce((sum, draw) => sum + (draw.phase === phase ? draw.currentMa : 0), 0);
        if (sumMa > LIMIT_A * 1000 + 1) overLimit.push(sumMa);
      }
    }, 100).unref();
    await world.until('all are accepted', () => fleet.stations.every(({ registration }) => registration === 'Accepted'));
    for (const [index, station] of fleet.stations.entries())
      expect(station.charging.arrive(1, CAR, { idToken: fleet.idTokens[index] ?? '', type: 'ISO14443' })).toBe(true);
    const chargedWh = (): readonly (readonly [string, number])[] =>
      fleet.totals().map(({ stationId, registers }) => [stationId, (registers[0]?.registerWh ?? 0) - START_WH]);
    await world
      .until('each has charged a little', () => chargedWh().every(([, wh]) => wh > 3), 45_000)
      .catch((error: unknown) => {
        throw new Error(`${String(error)}: ${JSON.stringify(chargedWh())}`);
      });
    for (const { charging } of fleet.stations) charging.depart(1);

    const sessions = await world.until('all sessions ended', async () => {
      const { items } = await world.must<Page<SessionRow & { stationId: string }>>('GET', '/v1/sessions?siteId=vendors&limit=100');
      return items.length >= 12 && items.every(({ status }) => status === 'ended') && items;
    });
    clearInterval(watch);
    expect(overLimit).toEqual([]);
    for (const [name, wh] of chargedWh()) {
      const own = sessions.filter(({ stationId }) => stationId === name);
      expect([name, own.length]).toEqual([name, 1]);
      const session = own[0] as SessionRow;
      // Whole Wh at the start and at the stop.
      expect([name, Math.abs(session.energyWh - wh) <= 1.01, session.provisional]).toEqual([name, true, name === 'zaptec-go2']);
      // What comes after the stop takes the first bill back and makes another.
      const cdr = await world.until(`the bill of ${name} over ${session.energyWh} Wh`, async () => {
        const { items } = await world.must<Page<CdrRow>>('GET', `/v1/cdrs?sessionId=${session.sessionId}`);
        return items.find(({ total_energy, credit }) => credit !== true && Math.abs(total_energy - session.energyWh / 1000) <= 0.0005);
      });
      expect([name, cdr.total_cost.excl_vat]).toEqual([name, expect.closeTo((session.energyWh / 1000) * PRICE_PER_KWH, 2)]);
      // What its messages showed is told by another service than its sessions.
      const wanted = SEEN[name as PersonalityName];
      const seen = await world.until(`what can be seen of ${name}: ${wanted}`, async () => {
        const quirks = await world.must<Quirks>('GET', `/v1/stations/${name}/quirks`);
        const all = [...quirks.model, ...quirks.messages, ...quirks.sessions];
        return wanted.every((word) => all.some((each) => each.quirk === word)) && all;
      });
      expect(seen.every(({ times = 1 }) => times > 0)).toBe(true);
    }
    // Put right in rows, as it came in the log.
    const site = await world.records('site-events');
    const said = site.filter(({ stationId, type }) => stationId === 'growatt-thor' && type === 'CallReceived');
    expect(said.map(({ data }) => JSON.stringify(data)).filter((text) => /"MeterValues".*"timestamp":"[^"Z]+"/.test(text))).not.toEqual([]);
    await fleet.stop();
  });
};

export default quirk;
