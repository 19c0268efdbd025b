// Where defaults are put: one for the whole station or one for each outlet, and how a station comes from the one to the other.
// The site under test is site.fixture's; its stations hold what they were told, and refuse what OCPP has them refuse.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested } from '#contracts';
import { committedMa } from '#domain/load-balancing';
import type { OcppVersion } from '#ocpp';
import { evse, type Site, site } from './site.fixture.js';
import { stationIn } from './state.js';

const MINUTE = 60_000;

interface Told {
  readonly csChargingProfiles?: Profile;
  readonly chargingProfile?: Profile;
  readonly connectorId?: number;
  readonly evseId?: number;
  /** To clear: 1.6, and 2.x. */
  readonly id?: number;
  readonly chargingProfileId?: number;
}
interface Profile {
  readonly id?: number;
  readonly chargingProfileId?: number;
  readonly chargingProfilePurpose: string;
  readonly chargingSchedule: Schedule | readonly Schedule[];
}
interface Schedule {
  readonly chargingSchedulePeriod: readonly { readonly limit: number }[];
}

/** Its defaults by id: where each stands (connector or EVSE, 0 = all) and what it lets draw [A]. */
type Held = Map<number, readonly [place: number, limitA: number]>;

/** A station that answers as OCPP says, beside what `also` wants. */
function holding(it: Site, also: (command: CommandRequested) => 'Accepted' | 'silence' = () => 'Accepted'): Held {
  const held: Held = new Map();
  it.answer = (command) => {
    const {
      csChargingProfiles,
      chargingProfile = csChargingProfiles,
      connectorId,
      evseId,
      id,
      chargingProfileId,
    } = command.payload as Told;
    if (chargingProfile === undefined) {
      const isThere = held.delete(id ?? chargingProfileId ?? -1);
      return also(command) === 'silence' ? 'silence' : isThere ? 'Accepted' : 'Unknown';
    }
    if (chargingProfile.chargingProfilePurpose !== 'TxDefaultProfile') return 'Accepted';
    const key = chargingProfile.id ?? chargingProfile.chargingProfileId ?? -1;
    const place = connectorId ?? evseId ?? -1;
    const isBeside = [...held].some(([other, [where]]) => other !== key && (where === 0) !== (place === 0));
    if (csChargingProfiles === undefined && isBeside) return 'Rejected';
    const [schedule] = [chargingProfile.chargingSchedule].flat();
    held.set(key, [place, schedule?.chargingSchedulePeriod[0]?.limit ?? 0]);
    return 'Accepted';
  };
  return held;
}

const outlets = (safeA: readonly number[], more: object = {}) =>
  safeA.map((safe, index) => ({ ...evse, evseId: index + 1, safeA: safe, ...more }));
const placed = (it: Site, safeA: readonly number[], more: object = {}): void => it.place('A', {}, { evses: outlets(safeA, more) });
const counts = (it: Site, stationId = 'A'): readonly number[] => {
  const ledger = stationIn(it.state, stationId)?.ledger;
  return ledger?.evses.map((each) => committedMa(ledger, each, it.nowMs, true)) ?? [];
};
const refusals = (it: Site): number => it.told.filter(({ type }) => type === 'LimitAlarmReported').length;

/** Two outlets with one default for both. */
function shared(limitA: number, ocppVersion: OcppVersion = 'ocpp2.0.1') {
  const it = site([], limitA, ocppVersion, () => ({ status: 'Accepted' }));
  const held = holding(it);
  placed(it, [8, 8]);
  it.join('A');
  it.pass(MINUTE);
  expect([...held.values()]).toEqual([[0, 8]]);
  return { it, held };
}

