// Real Kafka, Redis and PostgreSQL on this machine, without Docker unless STACK=docker: for tests and development, never for production.
// Each server's own ways are in kafka.mjs, redis.mjs and postgres.mjs; what runs on top of them is none of this script's business.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkDocker, isContainerRunning, removeContainers, signalContainer, startContainers, stopContainer } from './docker.mjs';
import { isKafkaReady, needsMaven, newCluster, startKafka } from './kafka.mjs';
import { ensurePackages } from './packages.mjs';
import { isPostgresReady, NAME, removePostgres, startPostgres } from './postgres.mjs';
import { end, freePorts, narrated, recorded, signalTo, untilReady } from './processes.mjs';
import { flushRedis, isRedisReady, startRedis } from './redis.mjs';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const DEFAULT_DIRECTORY = join(REPOSITORY, '.stack/dev');

/** Brokers are kafka, kafka-2, kafka-3, … */
const brokerNames = ({ brokers }) => brokers.map(({ nodeId }) => (nodeId === 1 ? 'kafka' : `kafka-${nodeId}`));

/** The servers of a stack by name. `stop` is the signal that ends one cleanly without waiting for its clients. */
function partsOf({ kafka, ports, password }) {
  const brokers = kafka.brokers.map((broker, index) => [
    brokerNames(kafka)[index],
    {
      port: broker.port,
      start: (dir, context) => startKafka(dir, brokerNames(kafka)[index], kafka, broker, context),
      isReady: () => isKafkaReady(broker.port),
      stop: 'SIGTERM',
    },
  ]);
  return {
    ...Object.fromEntries(brokers),
    redis: { port: ports.redis, start: (dir) => startRedis(dir, ports.redis), isReady: () => isRedisReady(ports.redis), stop: 'SIGTERM' },
    postgres: {
      port: ports.postgres,
      start: (dir, context) => startPostgres(dir, ports.postgres, password, context),
      isReady: () => isPostgresReady(ports.postgres),
      stop: 'SIGINT',
    },
  };
}

const stateFile = (dir) => join(dir, 'stack.json');
const loadState = (dir) => (existsSync(stateFile(dir)) ? JSON.parse(readFileSync(stateFile(dir), 'utf8')) : undefined);

const envOf = ({ kafka: { brokers }, ports, password }) => ({
  KAFKA_BROKERS: brokers.map(({ port }) => `127.0.0.1:${port}`).join(','),
  KAFKA_REPLICATION: String(brokers.length),
  REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
  DATABASE_URL: `postgres://${NAME}:${password}@127.0.0.1:${ports.postgres}/${NAME}`,
});

function partOf(state, name) {
  const parts = partsOf(state);
  if (!parts[name]) throw new Error(`no part "${name}": one of ${Object.keys(parts).join(', ')}`);
  return parts[name];
}

