// kill -9 of the edge in the middle of a message of each functional block, both ways, in each version: before it was read, after it was recorded and before
// its answer was heard, and between a command and its answer. The stations come back, each by its security profile, and repeat what was not answered, as
// OCPP has it.
// Each has a twin that lived through the same without a kill: answers, derived facts and rows are compared, and nothing is there twice.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallReceived, Recorded } from '#contracts';
import { actions, SUBPROTOCOLS } from '#ocpp';
import { ProcessNetwork } from '../cluster/support/process-network.js';
import { until } from '../cluster/support/until.js';
import { newRequest } from '../scenario/support/certificates.js';
import {
  ASKED as ASKED_OF_BLOCKS,
  type Asked,
  type Call,
  isAll,
  payloadOf,
  TOKEN,
  TOLD as TOLD_OF_BLOCKS,
  type Told,
  type Wanted,
} from './support/block-cases.js';
import { Doors, OURS, PROFILES } from './support/doors.js';
import { FLAT_TARIFF } from './support/flat-tariff.js';
import { MORE_ASKED, MORE_TOLD, WITHOUT_ANSWER } from './support/message-cases.js';
import { ScriptedStation } from './support/scripted-station.js';
import { TIME, type Twin, twinRows } from './support/twin-rows.js';

/** `A` lives undisturbed. `B`: the edge died before it read the message, or before it read the answer; `C`: before what it wrote was heard. */
const LIVES = ['A', 'B', 'C'] as const;
type Life = (typeof LIVES)[number];
const DISTURBED: readonly Life[] = ['B', 'C'];
const nameOf = (life: Life, { id }: { readonly id: string }): string => `${life}-${id}`;
const ALL_TOLD = isAll ? [...TOLD_OF_BLOCKS, ...MORE_TOLD] : TOLD_OF_BLOCKS;
const ALL_ASKED = isAll ? [...ASKED_OF_BLOCKS, ...MORE_ASKED] : ASKED_OF_BLOCKS;
/** Every message is too much for one network on a small machine: then each version has one of its own. */
const NETWORKS = isAll ? SUBPROTOCOLS.map((version) => [version] as const) : [SUBPROTOCOLS];

/** Cases, of which each has a station in each life. */
const AT_A_SITE = 20;

/** A few at a time: this is no test of a crowd. */
const AT_ONCE = 30;
async function inTurns<T>(items: readonly T[], work: (item: T) => unknown): Promise<void> {
  const left = [...items];
  const turn = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, turn));
}

(isAll ? it : it.skip)('every message of every version has its case', () => {
  const played = new Set([
    ...ALL_TOLD.map(({ version, call }) => `${version} ${call[0]}`),
    ...ALL_ASKED.map(({ version, action }) => `${version} ${action}`),
  ]);
  for (const version of SUBPROTOCOLS) for (const action of WITHOUT_ANSWER) played.add(`${version} ${action}`);
  const all = SUBPROTOCOLS.flatMap((version) => [...actions(version).keys()].map((action) => `${version} ${action}`));
  expect(all.filter((each) => !played.has(each))).toEqual([]);
});

