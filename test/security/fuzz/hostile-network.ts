// The whole embedded network with a neighbour who only wants to charge, and everything that may be complained about once the others are through:
// errors in the process's own log, records no contract knows, services that stand still, rows that are no replay.
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { compareRows, migrateAll, placesWritten, rebuildRows } from '#apps/standalone';
import { TOPICS } from '#contracts';
import type { LogRecord, NewRecord } from '#ports';
import { scratchDatabase } from '#testing';
import { FLAT_TARIFF } from '../../chaos/support/flat-tariff.js';
import { NetworkWorld } from '../../scenario/support/network-world.js';
import { RawStation } from '../../scenario/support/raw-station.js';
import { DocumentedLog } from '../../simulation/support/documented-log.js';

const PASSWORD = 'a-long-password-of-a-station';
/** Planted programs of grid operators and capacity providers name servers that are none. */
const OF_PLANTED_SERVERS = ['a grid program cannot be heard', 'a capacity provider cannot be told'];
const WARN = 40;
/** Against hanging alone: a loaded machine is slow. */
const PATIENCE_MS = 100_000;
/** Between two words of the neighbour. */
const PAUSE_MS = 50;

export class HostileNetwork {
  readonly documented = new DocumentedLog();
  /** Streams that a test wrote into: no contract need know what is in them, and it may be parked. */
  readonly #planted = new Set<string>();
  #neighbour: RawStation | undefined;
  /** What it said and was not answered yet. */
  readonly #unanswered = new Set<unknown>();

  private constructor(
    readonly network: NetworkWorld,
    private readonly logged: readonly { readonly level: number; readonly msg: string }[],
  ) {}

