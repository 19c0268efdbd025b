// The process that owns the site: reads the stream in order, publishes what it decides a little later, hands over what it reads back. It may
// stall; then another one takes the site, and the old one goes on handing over for a while.
// What is decided is the decider's: the product's, or another one beside it.
import type { CommandRequested, Recorded, SiteEvent } from '#contracts';
import type { Output } from '#service';
import { siteFold } from '../decide.js';
import { newSite, type SiteState } from '../state.js';
import { type Random, type Range, within } from './chance.fixture.js';
import type { Stage } from './stage.fixture.js';

export interface Decider {
  /** Of the owner that took the site last. */
  readonly ownerEpoch: number;
  decide(input: Recorded<SiteEvent>): readonly Output[];
  due(): { readonly deadlineId: string; readonly dueMs: number } | undefined;
}

/** The product's own. */
export class SiteDecider implements Decider {
  state: SiteState = newSite('t/s');
  #lookedAt: SiteState | undefined;
  #due: ReturnType<Decider['due']>;

  get ownerEpoch(): number {
    return this.state.ownerEpoch;
  }

  decide(input: Recorded<SiteEvent>): readonly Output[] {
    const outputs = siteFold.decide(this.state, input);
    this.state = siteFold.evolve(this.state, input, outputs);
    return outputs;
  }

  due(): ReturnType<Decider['due']> {
    if (this.#lookedAt !== this.state) {
      this.#lookedAt = this.state;
      this.#due = siteFold.nextDue?.(this.state);
    }
    return this.#due;
  }
}

export interface Pace {
  readonly toLogMs: Range;
  readonly toEdgeMs: Range;
  /** Of an owner that has lost the site and does not know. */
  readonly lateToEdgeMs: Range;
  readonly lostToEdge: number;
}
const ZOMBIE_FOR_MS = 60_000;

export class OwnerProcess {
  #awakeAt = 0;
  #relayAt = 0;
  /** Owners that have lost the site and do not know it yet: they still hand over what they read. */
  readonly #zombies: { readonly epoch: number; readonly until: number }[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly random: Random,
    private readonly pace: Pace,
    private readonly decider: Decider,
    private readonly handOver: (command: CommandRequested) => void,
    private readonly onOutput: (output: Output) => void,
  ) {}

  /** Reads what is there; false while nobody does. */
  read(): boolean {
    const { stage, decider } = this;
    if (stage.now < this.#awakeAt) return false;
    for (let input = stage.read(); input !== undefined; input = stage.read()) {
      const outputs = decider.decide(input);
      this.#relayAt = Math.max(this.#relayAt, stage.now) + within(this.random, this.pace.toLogMs);
      for (const output of outputs) {
        this.onOutput(output);
        const { topic, type, data, stationId } = output;
        if (topic === 'site-events')
          stage.after(this.#relayAt - stage.now, () => void stage.append(type as 'SiteTaken', data as never, stationId));
      }
      if (input.type === 'CommandRequested') this.#deliver(input.data);
    }
    const due = decider.due();
    if (due !== undefined && due.dueMs <= stage.now)
      stage.append('TimeReached', { service: 'load-balancing', deadlineId: due.deadlineId, due: new Date(due.dueMs).toISOString() });
    return true;
  }

  /** Another process takes over within `mostMs`, with what the log holds; the old one goes on handing over for a minute. */
  stall(mostMs: number): void {
    const { stage } = this;
    this.#zombies.push({ epoch: this.decider.ownerEpoch, until: stage.now + ZOMBIE_FOR_MS });
    this.#awakeAt = stage.now + this.random() * mostMs;
    stage.after(this.#awakeAt - stage.now, () => void stage.append('SiteTaken', { ownerId: String(stage.now) }));
  }

  #deliver(command: CommandRequested): void {
    const { stage, pace, random } = this;
    const { ownerEpoch } = this.decider;
    const epoch = command.grant?.ownerEpoch ?? ownerEpoch;
    const isZombie = epoch !== ownerEpoch && this.#zombies.some((zombie) => zombie.epoch === epoch && zombie.until > stage.now);
    if (epoch !== ownerEpoch && !isZombie) return;
    if (random() < pace.lostToEdge) return; // the router lost it: nobody ever says what became of it
    stage.after(within(random, isZombie ? pace.lateToEdgeMs : pace.toEdgeMs), () => this.handOver(command));
  }
}
