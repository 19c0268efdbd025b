// Runs a service on the world: log → fold → one transaction {rows, states, outbox, position under this epoch} → relay → log.
// States of a partition: Taking (epoch raised, states loaded) → CatchingUp (recorded decisions repeated) → Live (deadlines and effects on) → Revoked.
// What the service decides is the fold's business; what it does to the outside after a commit is its effects'.
import { derivedId, type Envelope, encode } from '#contracts';
import { type Batch, type Lease, OwnershipLost, type PartitionRef, type Subscriber, type Subscription, type World } from '#ports';
import type { Change, Deadline, ServiceDefinition } from './fold.js';
import { foldBatch, type OutboxRecord, type PartitionMemory } from './partition-fold.js';
import { readRecordedOutputs } from './recorded-outputs.js';
import { advance, dequeue, enqueue, loadOutbox, loadStates, park, publish, saveStates, takePartition } from './store.js';
import { writeRows } from './tables.js';

export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One partition as its holder sees it. */
export interface HeldPartition<State> {
  readonly ref: PartitionRef;
  readonly lease: Lease;
  /** Aggregate → state after the last commit. */
  readonly states: ReadonlyMap<string, State>;
  /** Everything that was in the log at assignment has been folded. */
  readonly isLive: boolean;
  /** Records between the last commit and the head last seen. */
  readonly lag: number;
}

/** What a service does to the world after facts are committed. Each must be safe to repeat and to lose. */
export interface Effects<State, In extends Envelope> {
  /** After each commit, in order per partition, live or not. */
  onCommitted?(partition: HeldPartition<State>, changes: readonly Change<State, In>[]): Promise<void> | void;
  /** Once per assignment, when the head seen at assignment has been folded. */
  onLive?(partition: HeldPartition<State>): Promise<void> | void;
}

const RELAY_RETRY_MS = 500;
const DEADLINE_TICK_MS = 100;

interface Partition<State> {
  readonly ref: PartitionRef;
  readonly lease: Lease;
  readonly epoch: number;
  readonly startHead: number;
  memory: PartitionMemory<State>;
  readonly states: Map<string, State>;
  head: number;
  isLive: boolean;
  outbox: OutboxRecord[];
  relaying: boolean;
  revoked: boolean;
  readonly deadlines: Map<string, Deadline>;
  readonly announced: Set<string>;
}

export class ServiceRunner<State, In extends Envelope> implements Subscriber {
  private readonly held = new Map<string, Partition<State>>();
  private subscription: Subscription | undefined;
  private stopped = false;

  constructor(
    private readonly world: World,
    private readonly service: ServiceDefinition<State, In>,
    private readonly effects: Effects<State, In>,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    this.subscription = await this.world.log.subscribe(this.service.name, this.service.inputs, this);
    this.tick();
  }

  /** Resolves when nothing of this service runs any more; what was committed and not yet published is published at the next start. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.subscription?.close();
    while ([...this.held.values()].some(({ relaying }) => relaying))
      await new Promise((resolve) => this.world.clock.after(5, () => resolve(undefined)));
    this.held.clear();
  }

  partitions(): readonly HeldPartition<State>[] {
    return [...this.held.values()].map((partition) => this.view(partition));
  }

  async onAssigned(ref: PartitionRef, lease: Lease): Promise<number> {
    const { world, service } = this;
    const row = await world.database.inTransaction((tx) => takePartition(tx, service.name, ref));
    const states = await loadStates<State>(world.database, service.name, ref);
    const outbox = await loadOutbox(world.database, service.name, ref);
    const startHead = await world.log.head(ref.topic, ref.partition);
    if (row.next > startHead)
      throw new Error(
        `${service.name} has rows up to ${row.next} of ${ref.topic}/${ref.partition}, but the log ends at ${startHead}: restore the log they came from, or empty the database`,
      );
    const recorded = await readRecordedOutputs(world.log, service.name, service.outputs, ref, row.next, row.outputNext);
    const memory = { ref, next: row.next, seen: row.seen, states, recorded };
    const partition: Partition<State> = {
      ref,
      lease,
      epoch: row.epoch,
      startHead,
      memory,
      states,
      head: startHead,
      isLive: false,
      outbox,
      relaying: false,
      revoked: false,
      deadlines: new Map(),
      announced: new Set(),
    };
    this.held.set(key(ref), partition);
    for (const [aggregate, state] of states) this.watchDeadline(partition, aggregate, state);
    if (startHead - row.next > 1000)
      this.logger.info(
        { service: service.name, ...ref, next: row.next, head: startHead, recorded: recorded.size },
        'catching up with the log',
      );
    this.relay(partition);
    await this.goLiveWhenCaughtUp(partition);
    return row.next;
  }

  onRevoked(ref: PartitionRef): void {
    const partition = this.held.get(key(ref));
    if (partition) partition.revoked = true;
    this.held.delete(key(ref));
  }

  async onBatch(batch: Batch, lease: Lease): Promise<void> {
    const { world, service } = this;
    const partition = this.held.get(key(batch));
    if (partition === undefined || partition.revoked) throw new OwnershipLost(`${service.name} holds no ${batch.topic}/${batch.partition}`);
    const { memory, epoch, ref } = partition;
    const result = foldBatch(service, memory, batch.records);
    if (result.next === memory.next) return;
    if (!lease.isHeld()) throw new OwnershipLost(`${service.name} lost ${batch.topic}/${batch.partition}`);
    await world.database.inTransaction(async (tx) => {
      await advance(tx, service.name, ref, epoch, memory.next, result.next, result.seen);
      await writeRows(tx, result.rows);
      await saveStates(tx, service.name, ref, result.changed);
      await enqueue(tx, service.name, ref, result.outbox);
      await park(tx, service.name, ref, result.parked);
    });
    for (const { offset, reason } of result.parked)
      this.logger.error({ service: service.name, ...ref, offset, reason }, 'record parked: it could not be understood');
    for (const [aggregate, state] of result.changed) {
      partition.states.set(aggregate, state);
      this.watchDeadline(partition, aggregate, state);
    }
    const recorded = new Map([...memory.recorded].filter(([offset]) => offset >= result.next));
    partition.memory = { ref, next: result.next, seen: result.seen, states: partition.states, recorded };
    partition.head = Math.max(batch.head, result.next);
    partition.outbox.push(...result.outbox);
    this.relay(partition);
    await this.tell(() => this.effects.onCommitted?.(this.view(partition), result.changes));
    await this.goLiveWhenCaughtUp(partition);
  }

  /** Effects come after the commit: one that fails is heard of, and takes nothing back. */
  private async tell(effect: () => Promise<void> | void): Promise<void> {
    try {
      await effect();
    } catch (error) {
      this.logger.warn({ service: this.service.name, err: error }, 'an effect failed after its facts were committed');
    }
  }

