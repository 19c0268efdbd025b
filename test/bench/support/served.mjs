// Servers that a bench measures, each in a process of its own: the bench asks it to `look` (processor time, memory, whatever it adds), to count, to close.
// What is offered to them is the bench's business.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { pino } from 'pino';
import { NODE_FLAGS } from '../../../scripts/node-flags.mjs';

export const ID_TOKEN = '04A1B2C3D4E5F6';
const API_KEY = 'a-key-for-the-bench';
const LINES = 2_000;
const ROOT = new URL('../../..', import.meta.url).pathname;

/** `PROFILE=directory` writes a processor profile of each thread of a server. */
const profiled = (name) => (process.env.PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${join(process.env.PROFILE, name)}`] : []);

/** What ours is measured against runs as Node is by itself. */
const flagsOf = (kind) => (/^(bare|echo)/.test(kind) ? [] : NODE_FLAGS);

/** The parent's side. */
export async function open(file, kind, args = []) {
  const execArgv = [...flagsOf(kind), '--expose-gc', ...profiled(kind)];
  const child = fork(file, [...process.argv.slice(2), ...args, '--serve', kind], { execArgv });
  const ask = async (what) => {
    child.send(what);
    const [answer] = await once(child, 'message');
    return answer;
  };
  const [{ port, httpPort }] = await once(child, 'message');
  const close = async () => {
    child.send('exit');
    await once(child, 'exit');
  };
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { port, httpPort, ask, close, kill };
}

/** The child's side. */
export function serve(server) {
  process.on('message', async (what) => {
    if (what === 'look') process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss(), ...(await server.look()) });
    if (what === 'count') process.send(await server.count());
    if (what === 'exit') {
      await server.stop?.();
      process.exit(0);
    }
  });
  process.send({ port: server.port, httpPort: server.httpPort });
}

/** A call of the bench's network, text as a table; throws what the answer says when it is refused. */
export async function call(httpPort, method, path, body) {
  const response = await fetch(`http://127.0.0.1:${httpPort}${path}`, {
    method,
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** `perSite` stations at each site, nobody asked for a password, and a token for all. */
async function configure(httpPort, { stationIds, perSite, limitA, evse = {}, site: its = {} }) {
  await call(httpPort, 'PUT', `/v1/tokens/ISO14443/${ID_TOKEN}`, { status: 'Accepted' });
  const siteOf = (index) => `site-${Math.floor(index / perSite)}`;
  const sites = Array.from({ length: Math.ceil(stationIds.length / perSite) }, (_, site) => {
    const siteId = siteOf(site * perSite);
    return { siteId, name: siteId, timeZone: 'Europe/Amsterdam', ...its, root: { nodeId: 'grid', limitA, unmanagedMaxA: 0, phases: 3 } };
  });
  await imported(httpPort, 'sites', sites);
  const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6, connectors: 1, ...evse }];
  const place = { nodeId: 'grid', securityProfile: 0, maxA: 32, evses };
  await imported(
    httpPort,
    'stations',
    stationIds.map((stationId, index) => ({ stationId, siteId: siteOf(index), ...place })),
  );
}

/** As files of as many lines as one may have. On a busy machine nobody may decide about a line in time; to put the same once more does no harm. */
async function imported(httpPort, what, items) {
  for (let start = 0; start < items.length; start += LINES) {
    let left = items.slice(start, start + LINES);
    for (let tries = 10; left.length > 0; tries--) {
      const { rows } = await call(httpPort, 'POST', `/v1/imports/${what}`, table(left));
      const failed = rows.filter(({ outcome }) => outcome !== 'done');
      if (failed.length > 0 && tries === 1) throw new Error(`${what}: ${JSON.stringify(failed[0])}`);
      left = failed.map(({ line }) => left[line - 2]);
    }
  }
}

/** Equal objects as CSV: a column for each place in them. */
function table(items) {
  const rows = items.map((item) => new Map(cellsOf(item)));
  const quoted = (cell) => `"${String(cell).replaceAll('"', '""')}"`;
  return [[...rows[0].keys()], ...rows.map((row) => [...row.values()])].map((cells) => cells.map(quoted).join(',')).join('\n');
}

const cellsOf = (value, place = []) =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => cellsOf(inner, [...place, name]))
    : [[place.join('.'), value]];