  static async open(): Promise<HostileNetwork> {
    const logged: { level: number; msg: string }[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
    const network = await NetworkWorld.open(undefined, {}, {}, undefined, logger);
    const hostile = new HostileNetwork(network, logged);
    await network.must('PUT', '/v1/tariffs/flat', FLAT_TARIFF);
    await hostile.site('home');
    await network.must('PUT', '/v1/sites/home/tariff', { tariffId: 'flat' });
    await hostile.station('home', 'NEIGHBOUR');
    await network.must('PUT', '/v1/tokens/ISO14443/DRIVER', { status: 'Accepted' });
    hostile.#neighbour = await hostile.connect('NEIGHBOUR', 'ocpp1.6');
    return hostile;
  }

  site(siteId: string): Promise<unknown> {
    const root = { nodeId: 'grid', limitA: 100, unmanagedMaxA: 0, phases: 3 };
    return this.network.must('PUT', `/v1/sites/${siteId}`, { name: siteId, timeZone: 'UTC', root });
  }

  station(siteId: string, stationId: string): Promise<unknown> {
    const evses = [1, 2].map((evseId) => ({ evseId, phases: 3, minA: 6, maxA: 32, safeA: 6 }));
    const body = { siteId, nodeId: 'grid', securityProfile: 1, password: PASSWORD, evses };
    return this.network.must('PUT', `/v1/stations/${stationId}`, body);
  }

  connect(stationId: string, version: string): Promise<RawStation> {
    const { port } = this.network.network.edge;
    return RawStation.connect({ port, path: `/ocpp/${stationId}`, protocols: version, user: stationId, password: PASSWORD });
  }

  /** Appends what a broken producer would have written. */
  async plant(topic: string, records: readonly NewRecord[]): Promise<void> {
    for (const { key } of records) {
      this.#planted.add(key);
      this.network.planted.add(key.slice(key.indexOf('/') + 1));
    }
    await this.network.world.log.append(topic, records);
  }

  /** A call of the neighbour, answered with what was asked for. Rejects where no answer comes in time; one that comes later is nobody else's. */
  async ask(action: string, payload: object): Promise<Readonly<Record<string, unknown>>> {
    const station = this.#neighbour;
    if (station === undefined) throw new Error('there is no neighbour');
    const messageId = this.network.world.ids.next();
    this.#unanswered.add(messageId);
    station.send([2, messageId, action, payload]);
    for (;;) {
      const [type, id, result] = await station.next();
      if (type === 2) {
        station.send([3, id, { status: 'Accepted' }]);
        continue;
      }
      if (!this.#unanswered.delete(id) || (id === messageId && type !== 3))
        throw new Error(`the neighbour's ${action} was answered ${JSON.stringify([type, id, result])}`);
      if (id === messageId) return result as Readonly<Record<string, unknown>>;
    }
  }

  /** Lets the neighbour speak for as long as `work` takes, at least once; rejects where a word of its is not answered. */
  async beside<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const ended = work.finally(() => (isDone = true));
    ended.catch(() => undefined);
    do {
      await this.ask('Heartbeat', {});
      await setTimeout(PAUSE_MS);
    } while (!isDone);
    return ended;
  }

  /** The neighbour charges 4 kWh from its first word to its bill, behind everything that happened before. */
  async neighbourCharges(): Promise<{ readonly energyWh: number; readonly cost: number }> {
    const at = (): string => new Date().toISOString();
    await this.ask('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
    const { transactionId, idTagInfo } = await this.ask('StartTransaction', {
      connectorId: 1,
      idTag: 'DRIVER',
      meterStart: 1000,
      timestamp: at(),
    });
    if ((idTagInfo as { status?: unknown }).status !== 'Accepted') throw new Error('the neighbour was refused');
    await this.ask('StopTransaction', { transactionId, meterStop: 5000, timestamp: at() });
    interface Page {
      readonly items: readonly { readonly sessionId: string; readonly transactionId: string; readonly energyWh: number }[];
    }
    const session = await this.network.until('the session of the neighbour', async () => {
      const { items } = await this.network.must<Page>('GET', '/v1/sessions?stationId=NEIGHBOUR&status=ended');
      return items.find((each) => each.transactionId === String(transactionId));
    });
    const cdr = await this.network.until('the bill of the neighbour', async () => {
      const { items } = await this.network.must<{ items: readonly { total_cost: { excl_vat: number } }[] }>(
        'GET',
        `/v1/cdrs?sessionId=${session.sessionId}`,
      );
      return items[0];
    });
    return { energyWh: session.energyWh, cost: cdr.total_cost.excl_vat };
  }

  /** Every service has folded all that there is now; who speaks meanwhile is not waited for. Rejects with the places that stand still. */
  async atHead(): Promise<void> {
    const { log, database } = this.network.world;
    const places = await placesWritten(log, database);
    const heads = new Map<string, number>();
    for (const { topic, partition } of places) heads.set(`${topic}/${partition}`, await log.head(topic, partition));
    let behind: readonly string[] = ['no service has a place'];
    const look = async (): Promise<boolean> => {
      const now = await placesWritten(log, database);
      if (now.length === 0) return false;
      behind = now.flatMap(({ service, topic, partition, end }) => {
        const head = heads.get(`${topic}/${partition}`) ?? 0;
        return end < head ? [`${service.name} is at ${end} of ${head} in ${topic}/${partition}`] : [];
      });
      return behind.length === 0;
    };
    await this.network.until('every service at the head of its topics', look, PATIENCE_MS).catch((error: Error) => {
      throw new Error([error.message, ...behind].join('\n'));
    });
  }

  /** Everything that is not as it has to be; stops the network on its way. */
  async complaints(): Promise<readonly string[]> {
    const { network, logged } = this;
    const { log, database } = network.world;
    await network.quiet();
    const told = logged
      .filter(({ level, msg }) => level >= WARN && !msg.startsWith('record parked') && !OF_PLANTED_SERVERS.includes(msg))
      .map((line) => `logged: ${JSON.stringify(line).slice(0, 2000)}`);
    const records: LogRecord[] = [];
    for (const topic of TOPICS) for await (const batch of log.read(topic, 0, 0, await log.head(topic, 0))) records.push(...batch);
    // What follows in a site of a tenant whose own stream was written into is as wrong as that.
    const isPlanted = (key: string): boolean => this.#planted.has(key) || this.#planted.has(key.split('/', 1)[0] ?? '');
    const undocumented = records.filter(({ key }) => !isPlanted(key)).flatMap((each) => this.documented.complaints(each));
    const { rows: parked } = await database.query<{ service: string; stream_key: string; reason: string }>(
      'select service, stream_key, reason from parked_records',
    );
    const astray = parked.filter(({ stream_key }) => !isPlanted(stream_key));
    return [
      ...told,
      ...undocumented.map((each) => `undocumented: ${each}`),
      ...astray.map(({ service, stream_key, reason }) => `parked by ${service} for ${stream_key}: ${reason}`),
      ...(await this.#differencesToReplay(records.filter(({ key }) => isPlanted(key)))),
    ];
  }

  /** Of what was planted only rows are compared: what the database alone refuses is decided anew where nothing was recorded (ADR 0037). */
  async #differencesToReplay(planted: readonly LogRecord[]): Promise<readonly string[]> {
    const places = planted.map(({ topic, partition, offset }) => `${topic}/${partition}/${offset} `);
    const { log, database } = this.network.world;
    const rebuilt = await scratchDatabase();
    try {
      await migrateAll(rebuilt);
      const decisions: string[] = [];
      const onDone = (_: unknown, { differences }: { readonly differences: readonly string[] }): void =>
        void decisions.push(...differences);
      await rebuildRows(log, rebuilt, await placesWritten(log, database), onDone, true);
      const tables = await compareRows(database, rebuilt);
      return [
        ...decisions
          .filter((told) => !places.some((place) => told.includes(` ${place}`)))
          .map((each) => `decided otherwise in a replay: ${each}`),
        ...tables.flatMap(({ differences }) => differences.slice(0, 3)).map((each) => `other rows in a replay: ${each}`),
      ];
    } finally {
      await rebuilt.close();
    }
  }

  close(): Promise<void> {
    return this.network.close();
  }
}
