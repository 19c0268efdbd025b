// When a site's owner looks ahead: soon after something changed, and again while cars charge. Solving is the planner's, in a thread of its
// own; the answer becomes a record of the site's stream. A planner that is late, dead or wrong costs cleverness: the fair share goes on.
//
// States of a site: Quiet (nobody asked for anything) → Waiting (a time is set) → Solving (one question out) → Waiting.
import { type Envelope, encode, type PlanComputed, type SiteEvent } from '#contracts';
import type { SitePlanAhead, SiteSnapshot } from '#domain/load-balancing';
import type { Logger } from '#observability';
import type { Cancel, World } from '#ports';
import type { Effects, HeldPartition } from '#service';
import { outlookOf, planRecord, wantsOutlook } from './outlook.js';
import { viewOf } from './site-view.js';
import type { SiteState } from './state.js';

export interface Planner {
  /** Rejects when there will be no answer: its thread is gone, or it took too long. The next question is a new beginning. */
  plan(snapshot: SiteSnapshot): Promise<SitePlanAhead>;
  stop(): Promise<void>;
}

export interface Rhythm {
  /** Several changes within this time are answered by one plan [ms]. */
  readonly debounceMs: number;
  /** While cars charge and nothing changes [ms]. */
  readonly everyMs: number;
}

/** A plan outlives this many planners that did not answer. */
const PLANS_MISSED = 3;
/** After a plan the next one waits this many times as long as it took: large sites leave the processor to others. */
const REST_PER_WORK = 10;

interface Desk {
  partition: HeldPartition<SiteState>;
  /** `outlookAt` and owner of the last question. */
  askedFor: string;
  lastAskedMs: number;
  restUntilMs: number;
  isSolving: boolean;
  dueMs: number;
  cancel: Cancel;
}

const basisOf = ({ ownerEpoch, outlookAt }: SiteState): string => `${ownerEpoch}/${outlookAt}`;

export function lookingAhead(
  world: Pick<World, 'log' | 'clock' | 'ids'>,
  logger: Pick<Logger, 'warn'>,
  ownerId: string,
  planner: Planner,
  { debounceMs, everyMs }: Rhythm,
): Effects<SiteState, SiteEvent> {
  const desks = new Map<string, Desk>();

  const append = async ({ tenantId, siteId }: SiteState, data: PlanComputed): Promise<void> => {
    const time = new Date(world.clock.now()).toISOString();
    const envelope: Envelope = { id: data.planId, type: 'PlanComputed', source: '/load-balancing', time, tenantId, siteId, data };
    await world.log.append('site-events', [encode(envelope)]);
  };

  const forget = (aggregate: string): void => {
    desks.get(aggregate)?.cancel();
    desks.delete(aggregate);
  };

  const consider = (partition: HeldPartition<SiteState>, aggregate: string): void => {
    const state = partition.states.get(aggregate);
    if (!partition.isLive || state?.ownerId !== ownerId || !wantsOutlook(state)) {
      forget(aggregate);
      return;
    }
    const desk: Desk = desks.get(aggregate) ?? {
      partition,
      askedFor: '',
      lastAskedMs: Number.NEGATIVE_INFINITY,
      restUntilMs: 0,
      isSolving: false,
      dueMs: Number.POSITIVE_INFINITY,
      cancel: () => {},
    };
    desks.set(aggregate, desk);
    desk.partition = partition;
    if (desk.isSolving) return;
    const now = world.clock.now();
    const isNews = desk.askedFor !== basisOf(state);
    const dueMs = Math.max(isNews ? now + debounceMs : desk.lastAskedMs + everyMs, desk.restUntilMs);
    if (dueMs >= desk.dueMs) return;
    desk.cancel();
    desk.dueMs = dueMs;
    desk.cancel = world.clock.after(Math.max(0, dueMs - now), () => {
      desk.dueMs = Number.POSITIVE_INFINITY;
      void look(aggregate, desk);
    });
  };

  const look = async (aggregate: string, desk: Desk): Promise<void> => {
    const { partition } = desk;
    const state = partition.states.get(aggregate);
    if (state?.ownerId !== ownerId || !partition.lease.isHeld()) return forget(aggregate);
    const startedMs = world.clock.now();
    desk.isSolving = true;
    desk.askedFor = basisOf(state);
    desk.lastAskedMs = startedMs;
    try {
      const input = viewOf(state);
      const snapshot = input && outlookOf(state, input);
      if (snapshot === undefined) return;
      const answer = await planner.plan(snapshot);
      const record = planRecord(state, snapshot, answer, world.ids.next(), state.nowMs + PLANS_MISSED * everyMs);
      if (record === undefined) logger.warn({ siteId: state.siteId }, 'the planner found no plan; the fair share goes on');
      else if (partition.lease.isHeld()) await append(state, record);
    } catch (error) {
      logger.warn({ siteId: state.siteId, err: error }, 'no plan: the planner or the log did not answer; the fair share goes on');
    } finally {
      desk.isSolving = false;
      desk.restUntilMs = world.clock.now() + REST_PER_WORK * (world.clock.now() - startedMs);
      if (desks.get(aggregate) === desk) consider(desk.partition, aggregate);
    }
  };

  return {
    onLive(partition) {
      for (const aggregate of partition.states.keys()) consider(partition, aggregate);
    },
    onCommitted(partition, changes) {
      for (const aggregate of new Set(changes.map((change) => change.aggregate))) consider(partition, aggregate);
    },
  };
}
