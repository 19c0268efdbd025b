// A seeded fuzzer over the whole embedded network: stations of every version by the official schemas, requests by the OpenAPI document,
// records by the documented log. No process error, the right answer to everything, nothing invalid in the log, services at the head,
// a neighbour who charges as if nothing were, and rows that equal a replay. `npm run fuzz -- --seed 7 --runs 100` runs more.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { chance } from '#apps/simulator';
import { SUBPROTOCOLS } from '#ocpp';
import { fuzzRequest, operationsOf } from './fuzz/fuzz-requests.js';
import { fuzzStation } from './fuzz/fuzz-station.js';
import { HostileNetwork } from './fuzz/hostile-network.js';
import { plantRecords } from './fuzz/plant-records.js';

const FIRST = Number(process.env.FUZZ_SEED ?? 1);
const RUNS = Number(process.env.FUZZ_RUNS ?? 1);
const seeds = Array.from({ length: RUNS }, (_, index) => FIRST + index);
/** Messages of a station beside its transaction, requests of each route, records of each type. */
const [OTHERS, PER_ROUTE, PER_TYPE] = [25, 2, 2];

let hostile: HostileNetwork;
beforeAll(async () => {
  hostile = await HostileNetwork.open();
}, 180_000);
afterAll(() => hostile?.close(), 60_000);

it.each(seeds)('seed %i: stations of every version say everything wrong, and each word is answered', async (seed) => {
  await hostile.site(`site-${seed}`);
  const complaints = await Promise.all(
    SUBPROTOCOLS.map(async (version) => {
      const stationId = `FUZZ-${seed}-${version}`;
      await hostile.station(`site-${seed}`, stationId);
      const connect = () => hostile.connect(stationId, version);
      return fuzzStation({ stationId, version, idToken: `TOKEN-${seed}`, connect }, chance(`${seed}/${version}`), OTHERS);
    }),
  );
  await hostile.ask('Heartbeat', {});
  expect(complaints.flat()).toEqual([]);
});

it.each(seeds)('seed %i: records of broken producers are parked or passed', async (seed) => {
  await plantRecords(hostile, `planted-${seed}`, chance(`${seed}/records`), PER_TYPE);
  await hostile.atHead();
  await hostile.ask('Heartbeat', {});
});

it.each(seeds)('seed %i: every route answers what is wrong with a request', async (seed) => {
  const about = [`site-${seed}`, `planted-${seed}`].map((siteId) => ({ siteId, stationId: `FUZZ-${seed}-ocpp1.6` }));
  const source = chance(`${seed}/requests`);
  const complaints: (string | undefined)[] = [];
  for (const operation of await operationsOf(hostile))
    for (let n = 0; n < PER_ROUTE; n++)
      complaints.push(await fuzzRequest(hostile, operation, source.pick([about[0], about[0], about[1]] as never), source));
  expect(complaints.filter((each) => each !== undefined)).toEqual([]);
});

it('the neighbour charges and is billed, and behind it everything is in order', async () => {
  expect(await hostile.neighbourCharges()).toEqual({ energyWh: 4000, cost: 1.6 });
  await hostile.atHead();
  expect(await hostile.complaints()).toEqual([]);
  expect(({} as { rude?: unknown }).rude).toBeUndefined();
});
