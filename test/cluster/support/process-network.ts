// The network at scale as tests run it: built processes of dist/apps on the shared servers, under a prefix and on a database of their own.
// Stations, faults and what must be true afterwards are the specs' business.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { kafkaLog } from '#cluster';
import { decode, type Recorded, TOPICS, type Topic } from '#contracts';
import type { EventLog } from '#ports';
import { secretsIn } from '../../scenario/support/secrets.js';
import { freePort } from './ports.js';
import { brokers, databaseUrl, redisUrl, replication, unique } from './servers.js';
import { until } from './until.js';

const APPS = ['session', 'load-balancing', 'metering', 'stations', 'billing', 'edge', 'api'] as const;
export type AppName = (typeof APPS)[number] | 'grid';
export type ProcessName = `${AppName}-${number}`;

const API_KEY = 'a-key-for-tests-only';
const KEPT_LINES = 400;
const MOST_FAILED_STARTS = 5;
const START_AGAIN_MS = 1_000;
/** Where everything the processes write is kept, for somebody who hunts a fault. */
const LOGS = process.env.NETWORK_LOGS;

export interface NetworkOptions {
  readonly replicas?: number;
  /** Services to start, in this order; all that charging needs unless told. */
  readonly apps?: readonly AppName[];
  readonly partitions?: number;
  /** More environment for every process. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where the processes find PostgreSQL, if not where the spec does. */
  readonly postgresUrl?: string;
  /** Of the repository whose build they are started from; this one unless told. */
  readonly root?: string;
}

interface Member {
  readonly app: AppName;
  readonly environment: Readonly<Record<string, string>>;
  /** Of its health checks. */
  readonly port: number;
  readonly lines: string[];
  child: ChildProcess | undefined;
  ended: Promise<void>;
  isReady: boolean;
  /** Starts that came to nothing: a server did not answer in time. As everywhere, the process is started again. */
  failedStarts: number;
}

export class ProcessNetwork {
  /** Processes that ran, ended without having been told to, and their last words. */
  readonly deaths: string[] = [];
  /** Names of secrets that a process wrote into its output, each with the process. */
  readonly leaks = new Set<string>();
  readonly edgePorts: number[] = [];
  readonly #apis: number[] = [];
  readonly #members = new Map<ProcessName, Member>();
  readonly #toldToEnd = new Set<ChildProcess>();
  readonly #secrets: Readonly<Record<string, string>>;

  private constructor(
    readonly environment: Readonly<Record<string, string>>,
    readonly database: pg.Pool,
    readonly log: EventLog,
    /** Of the repository whose build is started next. */
    public root: string,
  ) {
    const { MASTER_KEY = '', DATABASE_URL = '' } = environment;
    this.#secrets = { 'the master key': MASTER_KEY, 'the API key': API_KEY, 'the address of the database': DATABASE_URL };
  }

