// Stations on OCPP libraries that others wrote, against the product as a new user starts it: every client, every version, the same story.
// Both libraries check each frame against the official schemas; whatever they do not like fails here. Run by `npm run test:interop`.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Recorded } from '#contracts';
import { answeredCalls, complaints, recordedCalls, refusals } from './support/frames.js';
import { PRICE_PER_KWH } from './support/network.mjs';
import { NetworkProcess } from './support/network-process.js';
import type { Client } from './support/station-process.js';
import { SITE_LIMIT_A, type Story, tellStory } from './support/story.js';

const { INTEROP_PYTHON: python, INTEROP_GO_STATION: goStation } = process.env;
const mobilityhouse = python === undefined ? undefined : [python, 'test/interop/mobilityhouse/main.py'];
const go = goStation === undefined ? undefined : [goStation];
const CLIENTS: readonly Client[] = [
  ...(['1.6', '2.0.1', '2.1'] as const).map((version) => ({ library: 'mobilityhouse/ocpp', version, command: mobilityhouse })),
  // It has no 2.1 yet.
  ...(['1.6', '2.0.1'] as const).map((version) => ({ library: 'ocpp-go', version, command: go })),
];
const nameOf = ({ library, version }: Client): string => `${library}, ${version}`;
const siteOf = ({ library, version }: Client): string => `${library === 'ocpp-go' ? 'go' : 'mh'}${version.replaceAll('.', '')}`;

const network = new NetworkProcess();
const stories = new Map<string, Story | Error>();
let records: readonly Recorded[] = [];
let exitCode: number | null = null;
let replayed = '';

beforeAll(async () => {
  await network.start();
  await network.tariff();
  const tell = async (client: Client): Promise<void> => {
    stories.set(nameOf(client), await tellStory(network, client, siteOf(client)).catch((error: Error) => error));
  };
  await Promise.all(CLIENTS.filter(({ command }) => command !== undefined).map(tell));
  exitCode = await network.stop();
  records = await network.records('site-events');
  replayed = network.replay();
}, 600_000);
afterAll(async () => {
  await network.stop();
  network.remove();
});

const storyOf = (client: Client): Story => {
  const story = stories.get(nameOf(client));
  if (story === undefined || story instanceof Error) throw new Error('the story did not come to its end');
  return story;
};

for (const client of CLIENTS) {
  (client.command === undefined ? describe.skip : describe)(nameOf(client), () => {
    it('comes to the end of its story', () => {
      const story = stories.get(nameOf(client));
      if (story instanceof Error) throw story;
    });

    it('boots, and starts with a token of the network', () => {
      for (const station of storyOf(client).stations) {
        expect(station.all('booted').map(({ status }) => status)).not.toContain('Rejected');
        expect(station.all('started')).toMatchObject([{ status: 'Accepted' }]);
      }
    });

    it('obeys the limits it is sent: the whole site alone, a share for two, never more together than the site has', () => {
      const { stations, shared } = storyOf(client);
      const draws = stations.flatMap((station, index) => station.all('draw').map(({ at, currentA }) => ({ at, currentA, index })));
      const now = [0, 0];
      const sums = draws
        .sort((a, b) => a.at - b.at)
        .map(({ index, currentA }) => {
          now[index] = currentA;
          return now.reduce((sum, each) => sum + each, 0);
        });
      expect(Math.max(...sums)).toBeLessThanOrEqual(SITE_LIMIT_A);
      expect(Math.max(...sums)).toBeGreaterThan(SITE_LIMIT_A - 1);
      for (const currentA of shared) expect(currentA).toBeGreaterThanOrEqual(6);
    });

    it('ends with sessions and bills equal to the difference of its own registers', () => {
      const { stations, sessions, cdrs } = storyOf(client);
      expect(sessions).toHaveLength(2);
      expect(cdrs).toHaveLength(2);
      for (const station of stations) {
        const [told] = station.all('stopped');
        const session = sessions.find(({ stationId }) => stationId === station.stationId);
        const cdr = cdrs.find(({ session_id }) => session_id === session?.sessionId);
        const registerWh = Number(told?.meterStopWh) - Number(told?.meterStartWh);
        expect(registerWh).toBeGreaterThan(0);
        expect(session).toMatchObject({ transactionId: String(told?.transactionId), flags: [] });
        expect(session?.energyWh).toBeCloseTo(registerWh, 3);
        expect(Math.abs((cdr?.total_energy ?? 0) * 1000 - registerWh)).toBeLessThan(0.051);
        expect(cdr?.total_cost.excl_vat).toBeCloseTo((registerWh / 1000) * PRICE_PER_KWH, 3);
      }
    });

    it('is reached by every command, and every outcome is recorded', () => {
      const { stations, tries, started, stopped, wasReset } = storyOf(client);
      for (const row of [started, stopped, wasReset]) expect(row).toMatchObject({ state: 'accepted', answer: { status: 'Accepted' } });
      for (const { wanted, got } of tries) {
        const { action, state, answer, reason } = wanted;
        expect(got).toMatchObject({ action, state, ...(answer !== undefined && { answer }) });
        if (reason !== undefined) expect(got.reason).toMatch(reason);
      }
      const sent = stations.flatMap(answeredCalls).map(({ action }) => action);
      for (const { wanted } of tries) if (wanted.brings !== undefined) expect(sent).toContain(wanted.brings);
      const commands = [...tries.map(({ got }) => got), started, stopped, wasReset];
      for (const { commandId } of commands) {
        const types = records.filter(({ data }) => (data as { commandId?: string }).commandId === commandId).map(({ type }) => type);
        expect(types).toEqual(['CommandRequested', 'CommandSent', expect.stringMatching(/^Command(Answered|Errored)$/)]);
      }
    });

    it('tells in its composite schedule the limit it was sent', () => {
      const { shared, composite } = storyOf(client);
      expect(composite).toMatchObject({ state: 'accepted', answer: { status: 'Accepted' } });
      expect(JSON.stringify(composite.answer)).toContain(`"limit":${shared[0]}`);
    });

    it('is never sent a profile that somebody else made', () => {
      expect(storyOf(client).foreignProfile).toMatchObject({ state: 'failed', reason: expect.stringContaining('NotPermitted') });
    });

    it('finds no fault with any frame of ours, and we none with its', () => {
      for (const station of storyOf(client).stations) {
        expect(station.all('problem')).toEqual([]);
        expect(complaints(station)).toEqual([]);
        expect(refusals(station)).toEqual([]);
      }
    });

    it('has every answered message in the log, with that answer, in its order, once', () => {
      for (const station of storyOf(client).stations) {
        const answered = answeredCalls(station);
        expect(answered.length).toBeGreaterThan(20);
        const ids = new Set(answered.map(({ messageId }) => messageId));
        expect(recordedCalls(records, station).filter(({ messageId }) => ids.has(messageId))).toEqual(answered);
      }
    });
  });
}

describe('the network', () => {
  it('says no warning, ends cleanly, and its rows equal a replay of its log', () => {
    expect(network.warnings).toEqual([]);
    expect(exitCode).toBe(0);
    expect(replayed).toMatch(/the rows equal a replay of the log/);
    expect(replayed).not.toMatch(/DIFFERENT|\d parked|otherwise/);
  });
});
