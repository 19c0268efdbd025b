// Safety under faults: days of a site with lost messages, broken links, killed owners and cut limits, beside send-and-forget and beside ours
// without faults. The world is safety/world.ts; what is printed here is what its auditor saw and its stations were told.
import { atLeast, atMost, type Check, type Part } from './report.js';
import { type Finding, findings } from './safety/culprits.js';
import { type DarkResult, darkCuts } from './safety/dark.js';
import { garage, nothingFirm, type Place, panel } from './safety/place.js';
import { type RunResult, runOnce, runSeed, type SeedResult } from './safety/run.js';
import { FAULTS, NO_FAULTS, POWER_FAULTS } from './safety/world.js';

const SHARE = 93;
const COMMANDS_PER_CHANGE = 1.3;
const WRITES_PER_YEAR = 100_000;
const SAMPLES = 3;
/** Nobody loses his place sooner than this, and so nobody waits longer for one than others have had theirs (rotation) [s]. */
const TURN_S = 1_800;

export interface SafetyResults {
  readonly places: readonly { readonly place: Place; readonly seeds: readonly SeedResult[] }[];
  readonly dark: DarkResult;
  readonly findings: readonly Finding[];
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

export interface SafetySize {
  readonly seeds: number;
  readonly days: number;
}

/** An hour takes seconds, a week of the garage about two minutes of processor time. */
export function safetyTable({ seeds, days }: SafetySize): Part {
  const run = (place: Place, count: number, length: number) => ({
    place,
    seeds: upTo(count).map((seed) => {
      const result = runSeed(place, seed, length);
      progress(`${place.name}, seed ${seed}: ${JSON.stringify(result)}`);
      return result;
    }),
  });
  return safetyPart({
    places: [
      run(garage(50, 25, true), seeds, days),
      run(nothingFirm(garage(50, 25, true)), Math.min(2, seeds), days),
      run(panel(60, 800, 400, true), Math.min(2, seeds), days / 14),
    ],
    dark: darkCuts(upTo(Math.min(3, seeds))),
    findings: findings(upTo(Math.min(3, seeds))),
  });
}

export function safetyPart({ places, dark, findings: found }: SafetyResults): Part {
  return {
    title: 'Safety under faults',
    about: [
      'The code of the owner, its ledger and allocator, in virtual time; a car follows within 4 s. Faults: 5 % of commands, answers and samples lost, 1–4 s each way, links broken for 1–21 min about every 2 h (what waited is sent on return),',
      'clocks up to 20 s off, owners killed about every 6 h (another takes over within a minute, the old one goes on handing over), the limit halved for two leases in every seven, every other time without warning. Leases of 900 s, the default (longer within what nobody can take away, ADR 0066); samples every',
      '60 s, default profiles proven to outlast a power cycle. Beyond P6: above the limit later than lease, clock bound and 30 s after an unannounced cut, or at any time else. Send-and-forget: the same allocator, limits without end, counted as',
      'applied, no default profile. Commands per change: every SetChargingProfile asked for, renewals and repetitions included, by those after which the charger has another limit at some moment until its lease ends. Per change or ended lease: by those and by renewals of',
      'usual leases in their last quarter, which P6 asks for where nothing says that current cannot be taken away (ADR 0084).',
    ].join(' '),
    head: [
      '',
      'seeds × days',
      'beyond P6 s',
      'in the grace s',
      'worst A over the limit',
      'energy, % of no faults',
      'commands per change',
      'without renewals',
      'per change or ended lease',
      'writes per charger-year',
    ],
    rows: places.flatMap(({ place, seeds }) => rowsOf(place, seeds)),
    checks: [...places.flatMap(({ place, seeds }) => checksOf(place, seeds)), ...darkChecks(dark), ...foundChecks(found)],
  };
}

type Kind = keyof SeedResult;
const sum = (seeds: readonly SeedResult[], kind: Kind, value: (run: RunResult) => number): number =>
  seeds.reduce((total, seed) => total + value(seed[kind]), 0);
const most = (seeds: readonly SeedResult[], kind: Kind, value: (run: RunResult) => number): number =>
  Math.max(...seeds.map((seed) => value(seed[kind])));
const share = (seeds: readonly SeedResult[], kind: Kind): number =>
  (100 * sum(seeds, kind, ({ kWh }) => kWh)) / sum(seeds, 'calm', ({ kWh }) => kWh);
const ratio = (seeds: readonly SeedResult[], kind: Kind): number =>
  sum(seeds, kind, ({ commands }) => commands) / sum(seeds, kind, ({ changed }) => changed);
const owedRatio = (seeds: readonly SeedResult[], kind: Kind): number =>
  sum(seeds, kind, ({ commands }) => commands) / sum(seeds, kind, ({ changed, owed }) => changed + owed);
const writes = (seeds: readonly SeedResult[], kind: Kind): number =>
  sum(seeds, kind, ({ writesPerChargerYear }) => writesPerChargerYear) / seeds.length;

const NAMES: Readonly<Record<Kind, string>> = { ours: '**ours**', control: 'send-and-forget', calm: 'ours, no faults' };

const CALM = { ours: '', calm: ', no faults' } as const;

const rowsOf = (place: Place, seeds: readonly SeedResult[]): Part['rows'] =>
  (['ours', 'control', 'calm'] as const).map((kind) => [
    `${place.name}: ${NAMES[kind]}`,
    `${seeds.length} × ${(seeds[0]?.ours.days ?? 0).toFixed(1)}`,
    String(sum(seeds, kind, ({ beyondS }) => beyondS)),
    String(sum(seeds, kind, ({ insideGraceS }) => insideGraceS)),
    Math.max(
      0,
      most(seeds, kind, ({ worstA }) => worstA),
    ).toFixed(1),
    share(seeds, kind).toFixed(1),
    ratio(seeds, kind).toFixed(2),
    (sum(seeds, kind, ({ commands, renewals }) => commands - renewals) / sum(seeds, kind, ({ changed }) => changed)).toFixed(2),
    owedRatio(seeds, kind).toFixed(2),
    Math.round(writes(seeds, kind)).toLocaleString('en'),
  ]);

const checksOf = (place: Place, seeds: readonly SeedResult[]): readonly Check[] => [
  atMost(
    `${place.name}: seconds beyond P6`,
    sum(seeds, 'ours', ({ beyondS }) => beyondS),
    0,
  ),
  atLeast(`${place.name}: energy, % of no faults`, share(seeds, 'ours'), SHARE),
  ...(place.isFirm ? [atMost(`${place.name}: commands per changed set-point`, ratio(seeds, 'ours'), COMMANDS_PER_CHANGE)] : []),
  ...(['ours', 'calm'] as const).map((kind) =>
    atMost(`${place.name}${CALM[kind]}: commands per changed set-point or ended lease`, owedRatio(seeds, kind), COMMANDS_PER_CHANGE),
  ),
  atMost(
    `${place.name}: raises within 30 s of a charger's last change`,
    sum(seeds, 'ours', ({ hasty }) => hasty),
    0,
  ),
  atMost(`${place.name}: profile writes per charger-year`, writes(seeds, 'ours'), WRITES_PER_YEAR),
];

const darkChecks = ({ cuts, beyondS, drawnA: { fromAnnouncement, fromShortlyBefore } }: DarkResult): readonly Check[] => [
  atMost(
    `${cuts} announced cuts (30 chargers, 400 A to 200 A), every message lost from the announcement on (${fromAnnouncement.toFixed(0)} A drawn at the cut) or from 3 min before it (${fromShortlyBefore.toFixed(0)} A): seconds above the limit`,
    beyondS,
    0,
  ),
];

function foundChecks(found: readonly Finding[]): readonly Check[] {
  const worst = (conduct: Finding['conduct']) => found.filter((each) => each.conduct === conduct);
  const never = Number.POSITIVE_INFINITY;
  return [
    ...(['ignores', 'rejects', 'silent'] as const).map((conduct) => {
      const seconds = Math.max(...worst(conduct).map((each) => each.seconds ?? never));
      const samples = Math.max(...worst(conduct).map((each) => each.samples ?? never));
      const how = { ignores: 'accepts and ignores', rejects: 'rejects', silent: 'never answers' }[conduct];
      return atMost(
        `a charger that ${how} and draws all it can, samples (every 20 s) until it counts so, ${seconds} s at most`,
        samples,
        SAMPLES,
      );
    }),
    atMost('seconds anybody else is below his minimum meanwhile', Math.max(...found.map(({ longestWaitS }) => longestWaitS)), TURN_S),
    atMost(
      'seconds above the limit after a found charger and a lease',
      found.reduce((total, { beyondS }) => total + beyondS, 0),
      0,
    ),
  ];
}

/** The same faults with power cycles, one place: what they change. */
export function powerTable({ seeds, days }: SafetySize): Part {
  const place = garage(50, 25, true);
  const runs = upTo(seeds).map((seed) => {
    const run = (faults: typeof FAULTS) => runOnce(place, seed, days, faults);
    const found = { calm: run(NO_FAULTS), without: run(FAULTS), withCycles: run(POWER_FAULTS) };
    progress(`power, seed ${seed}: ${JSON.stringify(found)}`);
    return found;
  });
  const total = (kind: keyof (typeof runs)[number], value: (run: RunResult) => number): number =>
    runs.reduce((all, each) => all + value(each[kind]), 0);
  const row = (name: string, kind: keyof (typeof runs)[number]) => [
    name,
    String(total(kind, ({ beyondS }) => beyondS)),
    ((100 * total(kind, ({ kWh }) => kWh)) / total('calm', ({ kWh }) => kWh)).toFixed(1),
    (total(kind, ({ commands }) => commands) / total(kind, ({ changed }) => changed)).toFixed(2),
    String(total(kind, ({ commands }) => commands)),
  ];
  return {
    title: 'Power cycles beside the other faults',
    about: `${place.name}, ${seeds} seeds of ${days} days. As under "Safety under faults"; with power cycles every charger is without power twice a day on average, for 20 s to 10 min, and boots with the profiles and the transaction it had.`,
    head: ['', 'beyond P6 s', 'energy, % of no faults', 'commands per change', 'commands'],
    rows: [row('faults', 'without'), row('**and power cycles**', 'withCycles')],
    checks: [
      atMost(
        'seconds beyond P6, with power cycles',
        total('withCycles', ({ beyondS }) => beyondS),
        0,
      ),
      atLeast(
        'energy with power cycles, % of no faults',
        (100 * total('withCycles', ({ kWh }) => kWh)) / total('calm', ({ kWh }) => kWh),
        SHARE,
      ),
    ],
  };
}
