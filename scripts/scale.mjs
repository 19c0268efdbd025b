// docs/scale.md: what a network of 10 k to 10 M ports takes and what gives way first, computed from what the benches measured (docs/benchmarks.md) and from what
// is assumed and said. `npm run generate` writes the page, `--check` says where it is out of date, or rests on a figure that is not among the measured ones.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import './node-24.mjs';

const root = join(import.meta.dirname, '..');
const PAGE = 'docs/scale.md';
const BENCHMARKS = 'docs/benchmarks.md';
/** This line is written anew by each run of its bench (`npm run bench:charging`), so its figure is read where it stands. */
const WRITES = 'profile writes per charger-year: ';

const textOf = (path) => readFileSync(join(root, path), 'utf8');

export const SIZES = [10_000, 100_000, 1_000_000, 10_000_000];

/** `quote`: as the page of benchmarks has it, with every figure the value is made of. */
export const MEASURED = {
  edgeCallsPerCpuSecond: {
    value: 9_268,
    quote: '8,192 calls/s, 9,268 per CPU-second',
    what: 'CALLs an edge takes per second of processor',
  },
  networkCallsPerCpuSecond: {
    value: 356,
    quote: '356 calls per CPU-second beside',
    what: 'CALLs the whole network in one process takes per second of processor',
  },
  connectionKiB: {
    value: 59.2,
    quotes: [
      'Memory of 15000 idle connections',
      'the edge behind TLS: 10.3 KiB of heap and buffers, 59.2 KiB resident, 1.66 ms of processor',
    ],
    what: 'memory of a connection behind TLS, of 15,000 in one process [KiB]',
  },
  comeMs: {
    value: 1.66,
    quote: '59.2 KiB resident, 1.66 ms of processor',
    what: 'processor of an edge for a station that connects by TLS and boots [ms]',
  },
  edgeMiB: { value: 143, quote: '143 MiB before anybody came', what: 'memory of an edge before anybody came [MiB]' },
  foldMs: {
    value: (2.3 / 4231) * 1000,
    quotes: ['4231 records of 16 stations', 'own processor 2.3 of 2.7 s'],
    what: 'processor of all services together per record [ms]',
  },
  ownerMs: { value: 0.27, quote: '| 10 | 0.31 | 0.27 |', what: 'processor of load balancing, the dearest service, per record [ms]' },
  rowsPerSample: {
    value: 220_000 / 20_000,
    quotes: ['20000 records of 1.5 kB in 4 partitions make 220000 rows'],
    what: 'rows of a message of ten values',
  },
  recordKB: { value: 1.5, quote: '20000 records of 1.5 kB', what: 'a record in the log [kB]' },
  bytesPerRow: {
    value: 299,
    quote: '299 bytes a row on disk, indexes included',
    what: 'a row of samples on disk with its indexes, not compressed [bytes]',
  },
  databaseUs: {
    value: (3.07 / 220_000) * 1e6,
    quotes: ['processor time client 3.16 s, server 3.07 s'],
    what: 'processor of PostgreSQL per row [µs]',
  },
  commandsPerChargerYear: {
    value: Math.round(Number(new RegExp(`${WRITES}([0-9.]+)`).exec(textOf(BENCHMARKS))?.[1])),
    quote: WRITES,
    what: 'limits told per charger and year, in a garage under faults',
  },
};

