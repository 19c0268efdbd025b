// The processes of the network and their lives: edges, and replicas of every service, on one simulated world.
// Each is the product's own code; what goes wrong with them is decided in faults.ts.
import { billingRunner } from '#apps/billing';
import { createEdge, type Edge } from '#apps/edge';
import { loadBalancingRunner } from '#apps/load-balancing';
import { meteringRunner } from '#apps/metering';
import { sessionRunner } from '#apps/session';
import { type Chance, chance } from '#apps/simulator';
import { stationsRunner } from '#apps/stations';
import { TOPICS } from '#contracts';
import type { Logger } from '#observability';
import type { World } from '#ports';
import { Bank } from './bank.js';
import { Broker } from './broker.js';
import { simulatedKeys } from './keys.js';
import { Life } from './process.js';
import { RoutingServer } from './routing.js';
import { Rows } from './rows.js';
import { Timeline } from './timeline.js';
import { Weather } from './weather.js';
import { Wire } from './wire.js';

export interface NetworkOptions {
  readonly seed: string;
  readonly startMs: number;
  readonly partitions: number;
  /** See Broker. */
  readonly gatherMs: number;
  readonly edges: number;
  readonly replicas: number;
  /** Told of whatever a process logs as an error. */
  readonly onError: (process: string, message: string, fields: object) => void;
}

interface Process {
  readonly name: string;
  readonly kind: 'edge' | 'services';
  life: Life;
  lives: number;
  edge?: Edge;
}

const SERVICE_TIMERS_MS = 500;
const BOOK_TOPICS = ['site-events', 'network-events'] as const;

export class SimulatedNetwork {
  readonly chance: Chance;
  readonly timeline: Timeline;
  readonly weather: Weather;
  readonly broker: Broker;
  readonly rows: Rows;
  readonly routing: RoutingServer;
  readonly wire: Wire;
  readonly bank: Bank;
  readonly keys = simulatedKeys();
  /** By how much the clocks of processes are wrong, by name [ms]. */
  readonly clockErrors = new Map<string, number>();
  readonly #processes: Process[] = [];
  readonly #onError: NetworkOptions['onError'];

  constructor({ seed, startMs, partitions, gatherMs, edges, replicas, onError }: NetworkOptions) {
    this.chance = chance(seed);
    this.#onError = onError;
    this.timeline = new Timeline(startMs);
    this.weather = new Weather(this.chance.fork('weather'));
    this.broker = new Broker(this.timeline, this.weather, partitions, gatherMs);
    this.rows = new Rows(this.timeline, this.weather);
    const bookPartitions = BOOK_TOPICS.flatMap((topic) => Array.from({ length: partitions }, (_, partition) => ({ topic, partition })));
    this.routing = new RoutingServer(this.timeline, this.weather, bookPartitions);
    this.wire = new Wire(this.timeline, this.weather, this.chance.fork('wire'));
    this.bank = new Bank(this.weather, this.chance.fork('bank'), () => this.timeline.now());
    for (const topic of TOPICS) this.broker.records({ topic, partition: 0 });
    for (let index = 1; index <= replicas; index++) this.#add(`services-${index}`, 'services');
    for (let index = 1; index <= edges; index++) this.#add(`edge-${index}`, 'edge');
  }

  get processes(): readonly Process[] {
    return this.#processes;
  }

  /** Sockets open at all edges together. */
  get connectionCount(): number {
    return this.#processes.reduce((sum, { edge, life }) => sum + (life.isAlive ? (edge?.connectionCount ?? 0) : 0), 0);
  }

  start(): void {
    for (const process of this.#processes) this.#begin(process);
  }

  /** Dies now, wherever it is, and starts again after `downMs`. */
  crash(process: Process, downMs: number): void {
    if (!process.life.isAlive) return;
    process.life.die();
    delete process.edge;
    this.timeline.after(downMs, () => {
      process.life = this.#life(process.name, ++process.lives);
      this.#begin(process);
    });
  }

  pause(process: Process, ms: number): void {
    const { life } = process;
    if (!life.isAlive || life.isPaused) return;
    life.pause();
    this.timeline.after(ms, () => life.resume());
  }

  /** What stands outside the network and writes into its log: operators, utilities. */
  outsider(name: string): World {
    return this.#world(this.#life(name, 1));
  }

  #add(name: string, kind: Process['kind']): void {
    this.#processes.push({ name, kind, life: this.#life(name, 1), lives: 1 });
  }

  #life(name: string, number: number): Life {
    const timersMs = name.startsWith('services') ? SERVICE_TIMERS_MS : 1;
    return new Life(name, this.timeline, this.chance.fork(`${name}/${number}`), timersMs, () => this.clockErrors.get(name) ?? 0);
  }

  #world(life: Life): World {
    const { router, directory, book } = this.routing.port(life);
    return {
      kind: 'cluster',
      log: this.broker.port(life),
      database: this.rows.port(life),
      router,
      directory,
      book,
      keys: this.keys,
      clock: life.clock,
      ids: life.ids,
      random: life.random,
      close: async () => {},
    };
  }

  #begin(process: Process): void {
    const { life, kind, name } = process;
    const world = this.#world(life);
    const logger = this.#logger(name);
    const start = async (): Promise<void> => {
      if (kind === 'services') {
        const services = [
          sessionRunner(world, { heartbeatIntervalS: 300 }, logger),
          loadBalancingRunner(world, logger),
          meteringRunner(world, logger),
          stationsRunner(world, logger),
          billingRunner(world, logger, this.bank.port(life)),
        ];
        for (const service of services) await service.start();
        return;
      }
      const nextTurn = (task: () => void): void => void life.after(0, task);
      const edge = createEdge({ world, logger, listener: this.wire.listener(life), nextTurn });
      process.edge = edge;
      await edge.listen();
    };
    // A start that fails ends its process, and whoever runs it starts it again.
    start().catch(() => this.crash(process, 2_000));
  }

  #logger(process: string): Logger {
    const ignore = (): void => {};
    const error = (fields: object, message: string): void => this.#onError(process, message, fields);
    return { trace: ignore, debug: ignore, info: ignore, warn: ignore, error, fatal: error } as unknown as Logger;
  }
}
