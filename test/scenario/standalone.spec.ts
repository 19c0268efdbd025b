// The process a new user starts: it comes up with charging cars, is killed without warning, comes back, and its rows still equal its log.
// Runs the built product in processes of its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

interface SessionRow {
  readonly sessionId: string;
  readonly status: string;
}

const entry = (name: string): string => join(process.cwd(), 'dist/apps/standalone', name);

describe('the standalone process', () => {
  const directory = mkdtempSync(join(tmpdir(), 'standalone-'));
  const env = { ...process.env, DATA_DIR: directory, HTTP_PORT: '0', OCPP_PORT: '0', LOG_LEVEL: 'info' };
  let child: ChildProcess;
  let url = '';
  let output = '';

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      output = '';
      child = spawn(process.execPath, [entry('main.js'), '--stations', '4'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        const found = /console: (http:\/\/\S+?)\/ /.exec(output)?.[1];
        if (found === undefined) return;
        url = found;
        resolve();
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${output}`)));
    });
  const stop = (signal: NodeJS.Signals): Promise<void> =>
    new Promise((resolve) => {
      child.removeAllListeners('exit');
      child.once('exit', () => resolve());
      child.kill(signal);
    });
  const sessions = async (): Promise<readonly SessionRow[]> => {
    const key = readFileSync(join(directory, 'admin-api-key'), 'utf8').trim();
    // A connection of its own: a kept one may have been closed while a child held this process up.
    const headers = { authorization: `Bearer ${key}`, connection: 'close' };
    const response = await fetch(`${url}/v1/sessions?limit=1000`, { headers });
    return ((await response.json()) as { readonly items: readonly SessionRow[] }).items;
  };
  const until = async (what: string, look: () => Promise<boolean>): Promise<void> => {
    const giveUpAt = Date.now() + 90_000;
    while (!(await look())) {
      if (Date.now() > giveUpAt) throw new Error(`waited in vain for: ${what}\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  beforeAll(start, 60_000);
  afterAll(async () => {
    if (child.exitCode === null && child.signalCode === null) await stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  it('serves the console, and cars charge without anybody doing anything', async () => {
    const page = await fetch(`${url}/`);
    expect(page.headers.get('content-type')).toMatch(/html/);
    const policy = page.headers.get('content-security-policy')?.split('; ') ?? [];
    // No script of a page but its own files: nothing else is said of scripts.
    expect(policy).toContain("default-src 'self'");
    expect(policy.filter((line) => line.startsWith('script-src'))).toEqual([]);
    await until('running sessions', async () => (await sessions()).filter(({ status }) => status === 'active').length >= 2);
    expect(output).not.toMatch(/"level":(40|50|60)/);
  }, 100_000);

  it('says in a line what is in the way of a second one', () => {
    const second = (more: Readonly<Record<string, string>>) => {
      const { status, stderr } = spawnSync(process.execPath, [entry('main.js'), '--stations', '0'], {
        env: { ...env, ...more },
        encoding: 'utf8',
      });
      return [status, stderr];
    };
    expect(second({})).toEqual([
      1,
      expect.stringMatching(/^standalone: \S+ is in use by process \d+, started \S+: stop it, or name another DATA_DIR\n$/),
    ]);
    const elsewhere = mkdtempSync(join(tmpdir(), 'standalone-'));
    const taken = { DATA_DIR: elsewhere, HTTP_PORT: new URL(url).port };
    const inUse = /^standalone: listen EADDRINUSE: address already in use \S+; another HTTP_PORT may be free\n$/;
    expect(second(taken)).toEqual([1, expect.stringMatching(inUse)]);
    rmSync(elsewhere, { recursive: true, force: true });
  }, 200_000);

  it.each([
    ['with its first file', (directory: string) => readdirSync(directory).length > 0],
    ['with its first stations', (_: string, said: string) => said.includes('console: ')],
  ])(
    'ends in order where it is told to %s',
    async (_, isTime) => {
      const elsewhere = mkdtempSync(join(tmpdir(), 'standalone-'));
      const early = spawn(process.execPath, [entry('main.js')], {
        env: { ...env, DATA_DIR: elsewhere },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      for (const stream of [early.stdout, early.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
      const ended = once(early, 'exit');
      await until('its time', async () => isTime(elsewhere, said));
      early.kill('SIGTERM');
      expect([(await ended)[0], said]).toEqual([0, expect.stringContaining('"stopped"')]);
      rmSync(elsewhere, { recursive: true, force: true });
    },
    200_000,
  );

  it('ends every session once after kill -9, and its rows equal a replay', async () => {
    const before = await sessions();
    await stop('SIGKILL');
    await start();
    await until('every session of before has ended', async () => {
      const now = new Map((await sessions()).map(({ sessionId, status }) => [sessionId, status]));
      return before.every(({ sessionId }) => now.get(sessionId) === 'ended');
    });
    // A terminal signals the whole group, and npm start passes its own on: it comes twice.
    const stopped = stop('SIGINT');
    await until('it drains', async () => /"draining"/.test(output));
    child.kill('SIGINT');
    await stopped;
    const attest = spawnSync(process.execPath, [entry('attest.js'), '--file', join(directory, 'links')], { env, encoding: 'utf8' });
    expect([attest.status, attest.stdout]).toEqual([0, expect.stringMatching(/^attest: [1-9]\d* links added/)]);
    const replay = spawnSync(process.execPath, [entry('replay.js'), '--verify'], { env, encoding: 'utf8' });
    expect(replay.stdout).toMatch(/the rows equal a replay of the log/);
    expect(replay.stdout).not.toMatch(/DIFFERENT|\d parked|otherwise/);
    expect(replay.status).toBe(0);
  }, 200_000);
});
