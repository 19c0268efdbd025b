// Servers that a bench measures, each in a process of its own: the bench asks it to `look` (processor time, memory, whatever it adds), to count, to close.
// What is offered to them is the bench's business.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';

export const ID_TOKEN = '04A1B2C3D4E5F6';
const API_KEY = 'a-key-for-the-bench';
const AT_ONCE = 16;

/** The parent's side. `PROFILE=directory` writes a processor profile of what `kind` ran. */
export async function open(file, kind) {
  const execArgv = kind === 'network' && process.env.PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.PROFILE}`] : [];
  const child = fork(file, [...process.argv.slice(2), '--serve', kind], { execArgv });
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
  return { port, httpPort, ask, close };
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

/** A call of the bench's network; throws what the answer says when it is refused. */
export async function call(httpPort, method, path, body) {
  const response = await fetch(`http://127.0.0.1:${httpPort}${path}`, {
    method,
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** The whole network in this process, `perSite` stations at each site, nobody asked for a password. */
export async function startBenchNetwork({ stationIds, perSite, limitA, keep, evse = {} }) {
  const { ROWS, startNetwork } = await import('#apps/standalone');
  const { readConfig } = await import('#config');
  const { TOPICS } = await import('#contracts');
  const { embeddedWorld } = await import('#embedded');
  const { serveHttp } = await import('#nest');
  const home = keep ?? mkdtempSync(join(tmpdir(), 'network-bench-'));
  if (keep === undefined) process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  const config = readConfig({ DATA_DIR: home, OCPP_PORT: '0', HTTP_PORT: '0', ADMIN_API_KEY: API_KEY, ALLOW_SECURITY_PROFILE_0: 'true' });
  const world = await embeddedWorld(home, TOPICS, { database: { rows: ROWS } });
  const network = await startNetwork(world, config, pino({ level: 'warn' }));
  const http = await serveHttp(world, {}, { host: '127.0.0.1', port: 0, configure: (app) => network.api.configure(app) });
  const put = (path, body) => call(http.port, 'PUT', path, body);
  await put(`/v1/tokens/ISO14443/${ID_TOKEN}`, { status: 'Accepted' });
  for (let index = 0; index < stationIds.length; index += perSite) {
    const siteId = `site-${index / perSite}`;
    await put(`/v1/sites/${siteId}`, { name: siteId, timeZone: 'Europe/Amsterdam', root: { nodeId: 'grid', limitA, phases: 3 } });
    const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6, connectors: 1, ...evse }];
    const waiting = stationIds.slice(index, index + perSite);
    const one = async () => {
      for (let stationId = waiting.shift(); stationId !== undefined; stationId = waiting.shift())
        await put(`/v1/stations/${stationId}`, { siteId, nodeId: 'grid', securityProfile: 0, maxA: 32, evses });
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
  }
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
