// The same month through all of the service: the owner's fold with its ledger, leases and rhythm of planning, messages on their way, and
// chargers that believe the text they are sent. Beside it the planner and the split alone, as in the other parts.
// The world is safety/world.ts without its faults; what the owner plans when is the service's own.
import { decode, type Recorded, type SiteEvent } from '#contracts';
import { type LinearSolver, planAhead, type SitePlanAhead, type SiteSnapshot } from '#domain/load-balancing';
import type { Output } from '#service';
import { lookingAhead } from '../../../apps/load-balancing/looking-ahead.js';
import { SiteDecider } from '../../../apps/load-balancing/stage/owner.fixture.js';
import type { Stage } from '../../../apps/load-balancing/stage/stage.fixture.js';
import { EVSES, march2019 } from './garage.js';
import { runMonth } from './month.js';
import { mostEnergyKwh } from './offline.js';
import { planned } from './ours.js';
import { atLeast, atMost, type Part } from './report.js';
import { garage } from './safety/place.js';
import { DAY_MS } from './safety/run.js';
import { NO_FAULTS, SafetyWorld } from './safety/world.js';

const KW = 30;
const PERIOD_MS = 300_000;
/** Points below the offline optimum, and what real levels may cost of it besides. */
const MAY_LOSE = 1.2;
const LEVELS_MAY_COST = 0.5;
/** Beside the planner and the split alone: pauses between changes, messages on their way, what full cars hold. */
const OWNER_MAY_COST = 0.5;
const SAMPLE_MS = 60_000;
/** As the service has it. */
const RHYTHM = { debounceMs: 2_000, everyMs: 600_000 };
/** The owner of the run, by its SiteTaken. */
const OWNER_ID = 'first';

/** The owner with the desk that asks the planner, on the stage's clock and log. */
class PlanningOwner extends SiteDecider {
  /** A question is out: its answer comes when the world lets go of the thread for a moment. */
  isAsking = false;
  #plans = 0;
  #onDecided: () => void = () => {};

  override decide(input: Recorded<SiteEvent>): readonly Output[] {
    const outputs = super.decide(input);
    this.#onDecided();
    return outputs;
  }

  lookAhead(stage: Stage, solve: LinearSolver): void {
    const owner = this;
    const world = {
      ids: { next: () => `plan-${this.#plans++}` },
      clock: {
        now: () => stage.now,
        after(ms: number, task: () => void) {
          let isOff = false;
          stage.after(ms, () => !isOff && task());
          return () => {
            isOff = true;
          };
        },
      },
      log: {
        append(_topic: string, records: readonly object[]) {
          for (const record of records)
            stage.append('PlanComputed', decode({ ...record, topic: 'site-events', partition: 0, offset: 0 } as never).data as never);
          return Promise.resolve([]);
        },
      },
    };
    const plan = (snapshot: SiteSnapshot): Promise<SitePlanAhead> => {
      this.isAsking = true;
      return Promise.resolve(planAhead(snapshot, solve));
    };
    const logger = {
      warn: (fields: object, message: string): never => {
        throw new Error(`${message}: ${JSON.stringify(fields)}`);
      },
    };
    const effects = lookingAhead(world as never, logger as never, OWNER_ID, { plan, stop: () => Promise.resolve() }, RHYTHM);
    const partition = {
      isLive: true,
      lease: { isHeld: () => true },
      get states() {
        return new Map([['t/s', owner.state]]);
      },
    };
    this.#onDecided = () => void effects.onCommitted?.(partition as never, [{ aggregate: 't/s' } as never]);
  }
}

interface Owned {
  readonly deliveredKwh: number;
  /** Per session that was charged. */
  readonly starts: readonly number[];
  /** With a line or pod above its limit [s]. */
  readonly aboveS: number;
  readonly commands: number;
  readonly changed: number;
  readonly renewals: number;
  readonly hasty: number;
}

const resultOf = ({ outlets, deliveredKwh, insideGraceS, beyondS, economy }: SafetyWorld): Owned => ({
  deliveredKwh,
  starts: outlets.flatMap(({ starts }) => starts),
  aboveS: insideGraceS + beyondS,
  commands: economy.commands,
  changed: economy.changed,
  renewals: economy.byCause['renew, nothing new'] ?? 0,
  hasty: economy.hasty,
});