export const ASSUMED = {
  portsPerStation: [2, 'ports of a station'],
  chargingAtPeak: [0.5, 'part of the ports that charge in the busiest hour'],
  chargingOnAverage: [0.15, 'part of the ports that charge, over the year'],
  sampleIntervalS: [60, 'seconds between meter values while charging (ten values each)'],
  heartbeatS: [300, 'seconds between heartbeats'],
  sessionsPerPortDay: [1.5, 'sessions per port and day'],
  messagesPerSession: [10, 'other messages of a session'],
  busiestHour: [0.12, 'part of a day’s sessions in the busiest hour'],
  recordsPerCommand: [3, 'records of a command: requested, sent, answered'],
  connectionsPerEdge: [15_000, 'connections of one edge process'],
  fullAt: [0.6, 'part of a core that is planned with'],
  partitions: [64, 'partitions (`LOG_PARTITIONS`), which never change after the first start'],
  rowDays: [90, 'days that rows of samples are kept'],
  replicas: [3, 'copies of the log on brokers'],
  hotDays: [7, 'days of the log on brokers; everything older in object storage, once'],
  brokerMBs: [40, 'MB/s that a broker takes, copies included'],
  databaseCores: [16, 'cores of the largest database server'],
  databaseTB: [16, 'TB of its disk'],
  coreUsd: [30, 'USD a month for a core'],
  gibUsd: [4, 'USD a month for a GiB of memory'],
  diskUsd: [0.1, 'USD a month for a GB of disk'],
  objectUsd: [0.025, 'USD a month for a GB of object storage'],
};

const ONE_PROCESS = 'everything in one process';
const SERVICES = 6;
/** Asked for by one of their processes. */
const SERVICE_GIB = 1;
const SECONDS_PER_DAY = 86_400;
const SECONDS_PER_YEAR = 365 * SECONDS_PER_DAY;

/** Everything of one size; rates are per second in the busiest hour. Pure. */
export function plan(ports) {
  const a = Object.fromEntries(Object.entries(ASSUMED).map(([name, [value]]) => [name, value]));
  const m = Object.fromEntries(Object.entries(MEASURED).map(([name, { value }]) => [name, value]));
  const stations = Math.ceil(ports / a.portsPerStation);
  const perSecond = (charging, sessionShare, sessionSeconds) => {
    const samples = (ports * charging) / a.sampleIntervalS;
    const sessions = (ports * a.sessionsPerPortDay * a.messagesPerSession * sessionShare) / sessionSeconds;
    const calls = samples + stations / a.heartbeatS + sessions;
    const commands = ((stations * m.commandsPerChargerYear) / SECONDS_PER_YEAR) * (charging / a.chargingOnAverage);
    return { samples, calls, records: calls + commands * a.recordsPerCommand, rows: samples * m.rowsPerSample };
  };
  const peak = perSecond(a.chargingAtPeak, a.busiestHour, 3_600);
  const mean = perSecond(a.chargingOnAverage, 1, SECONDS_PER_DAY);

  const edgeCores = peak.calls / m.edgeCallsPerCpuSecond;
  const edges = Math.max(2, Math.ceil(stations / a.connectionsPerEdge), Math.ceil(edgeCores / a.fullAt));
  const edgeGiB = m.edgeMiB / 2 ** 10 + ((stations / edges) * m.connectionKiB) / 2 ** 20;
  const comeS = ((stations / edges) * m.comeMs) / 1_000;
  const serviceCores = (peak.records * m.foldMs) / 1_000;
  const replicas = Math.max(2 * SERVICES, Math.ceil(serviceCores / a.fullAt));
  const databaseCores = Math.max(2, Math.ceil((peak.rows * m.databaseUs) / 1e6 / a.fullAt));
  const rowsTB = (mean.rows * SECONDS_PER_DAY * a.rowDays * m.bytesPerRow) / 1e12;
  const logTBPerYear = (mean.records * SECONDS_PER_YEAR * m.recordKB) / 1e9;
  const hotTB = (logTBPerYear / 365) * a.hotDays * a.replicas;
  const brokerMBs = (peak.records * m.recordKB * a.replicas) / 1_000;
  const brokers = Math.max(3, Math.ceil(brokerMBs / a.brokerMBs));
  const cores = edges + replicas + databaseCores + brokers * 2 + 2;
  const memoryGiB = edges * edgeGiB + replicas * SERVICE_GIB + databaseCores * 4 + brokers * 8 + 4;
  const usd = cores * a.coreUsd + memoryGiB * a.gibUsd + (rowsTB + hotTB) * 1_000 * a.diskUsd + logTBPerYear * 1_000 * a.objectUsd;
  const limits = [
    {
      what: ONE_PROCESS,
      used: peak.calls / (m.networkCallsPerCpuSecond * a.fullAt),
      remedy: 'set `KAFKA_BROKERS`, `REDIS_URL` and `DATABASE_URL`: the same services as processes of their own',
    },
    {
      what: 'one database: writing',
      used: (peak.rows * m.databaseUs) / 1e6 / (a.databaseCores * a.fullAt),
      remedy:
        'meter values every 300 s instead of 60 (a fifth), fewer values a message; then a database for each group of tenants, which is an installation of its own',
    },
    {
      what: `one database: disk of ${a.rowDays} days`,
      used: rowsTB / a.databaseTB,
      remedy: 'compression (TimescaleDB), fewer days of single values, longer intervals',
    },
    {
      what: 'the partitions of the log',
      used: (peak.records * m.ownerMs) / 1_000 / (a.partitions * a.fullAt),
      remedy:
        'start with more: `LOG_PARTITIONS` up to 1,024, chosen before the first record; a network that has 64 moves to a new installation',
    },
    {
      what: 'two edges',
      used: Math.max(stations / (2 * a.connectionsPerEdge), edgeCores / (2 * a.fullAt)),
      remedy: `${edges} edges (HPA on \`csms_edge_connections\`): nothing else knows how many there are`,
      isMoreOfTheSame: true,
    },
    {
      what: 'two processes a service',
      used: serviceCores / (2 * SERVICES * a.fullAt),
      remedy: `${replicas} of them in all, the dearest first (load balancing, session, metering), each up to the number of partitions`,
      isMoreOfTheSame: true,
    },
    {
      what: 'three brokers',
      used: brokerMBs / (3 * a.brokerMBs),
      remedy: `${brokers} brokers, with partitions moved to them`,
      isMoreOfTheSame: true,
    },
  ].toSorted((one, other) => other.used - one.used);
  return {
    ports,
    stations,
    peak,
    mean,
    edges,
    edgeGiB,
    comeS,
    serviceCores,
    replicas,
    databaseCores,
    rowsTB,
    logTBPerYear,
    hotTB,
    brokers,
    cores,
    memoryGiB,
    usd,
    limits,
  };
}

