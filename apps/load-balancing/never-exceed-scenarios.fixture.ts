// What the spec and the mutations run in the faulty world: which faults, how many stations, which limits when.

import { PHASES, type Phase } from '#domain/load-balancing';
import type { Ocpp2Version } from '#ocpp';
import { FEEDING_SCENARIOS } from './feeding-world.fixture.js';
import { CALM, type Faults, FaultyWorld, GRACE_MS, HOUR, LEASE_S, RATING_A, ROUGH } from './never-exceed.fixture.js';
import { Building } from './stage/building.fixture.js';
import { randomFrom } from './stage/chance.fixture.js';
import { StagedStation } from './stage/station.fixture.js';
import { Station2x } from './stage/station-2x.fixture.js';

interface Setting {
  readonly faults: Faults;
  readonly stations: number;
  readonly limitA: number;
  readonly safeA: number;
  /** All stations are shown to keep their default over a power cycle. */
  readonly keepsDefault?: boolean;
  /** They speak these in turn, each with two connectors at its EVSE; absent = 1.6. */
  readonly speak?: readonly Ocpp2Version[];
  /** The most that other loads are declared to draw [A]; absent = there are none. */
  readonly besideA?: number;
  /** What nobody can take away, as the site states it [A]; absent = it states nothing. */
  readonly firmA?: number;
}

export function faultyWorld(
  seed: number,
  { faults, stations, limitA, safeA, keepsDefault = false, speak = [], besideA = 0, firmA }: Setting,
): FaultyWorld {
  const random = randomFrom(seed);
  const it = new FaultyWorld(random, faults);
  it.limits.push({ from: 0, limitA, isAnnounced: true });
  const root = { nodeId: 'grid', limitA, unmanagedMaxA: besideA, ...(firmA !== undefined && { firmLimitA: firmA }) };
  it.append('ConfigurationRequested', {
    requestId: 'site',
    requestedBy: 'x',
    change: { kind: 'site', config: { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, leaseSeconds: LEASE_S, root } },
  });
  it.append('SiteTaken', { ownerId: 'first' });
  for (let number = 0; number < stations; number++) {
    // One has a clock nobody can trust, one forgets with its power: two at their rating would be more than a cut leaves.
    const skewMs = number === 0 && faults !== CALM ? 90_000 : Math.round((random() - 0.5) * 60_000);
    const version = speak[number % speak.length];
    const make = version === undefined ? StagedStation : Station2x.bind(null, version);
    const station = new make(`S${number}`, RATING_A, skewMs, faults !== CALM && number === 2 && !keepsDefault);
    it.stations.push(station);
    const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: RATING_A, safeA, ...(version !== undefined && { connectors: 2 }) }] as const;
    const config = { stationId: station.stationId, siteId: 's', nodeId: 'grid', securityProfile: 1, keepsDefault, evses } as const;
    const change = { kind: 'station', assignmentSeq: 1, config } as const;
    it.append('ConfigurationRequested', { requestId: station.stationId, requestedBy: 'x', change }, station.stationId);
    it.after(2_000 + number * 500, () => it.connect(station, true));
  }
  return it;
}

/** Unequal EVSEs on two nodes, each of which has less than all of its stations: [node, phases, rating A, least A, priority]. */
const TREE: readonly (readonly ['north' | 'south', readonly Phase[], number, number, number])[] = [
  ['north', PHASES, 20, 6, 0],
  ['north', ['L1'], 32, 6, 1],
  ['north', ['L2'], 16, 6, 0],
  ['north', PHASES, 16, 8, 2],
  ['south', PHASES, 32, 6, 0],
  ['south', ['L2', 'L3'], 16, 6, 1],
  ['south', ['L3'], 32, 10, 0],
  ['south', PHASES, 20, 6, 0],
];
const NODES = { north: [40, 40, 40], south: [36, 44, 52] } as const;

