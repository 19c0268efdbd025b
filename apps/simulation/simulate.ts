// One run: a network, its stations and its bad days from one seed, watched by an auditor, brought to rest and reckoned up.
// The same seed gives the same run to the byte: `logHash` says so.
import { createHash } from 'node:crypto';
import { chance, type Fleet, startFleet } from '#apps/simulator';
import { TOPICS } from '#contracts';
import type { LogRecord } from '#ports';
import { auditAccounts } from './accounts-audit.js';
import { auditCharges } from './charges-audit.js';
import { auditCommands } from './commands-audit.js';
import { FactsAudit } from './facts-audit.js';
import { bringFaults, CALM, type FaultKinds } from './faults.js';
import { SimulatedNetwork } from './network.js';
import { Operator } from './operator.js';
import { OwnersAudit } from './owners-audit.js';
import { PACES, type Pace } from './paces.js';
import { auditInvoices, auditPayments } from './payments-audit.js';
import { type Plan, planOf, TENANT } from './plan.js';
import { PowerAudit } from './power-audit.js';
import { uuids } from './process.js';
import type { CommittedStatement } from './rows.js';

export interface SimulationOptions {
  readonly seed: string;
  readonly hours?: number;
  readonly stations?: number;
  readonly faults?: FaultKinds;
  /** Default `crowded`. */
  readonly pace?: Pace;
  /** Told of every committed transaction of the services, in order. */
  readonly onTransaction?: (statements: readonly CommittedStatement[]) => void;
  /**
   * Told of the memory's state: after each virtual hour, and in the end when all that was written down has been let go of (log, rows, what auditors and
   * stations remember), so that what is left is held by processes and stations. The report has no log then.
   */
  readonly onHour?: (hour: number | 'forgotten', records: number) => void;
}

export interface Violation {
  /** Minutes into the run. */
  readonly minute: number;
  readonly rule: string;
  readonly text: string;
}

export interface SimulationReport {
  readonly seed: string;
  readonly violations: readonly Violation[];
  /** SHA-256 over every record of every topic. */
  readonly logHash: string;
  /** Rows of every table of the services. */
  readonly rowCounts: Readonly<Record<string, number>>;
  /** All records, partition by partition. */
  readonly log: readonly LogRecord[];
  readonly figures: Readonly<Record<string, number>>;
}

const START_MS = Date.parse('2026-03-01T06:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const STATIONS_FROM_MS = 10_000;
/** By then every station has connected and confirmed its default limit. */
const FAULTS_FROM_MS = 2.5 * MINUTE_MS;
const MOST_SETTLING_MINUTES = 60;
/** A socket that has been open for so long is known to its edge [ms]. */
const STANDING_MS = 10_000;

export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const run = new Run(options);
  await run.live();
  await run.settle();
  const report = run.report(options.onHour === undefined);
  if (options.onHour === undefined) return report;
  run.forget();
  options.onHour('forgotten', 0);
  return report;
}

class Run {
  readonly #options: SimulationOptions;
  readonly #plan: Plan;
  readonly #network: SimulatedNetwork;
  #facts: FactsAudit;
  #owners: OwnersAudit;
  readonly #violations: Violation[] = [];
  #fleet: Fleet | undefined;
  #power: PowerAudit | undefined;
  #onRecord: (record: LogRecord) => void = () => {};
  readonly #operator: Operator;
  #calm: () => void = () => {};
  /** Full hours that have passed. */
  #hours = 0;