async function startNative(dir, state, name, context) {
  const part = partOf(state, name);
  if (recorded(dir, name) !== undefined) return;
  const began = Date.now();
  await part.start(dir, context);
  await narrated(context, `${name}: starting`, () => untilReady(dir, name, part.isReady, context));
  context.say(`${name}: ready on 127.0.0.1:${part.port} after ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/** What can be done with a running stack. Every wait ends when the server answers, or is gone. */
function handle(dir, state, { say }) {
  const docker = state.kind === 'docker';
  const stop = (name, signal = partOf(state, name).stop) => (docker ? stopContainer(dir, state, name, signal) : end(dir, name, signal));
  const start = (name) => (docker ? startContainers(dir, state, [name], { say }) : startNative(dir, state, name, { say }));
  return {
    dir,
    env: envOf(state),
    brokers: brokerNames(state.kafka),
    /** Ends one server; its data stays. `SIGKILL` for a crash. */
    stop,
    /** Starts it again on the same port and data, and waits until it answers. */
    start,
    restart: async (name, signal) => {
      await stop(name, signal);
      await start(name);
    },
    /** SIGSTOP and SIGCONT: a server that holds its connections and says nothing. */
    signal: (name, signal) => (docker ? signalContainer(dir, state, name, signal) : signalTo(dir, name, signal)),
    flushRedis: () => flushRedis(state.ports.redis),
    status: async () => {
      const rows = Object.entries(partsOf(state)).map(async ([name, { port, isReady }]) => ({
        name,
        port,
        pid: docker ? undefined : recorded(dir, name),
        running: docker ? await isContainerRunning(dir, state, name) : recorded(dir, name) !== undefined,
        ready: await isReady(),
      }));
      return Promise.all(rows);
    },
    down: () => down({ dir, say }),
  };
}

/** The stack recorded in a directory, whatever runs of it. */
export function attach({ dir = DEFAULT_DIRECTORY, say = () => undefined } = {}) {
  const at = resolve(dir);
  const state = loadState(at);
  return state && handle(at, state, { say });
}

/**
 * Starts the servers side by side and resolves when all answer: one Kafka broker or `brokers` of them, Redis, PostgreSQL. What still runs of an earlier call is kept; with `fresh` it is
 * removed first, data included. On failure, and when `signal` aborts, nothing is left running.
 */
export async function up({
  dir = DEFAULT_DIRECTORY,
  say = () => undefined,
  kind = process.env.STACK === 'docker' ? 'docker' : 'native',
  fresh = false,
  brokers = 1,
  signal,
} = {}) {
  if (kind === 'native' && process.platform !== 'linux') throw new Error('native servers need Linux; use Docker: STACK=docker');
  if (kind === 'docker' && brokers > 1) throw new Error('the containers have one broker; several run without STACK=docker');
  const context = { say, signal };
  const wanted = resolve(dir);
  if (fresh || (loadState(wanted)?.kind ?? kind) !== kind) await down({ dir: wanted, say });
  mkdirSync(wanted, { recursive: true });
  const at = realpathSync(wanted);
  let state = loadState(at);
  if (!state) {
    const [redis, postgres, ...rest] = await freePorts(2 + 2 * brokers);
    const kafka = newCluster(
      Array.from({ length: brokers }, (_, index) => ({ port: rest[2 * index], controllerPort: rest[2 * index + 1] })),
    );
    state = { kind, kafka, ports: { redis, postgres }, password: randomBytes(12).toString('hex') };
  }
  try {
    if (kind === 'docker') await checkDocker();
    else await ensurePackages(context, { needsMaven: needsMaven() });
    writeFileSync(stateFile(at), JSON.stringify(state), { mode: 0o600 });
    if (kind === 'docker') await startContainers(at, state, Object.keys(partsOf(state)), context);
    else await allOrFirstError(Object.keys(partsOf(state)).map((name) => startNative(at, state, name, context)));
  } catch (error) {
    await down({ dir: at, say });
    throw error;
  }
  return handle(at, state, context);
}

/** Waits for all before it rejects, so that nothing starts behind the back of a clean-up. */
async function allOrFirstError(work) {
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Ends every server recorded in the directory and removes the directory. Harmless when there is none. */
export async function down({ dir = DEFAULT_DIRECTORY, say = () => undefined } = {}) {
  const at = resolve(dir);
  if (!existsSync(at)) return;
  const state = loadState(at);
  if (state?.kind === 'docker') await narrated({ say }, 'docker compose down', () => removeContainers(at, state));
  const running = Object.entries(state === undefined ? {} : partsOf(state)).filter(([name]) => recorded(at, name) !== undefined);
  await Promise.all(running.map(([name, { stop }]) => narrated({ say }, `${name}: stopping`, () => end(at, name, stop))));
  removePostgres(at);
  rmSync(at, { recursive: true, force: true, maxRetries: 5 });
}

const USAGE = `usage: stack <command> [--dir <scratch directory>]
  up [--brokers 3]       start Kafka, Redis and PostgreSQL (STACK=docker: as containers) and print their addresses
  down                   stop them and remove their data
  status                 what runs
  env                    KAFKA_BROKERS=, REDIS_URL=, DATABASE_URL= for a shell: export $(npm run -s stack -- env)
  start|stop|kill <part> one of kafka (kafka-2, …), redis, postgres
  pause|resume <part>    a server that holds its connections and says nothing
  flush redis            empty Redis`;

function running(dir) {
  const stack = attach({ dir, say: console.error });
  if (!stack) throw new Error('no stack is up here: npm run stack -- up');
  return stack;
}

const printEnv = ({ env }) =>
  console.log(
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
  );

async function interruptibleUp(dir, brokers) {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new Error('interrupted: what was started is stopped again'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  printEnv(await up({ dir, brokers, say: console.error, signal: interruption.signal }));
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { dir: { type: 'string', default: DEFAULT_DIRECTORY }, brokers: { type: 'string', default: '1' }, help: { type: 'boolean' } },
  });
  const [command = 'help', part] = positionals;
  if (!/^[1-9]$/.test(values.brokers)) throw new Error(`--brokers is a number from 1 to 9, not "${values.brokers}"\n${USAGE}`);
  const dir = resolve(values.dir);
  switch (values.help ? 'help' : command) {
    case 'up':
      return interruptibleUp(dir, Number(values.brokers));
    case 'down':
      return down({ dir, say: console.error });
    case 'env':
      return printEnv(running(dir));
    case 'status':
      for (const { name, port, pid, running: runs, ready } of await running(dir).status())
        console.log(
          `${name.padEnd(9)} ${ready ? 'ready' : runs ? 'running, not answering' : 'stopped'}  127.0.0.1:${port}${pid === undefined ? '' : `  pid ${pid}`}`,
        );
      return;
    case 'start':
      return running(dir).start(part);
    case 'stop':
      return running(dir).stop(part);
    case 'kill':
      return running(dir).stop(part, 'SIGKILL');
    case 'pause':
      return running(dir).signal(part, 'SIGSTOP');
    case 'resume':
      return running(dir).signal(part, 'SIGCONT');
    case 'flush':
      return running(dir).flushRedis();
    default:
      console.log(USAGE);
      if (command !== 'help') process.exitCode = 2;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  await main().catch((error) => {
    const isOption = error.code?.startsWith('ERR_PARSE_ARGS');
    console.error(`stack: ${error.message}${isOption ? `\n${USAGE}` : ''}`);
    process.exitCode = isOption ? 2 : 1;
  });
