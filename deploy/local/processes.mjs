// Starts, remembers and ends server processes of a scratch directory, and tells a recorded process from a stranger with its number.
// What the servers are and when they are ready is the business of the parts (kafka, redis, postgres).
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Below the range of outgoing connections (32768 and up), so that a client retrying a stopped server never meets itself. */
const PORT_RANGE = [18_000, 32_000];

/** Ports free on 127.0.0.1 now, all different. */
export async function freePorts(count) {
  const held = [];
  const [low, high] = PORT_RANGE;
  for (let attempt = 0; held.length < count; attempt++) {
    if (attempt > 1_000) throw new Error(`no free port between ${low} and ${high}`);
    const port = low + Math.floor(Math.random() * (high - low));
    const server = await new Promise((resolve) => {
      const candidate = createServer().once('error', () => resolve(undefined));
      candidate.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve(candidate));
    });
    if (server) held.push({ server, port });
  }
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  return held.map(({ port }) => port);
}

/** What tells a process from a later one with the same number; undefined when it is gone or a zombie. */
function birthOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined; // no such process
  }
}

const pidFile = (dir, name) => join(dir, `${name}.pid`);

/** The recorded process, if it still runs. */
export function recorded(dir, name) {
  try {
    const { pid, birth } = JSON.parse(readFileSync(pidFile(dir, name), 'utf8'));
    return birth !== undefined && birthOf(pid) === birth ? pid : undefined;
  } catch {
    return undefined; // never started, or a record cut short by a crash
  }
}

/** Starts a server in its own process group, output to `<name>.log`, its number on disk before this returns. */
export function launch(dir, name, command, args, options = {}) {
  const log = openSync(join(dir, `${name}.log`), 'a');
  const child = spawn(command, args, { cwd: dir, detached: true, stdio: ['ignore', log, log], ...options });
  closeSync(log);
  child.once('error', (error) => writeFileSync(join(dir, `${name}.log`), `${command}: ${error.message}\n`, { flag: 'a' }));
  if (child.pid !== undefined) writeFileSync(pidFile(dir, name), JSON.stringify({ pid: child.pid, birth: birthOf(child.pid) }));
  child.unref();
}

/** Ends the recorded process group: `signal`, then SIGKILL after ten seconds. A paused one is woken. */
export async function end(dir, name, signal = 'SIGTERM') {
  const pid = recorded(dir, name);
  if (pid === undefined) return rmSync(pidFile(dir, name), { force: true });
  const send = (which) => {
    try {
      process.kill(-pid, which);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  send(signal);
  send('SIGCONT');
  const patience = Date.now() + 10_000;
  while (recorded(dir, name) !== undefined) {
    if (Date.now() > patience) send('SIGKILL');
    await pause(20);
  }
  rmSync(pidFile(dir, name), { force: true });
}

/** Sends a signal (SIGSTOP, SIGCONT, …) to the recorded process group. */
export function signalTo(dir, name, signal) {
  const pid = recorded(dir, name);
  if (pid === undefined) throw new Error(`${name} is not running`);
  process.kill(-pid, signal);
}

/** Writes `request` to a port of 127.0.0.1 and hands over the first bytes of the answer; undefined when there is none. */
export function ask(port, request) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(request));
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => done(undefined));
    socket
      .once('data', done)
      .once('error', () => done(undefined))
      .once('close', () => done(undefined));
  });
}

/** Waits until `isReady` says so. Fails at once, with the end of its log, when the process died; and when `signal` aborts. */
export async function untilReady(dir, name, isReady, { timeoutMs = 90_000, signal } = {}) {
  const deadline = Date.now() + timeoutMs;
  while (!(await isReady())) {
    signal?.throwIfAborted();
    const dead = recorded(dir, name) === undefined;
    if (dead) throw new Error(`${name} ended while starting:\n${tail(dir, name)}`);
    if (Date.now() > deadline) throw new Error(`${name} was not ready within ${timeoutMs / 1000} s:\n${tail(dir, name)}`);
    await pause(100);
  }
}

function tail(dir, name) {
  try {
    return readFileSync(join(dir, `${name}.log`), 'utf8')
      .split('\n')
      .slice(-30)
      .join('\n');
  } catch {
    return '(no log)';
  }
}

/** Runs a command to its end; its output is in the error when it fails. An aborted `signal` ends it. */
export function run(command, args, { input, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} ${args.join(' ')} ended with ${code}\n${output}`)),
    );
    child.stdin.on('error', () => undefined); // ended without reading: the exit code tells
    child.stdin.end(input ?? '');
  });
}

/** Says what goes on, then says that it still does, every three seconds. */
export async function narrated({ say, signal }, what, work) {
  signal?.throwIfAborted();
  say(what);
  const began = Date.now();
  const ticker = setInterval(() => say(`… ${what} (${Math.round((Date.now() - began) / 1000)} s)`), 3_000);
  try {
    return await work();
  } finally {
    clearInterval(ticker);
  }
}
