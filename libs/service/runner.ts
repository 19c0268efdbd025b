// Runs a service on the world: log → fold → one statement {rows, outbox, position under this epoch} → relay → log; checkpoints beside it.
// States of a partition: Taking (takeover.ts) → CatchingUp (recorded decisions repeated) → Live (deadlines and effects on) → Revoked.
// What the service decides is the fold's business; what it does to the outside after a commit is its effects'.
import { type Envelope, encode } from '#contracts';
import { uuidV5 } from '#kernel';
import { during, newTrace, type Span } from '#observability';
import {
  type Batch,
  type Cancel,
  type Lease,
  OwnershipLost,
  type PartitionRef,
  type Subscriber,
  type Subscription,
  type World,
} from '#ports';
import { CHECKPOINT_POLICY, Checkpointer, type CheckpointPolicy } from './checkpointer.js';
import { CommittedPlace } from './committed-place.js';
import { type Change, type Deadline, isClosed, type ServiceDefinition, stateText } from './fold.js';
import { type ServiceMeasures, serviceMeasures } from './measures.js';
import {
  type FoldResult,
  foldSteps,
  type OutboxRecord,
  type PartitionMemory,
  type ReadRecord,
  readRecords,
  stillRecorded,
} from './partition-fold.js';
import { outputHeads } from './recorded-outputs.js';
import { inPieces } from './refused.js';
import { dequeue, publish } from './store.js';
import { fetchClosed, takeOver } from './takeover.js';
import { everyTick } from './ticks.js';
import { batchSpan, traceDecisions } from './traces.js';
import { counted, inTurns } from './turns.js';

export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One partition as its holder sees it. */
export interface HeldPartition<State> {
  readonly ref: PartitionRef;
  readonly lease: Lease;
  /** Open aggregate → state after the last commit. */
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

const CHECKPOINT_RETRY_MS = 30_000;
const RELAY_RETRY_MS = 500;
/** How often it is said what holds up an end. */
const SAY_WAITING_MS = 15_000;
/** What a date can say [ms since 1970]; beyond it nothing falls due. */
const LAST_MS = 8.64e15;

interface Partition<State> {
  readonly ref: PartitionRef;
  readonly lease: Lease;
  readonly epoch: number;
  readonly startHead: number;
  /** What was folded; what rests in the database may end before it (committed-place.ts). */
  memory: PartitionMemory<State>;
  readonly committed: CommittedPlace;
  readonly states: Map<string, State>;
  head: number;
  isLive: boolean;
  outbox: OutboxRecord[];
  readonly checkpointer: Checkpointer<State, Envelope>;
  /** The checkpoint that is being written; never rejects. */
  checkpointing: Promise<void> | undefined;
  /** One that failed is not tried again before. */
  checkpointAfterMs: number;
  relaying: boolean;
  revoked: boolean;
  readonly deadlines: Map<string, Deadline>;
  /** Before then none of them falls due that was not announced [ms since 1970]. */
  nextDueMs: number;
  readonly announced: Set<string>;
  /** The log did not take the last one, which has been said. */
  deadlinesWait: boolean;
}

export class ServiceRunner<State, In extends Envelope> implements Subscriber {
  private readonly held = new Map<string, Partition<State>>();
  private readonly measures: ServiceMeasures;
  private subscription: Subscription | undefined;
  private stopped = false;
  private cancelTicks = (): void => undefined;

  constructor(
    private readonly world: World,
    private readonly service: ServiceDefinition<State, In>,
    private readonly effects: Effects<State, In>,
    private readonly logger: Logger,
    private readonly policy: CheckpointPolicy = CHECKPOINT_POLICY,
  ) {
    this.measures = serviceMeasures(service.name, () => this.partitions().reduce((sum, { lag }) => sum + lag, 0));
  }

  async start(): Promise<void> {
    this.subscription = await this.world.log.subscribe(this.service.name, this.service.inputs, this);
    this.cancelTicks = everyTick(this.world.clock, () => this.tick());
  }

