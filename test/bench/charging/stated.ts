// What it is worth to know when cars leave: June 2019 with the true departures, with what drivers stated, and with what was learned in May
// about how wrong they are. Everything else is as in the other parts; cars that stated nothing are planned by the length of stays.
import { departureQuantile, type LinearSolver, learnStays } from '#domain/load-balancing';
import { earliestDeadline, leastLaxity } from './baselines.js';
import { mayJune2019, type Session } from './garage.js';
import { type MonthResult, runMonth } from './month.js';
import { planned } from './ours.js';
import { atLeast, atMost, type Part } from './report.js';

const KW = 30;
const PERIOD_MS = 300_000;
const JUNE = 31 * 288;
/** Days of June that are run. */
const DAYS = 14;
/** One car in four is taken to leave before the time that is planned for. */
const QUANTILE = 0.25;

export function statedTable(solve: LinearSolver): Part {
  const all = mayJune2019();
  const sessions = all.filter(({ arrival }) => arrival >= JUNE && arrival < JUNE + DAYS * 288);
  const stayOf = ({ arrival, stated }: Session) => ({
    arrivalMs: arrival * PERIOD_MS,
    ...(stated && { statedMs: stated.departure * PERIOD_MS }),
  });
  const learned = learnStays(
    all.filter(({ departure }) => departure < JUNE).map((session) => ({ ...stayOf(session), departureMs: session.departure * PERIOD_MS })),
  );
  const nothing = learnStays([]);
  const planBy =
    (stays: typeof learned, quantile: number) =>
    (session: Session, period: number): number =>
      departureQuantile(stays, stayOf(session), period * PERIOD_MS, quantile) / PERIOD_MS;
  const edf = runMonth(sessions, KW, earliestDeadline(KW, false));
  const llf = runMonth(sessions, KW, leastLaxity(KW, false));
  const knowing = runMonth(sessions, KW, planned({ kW: KW, solve }));
  const stated = runMonth(sessions, KW, planned({ kW: KW, solve, departureOf: planBy(nothing, 0.5) }));
  const learning = runMonth(sessions, KW, planned({ kW: KW, solve, departureOf: planBy(learned, QUANTILE) }));
  const row = (name: string, { energyPct, startsMean, violations }: MonthResult) => [
    name,
    energyPct.toFixed(2),
    startsMean.toFixed(2),
    String(violations),
  ];
  return {
    title: 'When drivers say when they leave',
    about: `Caltech garage, 1–${DAYS} June 2019, ${sessions.length} sessions, 30 kW, any current; percent of what the cars really took. EDF and LLF know the true departures here.`,
    head: ['', 'energy %', 'starts per session', 'periods above a limit'],
    rows: [
      row('EDF, true departures', edf),
      row('LLF, true departures', llf),
      row('ours, true departures', knowing),
      row('ours, stated departures', stated),
      row(`**ours, learned (quantile ${QUANTILE} of stated and stay)**`, learning),
    ],
    checks: [
      atLeast('learned beside stated, points', learning.energyPct - stated.energyPct, 0),
      atMost('periods above a line or pod, all runs', knowing.violations + stated.violations + learning.violations, 0),
    ],
  };
}