/** Cars that come within these days, until the last has left; each day is heard of on the way. */
async function throughOwner(kW: number, days: number, solve: LinearSolver, onDay: (day: number, result: Owned) => void): Promise<Owned> {
  const decider = new PlanningOwner();
  const lastsMs = days * DAY_MS;
  const place = garage(kW, kW, true);
  const world = new SafetyWorld({ place, seed: 1, faults: NO_FAULTS, decider, sampleMs: SAMPLE_MS, cuts: false, lastsMs, areFrank: true });
  decider.lookAhead(world.stage, solve);
  world.commission();
  const startMs = world.stage.now;
  const endMs = startMs + Math.max(...place.stays(1, lastsMs).map(({ toMs }) => toMs)) + SAMPLE_MS;
  while (world.stage.now < endMs) {
    world.run(1_000);
    if ((world.stage.now - startMs) % DAY_MS === 0) onDay((world.stage.now - startMs) / DAY_MS, resultOf(world));
    if (!decider.isAsking) continue;
    decider.isAsking = false;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return resultOf(world);
}

/** `days` of the month from its first on. */
export async function ownerTable(days: number, solve: LinearSolver): Promise<Part> {
  const sessions = march2019().filter(({ arrival }) => arrival * PERIOD_MS < days * DAY_MS);
  const owned = await throughOwner(KW, days, solve, (day, { starts, ...result }) =>
    process.stderr.write(`owner, day ${day}: ${JSON.stringify({ ...result, sessions: starts.length, starts: sum(starts) })}\n`),
  );
  const direct = runMonth(sessions, KW, planned({ kW: KW, solve, useLevels: true }));
  const optimumPct = (mostEnergyKwh(sessions, KW, solve) / direct.requestedKwh) * 100;
  const ownedPct = (owned.deliveredKwh / direct.requestedKwh) * 100;
  const startsMean = sum(owned.starts) / Math.max(1, owned.starts.length);
  const perChange = owned.commands / owned.changed;
  return {
    title: 'The month through the owner of the site',
    about: [
      `The same garage and ${sessions.length} sessions of ${days} days at ${KW} kW, real levels, through the fold of the owner with its ledger: leases of the default 900 s (longer where nobody can take back what is leased, ADR 0066), messages of 0.1 to 0.5 s each way, cars that follow within 4 s, a sample a minute with current and energy register.`,
      'Drivers say when they leave and what they need; what the owner plans, and when, is the service’s own (2 s after a change, every 10 min). Chargers draw what the text they were sent allows; lines and pods are added up every second.',
    ].join(' '),
    head: [
      '',
      'energy %',
      'starts per session: mean, most',
      'above a line or pod',
      'commands per change',
      'without renewals',
      'writes per charger-year',
    ],
    rows: [
      [
        'planner and split alone',
        direct.energyPct.toFixed(2),
        `${direct.startsMean.toFixed(2)}, ${direct.startsMax}`,
        `${direct.violations} periods`,
        '',
        '',
        '',
      ],
      [
        '**through the owner**',
        ownedPct.toFixed(2),
        `${startsMean.toFixed(2)}, ${Math.max(0, ...owned.starts)}`,
        `${owned.aboveS} s`,
        perChange.toFixed(2),
        ((owned.commands - owned.renewals) / owned.changed).toFixed(2),
        Math.round((owned.commands / EVSES.length / days) * 365).toLocaleString('en'),
      ],
      ['offline optimum, any current', optimumPct.toFixed(2), '', '', '', '', ''],
    ],
    checks: [
      atLeast(
        `energy, beside the offline optimum less ${MAY_LOSE} and ${LEVELS_MAY_COST} for levels`,
        ownedPct,
        optimumPct - MAY_LOSE - LEVELS_MAY_COST,
      ),
      atMost('points that owner, ledger and leases cost', direct.energyPct - ownedPct, OWNER_MAY_COST),
      atMost('mean starts per session', startsMean, 3),
      atMost('seconds above a line or pod', owned.aboveS, 0),
      atMost("raises within 30 s of a charger's last change", owned.hasty, 0),
      atMost('commands per changed set-point', perChange, 1.3),
    ],
  };
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
