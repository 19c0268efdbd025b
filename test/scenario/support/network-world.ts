// The whole network on an embedded world in a scratch directory, set up through HTTP, with stations of the simulator.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import type { Planner } from '#apps/load-balancing';
import { type Fleet, type FleetOptions, startFleet } from '#apps/simulator';
import { type Network, ROWS, startNetwork } from '#apps/standalone';
import { readConfig } from '#config';
import { decode, type Recorded, TOPICS, type Topic } from '#contracts';
import { type EmbeddedWorldOptions, embeddedWorld } from '#embedded';
import { type HttpServing, serveHttp } from '#nest';
import type { EventLog, World } from '#ports';
import { describedBy, type Misses } from './described.js';

export const API_KEY = 'a-key-for-tests-only';

export interface Reply<T> {
  readonly status: number;
  readonly body: T;
}

export class NetworkWorld {
  #fleets: Fleet[] = [];
  /** Names that broken producers wrote about: no description knows what is told of them. */
  readonly planted = new Set<string>();
  #isQuiet = false;
  #closed: Promise<void> | undefined;
  #misses: Promise<Misses> | undefined;

  private constructor(
    readonly directory: string,
    readonly world: World,
    readonly network: Network,
    readonly http: HttpServing,
  ) {}

  static async open(
    directory?: string,
    settings: Readonly<Record<string, string>> = {},
    options: EmbeddedWorldOptions = {},
    planner?: Planner,
    logger: Logger = pino({ level: process.env.LOG_LEVEL ?? 'error' }),
    /** What the network has instead of the log of its world. */
    logInFront: (log: EventLog) => EventLog = (log) => log,
  ): Promise<NetworkWorld> {
    const home = directory ?? (await mkdtemp(join(tmpdir(), 'network-')));
    const config = readConfig({ DATA_DIR: home, OCPP_PORT: '0', HTTP_PORT: '0', ADMIN_API_KEY: API_KEY, ...settings });
    const opened = await embeddedWorld(home, TOPICS, { ...options, database: { rows: ROWS, ...options.database } });
    const world: World = { ...opened, log: logInFront(opened.log) };
    const network = await startNetwork(world, config, logger, planner);
    const http = await serveHttp(world, {}, { host: '127.0.0.1', port: 0, configure: (app) => network.api.configure(app) });
    return new NetworkWorld(home, world, network, http);
  }

  /** Throws where an answer is otherwise than the description has it. */
  async requireDescribed(method: string, path: string, response: Response, text: string): Promise<void> {
    this.#misses ??= fetch(`http://127.0.0.1:${this.http.port}/openapi.json`).then(async (told) =>
      describedBy((await told.json()) as never),
    );
    const wrong = (await this.#misses)(method, path, response.status, response.headers.get('content-type') ?? '', text);
    if (wrong !== '' && ![...this.planted].some((name) => path.includes(name) || text.includes(name)))
      throw new Error(`${method} ${path} answers ${response.status} otherwise than described: ${wrong}`);
  }

  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<T>> {
    const response = await fetch(`http://127.0.0.1:${this.http.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    await this.requireDescribed(method, path, response, text);
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: (isJson && text !== '' ? JSON.parse(text) : text || undefined) as T };
  }

  /** A call that must succeed. */
  async must<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await this.call<T>(method, path, body);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** A file that must be there. */
  async file(path: string): Promise<Buffer> {
    const response = await fetch(`http://127.0.0.1:${this.http.port}${path}`, { headers: { authorization: `Bearer ${API_KEY}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return Buffer.from(await response.arrayBuffer());
  }

  async fleet(options: Omit<FleetOptions, 'url'>): Promise<Fleet> {
    const fleet = await startFleet({ ...options, url: `ws://127.0.0.1:${this.network.edge.port}/ocpp` });
    this.#fleets.push(fleet);
    return fleet;
  }

  async records(topic: Topic): Promise<readonly Recorded[]> {
    const found: Recorded[] = [];
    for (let partition = 0; partition < this.world.log.partitionCount(topic); partition++)
      for await (const batch of this.world.log.read(topic, partition, 0, await this.world.log.head(topic, partition)))
        found.push(...batch.map(decode));
    return found;
  }

  /** Looks again every few milliseconds until `look` gives something; tells what it waited for when it never does. */
  async until<T>(what: string, look: () => Promise<T | undefined | false> | T | undefined | false, withinMs = 20_000): Promise<T> {
    const giveUpAt = Date.now() + withinMs;
    for (;;) {
      const value = await look();
      if (value !== undefined && value !== false) return value;
      if (Date.now() > giveUpAt) throw new Error(`waited ${withinMs} ms in vain for: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 25).unref());
    }
  }

  /** Nothing runs any more, and the world is still open to be looked at. */
  async quiet(): Promise<void> {
    if (this.#isQuiet) return;
    this.#isQuiet = true;
    for (const fleet of this.#fleets.splice(0)) await fleet.stop();
    await this.http.close();
    await this.network.stop();
  }

  /** Again without `keep`: the directory goes too. */
  async close({ keep = false } = {}): Promise<void> {
    await this.quiet();
    this.#closed ??= this.world.close();
    await this.#closed;
    if (!keep) await rm(this.directory, { recursive: true, force: true });
  }
}
