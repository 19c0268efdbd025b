// A seeded fuzzer over the whole embedded network: stations of every version by the official schemas, requests by the OpenAPI document,
// records by the documented log. No process error, the right answer to everything, nothing invalid in the log, services at the head,
// a neighbour who is answered all the while and charges as if nothing were, a heap that grows no more than its records, and rows that equal a replay.
// `npm run fuzz -- --seed 7 --runs 100` runs more.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { chance } from '#apps/simulator';
import { SUBPROTOCOLS } from '#ocpp';
import { askEverything } from './fuzz/asked-of-stations.js';
import { fuzzRequest, operationsOf } from './fuzz/fuzz-requests.js';
import { fuzzStation } from './fuzz/fuzz-station.js';
import { HostileNetwork } from './fuzz/hostile-network.js';
import { plantRecords } from './fuzz/plant-records.js';

const FIRST = Number(process.env.FUZZ_SEED ?? 1);
const RUNS = Number(process.env.FUZZ_RUNS ?? 1);
const seeds = Array.from({ length: RUNS }, (_, index) => FIRST + index);
/** Messages of a station beside each of its own and its transaction, requests of each route, records of each type. */
const [OTHERS, PER_ROUTE, PER_TYPE] = [10, 2, 2];
/** Of the heap after the first stations, at most, with each seed: sites and stations that were made, and rows, are kept. */
const GROWTH = 0.2;

let hostile: HostileNetwork;
beforeAll(async () => {
  hostile = await HostileNetwork.open();
}, 180_000);
afterAll(() => hostile?.close(), 60_000);

const heapsMb: number[] = [];
/** Of what is still held, and not what waits to be collected. */
const heapMb = (): number => {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed / 1e6;
};

it.each(seeds)('seed %i: stations of every version say everything wrong, and each word is answered', async (seed) => {
  await hostile.site(`site-${seed}`);
  const each = SUBPROTOCOLS.map(async (version) => {
    const stationId = `FUZZ-${seed}-${version}`;
    await hostile.station(`site-${seed}`, stationId);
    const connect = () => hostile.connect(stationId, version);
    const own = { stationId, version, idToken: `TOKEN-${seed}` };
    let isAsked = true;
    const asking = askEverything(hostile, own, chance(`${seed}/${version}/asked`)).finally(() => (isAsked = false));
    return Promise.all([fuzzStation({ ...own, connect, isAsked: () => isAsked }, chance(`${seed}/${version}`), OTHERS), asking]);
  });
  expect((await hostile.beside(Promise.all(each))).flat(2)).toEqual([]);
  heapsMb.push(heapMb());
});

it.each(seeds)('seed %i: records of broken producers are parked or passed', async (seed) => {
  const planting = plantRecords(hostile, `planted-${seed}`, chance(`${seed}/records`), PER_TYPE);
  await hostile.beside(planting.then(() => hostile.atHead()));
  heapsMb.push(heapMb());
});

it.each(seeds)('seed %i: every route answers what is wrong with a request', async (seed) => {
  const about = [`site-${seed}`, `planted-${seed}`].map((siteId) => ({ siteId, stationId: `FUZZ-${seed}-ocpp1.6` }));
  const source = chance(`${seed}/requests`);
  const requests = async (): Promise<readonly string[]> => {
    const complaints: string[] = [];
    for (const operation of await operationsOf(hostile))
      for (let n = 0; n < PER_ROUTE; n++)
        complaints.push((await fuzzRequest(hostile, operation, source.pick([about[0], about[0], about[1]] as never), source)) ?? '');
    return complaints.filter((each) => each !== '');
  };
  expect(await hostile.beside(requests())).toEqual([]);
  heapsMb.push(heapMb());
});

it('holds no more than its records need, however much it was told', () => {
  const [first] = heapsMb as [number];
  expect(heapsMb.at(-1)).toBeLessThan(first * (1 + RUNS * GROWTH));
});

it('the neighbour charges and is billed, and behind it everything is in order', async () => {
  expect(await hostile.neighbourCharges()).toEqual({ energyWh: 4000, cost: 1.6 });
  await hostile.atHead();
  expect(await hostile.complaints()).toEqual([]);
  expect(({} as { rude?: unknown }).rude).toBeUndefined();
});