  private view(partition: Partition<State>): HeldPartition<State> {
    const { ref, lease, states, isLive, head, memory } = partition;
    return { ref, lease, states, isLive, lag: Math.max(0, head - memory.next) };
  }

  private async goLiveWhenCaughtUp(partition: Partition<State>): Promise<void> {
    if (partition.isLive || partition.memory.next < partition.startHead) return;
    partition.isLive = true;
    await this.tell(() => this.effects.onLive?.(this.view(partition)));
  }

  /** Publishes what is committed, in order, until nothing is left; a failing log is asked again. */
  private relay(partition: Partition<State>): void {
    if (partition.relaying || partition.outbox.length === 0) return;
    partition.relaying = true;
    const run = async (): Promise<void> => {
      while (partition.outbox.length > 0 && !partition.revoked && partition.lease.isHeld()) {
        const records = partition.outbox.slice(0, 500);
        const positions = await publish(this.world.log, records);
        const last = records.at(-1);
        if (last) await this.world.database.inTransaction((tx) => dequeue(tx, this.service.name, partition.ref, last, positions));
        partition.outbox.splice(0, records.length);
      }
    };
    run()
      .then(() => {
        partition.relaying = false;
      })
      .catch((error: unknown) => {
        partition.relaying = false;
        if (this.stopped || partition.revoked) return;
        this.logger.warn(
          { service: this.service.name, ...partition.ref, err: error },
          'derived facts wait: the log or the database did not take them',
        );
        this.world.clock.after(RELAY_RETRY_MS, () => this.relay(partition));
      });
  }

  private watchDeadline(partition: Partition<State>, aggregate: string, state: State): void {
    const due = this.service.fold.nextDue?.(state);
    if (due === undefined) partition.deadlines.delete(aggregate);
    else partition.deadlines.set(aggregate, due);
  }

  private tick(): void {
    if (this.stopped) return;
    const now = this.world.clock.now();
    for (const partition of this.held.values()) {
      if (!partition.isLive || !partition.lease.isHeld()) continue;
      const due = [...partition.deadlines.values()].filter(({ dueMs, deadlineId }) => dueMs <= now && !partition.announced.has(deadlineId));
      for (const deadline of due) this.announce(partition, deadline);
    }
    this.world.clock.after(DEADLINE_TICK_MS, () => this.tick());
  }

  private announce(partition: Partition<State>, { deadlineId, dueMs, tenantId, siteId, stationId }: Deadline): void {
    partition.announced.add(deadlineId);
    if (partition.announced.size > 10_000) partition.announced.delete(partition.announced.values().next().value ?? '');
    const due = new Date(dueMs).toISOString();
    const envelope: Envelope = {
      id: derivedId(this.service.name, `${tenantId}/${siteId}/${deadlineId}`, dueMs),
      type: 'TimeReached',
      source: `/${this.service.name}`,
      time: new Date(this.world.clock.now()).toISOString(),
      tenantId,
      siteId,
      ...(stationId !== undefined && { stationId }),
      data: { service: this.service.name, deadlineId, due },
    };
    this.world.log.append('site-events', [encode(envelope)]).catch((error: unknown) => {
      partition.announced.delete(deadlineId);
      if (!this.stopped)
        this.logger.warn({ service: this.service.name, deadlineId, err: error }, 'a deadline waits: the log did not take it');
    });
  }
}

const key = ({ topic, partition }: PartitionRef): string => `${topic}/${partition}`;