  /** Resolves when every process is ready. */
  static async open({
    replicas = 2,
    apps = APPS,
    partitions = 4,
    settings = {},
    postgresUrl = databaseUrl(),
    root = process.cwd(),
  }: NetworkOptions = {}): Promise<ProcessNetwork> {
    const name = unique('network').replaceAll('-', '_');
    const admin = new pg.Client(databaseUrl());
    await admin.connect();
    await admin.query(`create database ${name}`);
    await admin.end();
    const [url, theirs] = [new URL(databaseUrl()), new URL(postgresUrl)];
    url.pathname = theirs.pathname = `/${name}`;
    const environment = {
      KAFKA_BROKERS: brokers().join(','),
      REDIS_URL: redisUrl(),
      DATABASE_URL: theirs.toString(),
      MASTER_KEY: randomBytes(32).toString('base64'),
      CLUSTER_PREFIX: `${name}.`,
      LOG_PARTITIONS: String(partitions),
      ADMIN_API_KEY: API_KEY,
      LOG_LEVEL: 'info',
      ...settings,
    };
    const log = kafkaLog({ brokers: brokers(), prefix: `${name}.`, partitions, replication: replication(), onTrouble: () => undefined });
    await log.open(TOPICS);
    const database = new pg.Pool({ connectionString: url.toString(), max: 2 });
    database.on('error', () => undefined); // PostgreSQL is stopped by nobody here; a query tells
    const network = new ProcessNetwork(environment, database, log, root);
    for (let replica = 0; replica < replicas; replica++) for (const app of apps) await network.#add(app, replica);
    try {
      // Not all at once: twelve starts are half a minute of processor time.
      for (const app of apps) {
        const members = network.names.filter((name) => network.#member(name).app === app);
        for (const member of members) network.start(member);
        await Promise.all(members.map((member) => network.ready(member)));
      }
      return network;
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  get names(): readonly ProcessName[] {
    return [...this.#members.keys()];
  }

  start(name: ProcessName): void {
    const member = this.#member(name);
    const child = spawn(process.execPath, [join(this.root, `dist/apps/${member.app}/main.js`)], {
      cwd: this.root,
      env: { ...process.env, ...member.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) => {
        member.lines.push(line);
        for (const leak of secretsIn(this.#secrets, [[name, line]])) this.leaks.add(leak);
        if (LOGS !== undefined) appendFileSync(join(LOGS, `${name}.log`), `${line}\n`);
        if (member.lines.length > KEPT_LINES) member.lines.shift();
      });
    member.child = child;
    member.isReady = false;
    member.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        if (!this.#toldToEnd.has(child)) this.#died(name, member, `${code ?? signal}`);
        resolve();
      });
    });
  }

  #died(name: ProcessName, member: Member, how: string): void {
    if (member.isReady || member.failedStarts >= MOST_FAILED_STARTS) this.deaths.push(`${name} ended with ${how}:\n${this.words(name)}`);
    else {
      member.failedStarts++;
      setTimeout(() => this.start(name), START_AGAIN_MS);
    }
  }

  /** Resolves when its health checks pass. */
  ready(name: ProcessName): Promise<boolean> {
    const member = this.#member(name);
    const look = async (): Promise<boolean> => {
      member.isReady ||= (await this.healthOf(name, '/readyz')) === 200;
      return member.isReady;
    };
    return until(`${name} ready`, look, { withinMs: 120_000, tell: () => this.words(name) });
  }

  /** What it answers to a question about its health; undefined where it does not answer. */
  healthOf(name: ProcessName, path: '/readyz' | '/healthz'): Promise<number | undefined> {
    return fetch(`http://127.0.0.1:${this.#member(name).port}${path}`, { headers: { connection: 'close' } }).then(
      ({ status }) => status,
      () => undefined,
    );
  }

  signal(name: ProcessName, signal: NodeJS.Signals): void {
    this.#member(name).child?.kill(signal);
  }

  /** Ends it and resolves with its exit code when it is gone; null after a signal that it cannot hear. */
  async end(name: ProcessName, signal: NodeJS.Signals): Promise<number | null> {
    const { child, ended } = this.#member(name);
    if (child === undefined) return null;
    this.#toldToEnd.add(child);
    child.kill(signal);
    await ended;
    return child.exitCode;
  }

  /** What it wrote, as lines; the newest last. */
  linesOf(name: ProcessName): readonly string[] {
    return this.#member(name).lines;
  }

  /** Its last words, for a failure. */
  words(name: ProcessName): string {
    return this.linesOf(name).slice(-8).join('\n');
  }

  async call<T>(method: string, path: string, body?: unknown, api = 0): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.#apis[api]}${path}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** A call of which a refusal in time of trouble is tried again. */
  async insist(method: string, path: string, body?: unknown): Promise<void> {
    let last: unknown;
    await until(
      `${method} ${path}`,
      () =>
        this.call(method, path, body).then(
          () => true,
          (error: unknown) => {
            last = error;
            return false;
          },
        ),
      { tell: () => String(last) },
    );
  }

  /** Everything in a topic, in order per partition. */
  async records(topic: Topic): Promise<readonly Recorded[]> {
    const found: Recorded[] = [];
    for (const [partition, head] of (await this.heads(topic)).entries())
      for await (const batch of this.log.read(topic, partition, 0, head)) found.push(...batch.map(decode));
    return found;
  }

  heads(topic: Topic): Promise<readonly number[]> {
    return Promise.all(Array.from({ length: this.log.partitionCount(topic) }, (_, partition) => this.log.head(topic, partition)));
  }

  /** Resolves when every service has committed all that is in its topics now; rejects, and tells who lags, when none of them moved for so long. */
  async caughtUp(stuckMs = 60_000): Promise<void> {
    const heads = new Map<string, number>();
    for (const topic of TOPICS)
      for (const [partition, head] of (await this.heads(topic)).entries()) heads.set(`${topic}/${partition}`, head);
    const whoLags = async (): Promise<string> => {
      const { rows } = await this.database.query<{ service: string; topic: string; partition: number; next_offset: string }>(
        'select service, topic, partition, next_offset from service_positions',
      );
      const lagging = rows.flatMap(({ service, topic, partition, next_offset }) => {
        const head = heads.get(`${topic}/${partition}`) ?? 0;
        return Number(next_offset) < head ? [`${service} at ${next_offset} of ${head} in ${topic}/${partition}`] : [];
      });
      return rows.length === 0 ? 'nobody has read anything' : lagging.join('\n');
    };
    let lagging = await whoLags();
    while (lagging !== '') {
      const before = lagging;
      const hasMoved = async (): Promise<boolean> => {
        lagging = await whoLags();
        return lagging !== before;
      };
      await until('a service moves towards the head of its topics', hasMoved, { withinMs: stuckMs, tell: () => before });
    }
  }

  /** Resolves when nothing moves any more: nothing waits to be published, and every service has committed all there is. */
  async settled(withinMs = 90_000): Promise<void> {
    const giveUpAt = Date.now() + withinMs;
    for (;;) {
      const before = await Promise.all(TOPICS.map((topic) => this.heads(topic)));
      await this.caughtUp(Math.max(1_000, giveUpAt - Date.now()));
      const { rows } = await this.database.query<{ service: string }>('select service from service_outbox limit 1');
      const after = await Promise.all(TOPICS.map((topic) => this.heads(topic)));
      if (rows.length === 0 && JSON.stringify(before) === JSON.stringify(after)) return;
      if (Date.now() > giveUpAt) throw new Error(`something still moves after ${withinMs} ms: ${JSON.stringify([rows, before, after])}`);
    }
  }

  /** Everything in the tables that services write, by table: what a replay has to bring back. */
  async rows(): Promise<ReadonlyMap<string, string>> {
    const { rows: tables } = await this.database.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename not in ('feed', 'schema_migrations', 'parked_records')
       and tablename not like 'service_%' order by 1`,
    );
    const found = new Map<string, string>();
    for (const { name } of tables) {
      const { rows } = await this.database.query<{ row: string }>(`select t::text as row from ${name} t order by 1`);
      found.set(name, rows.map(({ row }) => row).join('\n'));
    }
    return found;
  }

  /** Ends every process as an operator would, edges first; names those that did not end well. */
  async drain(): Promise<readonly string[]> {
    const isEdge = (name: ProcessName): boolean => name.startsWith('edge-');
    for (const some of [this.names.filter(isEdge), this.names.filter((name) => !isEdge(name))])
      await Promise.all(some.map((name) => this.end(name, 'SIGTERM')));
    return this.names.filter((name) => this.#member(name).child?.exitCode !== 0);
  }

  /** Runs a built program to its end in the network's environment, e.g. the replay; what stands between it and the servers goes on meanwhile. */
  async program(file: string, args: readonly string[]): Promise<{ readonly status: number | null; readonly output: string }> {
    const child = spawn(process.execPath, [join(this.root, 'dist/apps', file), ...args], {
      env: { ...process.env, ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, output };
  }

  async close(): Promise<void> {
    await Promise.all(this.names.map((name) => this.end(name, 'SIGKILL')));
    await this.database.end();
    await this.log.close();
  }

  async #add(app: AppName, replica: number): Promise<void> {
    const port = await freePort();
    const own: Record<string, string> = app === 'api' ? { HTTP_PORT: String(port) } : { HEALTH_PORT: String(port) };
    if (app === 'api') this.#apis.push(port);
    if (app === 'edge') {
      const ocppPort = await freePort();
      this.edgePorts.push(ocppPort);
      own.OCPP_PORT = String(ocppPort);
      own.EDGE_ID = `edge-${replica}-${randomUUID()}`;
    }
    const environment = { ...this.environment, ...own };
    this.#members.set(`${app}-${replica}`, {
      app,
      environment,
      port,
      lines: [],
      child: undefined,
      ended: Promise.resolve(),
      isReady: false,
      failedStarts: 0,
    });
  }

  #member(name: ProcessName): Member {
    const member = this.#members.get(name);
    if (member === undefined) throw new Error(`no process ${name} in this network`);
    return member;
  }
}