const number = (value, digits = 3) => {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(value) || 1)) + 1 - digits);
  return (value >= 100 ? Math.round(value / step) * step : Number(value.toPrecision(digits))).toLocaleString('en');
};
const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Whose share stays below this is not spoken of. */
const WORTH_A_WORD = 0.5;
/** Beyond this nobody asks any more whether one process will do. */
const FAR_FROM_ONE_PROCESS = 10;

function breaks({ ports, limits }) {
  const full = limits.filter(({ what, used }) => used >= WORTH_A_WORD && !(what === ONE_PROCESS && used > FAR_FROM_ONE_PROCESS));
  const line = ({ what, used, remedy }) => `- **${what}**: ${number(used * 100)} %. ${remedy[0].toUpperCase()}${remedy.slice(1)}.`;
  const hard = full.filter(({ isMoreOfTheSame }) => !isMoreOfTheSame);
  const more = full.filter(({ isMoreOfTheSame }) => isMoreOfTheSame);
  const part = (title, found) => (found.length === 0 ? [] : [`${title}\n\n${found.map(line).join('\n')}`]);
  return [
    `### ${number(ports)} ports`,
    ...(hard.length === 0 ? ['Nothing has to change.'] : part('Has to change, the fullest first:', hard)),
    ...part('Asks for more of the same than the smallest cluster has:', more),
  ].join('\n\n');
}

