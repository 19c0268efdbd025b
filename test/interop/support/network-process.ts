// The product as a new user starts it, bare: the built standalone process on free ports, reached by its HTTP interface only.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, type Recorded, type Topic } from '#contracts';
import { sqliteLog } from '#embedded';

const API_KEY = 'a-key-of-the-interop-run';
const built = (name: string): string => join(process.cwd(), 'dist/apps/standalone', name);

export class NetworkProcess {
  readonly #directory = mkdtempSync(join(tmpdir(), 'interop-network-'));
  readonly #env = {
    ...process.env,
    DATA_DIR: this.#directory,
    HTTP_PORT: '0',
    OCPP_PORT: '0',
    ADMIN_API_KEY: API_KEY,
    LOG_LEVEL: 'info',
  };
  #child: ChildProcess | undefined;
  #apiUrl = '';
  ocppUrl = '';
  output = '';

  start(): Promise<void> {
    const child = spawn(process.execPath, [built('main.js'), '--stations', '0'], { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    return new Promise((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        this.output += chunk.toString();
        const found = /console: (\S+)\/ {3}chargers: (\S+)\/\{stationId\}/.exec(this.output);
        if (found === null) return;
        [, this.#apiUrl = '', this.ocppUrl = ''] = found;
        resolve();
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.once('exit', (code) => reject(new Error(`the network ended with ${code}: ${this.output}`)));
    });
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer as T;
  }

  async until<T>(what: string, look: () => Promise<T | undefined | false>, withinMs = 60_000): Promise<T> {
    const giveUpAt = Date.now() + withinMs;
    for (;;) {
      const value = await look();
      if (value !== undefined && value !== false) return value;
      if (Date.now() > giveUpAt) throw new Error(`waited ${withinMs} ms in vain for: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Log lines of level warn and above. */
  get warnings(): readonly string[] {
    return this.output.split('\n').filter((line) => /^\{"level":(40|50|60),/.test(line));
  }

  /** Ends it as an operator would; answers its exit code. */
  stop(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child?.exitCode ?? null);
    child.removeAllListeners('exit');
    return new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGTERM');
    });
  }

  /** Everything of a topic, oldest first; the process must have ended. */
  async records(topic: Topic): Promise<readonly Recorded[]> {
    const log = await sqliteLog(join(this.#directory, 'log'), { readOnly: true });
    const found: Recorded[] = [];
    for (let partition = 0; partition < log.partitionCount(topic); partition++)
      for await (const batch of log.read(topic, partition, 0, await log.head(topic, partition))) found.push(...batch.map(decode));
    await log.close();
    return found;
  }

  /** What `npm run replay -- --verify` prints. */
  replay(): string {
    const { stdout, stderr } = spawnSync(process.execPath, [built('replay.js'), '--verify'], { env: this.#env, encoding: 'utf8' });
    return stdout + stderr;
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
