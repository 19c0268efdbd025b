// A world in memory around one or more edges: a log that can be held or made to fail, a book the test writes, the real routing.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createEdge, type Edge, type EdgeConfig } from '#apps/edge';
import { decode, type Recorded, TOPICS } from '#contracts';
import { credentialText, tokenText } from '#domain/authorization';
import { fileKeyStore, inProcessBook, inProcessDirectory, inProcessRouter, memoryLog } from '#embedded';
import { type Clock, type EventLog, LogUnavailable, type RoutedCommand, type StationEntry, type TokenEntry, type World } from '#ports';
import { systemClock, systemIds, systemRandom } from '#system';
import { HeldClock } from './held-clock.js';
import { type ConnectOptions, RawStation, type Refused } from './raw-station.js';

/** Appends pass, wait until released, or fail; what was appended is the log behind it. */
export interface HeldLog extends EventLog {
  mode: 'pass' | 'hold' | 'fail';
  /** Lets everything that waits through and passes from now on. */
  release(): void;
  /** Fails everything that waits, and what comes. */
  fail(): void;
  /** Resolves when `count` appends wait. */
  waiting(count: number): Promise<void>;
}

function heldLog(inner: EventLog): HeldLog {
  const line: { readonly go: () => void; readonly refuse: (error: Error) => void }[] = [];
  const watchers: { readonly count: number; readonly tell: () => void }[] = [];
  const log: HeldLog = Object.assign(Object.create(inner) as EventLog, {
    mode: 'pass' as HeldLog['mode'],
    release() {
      log.mode = 'pass';
      for (const { go } of line.splice(0)) go();
    },
    fail() {
      log.mode = 'fail';
      for (const { refuse } of line.splice(0)) refuse(new LogUnavailable('the test says no'));
    },
    waiting: (count: number) =>
      new Promise<void>((tell) => {
        watchers.push({ count, tell });
        if (line.length >= count) tell();
      }),
    async append(topic: string, records: Parameters<EventLog['append']>[1]) {
      if (log.mode === 'fail') throw new LogUnavailable('the test says no');
      if (log.mode === 'hold')
        await new Promise<void>((go, refuse) => {
          line.push({ go, refuse });
          for (const { count, tell } of watchers) if (line.length >= count) tell();
        });
      return inner.append(topic, records);
    },
    partitionOf: (topic: string, key: string) => inner.partitionOf(topic, key),
    head: (topic: string, partition: number) => inner.head(topic, partition),
    read: (topic: string, partition: number, from: number, to: number) => inner.read(topic, partition, from, to),
  });
  return log;
}

export const PASSWORD = 'a-long-password-of-a-station';

export class EdgeWorld {
  readonly #edges: Edge[] = [];
  readonly #stations: RawStation[] = [];
  #version = 0;

  private constructor(
    readonly world: World,
    readonly log: HeldLog,
    readonly directory: string,
  ) {}

  static async open(clock: Clock = systemClock): Promise<EdgeWorld> {
    const directory = await mkdtemp(join(tmpdir(), 'edge-'));
    const inner = memoryLog();
    await inner.open(TOPICS);
    const log = heldLog(inner);
    const keys = await fileKeyStore(directory);
    const noDatabase = () => Promise.reject(new Error('an edge has no database'));
    const world: World = {
      kind: 'embedded',
      log,
      database: { query: noDatabase, inTransaction: noDatabase, close: async () => undefined },
      router: inProcessRouter(),
      directory: inProcessDirectory(),
      book: inProcessBook([{ topic: 'site-events', partition: 0 }]),
      keys,
      clock,
      ids: systemIds,
      random: systemRandom,
      close: async () => {
        await inner.close();
        await keys.close();
      },
    };
    await world.book.markFolded('site-events', 0);
    return new EdgeWorld(world, log, directory);
  }

  async edge(config: Partial<EdgeConfig> = {}): Promise<Edge> {
    const edge = createEdge({
      world: this.world,
      logger: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
      config: { ocppPort: 0, ...config },
    });
    await edge.listen();
    this.#edges.push(edge);
    return edge;
  }

  async station(stationId: string, entry: Partial<StationEntry> = {}): Promise<void> {
    const value: StationEntry = {
      tenantId: 'default',
      stationId,
      siteId: 'site-1',
      assignmentSeq: 1,
      securityProfile: 1,
      credentialHash: this.world.keys.hmac('credential', credentialText('default', stationId, PASSWORD)),
      bootStatus: 'Accepted',
      heartbeatIntervalS: 300,
      strict: false,
      ...entry,
    };
    await this.world.book.put([
      { kind: 'station', version: [value.assignmentSeq, ++this.#version], tenantId: 'default', stationId, value },
    ]);
  }

  tokenHash(idToken: string): string {
    return this.world.keys.hmac('token', tokenText('default', idToken));
  }

  async token(idToken: string, entry: Partial<TokenEntry> = {}): Promise<void> {
    const tokenHash = this.tokenHash(idToken);
    const value: TokenEntry = { tokenHash, status: 'Accepted', ...entry };
    await this.world.book.put([{ kind: 'token', version: [0, ++this.#version], tenantId: 'default', tokenHash, value }]);
  }

  async connect(edge: Edge, stationId: string, options: Partial<ConnectOptions> = {}): Promise<RawStation> {
    const outcome = await this.attempt(edge, stationId, options);
    if (!(outcome instanceof RawStation)) throw new Error(`refused with ${outcome.status}`);
    return outcome;
  }

  async attempt(edge: Edge, stationId: string, options: Partial<ConnectOptions> = {}): Promise<RawStation | Refused> {
    const path = `/ocpp/${encodeURIComponent(stationId)}`;
    const outcome = await RawStation.attempt({ port: edge.port, path, user: stationId, password: PASSWORD, ...options });
    if (outcome instanceof RawStation) this.#stations.push(outcome);
    return outcome;
  }

  command(stationId: string, action: string, payload: unknown, more: Partial<RoutedCommand> = {}): RoutedCommand {
    return {
      tenantId: 'default',
      siteId: 'site-1',
      stationId,
      commandId: this.world.ids.next(),
      action,
      payload,
      notAfter: new Date(this.world.clock.now() + 60_000).toISOString(),
      timeoutMs: 5_000,
      ...more,
    };
  }

  /** Everything in site-events, oldest first. */
  async records(type?: string): Promise<readonly Recorded[]> {
    const records: Recorded[] = [];
    for await (const batch of this.log.read('site-events', 0, 0, Number.MAX_SAFE_INTEGER)) records.push(...batch.map(decode));
    return type === undefined ? records : records.filter((record) => record.type === type);
  }

  /** A held clock has to go on for what waits by it. */
  async #untilDone(work: Promise<unknown>): Promise<void> {
    const { clock } = this.world;
    if (!(clock instanceof HeldClock)) {
      await work;
      return;
    }
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      clock.advance(1_000);
      await new Promise(setImmediate);
    }
    await done;
  }

  async close(): Promise<void> {
    this.log.release();
    for (const station of this.#stations) station.socket.terminate();
    const drained = Promise.all(this.#edges.map((edge) => edge.drain({ closeFractionPerS: 1 })));
    await this.#untilDone(drained);
    await this.world.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}
