// The network that browser tests look at: `npm start` as a process of its own on free ports, with simulated stations, that can be stopped and started again.
// What is looked at is console.mjs.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;
const READY_WITHIN_MS = 60_000;

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Resolves with the first answer of `ask` that is not undefined. */
export async function until(what, ask, withinMs = READY_WITHIN_MS, everyMs = 100) {
  for (const endMs = Date.now() + withinMs; Date.now() < endMs; await new Promise((resolve) => setTimeout(resolve, everyMs))) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error(`not within ${withinMs} ms: ${what}`);
}

export async function startNetwork(stations) {
  const dataDir = mkdtempSync(join(tmpdir(), 'joulestream-browser-'));
  const [httpPort, ocppPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${httpPort}`;
  let child;
  const start = async () => {
    child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(root, 'dist/apps/standalone/main.js'), '--stations', String(stations)],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DATA_DIR: dataDir, HTTP_PORT: String(httpPort), OCPP_PORT: String(ocppPort), LOG_LEVEL: 'error' },
      },
    );
    await until('the network is ready', async () => {
      if (child.exitCode !== null) throw new Error(`the network ended with ${child.exitCode}`);
      return fetch(`${url}/readyz`).then(
        ({ ok }) => (ok ? true : undefined),
        () => undefined,
      );
    });
  };
  const stop = () =>
    new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGTERM');
    });
  const call = async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${readFileSync(join(dataDir, 'admin-api-key'), 'utf8').trim()}`,
        'content-type': 'application/json',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  await start();
  return {
    url,
    call,
    start,
    stop,
    close: async () => {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