describe.each(NETWORKS.map((versions) => [versions.join(', '), versions] as const))(
  'an edge that is killed in the middle of %s',
  (_, versions) => {
    const isPlayed = ({ version }: Told | Asked): boolean => (versions as readonly string[]).includes(version);
    const [TOLD, ASKED] = [ALL_TOLD.filter(isPlayed), ALL_ASKED.filter(isPlayed)];
    const CASES: readonly (Told | Asked)[] = [...TOLD, ...ASKED];
    let network: ProcessNetwork;
    const stations = new Map<string, ScriptedStation>();
    const of = (life: Life, each: Told | Asked): ScriptedStation => stations.get(nameOf(life, each)) as ScriptedStation;
    const inFlight = new Map<string, string>();
    const answers = new Map<string, unknown>();

    const says = async (station: ScriptedStation, call: Call, messageId?: string): Promise<unknown> => {
      const answer = await station.call(call[0], payloadOf(call, station), messageId);
      if (typeof answer.transactionId === 'number') station.transactionId = answer.transactionId;
      // What it costs so far is told by whoever heard its beginning; afterwards by CostUpdated (ADR 0046).
      const { totalCost: _, currentTime: __, transactionId, ...rest } = answer;
      const said = { ...rest, ...(transactionId !== undefined && { transactionId: 'some' }) };
      return JSON.parse(JSON.stringify(said).replace(TIME, 'TIME'));
    };
    const all = async (station: ScriptedStation, calls: readonly Call[] = []): Promise<void> => {
      for (const call of calls) await says(station, call);
    };
    /**
     * Until it is accepted, or held back by its station; rejects where it comes to another end. The owner of a site that is behind, on a loaded
     * machine, refuses what can change limits before it leaves: that is asked again.
     */
    const asks = (station: ScriptedStation, [action, payload]: Wanted): Promise<true> =>
      until(`${action} of ${station.stationId}`, async () => {
        const { stationId, held } = station;
        const asked = { action, payload, timeoutMs: 30_000 };
        const { commandId } = await network.call<{ commandId: string }>('POST', `/v1/stations/${stationId}/commands`, asked);
        const { state, reason } = await until(`the end of ${action} of ${stationId}`, async () => {
          if (held.has(action)) return { state: 'held', reason: null };
          // Its row comes a moment after it.
          const row = await network
            .call<{ state: string; reason: string | null }>('GET', `/v1/commands/${commandId}`)
            .catch(() => undefined);
          return row !== undefined && !['queued', 'sent'].includes(row.state) && row;
        });
        if (reason?.startsWith('PastNotAfter')) return false;
        if (state !== 'accepted' && state !== 'held') throw new Error(`${action} of ${stationId}: ${state}, ${reason}`);
        return true;
      });
    const ofStations = async (type: string): Promise<readonly Recorded[]> =>
      (await network.records('site-events')).filter((record) => record.type === type && stations.has(record.stationId ?? ''));
    const forAll = (lives: readonly Life[], cases: readonly (Told | Asked)[], work: (station: ScriptedStation, each: never) => unknown) =>
      inTurns(
        lives.flatMap((life) => cases.map((each) => [of(life, each), each as never] as const)),
        ([station, each]) => work(station, each),
      );

    beforeAll(async () => {
      const doors = await Doors.open();
      network = await ProcessNetwork.open({ replicas: 1, settings: { ...doors.settings, PLAN_INTERVAL_S: '0' } });
      await network.insist('PUT', '/v1/tariffs/flat', FLAT_TARIFF);
      const root = { nodeId: 'grid', limitA: 10_000, unmanagedMaxA: 0, phases: 3 };
      const siteOf = (index: number): string => `s${Math.floor(index / AT_A_SITE)}`;
      for (const siteId of new Set(CASES.map((_, index) => siteOf(index)))) {
        await network.insist('PUT', `/v1/sites/${siteId}`, { name: 'S', timeZone: 'UTC', voltageV: 230, root });
        await network.insist('PUT', `/v1/sites/${siteId}/tariff`, { tariffId: 'flat' });
      }
      await network.insist('PUT', `/v1/tokens/ISO14443/${TOKEN}`, { status: 'Accepted' });
      const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }];
      const configured = { nodeId: 'grid', evses, inquiries: 'none' };
      const everyone = CASES.flatMap((each, index) => LIVES.map((life) => [life, each, index] as const));
      await inTurns(everyone, async ([life, each, index]) => {
        const [stationId, profile] = [nameOf(life, each), PROFILES[index % PROFILES.length] ?? 0];
        const station = new ScriptedStation(stationId, each.version, doors.way(profile, stationId, network.edgePorts[0] as number));
        if ('answer' in each && each.answer) station.answers.set(each.action, each.answer);
        station.csr = isAll ? (await newRequest(`CN=${stationId}, O=${OURS}`)).csr : '';
        stations.set(stationId, station);
        const config = { siteId: siteOf(index), ...configured, ...doors.configuration(profile) };
        await network.insist('PUT', `/v1/stations/${stationId}`, config);
      });
      await inTurns([...stations.values()], (each) => each.connect());
      await inTurns([...stations.values()], (each) => each.boot());
      await forAll(LIVES, TOLD, (each, { before }: Told) => all(each, before));
      await forAll(LIVES, ASKED, async (station, { first }: Asked) => first && asks(station, first));
      await network.settled();
    }, 600_000);
    afterAll(async () => {
      for (const station of stations.values()) station.cut();
      await network?.close();
    }, 60_000);

    it('answers who comes back as it would have', async () => {
      await forAll(['A'], TOLD, async (station, { call, after, id }: Told) => {
        answers.set(id, await says(station, call));
        await all(station, after);
      });
      await forAll(['A'], ASKED, async (station, each: Asked) => {
        await asks(station, [each.action, each.payload]);
        await all(station, each.after);
      });

      // C: recorded, and its answer not read.
      await forAll(['C'], TOLD, async (station, { call }: Told) => {
        station.stopReading();
        const messageId = station.newId();
        inFlight.set(station.stationId, messageId);
        station.say(call[0], payloadOf(call, station), messageId);
      });
      await forAll(DISTURBED, ASKED, async (station, each: Asked) => {
        station.holds.add(each.action);
        await asks(station, [each.action, each.payload]);
      });
      const wanted = TOLD.map((each) => inFlight.get(nameOf('C', each)));
      await until('what was said is recorded', async () => {
        const known = new Set((await ofStations('CallReceived')).map(({ data }) => (data as CallReceived).messageId));
        return wanted.every((messageId) => known.has(messageId ?? ''));
      });
      // B: on its way into a process that does not run any more.
      network.signal('edge-0', 'SIGSTOP');
      await forAll(['B'], TOLD, async (station, { call }: Told) => {
        const messageId = station.newId();
        inFlight.set(station.stationId, messageId);
        station.say(call[0], payloadOf(call, station), messageId);
      });
      for (const each of ASKED) of('C', each).answerHeld(each.action);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await network.end('edge-0', 'SIGKILL');
      for (const station of stations.values()) station.cut();
      network.start('edge-0');
      await network.ready('edge-0');

      await inTurns([...stations.values()], (station) => station.connect());
      await forAll(DISTURBED, TOLD, async (station, { call, id, after }: Told) => {
        // Some stations repeat a message under its id, and some under a new one.
        const messageId = station.stationId.startsWith('B') ? inFlight.get(station.stationId) : undefined;
        expect([station.stationId, await says(station, call, messageId)]).toEqual([station.stationId, answers.get(id)]);
        await all(station, after);
      });
      await forAll(DISTURBED, ASKED, async (station, each: Asked) => {
        station.holds.clear();
        station.held.clear();
        await asks(station, [each.action, each.payload]);
        await all(station, each.after);
      });
      await network.settled();

      const ends = (await network.records('site-events')).filter(({ type }) => /^Command(Answered|Errored|Unanswered|Refused)$/.test(type));
      const ended = ends.map(({ data }) => (data as { readonly commandId: string }).commandId);
      expect(ended.filter((commandId, index) => ended.indexOf(commandId) !== index)).toEqual([]);
      expect(network.deaths).toEqual([]);
    }, 480_000);

    it.each(CASES.map((each) => [each.id, each] as const))(
      '%s: the rows and facts of its stations are those of the one that was let alone',
      async (_, each) => {
        const twins = await Promise.all(LIVES.map((life) => twinRows(network, nameOf(life, each))));
        const [alone, ...disturbed] = twins as readonly Twin[];
        for (const twin of disturbed) expect(twin).toEqual(alone);
        expect(Object.keys(alone?.rows ?? {}).length).toBeGreaterThan(0);
      },
    );
  },
);
