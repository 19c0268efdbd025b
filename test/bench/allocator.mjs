// The fair split (T1) of large per-phase trees, beside one bare pass over the same columns and beside the obvious way to compute the same level
// (bisection with a full check each). Between splits 1 % of the cars change. Then a record at the owner of one limit over many sites (T3): decide,
// evolve, next deadline, and the shares it gives read back. Needs `npm run build`.
// node test/bench/allocator.mjs [--evses 1000,10000,100000] [--sites 10000] [--rounds 100] [--seed 1]
import { loadavg } from 'node:os';
import { networkLimitsDefinition } from '#apps/load-balancing';
import { compileNetwork, emptyLoad, installedCapacity, planShares, routeOf, shareGranted, split } from '#domain/load-balancing';
import { parseArgs } from './support/options.mjs';

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

/**
 * The clock of a thread ticks in milliseconds, and that of the wall counts other work and the collector. So: means of thread time; percentiles of the
 * wall, and of the best of three where `work` can be repeated, which is what the work itself takes.
 */
function measure(rounds, prepare, work, repeats = 1) {
  const [first, best] = [[], []];
  const started = process.threadCpuUsage();
  for (let round = 0; round < rounds; round++) {
    prepare(round);
    const times = Array.from({ length: repeats }, () => {
      const before = performance.now();
      work();
      return performance.now() - before;
    });
    first.push(times[0]);
    best.push(Math.min(...times));
  }
  const { user, system } = process.threadCpuUsage(started);
  const percentile = (times, share) => times.toSorted((a, b) => a - b)[Math.floor(times.length * share)];
  const mean = (user + system) / 1000 / rounds / repeats;
  return { mean, p50: percentile(first, 0.5), p99: percentile(first, 0.99), best50: percentile(best, 0.5), best99: percentile(best, 0.99) };
}

/** As long as the compiler needs to settle. */
function warmUp(round) {
  const end = performance.now() + 2_000;
  for (let number = 0; number < 20 || performance.now() < end; number++) round(number);
}

const randomFrom = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};
const ms = (value) => value.toFixed(2);
const nothing = () => undefined;

console.log(`seed ${values.seed}, load average ${loadavg()[0].toFixed(1)}; milliseconds: percentiles by the wall, means of thread time`);
for (const count of values.evses.split(',').map(Number)) {
  const random = randomFrom(Number(values.seed));
  const site = siteOf(count, random);
  // The smaller, the more of them: a percentile of few is chance.
  const rounds = Number(values.rounds) * Math.max(1, Math.min(10, Math.round(30_000 / count)));
  const change = (round) => {
    for (let k = 0; k < count / 100; k++) {
      const index = Math.floor(random() * count);
      const maxMa = 6000 + Math.floor(random() * 260) * 100;
      site.claims[index] = { ...site.claims[index], maxMa, waitingSinceMs: round };
    }
  };
  const once = () => split(site.capacity, site.claims, site.nothing);
  warmUp((round) => {
    change(round);
    once();
  });
  const ours = measure(rounds, change, once, 3);
  const pass = measure(rounds, nothing, () => fits(site, 6000), 3);
  const naive = measure(Math.min(rounds, 20), nothing, () => bisectOneLevel(site));
  console.log(
    `${count} EVSEs, ${site.network.nodes.length} nodes: split p50 ${ms(ours.p50)} p99 ${ms(ours.p99)}, best of three p50 ${ms(ours.best50)} ` +
      `p99 ${ms(ours.best99)}, mean ${ms(ours.mean)} | one pass ${ms(pass.mean)} | one level by bisection ${ms(naive.mean)} | ` +
      `split = ${(ours.mean / pass.mean).toFixed(1)} passes = ${(ours.mean / naive.mean).toFixed(2)} × one naive level`,
  );
}

/** The stream of one limit in watts over many sites that all have a share, folded as the service folds it. */
class Sharing {
  nowMs = 0;
  #offset = 0;

  constructor(count, random) {
    const limit = { steps: [{ fromMs: 0, amounts: [40_000 * count] }], expiresMs: 1e13 };
    this.demand = () => 20_000 + Math.floor(random() * 60_000);
    const asking = Array.from({ length: count }, (_, index) => {
      const needs = { floor: [5_000], demand: [this.demand()] };
      return { siteId: `site-${index}`, weight: 1, granted: [], needs };
    });
    const given = new Map(planShares(limit, asking, 0).map(({ siteId, steps }) => [siteId, steps]));
    const sites = asking.map((site, seq) => shareGranted(site, { seq, steps: given.get(site.siteId) }, 0));
    this.seqs = new Map(sites.map(({ siteId }, seq) => [siteId, seq]));
    const sharing = { limitId: 'l', source: 'grid', unit: 'W', limit, sites };
    this.state = { tenantId: 't', nowMs: 0, seq: count, sharings: [sharing] };
  }

  put(type, data) {
    const at = { topic: 'site-events', partition: 0, offset: this.#offset++ };
    const time = new Date(this.nowMs).toISOString();
    const input = { id: `r${at.offset}`, type, data, source: '/bench', time, tenantId: 't', siteId: '~network', at };
    const { decide, evolve, nextDue } = networkLimitsDefinition.fold;
    const outputs = decide(this.state, input);
    this.state = evolve(this.state, input, outputs);
    nextDue(this.state);
    for (const output of outputs) {
      if (output.type !== 'ShareGranted') continue;
      this.seqs.set(output.data.siteId, output.data.limit.shareSeq);
      this.put(output.type, output.data);
    }
  }

  report(siteId) {
    this.nowMs += 100;
    const amounts = (totalW) => ({ lineMa: [0, 0, 0], totalW });
    const shares = [{ source: 'grid', shareSeq: this.seqs.get(siteId), isSettled: true }];
    this.put('SiteNeedsReported', { siteId, floor: amounts(5_000), demand: amounts(this.demand()), shares });
  }
}

for (const count of values.sites.split(',').map(Number)) {
  const random = randomFrom(Number(values.seed));
  const sharing = new Sharing(count, random);
  const report = () => sharing.report(`site-${Math.floor(random() * count)}`);
  warmUp(report);
  const { p50, p99, mean } = measure(Number(values.rounds) * 10, nothing, report);
  console.log(`one limit over ${count} sites: a report p50 ${ms(p50)} p99 ${ms(p99)} mean ${ms(mean)}`);
}
