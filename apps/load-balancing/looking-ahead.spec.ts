// When the planner is asked: never without need, once for several changes, again while cars charge, and by the owner alone.
import { describe, expect, it } from '@jest/globals';
import { decode, type PlanComputed } from '#contracts';
import type { SitePlanAhead, SiteSnapshot } from '#domain/load-balancing';
import { lookingAhead, type Planner } from './looking-ahead.js';
import { type Site, site } from './site.fixture.js';

const RHYTHM = { debounceMs: 2_000, everyMs: 600_000 };
const HOUR = 3_600_000;

const answerTo = ({ cars, slots }: SiteSnapshot): SitePlanAhead => ({
  status: 'planned',
  peakKw: 0,
  cars: cars.map((car) => ({ ...car, currentA: new Float64Array(slots.length), plannedKwh: 0, shortfallKwh: 0, mustShortfallKwh: 0 })),
});

/** A site under its owner, a clock that goes when it is told to, and a planner that answers as the test says. */
function desk(it: Site, planner: Partial<Planner> = {}) {
  const asked: SiteSnapshot[] = [];
  const appended: PlanComputed[] = [];
  const warned: string[] = [];
  const timers: { at: number; task: () => void }[] = [];
  let isHeld = true;
  let next = 0;
  const world = {
    ids: { next: () => `plan-${next++}` },
    clock: {
      now: () => it.nowMs,
      after(ms: number, task: () => void) {
        const timer = { at: it.nowMs + ms, task };
        timers.push(timer);
        return () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1));
      },
    },
    log: {
      append: (_topic: string, records: readonly object[]) => {
        for (const record of records) {
          const { data } = decode({ ...record, partition: 0, offset: 0, topic: 'site-events' } as never);
          appended.push(data as PlanComputed);
          it.put('PlanComputed', data as PlanComputed);
        }
        return Promise.resolve([]);
      },
    },
  } as never;
  const plan = (snapshot: SiteSnapshot): Promise<SitePlanAhead> => {
    asked.push(snapshot);
    return planner.plan?.(snapshot) ?? Promise.resolve(answerTo(snapshot));
  };
  const logger = { warn: (_fields: object, message: string) => void warned.push(message) } as never;
  const effects = lookingAhead(world, logger, 'me', { plan, stop: () => Promise.resolve() }, RHYTHM);
  const commit = async (): Promise<void> => {
    const states = new Map([['t/s', it.state]]);
    const partition = { isLive: true, lease: { isHeld: () => isHeld }, states } as never;
    await effects.onCommitted?.(partition, [{ aggregate: 't/s' } as never]);
  };
  return {
    asked,
    appended,
    warned,
    commit,
    lose(): void {
      isHeld = false;
    },
    /** Lets time pass, timer by timer, with what follows from each. */
    async pass(ms: number): Promise<void> {
      for (const end = it.nowMs + ms; ; ) {
        const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        it.nowMs = due?.at ?? end;
        if (due === undefined) return;
        timers.splice(timers.indexOf(due), 1);
        due.task();
        for (let turn = 0; turn < 10; turn++) await Promise.resolve();
        await commit();
      }
    },
  };
}

function charging(): Site {
  const it = site(['A', 'B']);
  it.start('A', 1);
  it.start('B', 2);
  return it;
}
const state = (it: Site, stationId: string, energyWh: number): void => {
  const transactionId = stationId === 'A' ? '1' : '2';
  const departsAt = new Date(it.nowMs + HOUR).toISOString();
  it.put('ChargingNeedsStated', { evseId: 1, transactionId, departsAt, energyWh, requestedBy: 'api:x' }, stationId);
};

describe('looking ahead', () => {
  it('never happens at a site with neither needs nor prices', async () => {
    const it = charging();
    const { commit, pass, asked } = desk(it);
    await commit();
    await pass(4 * HOUR);
    expect(asked).toEqual([]);
  });

  it('answers several changes within a moment by one plan, made from all of them', async () => {
    const it = charging();
    const { commit, pass, asked, appended } = desk(it);
    state(it, 'A', 5_000);
    await commit();
    await pass(1_000);
    state(it, 'B', 7_000);
    await commit();
    await pass(999);
    expect(asked).toHaveLength(0);
    await pass(1);
    expect(asked.map(({ cars }) => cars.map(({ needKwh }) => needKwh))).toEqual([[5, 7]]);
    expect(appended).toMatchObject([{ ownerEpoch: it.state.ownerEpoch, basedOn: it.state.outlookAt, isCosted: false }]);
    expect(it.state.plan?.planId).toBe(appended[0]?.planId);
  });

  it('happens again every ten minutes while cars charge, and no more when they have left', async () => {
    const it = charging();
    const { commit, pass, asked } = desk(it);
    state(it, 'A', 5_000);
    await commit();
    await pass(RHYTHM.debounceMs + 3 * RHYTHM.everyMs);
    expect(asked).toHaveLength(4);
    for (const [stationId, transactionId] of [
      ['A', 1],
      ['B', 2],
    ] as const)
      it.call(stationId, 'StopTransaction', { transactionId, meterStop: 5, timestamp: new Date(it.nowMs).toISOString() });
    await commit();
    await pass(HOUR);
    expect(asked).toHaveLength(4);
  });

  it('looks at what changed while a plan was being made, afterwards', async () => {
    const it = charging();
    let answer: (plan: SitePlanAhead) => void = () => {};
    const { commit, pass, asked } = desk(it, {
      plan: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    state(it, 'A', 5_000);
    await commit();
    await pass(RHYTHM.debounceMs);
    state(it, 'B', 7_000);
    await commit();
    await pass(RHYTHM.debounceMs);
    expect(asked).toHaveLength(1);
    answer(answerTo(asked[0] as SiteSnapshot));
    await pass(0);
    await commit();
    // It took two seconds: others have the processor for twenty.
    await pass(19_999);
    expect(asked).toHaveLength(1);
    await pass(1);
    expect(asked).toHaveLength(2);
  });

  it('says when there was no answer, and asks again at the next time', async () => {
    const it = charging();
    const { commit, pass, asked, warned, appended } = desk(it, { plan: () => Promise.reject(new Error('the thread is gone')) });
    state(it, 'A', 5_000);
    await commit();
    await pass(RHYTHM.debounceMs);
    expect(warned).toHaveLength(1);
    await pass(RHYTHM.everyMs);
    expect(asked).toHaveLength(2);
    expect(appended).toEqual([]);
  });

  it('is the owner’s: neither another process nor one that lost the partition asks or tells', async () => {
    const it = charging();
    state(it, 'A', 5_000);
    it.put('SiteTaken', { ownerId: 'other' });
    const { commit, pass, asked } = desk(it);
    await commit();
    await pass(HOUR);
    expect(asked).toEqual([]);

    const mine = charging();
    state(mine, 'A', 5_000);
    const lost = desk(mine);
    await lost.commit();
    lost.lose();
    await lost.pass(HOUR);
    expect([lost.asked, lost.appended]).toEqual([[], []]);
  });
});