export function page() {
  const plans = SIZES.map(plan);
  const row = (name, cell) => [name, ...plans.map(cell)];
  return `<!-- Written by scripts/scale.mjs (npm run generate). -->
# Scale on paper

What a network takes, by the number of its ports (connectors), and what gives way first. Computed from figures that the benches of this repository measured and from assumptions about stations, drivers and prices; both are below, and both are lines of
\`scripts/scale.mjs\` to put your own into. It is arithmetic: nothing larger than the benches say was ever run. Memory and rates are for the busiest hour; storage and money for the year's mean.

## What it takes

${table(
  ['ports', ...SIZES.map((ports) => number(ports))],
  [
    row('stations', ({ stations }) => number(stations)),
    row('CALLs a second', ({ peak }) => number(peak.calls)),
    row('records a second', ({ peak }) => number(peak.records)),
    row('rows of samples a second', ({ peak }) => number(peak.rows)),
    row('edges, of one core each', ({ edges }) => number(edges)),
    row('memory of an edge, GiB', ({ edgeGiB }) => number(edgeGiB, 2)),
    row('all stations back at once, seconds', ({ comeS }) => number(comeS, 2)),
    row('processes of services, of one core each', ({ replicas }) => number(replicas)),
    row('cores of PostgreSQL', ({ databaseCores }) => number(databaseCores)),
    row('brokers, of two cores each', ({ brokers }) => number(brokers)),
    row('records a second and partition', ({ peak }) => number(peak.records / ASSUMED.partitions[0])),
    row('rows kept, TB', ({ rowsTB }) => number(rowsTB)),
    row('log on brokers, TB', ({ hotTB }) => number(hotTB)),
    row('log of a year in object storage, TB', ({ logTBPerYear }) => number(logTBPerYear)),
    row('cores in all', ({ cores }) => number(cores)),
    row('memory in all, GiB', ({ memoryGiB }) => number(memoryGiB)),
    row('USD a month, at the end of the first year', ({ usd }) => number(usd)),
    row('USD a port and month', ({ usd, ports }) => number(usd / ports, 2)),
  ],
)}

## What gives way first

In percent of what one process, one database server and the usual number of partitions can do in the busiest hour; beyond 100 it does not do any more. What is below half of it is not named.

${plans.map(breaks).join('\n\n')}

What no size changes: a site is one partition, so that the largest site is bound by what one process plans (a limit for 1,000 EVSEs of one site: \`npm run bench -- limit\`), however many processes there are.

## Measured

${table(
  ['figure', 'value'],
  Object.values(MEASURED).map(({ what, value }) => [what, number(value)]),
)}

Each is on [the page of benchmarks](benchmarks.md) with its machine and load; ${'`npm run check`'} compares.

## Assumed

${table(
  ['assumption', 'value'],
  Object.values(ASSUMED).map(([value, what]) => [what, number(value)]),
)}

Not counted: traffic out of the cloud, load balancers, backups, the page of operators, and people. Redis is two cores and 4 GiB at every size: it holds a line for each station and token and sees each command twice.
`;
}

/** Figures that the page of benchmarks does not have, or that are not what it says. */
export function complaints(benchmarks) {
  return Object.entries(MEASURED).flatMap(([name, { quote, quotes = [quote] }]) =>
    quotes
      .filter((each) => !benchmarks.includes(each))
      .map((each) => `scripts/scale.mjs: ${name} rests on "${each}", which ${BENCHMARKS} does not say`),
  );
}

if (import.meta.main) {
  const wrong = complaints(textOf(BENCHMARKS));
  if (!process.argv.includes('--check')) writeFileSync(join(root, PAGE), page());
  else if (textOf(PAGE) !== page()) wrong.push(`${PAGE} is out of date: npm run generate`);
  for (const complaint of wrong) process.stderr.write(`${complaint}\n`);
  process.stdout.write(`${SIZES.length} sizes from ${Object.keys(MEASURED).length} figures\n`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