describe('a 2.x station whose outlets get safe levels of their own', () => {
  it('loses the one it had for all first, where there is room for what it may draw meanwhile', () => {
    const { it, held } = shared(80);
    placed(it, [8, 6]);
    it.pass(MINUTE);
    expect([...held.values()].sort()).toEqual([
      [1, 8],
      [2, 6],
    ]);
    expect(counts(it)).toEqual([8_000, 6_000]);
    expect(refusals(it)).toBe(0);
  });

  it('has the lowest for all where there is none, until there is', () => {
    const { it, held } = shared(40);
    placed(it, [8, 6]);
    it.pass(10 * MINUTE);
    expect([...held.values()]).toEqual([[0, 6]]);
    expect(counts(it)).toEqual([6_000, 6_000]);
    const root = { nodeId: 'grid', limitA: 80, unmanagedMaxA: 0 };
    const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root };
    it.put('ConfigurationRequested', { requestId: 'more', requestedBy: 'x', change: { kind: 'site', config } });
    it.pass(MINUTE);
    expect([...held.values()].sort()).toEqual([
      [1, 8],
      [2, 6],
    ]);
  });

  it('counts with its rating from the removal on until they stand, and has one for all again where that had no answer', () => {
    const { it, held } = shared(80);
    let lost = 1;
    holding(it);
    const answer = it.answer;
    const during: (readonly number[])[] = [];
    it.answer = (command) => {
      if (command.action !== 'ClearChargingProfile') return answer(command);
      during.push(counts(it));
      return lost-- > 0 ? 'silence' : answer(command);
    };
    placed(it, [8, 6]);
    expect(during).toEqual([[32_000, 32_000]]);
    it.pass(5 * MINUTE);
    expect(counts(it)).toEqual([8_000, 6_000]);
    expect(held.size).toBe(1);
  });
});

describe('a 1.6 station', () => {
  it('with one connector for each outlet has a default on each, in front of the one for all', () => {
    const { it, held } = shared(40, 'ocpp1.6');
    placed(it, [8, 6]);
    it.pass(MINUTE);
    expect([...held.values()]).toEqual([
      [0, 8],
      [2, 6],
    ]);
    expect(counts(it)).toEqual([8_000, 6_000]);
  });

  it('with several connectors for an outlet has one for all, at the lowest of their safe levels', () => {
    const it = site([], 40, 'ocpp1.6', () => ({ status: 'Accepted' }));
    const held = holding(it);
    placed(it, [8, 6], { connectors: 2 });
    it.join('A');
    it.pass(10 * MINUTE);
    expect([...held.values()]).toEqual([[0, 6]]);
    expect(counts(it)).toEqual([6_000, 6_000]);
    // When it connected, and when it booted; not again and again.
    expect(it.told.flatMap(({ data }) => (data as Partial<CommandRequested>).grant ?? [])).toHaveLength(2);
  });

  it('that gets a second connector loses the defaults its outlets had of their own, which count until then', () => {
    const it = site([], 40, 'ocpp1.6', () => ({ status: 'Accepted' }));
    const held = holding(it);
    placed(it, [8, 6]);
    it.join('A');
    it.pass(MINUTE);
    expect([...held.values()]).toEqual([
      [1, 8],
      [2, 6],
    ]);
    let seen: readonly number[] = [];
    const answer = it.answer;
    it.answer = (command) => {
      if (command.action === 'ClearChargingProfile' && seen.length === 0) seen = counts(it);
      return answer(command);
    };
    placed(it, [8, 6], { connectors: 2 });
    it.pass(MINUTE);
    expect(seen).toEqual([8_000, 6_000]);
    expect([...held.values()]).toEqual([[0, 6]]);
    expect(counts(it)).toEqual([6_000, 6_000]);
  });
});

describe('higher safe levels of two stations', () => {
  it('are not given the same room', () => {
    const it = site(['A', 'B', 'C'], 40, 'ocpp1.6', () => ({ status: 'Accepted' }));
    it.start('C', 1);
    it.pass(2 * MINUTE);
    expect(it.plan('C')?.limitA).toBe(32);
    // Both are told again at the same moment.
    it.answer = () => 'Rejected';
    it.place('A', { safeA: 8 });
    it.place('B', { safeA: 8 });
    it.answer = () => 'silence';
    it.pass(MINUTE);
    const allMa = ['A', 'B', 'C'].flatMap((stationId) => counts(it, stationId)).reduce((sumMa, each) => sumMa + each, 0);
    expect(allMa).toBe(40_000);
  });
});