  constructor(options: SimulationOptions) {
    const { seed, pace = 'crowded', hours = 2, stations = 16 } = options;
    this.#options = options;
    const source = chance(seed);
    this.#plan = planOf(seed, source.fork('plan'), PACES[pace], stations, hours, START_MS);
    this.#network = new SimulatedNetwork({
      seed: `${seed}/network`,
      startMs: START_MS,
      partitions: 4,
      gatherMs: PACES[pace].gatherMs,
      edges: 2,
      replicas: 2,
      onError: (process, message, fields) => this.#violation('error', `${process}: ${message} ${describe(fields)}`),
    });
    const { timeline, broker, rows, routing, wire } = this.#network;
    this.#operator = new Operator(this.#network.outsider('operator'), this.#plan);
    rows.onCommitted = options.onTransaction;
    this.#facts = new FactsAudit(() => timeline.now());
    this.#owners = new OwnersAudit(() => timeline.now());
    broker.onStored = (record, writer) => {
      this.#facts.stored(record, writer);
      this.#owners.stored(record, writer);
      this.#onRecord(record);
      if (record.headers.ce_type === 'AccountCharged') void this.#operator.charged(JSON.parse(record.value));
    };
    rows.tables.onMoved = (place, from, next) => this.#owners.committed(place, from, next);
    routing.onSent = (message, sender) => this.#owners.routed(message, sender);
    wire.tap = {
      left: (socket, text) => {
        this.#facts.left(socket, text);
        this.#owners.left(socket, text);
      },
      toStation: (stationId, text) => {
        this.#facts.arrived(stationId, text);
        this.#owners.arrived(stationId, text);
      },
      toEdge: (socket, text) => this.#facts.heard(socket, text),
      ended: (socket) => this.#facts.ended(socket),
      refused: (stationId, status) => this.#facts.refused(stationId, status),
    };
  }

  async live(): Promise<void> {
    const { seed, faults = CALM } = this.#options;
    const { startMs, endMs, limits, commands, invoicedMs } = this.#plan;
    const network = this.#network;
    const { timeline } = network;
    const operator = this.#operator;
    network.start();
    void operator.setUp();
    await timeline.runUntil(startMs + STATIONS_FROM_MS);
    const fleet = await this.#startFleet(seed, faults);
    const { calm, troubledUntilMs } = bringFaults(
      network,
      fleet,
      chance(seed).fork('faults'),
      faults,
      startMs + FAULTS_FROM_MS,
      endMs,
      (atMs) => this.#power?.troubled(atMs),
    );
    this.#calm = calm;
    const power = new PowerAudit(this.#plan, fleet, startMs + FAULTS_FROM_MS, faults.clockErrorMs);
    this.#power = power;
    const isWell = (): boolean => troubledUntilMs() < timeline.now();
    this.#onRecord = (record) => power.stored(record, timeline.now(), isWell());
    for (const { stationId, installation } of fleet.stations) if (installation.disobedient) power.disobedient.add(stationId);
    for (const limit of limits)
      timeline.at(limit.announcedMs, () => {
        power.announced(limit, isWell());
        void operator.announce(limit);
      });
    for (const command of commands)
      for (const atMs of [command.askedMs, ...command.againMs]) timeline.at(atMs, () => void operator.ask(command));
    for (const atMs of invoicedMs) timeline.at(atMs, () => void operator.invoice());
    await this.#runUntil(endMs);
  }

  /** Nothing goes wrong any more, every car leaves, and everything said is heard out. */
  async settle(): Promise<void> {
    const fleet = this.#fleet as Fleet;
    const { timeline } = this.#network;
    this.#calm();
    fleet.calm();
    // With half of the seeds what the routing server knows is lost once more, and nobody connects anew to tell it.
    if (chance(this.#options.seed).fork('last act').next() < 0.5) this.#network.routing.empty();
    await this.#runUntil(timeline.now() + 5 * MINUTE_MS);
    for (const station of fleet.stations) {
      station.ignoreCalls(false);
      station.loseAnswers(0);
      for (const { evseId } of station.spec.evses) station.charging.depart(evseId);
    }
    await this.#untilRest();
    void this.#operator.invoice();
    await this.#untilRest();
    for (const text of await this.#unrest()) this.#violation('rest', text);
  }

  async #untilRest(): Promise<void> {
    for (let minute = 0; minute < MOST_SETTLING_MINUTES; minute++) {
      await this.#runUntil(this.#network.timeline.now() + MINUTE_MS);
      if (minute >= 3 && (await this.#unrest()).length === 0) return;
    }
  }

  report(hasLog: boolean): SimulationReport {
    const { broker, rows, timeline, connections } = { ...this.#parts() };
    this.#facts.conclude();
    for (const { atMs, rule, text } of [...this.#facts.faults, ...this.#owners.faults, ...this.#network.bank.faults])
      this.#violation(rule, text, atMs);
    for (const { atMs, siteId, nodeId, phase, drawnMa, limitMa, by, beside } of this.#power?.excesses() ?? []) {
      const rated = beside.map(({ stationId, evseId, ratingMa }) => `, beside ${stationId}/${evseId} at its rating of ${ratingMa} mA`);
      const text = `${drawnMa} mA drawn, ${limitMa} mA allowed${rated.join('')} ${JSON.stringify(by)}`;
      this.#violation('P6', `${siteId}/${nodeId} ${phase}: ${text}`, atMs);
    }
    const billing = [...(broker.topics.get('billing-events') ?? [])].flat();
    for (const { rule, text } of auditAccounts(this.#fleet as Fleet, rows.tables.rows('sessions'), billing, this.#plan.pricePerKwh))
      this.#violation(rule, text);
    const { bank } = this.#network;
    for (const { rule, text } of [
      ...auditCharges(billing, rows.tables.rows('account_charges')),
      ...auditInvoices(billing),
      ...auditPayments(this.#fleet as Fleet, this.#plan, bank, billing, (idToken) => this.#operator.accountOf(idToken)),
      ...auditCommands(this.#facts.outcomes, rows.tables.rows('commands')),
    ])
      this.#violation(rule, text);
    for (const [place, parked] of rows.tables.parked)
      for (const [offset, reason] of parked) this.#violation('parked', `${place} ${offset}: ${reason.split('\n')[0]}`);
    const transactions = (this.#fleet as Fleet).totals().reduce((sum, each) => sum + each.transactions.length, 0);
    const totals = (this.#fleet as Fleet).totals();
    return {
      seed: this.#options.seed,
      violations: this.#violations,
      logHash: this.#logHash(),
      rowCounts: Object.fromEntries([...rows.tables.plain].map(([name, all]) => [name, all.size])),
      log: hasLog ? TOPICS.flatMap((topic) => (broker.topics.get(topic) ?? []).flat()) : [],
      figures: {
        virtualS: (timeline.now() - START_MS) / 1000,
        events: timeline.events,
        records: broker.recordCount,
        answers: this.#facts.answers,
        commands: this.#facts.commands,
        transactions,
        energyKwh: totals.flatMap((each) => each.transactions).reduce((sum, { energyWh }) => sum + energyWh, 0) / 1000,
        connections,
      },
    };
  }

  forget(): void {
    const { broker, rows, timeline } = this.#network;
    // In place: whoever follows a partition holds on to its records.
    for (const records of [...broker.topics.values()].flat()) records.length = 0;
    rows.tables.clear();
    this.#facts = new FactsAudit(() => timeline.now());
    this.#owners = new OwnersAudit(() => timeline.now());
    for (const { ledger } of this.#fleet?.stations ?? []) {
      ledger.answered = [];
      ledger.transactions = [];
    }
  }

  #parts() {
    const { broker, rows, timeline } = this.#network;
    const connections = (this.#fleet as Fleet).stations.reduce((sum, station) => sum + station.connections, 0);
    return { broker, rows, timeline, connections };
  }

  async #startFleet(seed: string, faults: FaultKinds): Promise<Fleet> {
    const { stations, idTokens } = this.#plan;
    const { sampleIntervalS, arrivals } = PACES[this.#options.pace ?? 'crowded'];
    const { timeline, wire } = this.#network;
    const fleet = await startFleet({
      url: 'ws://network/ocpp',
      stations: stations.map(({ spec }) => spec),
      seed: `${seed}/fleet`,
      clock: timeline,
      dial: wire.dial,
      ids: uuids(chance(`${seed}/ids`)),
      sampleIntervalS,
      arrivals,
      dialWithinMs: MINUTE_MS / 2,
      idTokens,
      kept: 1_000_000,
    });
    this.#fleet = fleet;
    if (faults.disobedience > 0)
      for (const station of fleet.stations) station.disobey(chance(`${seed}/${station.stationId}`).next() < faults.disobedience);
    return fleet;
  }

  /** In minutes, with a look at the power after each. */
  async #runUntil(endMs: number): Promise<void> {
    const { timeline } = this.#network;
    while (timeline.now() < endMs) {
      await timeline.runUntil(Math.min(endMs, timeline.now() + MINUTE_MS));
      this.#power?.check(timeline.now());
      this.#countSockets();
      const hours = Math.floor((timeline.now() - START_MS) / HOUR_MS);
      if (hours > this.#hours) this.#options.onHour?.(hours, this.#network.broker.recordCount);
      this.#hours = hours;
    }
  }

  /** An edge knows every socket that stands open at it. */
  #countSockets(): void {
    for (const { name, life, edge } of this.#network.processes) {
      if (edge === undefined || !life.isAlive || life.isPaused) continue;
      const standing = this.#network.wire.standing(life, STANDING_MS);
      if (standing > edge.connectionCount)
        this.#violation('one owner', `${name} knows ${edge.connectionCount} of the ${standing} sockets that stand open at it`);
    }
  }

  /** What is still under way. */
  async #unrest(): Promise<readonly string[]> {
    const { broker, rows, routing } = this.#network;
    const found: string[] = [];
    if (!(await routing.book.isComplete())) found.push('the answer book is not complete');
    for (const { stationId, online, queued } of this.#fleet?.totals() ?? []) {
      if (online && (await routing.directory.lookup(TENANT, stationId)) === undefined)
        found.push(`${stationId} is online and the directory does not know where`);
      if ((await routing.book.station(TENANT, stationId)) === undefined) found.push(`the answer book does not know ${stationId}`);
      if (!online || queued > 0) found.push(`${stationId} is ${online ? 'online' : 'offline'} with ${queued} messages waiting`);
    }
    for (const [place, { next_offset }] of rows.tables.positions) {
      const [service, ref = ''] = place.split(' ');
      const [topic = '', partition] = ref.split('/');
      const behind = broker.records({ topic, partition: Number(partition) }).length - next_offset;
      if (behind > 0) found.push(`${service} is ${behind} records behind on ${ref}`);
    }
    const unpaid = this.#facts.unanswered.size;
    if (unpaid > 0) found.push(`${unpaid} orders to the payment provider have no answer`);
    for (const [place, outbox] of rows.tables.outbox) if (outbox.size > 0) found.push(`${place} has ${outbox.size} facts to publish`);
    const online = (this.#fleet?.stations ?? []).filter((station) => station.online).length;
    if (this.#network.connectionCount !== online) found.push(`${this.#network.connectionCount} sockets for ${online} stations online`);
    return found;
  }

  /** Of everything but the traces, which name themselves by chance. */
  #logHash(): string {
    const hash = createHash('sha256');
    for (const topic of TOPICS)
      for (const records of this.#network.broker.topics.get(topic) ?? [])
        for (const { key, headers, value, partition, offset } of records)
          hash.update(JSON.stringify([topic, partition, offset, key, { ...headers, traceparent: undefined }, value]));
    return hash.digest('hex');
  }

  #violation(rule: string, text: string, atMs = this.#network.timeline.now()): void {
    this.#violations.push({ minute: this.#minute(atMs), rule, text });
  }

  #minute(atMs: number): number {
    return Math.round((atMs - START_MS) / 600) / 100;
  }
}

const describe = (fields: object): string =>
  JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? (value.stack ?? value.message) : value)).slice(0, 600);