  /** Resolves when nothing of this service runs any more; what was committed and not yet published is published at the next start. */
  async stop(): Promise<void> {
    await this.waitFor('checkpoints', this.checkpointAll(this.held.values())); // while they are ours: whoever takes them over begins there
    this.stopped = true;
    this.cancelTicks();
    this.measures.close();
    const held = [...this.held.values()];
    await this.waitFor('records that are being handled', this.subscription?.close());
    await this.waitFor('derived facts that are being published', this.relayed(held));
    await this.waitFor('checkpoints', this.checkpointAll(held));
    this.held.clear();
  }

  private async relayed(held: readonly Partition<State>[]): Promise<void> {
    while (held.some(({ relaying }) => relaying)) await new Promise<void>((resolve) => this.world.clock.after(5, resolve));
  }

  /** Whose end takes long says what it waits for. */
  private async waitFor(what: string, work: Promise<void> | undefined): Promise<void> {
    const { clock } = this.world;
    const partitions = [...this.held.values()].map(({ ref: { topic, partition } }) => `${topic}/${partition}`);
    let cancel: Cancel;
    const say = (): void => {
      this.logger.warn({ service: this.service.name, waitsFor: what, partitions }, 'it is to end, and waits');
      cancel = clock.after(SAY_WAITING_MS, say);
    };
    cancel = clock.after(SAY_WAITING_MS, say);
    try {
      await work;
    } finally {
      cancel();
    }
  }

  /** All at once: a database that does not answer holds up an end no longer than one statement waits for it. */
  private async checkpointAll(partitions: Iterable<Partition<State>>): Promise<void> {
    await Promise.all(
      Array.from(partitions, async (partition) => {
        await partition.checkpointing;
        if ((await this.movePosition(partition)) && partition.checkpointer.hasNews) await this.checkpoint(partition);
      }),
    );
  }

  partitions(): readonly HeldPartition<State>[] {
    return [...this.held.values()].map((partition) => this.view(partition));
  }

  async onAssigned(ref: PartitionRef, lease: Lease): Promise<number> {
    const { world, service } = this;
    const { epoch, next, seen, head, states, unsaved, recorded, outbox, outputs, checkpoint } = await takeOver(world, service, ref, lease);
    const partition: Partition<State> = {
      ref,
      lease,
      epoch,
      startHead: head,
      memory: { ref, next, seen, states, recorded },
      committed: new CommittedPlace(world, service.name, ref, epoch, { next, seen }),
      states,
      head,
      isLive: false,
      outbox: [...outbox],
      checkpointer: new Checkpointer<State, Envelope>(world.database, service as never, ref, epoch, this.policy, {
        unsaved,
        records: next - checkpoint.next,
        told: Object.entries(outputs).reduce((sum, [place, at]) => sum + at - (checkpoint.outputs[place] ?? 0), 0),
        nowMs: world.clock.now(),
      }),
      checkpointing: undefined,
      checkpointAfterMs: 0,
      relaying: false,
      revoked: false,
      deadlines: new Map(),
      nextDueMs: Number.POSITIVE_INFINITY,
      announced: new Set(),
      deadlinesWait: false,
    };
    this.held.set(key(ref), partition);
    for (const [aggregate, state] of states) this.watchDeadline(partition, aggregate, state);
    if (head - next > 1000)
      this.logger.info({ service: service.name, ...ref, next, head, recorded: recorded.size }, 'catching up with the log');
    this.relay(partition);
    await this.goLiveWhenCaughtUp(partition);
    return next;
  }

  onRevoked(ref: PartitionRef): void {
    const partition = this.held.get(key(ref));
    if (partition) partition.revoked = true;
    this.held.delete(key(ref));
  }

  async onBatch(batch: Batch, lease: Lease): Promise<void> {
    const partition = this.held.get(key(batch));
    if (partition === undefined || partition.revoked)
      throw new OwnershipLost(`${this.service.name} holds no ${batch.topic}/${batch.partition}`);
    partition.head = Math.max(partition.head, batch.head);
    const read = counted(this.world.clock, () => readRecords(this.service, batch.records));
    const span = batchSpan(this.service.name, batch);
    await during(span, () => inPieces(read, (piece) => this.foldAndCommit(partition, piece, batch.head, lease, span)));
  }

