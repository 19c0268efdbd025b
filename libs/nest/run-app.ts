// Starts one app as a process: settings, world, the app's parts, health over HTTP; SIGTERM drains in the opposite order.
import 'reflect-metadata';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type Config, ConfigError, readConfig } from '#config';
import { createLogger, type Logger, startMetrics, startTracing } from '#observability';
import { PortError, type World } from '#ports';
import { openWorld } from '#world';
import { type Health, healthModule } from './health.js';
import { firstSignal } from './signals.js';

export interface Running {
  /** Nest modules with the controllers this app serves. */
  readonly modules?: readonly (Type | DynamicModule)[];
  readonly health?: Health;
  /** Finishes what is in flight and returns when nothing runs. */
  stop(): Promise<void>;
}

export interface Runnable {
  readonly name: string;
  /** Names what its services write into an embedded database; where that was different, the rows are made anew from the log. */
  readonly rows?: string;
  /** Of the world, what it is ready without: another process of its kind would do no better (ADR 0087). */
  readonly readyWithout?: readonly WorldPart[];
  /** Port of the app's own HTTP server. */
  readonly port: (config: Config) => number;
  start(world: World, config: Config, logger: Logger): Promise<Running>;
  /** Last touch on the HTTP application, before it listens. */
  readonly configure?: (app: NestExpressApplication) => void;
  /** After the server listens. */
  readonly onListening?: (
    address: { readonly host: string; readonly port: number },
    world: World,
    config: Config,
    logger: Logger,
  ) => Promise<void> | void;
}

@Module({})
class RootModule {}

type WorldPart = 'log' | 'database' | 'router';

/** Readiness of the ports: the log, the database and the router answer, as far as they count. */
export function worldHealth(world: World, without: readonly WorldPart[] = []): Health {
  const checks: Record<WorldPart, () => Promise<void>> = {
    log: async () => void (await world.log.head('site-events', 0)),
    database: async () => void (await world.database.query('select 1')),
    router: () => world.router.check(),
  };
  return Object.fromEntries(Object.entries(checks).filter(([part]) => !without.includes(part as WorldPart)));
}

