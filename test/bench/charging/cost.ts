// What the month costs when the transformer is large enough: time-of-use prices and a charge on the highest power.
// Compared with charging at once and with the least that perfect foresight could pay for the same energy.
import type { LinearSolver } from '#domain/load-balancing';
import { uncontrolled } from './baselines.js';
import { march2019 } from './garage.js';
import { type MonthResult, runMonth } from './month.js';
import { leastCost, mostEnergyKwh } from './offline.js';
import { planned } from './ours.js';
import { atLeast, atMost, type Part } from './report.js';

const KW = 150;

export function costTable(solve: LinearSolver): Part {
  const sessions = march2019();
  const atOnce = runMonth(sessions, KW, uncontrolled);
  const ours = runMonth(sessions, KW, planned({ kW: KW, solve, isPriced: true }));
  const most = mostEnergyKwh(sessions, KW, solve);
  const offline = leastCost(sessions, KW, most, solve);
  const row = (
    name: string,
    { energyPct, peakKw, energyUsd, costUsd }: Pick<MonthResult, 'energyPct' | 'peakKw' | 'energyUsd' | 'costUsd'>,
  ) => [
    name,
    energyPct.toFixed(2),
    peakKw.toFixed(2),
    energyUsd.toFixed(0),
    (costUsd - energyUsd).toFixed(0),
    costUsd.toFixed(0),
    (costUsd / offline.costUsd).toFixed(3),
    (costUsd / atOnce.costUsd).toFixed(3),
  ];
  const energyPct = (most / ours.requestedKwh) * 100;
  return {
    title: 'Cost of the month',
    about:
      'The same sessions behind 150 kW, tariff SCE TOU-EV-4 (winter): 0.061–0.087 USD/kWh and 15.51 USD per kW of the month’s highest power. An earlier prototype of ours: online 36.4 kW, offline 33.4 kW, uncontrolled 99 kW.',
    head: ['', 'energy %', 'peak kW', 'energy USD', 'demand USD', 'total USD', '÷ offline', '÷ uncontrolled'],
    rows: [row('uncontrolled', atOnce), row('**ours**', ours), row('offline optimum', { energyPct, ...offline })],
    checks: [
      atMost('cost over the offline optimum', ours.costUsd / offline.costUsd, 1.05),
      atMost('cost over uncontrolled', ours.costUsd / atOnce.costUsd, 0.6),
      atLeast('energy, points beside the optimum', ours.energyPct - energyPct, -0.1),
      atMost('periods above a line or pod', ours.violations, 0),
    ],
  };
}