function treeWorld(seed: number, faults: Faults, limitA: number): FaultyWorld {
  const random = randomFrom(seed);
  const it = new FaultyWorld(random, faults);
  it.limits.push({ from: 0, limitA, isAnnounced: true });
  const children = Object.entries(NODES).map(([nodeId, limits]) => ({ nodeId, limitA: limits }));
  const root = { nodeId: 'grid', limitA, unmanagedMaxA: 0, children };
  it.append('ConfigurationRequested', {
    requestId: 'site',
    requestedBy: 'x',
    change: { kind: 'site', config: { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, leaseSeconds: LEASE_S, root } },
  });
  it.append('SiteTaken', { ownerId: 'first' });
  const members = { north: new Set<StagedStation>(), south: new Set<StagedStation>() };
  TREE.forEach(([nodeId, phases, maxA, minA, priority], number) => {
    const skewMs = number === 0 ? 90_000 : Math.round((random() - 0.5) * 60_000);
    const station = new StagedStation(`S${number}`, maxA, skewMs, number === 2);
    it.stations.push(station);
    members[nodeId].add(station);
    it.wired.set(
      station,
      phases.map((phase) => PHASES.indexOf(phase)),
    );
    const evses = [{ evseId: 1, phases, minA, maxA, safeA: 0, priority, weight: 1 + (number % 3) }] as const;
    const config = { stationId: station.stationId, siteId: 's', nodeId, securityProfile: 1, evses } as const;
    const change = { kind: 'station', assignmentSeq: 1, config } as const;
    it.append('ConfigurationRequested', { requestId: station.stationId, requestedBy: 'x', change }, station.stationId);
    it.after(2_000 + number * 500, () => it.connect(station, true));
  });
  for (const nodeId of ['north', 'south'] as const) it.branches.push({ stations: members[nodeId], limitA: NODES[nodeId] });
  return it;
}

