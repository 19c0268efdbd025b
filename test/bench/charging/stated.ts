// What it is worth to know when cars leave: June 2019 with the true departures, with what drivers stated, and with what was learned in May
// from cars alike. Everything else is as in the other parts; cars that stated nothing are planned by the length of stays.
import { comparable, departureQuantile, type LearnedStays, type LinearSolver, learnStays, stayChance } from '#domain/load-balancing';
import { earliestDeadline, leastLaxity } from './baselines.js';
import { mayJune2019, type Session } from './garage.js';
import { type MonthResult, type Policy, runMonth } from './month.js';
import { planned } from './ours.js';
import { atLeast, atMost, type Part } from './report.js';

const KW = 30;
const PERIOD_MS = 300_000;
const JUNE = 31 * 288;
/** Days of June that are run. */
const DAYS = 14;
/** As the planner of the service has it: three quarters of the cars alike have left by the time that is planned for. */
const QUANTILE = 0.75;

export function statedTable(solve: LinearSolver): Part {
  const all = mayJune2019();
  const sessions = all.filter(({ arrival }) => arrival >= JUNE && arrival < JUNE + DAYS * 288);
  const stayOf = ({ arrival, stated }: Session) => ({
    arrivalMs: arrival * PERIOD_MS,
    ...(stated && { statedMs: stated.departure * PERIOD_MS }),
  });
  const past = all
    .filter(({ departure }) => departure < JUNE)
    .map((session) => ({ ...stayOf(session), departureMs: session.departure * PERIOD_MS }));
  const nothing = learnStays([]);
  const believed = (session: Session, period: number): number =>
    departureQuantile(nothing, stayOf(session), period * PERIOD_MS) / PERIOD_MS;
  const known = new Map(sessions.map((session): [Session, LearnedStays] => [session, learnStays(comparable(past, stayOf(session)))]));
  const alike = (session: Session): LearnedStays => known.get(session) ?? nothing;
  const learned = planned({
    kW: KW,
    solve,
    departureOf: (session, period) => departureQuantile(alike(session), stayOf(session), period * PERIOD_MS, QUANTILE) / PERIOD_MS,
    stayChance: (session, period, at) => stayChance(alike(session), stayOf(session), period * PERIOD_MS, at * PERIOD_MS),
  });
  const run = (policy: Policy): MonthResult => runMonth(sessions, KW, policy);
  /** A baseline that is told what drivers stated. */
  const believing =
    (policy: Policy): Policy =>
    (period, plugged, changed) =>
      policy(
        period,
        plugged.map((car) => ({ ...car, session: { ...car.session, departure: believed(car.session, period) } })),
        changed,
      );
  const [edf, llf] = [earliestDeadline(KW, false), leastLaxity(KW, false)];
  const knowing = run(planned({ kW: KW, solve }));
  const stated = run(planned({ kW: KW, solve, departureOf: believed }));
  const learning = run(learned);
  const statedLlf = run(believing(llf));
  const row = (name: string, { energyPct, startsMean, violations }: MonthResult) => [
    name,
    energyPct.toFixed(2),
    startsMean.toFixed(2),
    String(violations),
  ];
  return {
    title: 'When drivers say when they leave',
    about: `Caltech garage, 1–${DAYS} June 2019, ${sessions.length} sessions, 30 kW, any current; percent of what the cars really took. Learned from ${past.length} stays of May.`,
    head: ['', 'energy %', 'starts per session', 'periods above a limit'],
    rows: [
      row('EDF, stated departures', run(believing(edf))),
      row('LLF, stated departures', statedLlf),
      row('EDF, true departures', run(edf)),
      row('LLF, true departures', run(llf)),
      row('ours, stated departures trusted', stated),
      row('**ours, learned from cars alike**', learning),
      row('ours, true departures', knowing),
    ],
    checks: [
      atLeast('learned beside stated, points', learning.energyPct - stated.energyPct, 0.5),
      atLeast('learned beside LLF on what is stated, points', learning.energyPct - statedLlf.energyPct, 0),
      atMost('periods above a line or pod, all runs', knowing.violations + stated.violations + learning.violations, 0),
    ],
  };
}