  private async foldAndCommit(
    partition: Partition<State>,
    read: readonly ReadRecord<In>[],
    head: number,
    lease: Pick<Lease, 'isHeld'>,
    span: Span | undefined,
  ): Promise<void> {
    const { world, service } = this;
    const { ref, states } = partition;
    const startMs = world.clock.now();
    const fetched = await fetchClosed<State, In>(world.database, service, ref, states, read);
    const memory = fetched.size === 0 ? partition.memory : { ...partition.memory, states: withFetched(states, fetched) };
    const result = await inTurns(world.clock, foldSteps(service, memory, read));
    if (result.next === memory.next) return;
    const closed = [...result.changed]
      .filter(([, state]) => isClosed(service, state))
      .map(([aggregate, state]) => stateText(service, aggregate, state));
    if (!lease.isHeld()) throw new OwnershipLost(`${service.name} lost ${ref.topic}/${ref.partition}`);
    const { outbox, end } = traceDecisions(service.name, read, result.outbox, span, startMs);
    const { committed } = partition;
    if (isOfNoUse(result)) committed.leaveBehind(world.clock.now());
    else await committed.commit({ ...result, outbox, closed }).finally(end);
    const oldest = partition.isLive ? read.find(({ offset, input }) => offset >= memory.next && input !== undefined)?.input : undefined;
    this.measures.committed(result.next - memory.next, oldest && world.clock.now() - Date.parse(oldest.time), span?.traceparent);
    if (result.parked.length > 0) this.measures.parked(result.parked.length);
    for (const { offset, reason, error } of result.parked)
      this.logger.error(
        { service: service.name, ...ref, offset, reason, ...(error !== undefined && { err: error }) },
        'record parked: it could not be understood',
      );
    for (const [aggregate, state] of result.changed) {
      states.set(aggregate, state);
      this.watchDeadline(partition, aggregate, state);
    }
    for (const { aggregate } of closed) {
      states.delete(aggregate);
      partition.deadlines.delete(aggregate);
    }
    const recorded = stillRecorded(memory.recorded, result.next);
    partition.memory = { ref, next: result.next, seen: result.seen, states, recorded };
    partition.checkpointer.changed(
      result.changed.keys(),
      closed.map(({ aggregate }) => aggregate),
      result.next - memory.next,
    );
    partition.head = Math.max(head, result.next);
    partition.outbox.push(...outbox);
    this.relay(partition);
    await this.tell(() => this.effects.onCommitted?.(this.view(partition), result.changes));
    await this.goLiveWhenCaughtUp(partition);
    this.checkpointWhenDue(partition);
  }

  private checkpointWhenDue(partition: Partition<State>): void {
    const nowMs = this.world.clock.now();
    if (partition.revoked || partition.checkpointing !== undefined || nowMs < partition.checkpointAfterMs) return;
    if (!partition.checkpointer.isDue(nowMs)) return;
    partition.checkpointing = this.checkpoint(partition).finally(() => {
      partition.checkpointing = undefined;
    });
  }

  /** A checkpoint that fails costs a longer takeover, nothing else. None while recorded decisions repeat: the output topics end behind them. */
  private async checkpoint(partition: Partition<State>): Promise<void> {
    const { ref, committed, states, checkpointer } = partition;
    if (partition.memory.recorded.size > 0) return;
    try {
      // Before the place is taken: what is decided from there on is told behind these.
      const outputs = await outputHeads(this.world.log, this.service, ref);
      const { memory } = partition;
      // States are the same at both, unless one is a moment older: a commit is through whose states are not in memory yet.
      const { next, seen } = memory.next < committed.place.next ? memory : committed.place;
      await checkpointer.write({ next, seen, outputs }, states, this.world.clock.now());
    } catch (error) {
      partition.checkpointAfterMs = this.world.clock.now() + CHECKPOINT_RETRY_MS;
      if (!(error instanceof OwnershipLost))
        this.logger.warn({ service: this.service.name, ...ref, err: error }, 'no checkpoint was written');
    }
  }

