// The same three servers as containers (STACK=docker), described by deploy/compose/compose.yaml.
// Needs Docker with the compose plugin; nothing is installed here.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { narrated, run } from './processes.mjs';

const FILE = join(import.meta.dirname, '../compose/compose.yaml');

/** One compose project per scratch directory. */
const project = (dir) => `joulestream-${createHash('sha256').update(dir).digest('hex').slice(0, 8)}`;

function compose(dir, { kafka, ports, password }, args) {
  const settings = {
    KAFKA_PORT: kafka.brokers[0].port,
    REDIS_PORT: ports.redis,
    POSTGRES_PORT: ports.postgres,
    POSTGRES_PASSWORD: password,
  };
  const env = { ...process.env, ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])) };
  return run('docker', ['compose', '-p', project(dir), '-f', FILE, ...args], { env });
}

export async function checkDocker() {
  await run('docker', ['compose', 'version']).catch((cause) => {
    throw new Error('STACK=docker needs Docker with the compose plugin; without it, leave STACK unset for native servers', { cause });
  });
}

export const startContainers = (dir, state, parts, context) =>
  narrated(context, `docker compose up ${parts.join(' ')} (fetches images at first)`, () =>
    compose(dir, state, ['up', '-d', '--wait', ...parts]),
  );

export const stopContainer = (dir, state, part, signal) => compose(dir, state, ['kill', '-s', signal, part]);

export const signalContainer = (dir, state, part, signal) => {
  const command = { SIGSTOP: 'pause', SIGCONT: 'unpause' }[signal];
  return compose(dir, state, command ? [command, part] : ['kill', '-s', signal, part]);
};

export const isContainerRunning = async (dir, state, part) =>
  (await compose(dir, state, ['ps', '--status', 'running', '--services'])).split('\n').includes(part);

export const removeContainers = (dir, state) => compose(dir, state, ['down', '-v', '--remove-orphans', '-t', '10']);
