// One Redis server that keeps nothing on disk: whatever it holds may be lost at any time and is written anew.
import { which } from './packages.mjs';
import { ask, launch } from './processes.mjs';

export function startRedis(dir, port) {
  const settings = { port, bind: '127.0.0.1', dir, save: '', appendonly: 'no', daemonize: 'no', 'maxmemory-policy': 'noeviction' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  launch(dir, 'redis', which('redis-server') ?? 'redis-server', args);
}

const says = async (port, command, answer) => (await ask(port, `${command}\r\n`))?.toString().startsWith(answer) === true;

export const isRedisReady = (port) => says(port, 'PING', '+PONG');

/** Empties the server, as if it had been lost. */
export async function flushRedis(port) {
  if (!(await says(port, 'FLUSHALL SYNC', '+OK'))) throw new Error('redis did not answer FLUSHALL');
}