  /** Writes down how far it has read where nothing came of the last records; whether it could. One that fails costs reading them again, nothing else. */
  private async movePosition({ ref, memory: { next, seen }, committed }: Partition<State>): Promise<boolean> {
    try {
      await committed.moveTo({ next, seen }, this.world.clock.now());
      return true;
    } catch (error) {
      if (!(error instanceof OwnershipLost))
        this.logger.warn({ service: this.service.name, ...ref, err: error }, 'a position waits: the database did not take it');
      return false;
    }
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
        await publish(this.world.log, partition.ref, records);
        const last = records.at(-1);
        if (last) await dequeue(this.world.database, this.service.name, partition.ref, last);
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
    if (due === undefined || Math.abs(due.dueMs) > LAST_MS || Number.isNaN(due.dueMs)) {
      partition.deadlines.delete(aggregate);
      return;
    }
    partition.deadlines.set(aggregate, due);
    partition.nextDueMs = Math.min(partition.nextDueMs, due.dueMs);
  }

  private tick(): void {
    const now = this.world.clock.now();
    for (const partition of this.held.values()) {
      this.checkpointWhenDue(partition);
      if (partition.committed.isDue(now) && !partition.revoked) void this.movePosition(partition);
      if (partition.nextDueMs <= now && partition.isLive && partition.lease.isHeld()) this.announceDue(partition, now);
    }
  }

  private announceDue(partition: Partition<State>, now: number): void {
    partition.nextDueMs = Number.POSITIVE_INFINITY;
    for (const deadline of partition.deadlines.values()) {
      if (partition.announced.has(deadline.deadlineId)) continue;
      if (deadline.dueMs <= now) this.announce(partition, deadline);
      else partition.nextDueMs = Math.min(partition.nextDueMs, deadline.dueMs);
    }
  }

  private announce(partition: Partition<State>, { deadlineId, dueMs, tenantId, siteId, stationId }: Deadline): void {
    partition.announced.add(deadlineId);
    if (partition.announced.size > 10_000) partition.announced.delete(partition.announced.values().next().value ?? '');
    const due = new Date(dueMs).toISOString();
    const span = newTrace()?.begin({ kind: 'internal', name: `${this.service.name} deadline`, attributes: { 'csms.tenant': tenantId } });
    const envelope: Envelope = {
      id: uuidV5('deadline', this.service.name, tenantId, siteId, deadlineId, dueMs),
      type: 'TimeReached',
      source: `/${this.service.name}`,
      time: new Date(this.world.clock.now()).toISOString(),
      tenantId,
      siteId,
      ...(stationId !== undefined && { stationId }),
      ...(span !== undefined && { traceparent: span.traceparent }),
      data: { service: this.service.name, deadlineId, due },
    };
    during(span, () => this.world.log.append('site-events', [encode(envelope)])).then(
      () => {
        partition.deadlinesWait = false;
      },
      (error: unknown) => {
        partition.announced.delete(deadlineId);
        partition.nextDueMs = Math.min(partition.nextDueMs, dueMs);
        if (this.stopped || partition.deadlinesWait) return;
        partition.deadlinesWait = true; // a line for each of them, ten times a second, would fill the disk that the log found full
        this.logger.warn({ service: this.service.name, ...partition.ref, err: error }, 'deadlines wait: the log did not take them');
      },
    );
  }
}

/** Nothing was folded, told or parked: whoever reads these records again finds nothing in them either. */
const isOfNoUse = ({ changes, outbox, parked }: FoldResult<unknown, Envelope>): boolean =>
  changes.length === 0 && outbox.length === 0 && parked.length === 0;

const key = ({ topic, partition }: PartitionRef): string => `${topic}/${partition}`;

function withFetched<State>(
  states: ReadonlyMap<string, State>,
  fetched: ReadonlyMap<string, { readonly state: State }>,
): ReadonlyMap<string, State> {
  const all = new Map(states);
  for (const [aggregate, { state }] of fetched) all.set(aggregate, state);
  return all;
}
