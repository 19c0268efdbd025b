// The fair split (T1) of large per-phase trees: thread time per split, beside one bare pass over the same columns and beside the obvious way
// to compute the same level (bisection with a full check each). Between splits 1 % of the cars change. Needs `npm run build`.
// Then one limit over many sites (T3): what a site's report costs its owner, in all.
// node test/bench/allocator.mjs [--evses 1000,10000,100000] [--sites 10000] [--rounds 100] [--seed 1]
import { parseArgs } from 'node:util';
import { compileNetwork, emptyLoad, installedCapacity, planShares, routeOf, shareGranted, split } from '#domain/load-balancing';

const { values } = parseArgs({
  options: {
    evses: { type: 'string', default: '1000,10000,100000' },
    sites: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
  },
});
const LINES = ['L1', 'L2', 'L3'];

/** Ten EVSEs a panel, ten panels a feeder, and so on up; each level allows less of what is below it. */
function treeOf(count) {
  let level = Array.from({ length: Math.ceil(count / 10) }, (_, index) => ({ nodeId: `panel-${index}`, limitA: 160, children: [] }));
  for (let depth = 1; level.length > 1; depth++) {
    const above = [];
    for (let from = 0; from < level.length; from += 10) {
      const limitA = 0.6 * 0.9 ** depth * 32 * 10 ** (depth + 1);
      above.push({ nodeId: `feeder-${depth}-${from / 10}`, limitA, children: level.slice(from, from + 10) });
    }
    level = above;
  }
  return level[0];
}

function siteOf(count, random) {
  const network = compileNetwork(treeOf(count), 230);
  const claims = Array.from({ length: count }, (_, id) => {
    const phases = random() < 0.5 ? LINES : [LINES[Math.floor(random() * 3)]];
    const route = routeOf(network, `panel-${Math.floor(id / 10)}`, phases);
    return { id, route, minMa: 6000, maxMa: 32_000, weight: 1, priority: 0, waitingSinceMs: 0 };
  });
  return { network, claims, capacity: installedCapacity(network), nothing: emptyLoad(network) };
}

/** What any method does at least once: add everybody up and compare with every limit. */
function fits({ claims, capacity, nothing }, level) {
  const load = nothing.re.slice();
  for (const { route, minMa, maxMa } of claims) {
    const current = Math.min(maxMa, Math.max(minMa, level));
    for (let k = 0; k < route.column.length; k++) load[route.column[k]] += route.re[k] * current;
  }
  return load.every((value, column) => value <= capacity[column]);
}

/** Only the first level of the max-min: the naive way needs as many of these as there are full columns. */
function bisectOneLevel(site) {
  let [low, high] = [0, 32_000];
  while (high - low > 1) {
    const middle = (low + high) / 2;
    if (fits(site, middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The clock of a thread may tick in milliseconds, and that of the wall counts other work: means are of the first, percentiles of the second. */
function measure(rounds, work) {
  const times = [];
  const started = process.threadCpuUsage();
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    work(round);
    times.push(performance.now() - before);
  }
  const { user, system } = process.threadCpuUsage(started);
  times.sort((a, b) => a - b);
  return { mean: (user + system) / 1000 / rounds, p50: times[Math.floor(times.length * 0.5)], p99: times[Math.floor(times.length * 0.99)] };
}

console.log(`seed ${values.seed}; milliseconds: p50 and p99 by the wall, means of thread time`);
for (const count of values.evses.split(',').map(Number)) {
  let state = Number(values.seed) >>> 0;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const site = siteOf(count, random);
  const rounds = Number(values.rounds);
  const change = (round) => {
    for (let k = 0; k < count / 100; k++) {
      const claim = site.claims[Math.floor(random() * count)];
      claim.maxMa = 6000 + Math.floor(random() * 260) * 100;
      claim.waitingSinceMs = round;
    }
  };
  for (let round = 0; round < 20; round++) split(site.capacity, site.claims, site.nothing);
  const ours = measure(rounds, (round) => {
    change(round);
    split(site.capacity, site.claims, site.nothing);
  });
  const pass = measure(rounds * 10, () => fits(site, 6000));
  const naive = measure(Math.min(rounds, 20), () => bisectOneLevel(site));
  const ms = (value) => value.toFixed(2);
  console.log(
    `${count} EVSEs, ${site.network.nodes.length} nodes: split p50 ${ms(ours.p50)} p99 ${ms(ours.p99)} mean ${ms(ours.mean)} | one pass ${ms(pass.mean)} | ` +
      `one level by bisection ${ms(naive.mean)} | split = ${(ours.mean / pass.mean).toFixed(1)} passes = ${(ours.mean / naive.mean).toFixed(2)} × one naive level`,
  );
}

/** Sites below one limit in watts, all with shares that stand; one of them asks for something else. */
function sharingOf(count, random) {
  const limit = { steps: [{ fromMs: 0, amounts: [40_000 * count] }], expiresMs: Number.MAX_SAFE_INTEGER };
  const needs = () => ({ floor: [5_000], demand: [20_000 + Math.floor(random() * 60_000)] });
  let sites = Array.from({ length: count }, (_, index) => ({ siteId: `site-${index}`, weight: 1, granted: [], needs: needs() }));
  const given = new Map(planShares(limit, sites, 0).map(({ siteId, steps }) => [siteId, steps]));
  sites = sites.map((site, seq) => shareGranted(site, { seq, steps: given.get(site.siteId) }, 0));
  return { limit, sites, needs };
}

for (const count of values.sites.split(',').map(Number)) {
  let state = Number(values.seed) >>> 0;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const { limit, sites, needs } = sharingOf(count, random);
  const report = (round) => {
    sites[round % count] = { ...sites[round % count], needs: needs() };
    planShares(limit, sites, 60_000 + round);
  };
  for (let round = 0; round < 20; round++) report(round);
  const { p50, p99, mean } = measure(Number(values.rounds), report);
  console.log(`one limit over ${count} sites: a report p50 ${p50.toFixed(2)} p99 ${p99.toFixed(2)} mean ${mean.toFixed(2)}`);
}
