// The product as a new user starts it, bare: the built standalone process on free ports, reached by its HTTP interface only; and what a site needs
// before somebody can charge there. Scripts and specs beside this file share it; what they ask of it is theirs.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PRICE_PER_KWH = 0.4;
const API_KEY = 'a-key-of-the-interop-run';
const root = join(import.meta.dirname, '../../..');
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Looks again and again. Rejects when nothing is found in time. */
export async function until(what, look, withinMs = 60_000) {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > giveUpAt) throw new Error(`waited ${withinMs} ms in vain for: ${what}`);
    await pause(100);
  }
}

/** Of a process of ours: ends it as an operator would; answers its exit code. */
export const ended = (child) =>
  child === undefined || child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child?.exitCode ?? null)
    : new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGTERM');
      });

/** The HTTP interface of a network that runs. */
export class Api {
  constructor(apiUrl, apiKey) {
    this.apiUrl = apiUrl;
    this.apiKey = apiKey;
  }

  async call(method, path, body) {
    const response = await fetch(`${this.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }

  until(what, look, withinMs) {
    return until(what, look, withinMs);
  }

  /** What a list has, one page. */
  async items(path) {
    return (await this.call('GET', path)).items;
  }

  /** A command, and how it ended. */
  command(stationId, action, payload = {}) {
    return this.call('POST', `/v1/stations/${stationId}/commands?wait=true`, { action, payload, timeoutMs: 28_000 });
  }
}

export class Network extends Api {
  directory = mkdtempSync(join(tmpdir(), 'interop-network-'));
  /** Where stations come to; `tlsUrl` too where certificates were given. */
  ocppUrl = '';
  tlsUrl = '';
  output = '';
  #child;

  constructor(env = {}) {
    super('', API_KEY);
    this.env = {
      ...process.env,
      DATA_DIR: this.directory,
      HTTP_PORT: '0',
      OCPP_PORT: '0',
      ADMIN_API_KEY: API_KEY,
      LOG_LEVEL: 'warn',
      ...env,
    };
  }

  built(name) {
    return join(root, 'dist/apps/standalone', name);
  }

  start() {
    const child = spawn(process.execPath, [this.built('main.js'), '--stations', '0'], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    return new Promise((resolve, reject) => {
      const read = (chunk) => {
        this.output += chunk;
        const plain = /console: (\S+)\/ {3}chargers: (\S+)\/\{stationId\}/.exec(this.output);
        const secure = /by TLS: (\S+)\/\{stationId\}/.exec(this.output);
        if (plain === null || (this.env.OCPP_TLS_CERT !== undefined && secure === null)) return;
        [, this.apiUrl, this.ocppUrl] = plain;
        this.tlsUrl = secure?.[1] ?? '';
        resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => reject(new Error(`the network ended with ${code}: ${this.output}`)));
    });
  }

  /** A price by the kWh, for the sites that take it. */
  tariff() {
    return this.call('PUT', '/v1/tariffs/flat', {
      country_code: 'NL',
      party_id: 'TST',
      id: 'flat',
      currency: 'EUR',
      last_updated: '2026-01-01T00:00:00Z',
      elements: [{ price_components: [{ type: 'ENERGY', price: PRICE_PER_KWH, vat: 21, step_size: 1 }] }],
    });
  }

  /** A site behind one fuse, at the price of `tariff`. */
  async site(siteId, limitA) {
    const grid = { nodeId: 'grid', limitA, unmanagedMaxA: 0, phases: 3 };
    await this.call('PUT', `/v1/sites/${siteId}`, { name: siteId, timeZone: 'Europe/Amsterdam', root: grid });
    await this.call('PUT', `/v1/sites/${siteId}/tariff`, { tariffId: 'flat' });
  }

  /** A station of a site, with outlets of 6 to 32 A; answers its password. */
  async station(siteId, stationId, { evses = 1, ...more } = {}, query = '') {
    const { password = more.password } = await this.call('PUT', `/v1/stations/${stationId}${query}`, {
      siteId,
      nodeId: 'grid',
      securityProfile: 1,
      evses: Array.from({ length: evses }, (_, index) => ({ evseId: index + 1, phases: 3, minA: 6, maxA: 32, safeA: 0 })),
      ...more,
    });
    return password;
  }

  token(idToken, { type = 'ISO14443', status = 'Accepted', ...more } = {}) {
    return this.call('PUT', `/v1/tokens/${type}/${idToken}`, { status, ...more });
  }

  /** Log lines of level warn and above. */
  get warnings() {
    return this.output.split('\n').filter((line) => /^\{"level":(40|50|60),/.test(line));
  }

  stop() {
    this.#child?.removeAllListeners('exit');
    return ended(this.#child);
  }

  remove() {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