export interface HttpServing {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves health, metrics and the app's own modules on `host:port` (0 picks a free one). */
export async function serveHttp(
  world: World,
  { modules = [], health = {} }: Pick<Running, 'modules' | 'health'>,
  { host, port, configure, readyWithout }: { readonly host: string; readonly port: number } & Pick<Runnable, 'configure' | 'readyWithout'>,
): Promise<HttpServing> {
  const app = await NestFactory.create<NestExpressApplication>(
    { module: RootModule, imports: [healthModule({ ...worldHealth(world, readyWithout), ...health }), ...modules] },
    { logger: false, bodyParser: false },
  );
  configure?.(app);
  await app.listen(port, host);
  const server = app.getHttpServer();
  return {
    port: (server.address() as { readonly port: number }).port,
    async close() {
      server.closeAllConnections?.();
      await app.close();
    },
  };
}

/** What whoever starts us can mend is told in one line; anything else is a fault of ours and keeps its stack. */
export function startProblem(error: unknown, ports: Readonly<Record<string, number | undefined>>, dataDir?: string): string | undefined {
  if (error instanceof ConfigError || error instanceof PortError) return error.message;
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  const port = 'port' in error ? error.port : undefined;
  const [setting] = Object.entries(ports).find(([, each]) => each === port && port !== undefined) ?? [];
  if (setting !== undefined) return `${error.message}; another ${setting} may be free`;
  const isOfData = dataDir !== undefined && 'path' in error && isWithin(resolve(String(error.path)), resolve(dataDir));
  return isOfData ? `${error.message}; DATA_DIR has to be where this user may write` : error.message;
}

/** One is the other, or in it: a directory that cannot be made fails at the first above it. */
const isWithin = (one: string, other: string): boolean => `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);

export async function runApp(runnable: Runnable): Promise<void> {
  let ports = {};
  let dataDir: string | undefined;
  try {
    const config = readConfig(process.env);
    const { httpPort, ocppPort, healthPort, ocppTls } = config;
    dataDir = config.dataDir;
    ports = { HTTP_PORT: httpPort, OCPP_PORT: ocppPort, HEALTH_PORT: healthPort, OCPP_TLS_PORT: ocppTls?.port };
    await start(runnable, config);
  } catch (error) {
    const problem = startProblem(error, ports, dataDir);
    if (problem === undefined) throw error;
    process.stderr.write(`${runnable.name}: ${problem}\n`);
    process.exit(1);
  }
}

/** One that is not heard of is told of once in a while: nothing waits for it, and nothing else is lost. */
const TRACE_TROUBLE_EVERY_MS = 60_000;

async function tracesOf(service: string, { traces, edgeId }: Config, logger: Logger): Promise<{ stop(): Promise<void> } | undefined> {
  if (traces === undefined) return undefined;
  let toldMs = Number.NEGATIVE_INFINITY;
  const onTrouble = (detail: string): void => {
    if (performance.now() - toldMs < TRACE_TROUBLE_EVERY_MS) return;
    toldMs = performance.now();
    logger.warn({ detail }, 'traces could not be sent');
  };
  return startTracing({ service, instance: edgeId ?? `${hostname()}/${process.pid}`, ...traces, onTrouble });
}

/** Who is told to end while it starts ends in order once it is through; where a server does not answer, that may be never. */
const START_PATIENCE_MS = 60_000;

/** Of each part of a process. Whoever supervises it has less, mostly; without anybody it would hold for ever what it holds. */
const END_PATIENCE_MS = 120_000;

/** Whether it ended in time; one that did not is named. Rejects as it does. */
export async function endInTime(
  part: string,
  end: () => Promise<void>,
  logger: Pick<Logger, 'error'>,
  patienceMs = END_PATIENCE_MS,
): Promise<boolean> {
  const patience = Promise.withResolvers<false>();
  const timer = setTimeout(() => patience.resolve(false), patienceMs);
  const isEnded = await Promise.race([end().then(() => true), patience.promise]).finally(() => clearTimeout(timer));
  if (!isEnded) logger.error({ part, patienceMs }, 'a part of the process did not end in time: it ends without that');
  return isEnded;
}

async function start(runnable: Runnable, config: Config): Promise<void> {
  const signalled = firstSignal(process);
  let isUp = false;
  void signalled.then(() => setTimeout(() => isUp || process.exit(1), START_PATIENCE_MS).unref());
  const logger = createLogger(runnable.name, config.logLevel);
  startMetrics();
  const traces = await tracesOf(runnable.name, config, logger);
  const world = await openWorld(config, runnable.rows, (error) => {
    // Half of it would go on: what supervises it is to start it anew.
    logger.error({ err: error }, 'the database in this process is gone: it ends');
    process.exit(1);
  });
  let running: Running | undefined;
  let http: HttpServing;
  let stopping = false;
  try {
    const { configure, readyWithout } = runnable;
    running = await runnable.start(world, config, logger);
    const health: Health = { ...running.health, process: async () => (stopping ? Promise.reject(new Error('draining')) : undefined) };
    http = await serveHttp(
      world,
      { ...running, health },
      { host: config.bindAddress, port: runnable.port(config), ...(configure && { configure }), ...(readyWithout && { readyWithout }) },
    );
  } catch (error) {
    // Left as after any other stop, so that the next start need not mend anything.
    await running?.stop();
    await world.close();
    throw error;
  }
  const parts = running;
  isUp = true;
  logger.info({ port: http.port, world: world.kind }, 'listening');
  if (world.kind === 'embedded' && runnable.rows === undefined)
    logger.warn(
      {},
      'a service by itself on a log of its own: no other process sees it. `npm start` runs all in one; apart they need KAFKA_BROKERS, REDIS_URL and DATABASE_URL',
    );

  const stop = async (signal: string): Promise<void> => {
    stopping = true;
    logger.info({ signal }, 'draining');
    // What serves nothing but its health tells it until the end: alive, and not ready. Where others are served, they go first.
    const own: [string, () => Promise<void>][] = [
      [runnable.name, () => parts.stop()],
      ['http', () => http.close()],
    ];
    const ends: typeof own = [
      ...(runnable.configure === undefined ? own : own.toReversed()),
      ['world', () => world.close()],
      ['traces', async () => traces?.stop()],
    ];
    let isWhole = true;
    for (const [part, end] of ends) isWhole = (await endInTime(part, end, logger)) && isWhole;
    logger.info({}, 'stopped');
    process.exit(isWhole ? 0 : 1);
  };
  signalled.then(stop).catch((error: unknown) => {
    logger.error({ err: error }, 'drain failed');
    process.exit(1);
  });
  try {
    await runnable.onListening?.({ host: config.bindAddress, port: http.port }, world, config, logger);
  } catch (error) {
    if (!stopping) throw error; // what it was about to use is closed by now
  }
}