/** What the spec and the mutations run: the excess is in `worstA`. */
export const SCENARIOS = {
  ...FEEDING_SCENARIOS,
  rough: (seed: number): FaultyWorld =>
    faultyWorld(seed, { faults: ROUGH, stations: 8, limitA: 60, safeA: seed % 2 === 0 ? 6 : 0 }).run(2 * HOUR),
  cuts: (seed: number): FaultyWorld => {
    const it = faultyWorld(seed, { faults: ROUGH, stations: 8, limitA: 80, safeA: 0 }).run(HOUR / 2);
    for (let cut = 0; cut < 4; cut++) {
      it.cut(cut % 2 === 0 ? 40 : 80);
      it.run(HOUR / 3);
    }
    return it;
  },
  announced: (seed: number): FaultyWorld => {
    const it = faultyWorld(seed, { faults: ROUGH, stations: 8, limitA: 80, safeA: 0 }).run(HOUR / 2);
    for (let cut = 0; cut < 4; cut++) {
      it.cut(cut % 2 === 0 ? 40 : 80, GRACE_MS);
      it.run(HOUR / 3);
    }
    return it;
  },
  rogue: (seed: number): FaultyWorld =>
    faultyWorld(seed, {
      faults: { ...ROUGH, rogue: 0.001, outage: 0.0005, reboot: 0, operator: 0 },
      stations: 8,
      limitA: 60,
      safeA: 0,
    }).run(2 * HOUR),
  planned: (seed: number): FaultyWorld => {
    const setting = { faults: { ...ROUGH, plan: 0.02 }, stations: 8, limitA: 80, safeA: seed % 2 === 0 ? 6 : 0 };
    const it = faultyWorld(seed, setting).run(HOUR / 2);
    for (let cut = 0; cut < 4; cut++) {
      it.cut(cut % 2 === 0 ? 55 : 80, cut < 2 ? GRACE_MS : 0);
      it.run(HOUR / 3);
    }
    return it;
  },
  /** Stations of 2.x, where transactions begin and end while nobody hears of it, and say once where they are. */
  events: (seed: number): FaultyWorld => {
    const faults = { ...ROUGH, plan: 0.01, reboot: 0.0015 };
    const speak = ['ocpp2.0.1', 'ocpp2.1'] as const;
    const it = faultyWorld(seed, { faults, stations: 8, limitA: 80, safeA: seed % 2 === 0 ? 6 : 0, speak }).run(HOUR / 2);
    for (let cut = 0; cut < 4; cut++) {
      it.cut(cut % 2 === 0 ? 55 : 80, cut < 2 ? 0 : GRACE_MS);
      it.run(HOUR / 3);
    }
    return it;
  },
  /** Owners come and go every few seconds: what one had asked for leaves while the next one already decides. */
  handovers: (seed: number): FaultyWorld =>
    faultyWorld(seed, { faults: { ...ROUGH, ownerPause: 0.03, outage: 0, operator: 0 }, stations: 8, limitA: 60, safeA: 0 }).run(2 * HOUR),
  /** Stations restart often, and one that has lost its default with its power takes none again for a long time. */
  restarts: (seed: number): FaultyWorld =>
    faultyWorld(seed, {
      faults: { ...ROUGH, reboot: 0.002, forgetfulRefuses: 0.9, outage: 0, operator: 0, ownerPause: 0 },
      stations: 8,
      limitA: 60,
      safeA: 0,
    }).run(2 * HOUR),
  /** Stations that keep their default restart; cars that have enough stand for long and wake up; the limit falls without notice. */
  keepers: (seed: number): FaultyWorld => {
    const setting = { faults: { ...ROUGH, idle: 0.002 }, stations: 8, limitA: 90, safeA: 0, keepsDefault: true };
    const it = faultyWorld(seed, setting).run(HOUR / 2);
    for (let cut = 0; cut < 4; cut++) {
      it.cut(cut % 2 === 0 ? 60 : 90);
      it.run(HOUR / 3);
    }
    return it;
  },
  /** It is stated how far the limit may fall, and leases last longer in what is left: then it falls, and nobody can be told, or only some before it does. */
  lasting: (seed: number): FaultyWorld => {
    const setting = { faults: { ...ROUGH, idle: 0.002 }, stations: 8, limitA: 90, safeA: 0, keepsDefault: true, firmA: 50 };
    const it = faultyWorld(seed, setting).run(HOUR / 2);
    for (let cut = 0; cut < 4; cut++) {
      it.cut(cut % 2 === 0 ? 50 : 90, cut === 2 ? GRACE_MS : 0);
      if (cut === 2) it.run(GRACE_MS / 2);
      if (cut % 2 === 0) it.goDark(HOUR / 4);
      it.run(HOUR / 3);
    }
    return it;
  },
  /** Two nodes below the grid connection, unequal cars, phases and priorities; the limit above both falls, with and without notice. */
  tree: (seed: number): FaultyWorld => {
    const it = treeWorld(seed, { ...ROUGH, plan: 0.01 }, 70).run(HOUR / 2);
    for (let cut = 0; cut < 4; cut++) {
      it.cut(cut % 2 === 0 ? 45 : 70, cut < 2 ? 0 : GRACE_MS);
      it.run(HOUR / 3);
    }
    return it;
  },
  /** Operators set dynamic profiles at stations of 2.1 and replace their limits as they go; stations that come back ask for theirs. */
  dynamic: (seed: number): FaultyWorld => {
    const faults = { ...ROUGH, operator: 0.015, dynamic: 0.8 };
    const speak = ['ocpp2.1'] as const;
    const it = faultyWorld(seed, { faults, stations: 8, limitA: 70, safeA: seed % 2 === 0 ? 6 : 0, speak }).run(HOUR / 2);
    for (let cut = 0; cut < 4; cut++) {
      it.cut(cut % 2 === 0 ? 55 : 70, cut < 2 ? 0 : GRACE_MS);
      it.run(HOUR / 3);
    }
    return it;
  },
  /** A building beside the cars: it draws more, less, and more than anybody hears of; meanwhile the limit of both falls, with notice. */
  building: (seed: number): FaultyWorld => {
    const it = faultyWorld(seed, { faults: ROUGH, stations: 8, limitA: 100, safeA: 0, besideA: 50 });
    const building = new Building(50);
    it.building = building;
    building.draw(it.now, [10, 5, 0]);
    it.run(HOUR / 2);
    building.draw(it.now, [20, 50, 35]);
    it.run(HOUR / 3);
    building.draw(it.now, [0, 15, 10]);
    it.cut(90, GRACE_MS);
    it.run(HOUR / 3);
    building.fallSilent(it.now);
    it.run(HOUR / 3);
    building.draw(it.now, [10, 0, 5]);
    return it.run(HOUR / 3);
  },
  calm: (seed: number): FaultyWorld => {
    const it = faultyWorld(seed, { faults: CALM, stations: 8, limitA: 60, safeA: 0 }).run(HOUR);
    it.grantedAs = 0;
    return it.run(HOUR);
  },
} as const;