/** The whole network in this process. */
export async function startBenchNetwork({ keep, ocppPort = 0, isConfigured = false, ...what }) {
  const { ROWS, startNetwork } = await import('#apps/standalone');
  const { readConfig } = await import('#config');
  const { TOPICS } = await import('#contracts');
  const { embeddedWorld } = await import('#embedded');
  const { serveHttp } = await import('#nest');
  const home = keep ?? mkdtempSync(join(tmpdir(), 'network-bench-'));
  if (keep === undefined) process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  const config = readConfig({
    DATA_DIR: home,
    OCPP_PORT: String(ocppPort),
    HTTP_PORT: '0',
    ADMIN_API_KEY: API_KEY,
    ALLOW_SECURITY_PROFILE_0: 'true',
  });
  const world = await embeddedWorld(home, TOPICS, { database: { rows: ROWS } });
  const network = await startNetwork(world, config, pino({ level: 'warn' }));
  const http = await serveHttp(world, {}, { host: '127.0.0.1', port: 0, configure: (app) => network.api.configure(app) });
  if (!isConfigured) await configure(http.port, what);
  return {
    world,
    port: network.edge.port,
    httpPort: http.port,
    async stop() {
      await http.close();
      await network.stop();
      await world.close();
    },
  };
}

/** For stations that say more than any station does. */
const WITHOUT_END = { burst: Number.POSITIVE_INFINITY, perS: 1 };
export const UNBOUNDED = { promptCallsPerStation: WITHOUT_END, callsPerStation: WITHOUT_END };

/** An edge alone on the embedded log, which lets in whoever comes. `log` is looked into by who measures; `front` puts another in front of it. */
export async function startBenchEdge(config = {}, log = undefined, front = (behind) => behind) {
  const { createEdge } = await import('#apps/edge');
  const { TOPICS } = await import('#contracts');
  const embedded = await import('#embedded');
  const { inProcessBook, inProcessDirectory, inProcessRouter } = embedded;
  const { systemClock, systemIds, systemRandom } = await import('#system');
  const home = mkdtempSync(join(tmpdir(), 'edge-bench-'));
  process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  const used = front(log ?? (await embedded.sqliteLog(join(home, 'log'))));
  await used.open(TOPICS);
  const keys = await embedded.fileKeyStore(join(home, 'keys'));
  const parts = { book: inProcessBook([]), directory: inProcessDirectory(), router: inProcessRouter(), keys, log: used };
  const world = { kind: 'embedded', clock: systemClock, ids: systemIds, random: systemRandom, ...parts };
  const edge = createEdge({ world, config: { ocppPort: 0, unknownStations: 'accept', ...config }, logger: pino({ level: 'silent' }) });
  await edge.listen();
  return { edge, log: used, port: edge.port };
}

const APPS = ['session', 'load-balancing', 'metering', 'stations', 'billing', 'edge', 'api'];

/** Every service a process of its own, on the local stack's Kafka, Redis and PostgreSQL. */
export async function startBenchCluster(what) {
  const { up } = await import('../../../deploy/local/stack.mjs');
  const { freePorts } = await import('../../../deploy/local/processes.mjs');
  const home = mkdtempSync(join(tmpdir(), 'cluster-bench-'));
  const stack = await up({ dir: join(home, 'stack') });
  const [port, ...ports] = await freePorts(1 + APPS.length);
  const settings = {
    ADMIN_API_KEY: API_KEY,
    ALLOW_SECURITY_PROFILE_0: 'true',
    LOG_LEVEL: 'warn',
    LOG_PARTITIONS: '4',
    OCPP_PORT: String(port),
  };
  const children = APPS.map((app, index) =>
    spawn(process.execPath, [...profiled(app), join(ROOT, `dist/apps/${app}/main.js`)], {
      env: {
        ...process.env,
        ...stack.env,
        ...settings,
        MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
        [app === 'api' ? 'HTTP_PORT' : 'HEALTH_PORT']: String(ports[index]),
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  const httpPort = ports[APPS.indexOf('api')];
  const ready = async (each) => {
    for (;;) {
      const answered = await fetch(`http://127.0.0.1:${each}/readyz`).catch(() => undefined);
      if (answered?.ok) return;
      await after(200);
    }
  };
  await Promise.all(ports.map(ready));
  await configure(httpPort, what);
  return {
    port,
    httpPort,
    async stop() {
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
      await stack.down();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
