// Who is shown first, what will miss its target and when, how outages lie on a line, and rows that leave as CSV.
import { describe, expect, it } from '@jest/globals';
import type { Outage, PortUptime, UptimeReport } from '../api/uptime-shapes.js';
import { allowedMinutes, monthsBefore, piecesOf, portLines, reportCsv, runsOutMs, spentOver, standingOf, ticksOf } from './uptime-view.js';

const [FROM, TO] = [Date.UTC(2025, 11), Date.UTC(2026, 11)];
const KNOWN = Date.UTC(2026, 10, 26);
const port = (portId: string, minutesLeft: number | null, also: Partial<PortUptime> = {}): PortUptime => ({
  portId,
  stationId: portId.split('-')[0] ?? portId,
  evseId: 1,
  siteId: 'depot',
  outages: 0,
  servingFromMs: FROM,
  servingToMs: KNOWN,
  inServiceMinutes: 500_000,
  outageMinutes: 15_768 - (minutesLeft ?? 0),
  excludedMinutes: 0,
  uptimePercent: '99.00',
  meets: minutesLeft === null ? null : minutesLeft > 0,
  minutesLeft,
  withoutExclusionsPercent: '98.00',
  ...also,
});
const report = (...ports: readonly PortUptime[]): UptimeReport => ({
  rules: {
    name: 'nevi',
    source: 'x',
    targetPercent: 97,
    isMoreThan: true,
    judged: 'port',
    divisorMinutes: 525_600,
    isTrailing: true,
    leastRatedW: null,
  },
  fromMs: FROM,
  toMs: TO,
  knownMs: KNOWN,
  network: { ...port('', 1), ports: ports.length },
  leftOut: 0,
  ports,
});
const outage = (portId: string, startedMs: number, endedMs: number | null, excludedMinutes = 0): Outage => ({
  outageId: `${portId}:${startedMs}`,
  portId,
  startedMs,
  endedMs,
  minutes: ((endedMs ?? KNOWN) - startedMs) / 60_000,
  excludedMinutes,
  causes: ['faulted'],
  judgement: null,
  usedBy: [],
});

describe('ports', () => {
  it('stand by what is left of what is allowed', () => {
    expect([15_768, 3_942, 3_941, 0, null].map((left) => standingOf(port('a', left)))).toEqual([
      'good',
      'good',
      'tight',
      'missed',
      'unknown',
    ]);
  });

  it('come with those first that need somebody', () => {
    const lines = portLines(report(port('new-1', null), port('good-1', 9_000), port('tight-1', 100), port('bad-1', 0)), []);
    expect(lines.map(({ portId }) => portId)).toEqual(['bad-1', 'tight-1', 'good-1', 'new-1']);
  });

  it('that are down now miss their target once what is left has passed, unless what they are down by is taken off or the window ends before', () => {
    const day = 86_400_000;
    const missesAt = (left: number, excluded: number) =>
      portLines(report(port('a-1', left)), [outage('a-1', KNOWN - day, null, excluded)])[0]?.missesAtMs;
    expect(missesAt(60, 0)).toBe(KNOWN + 3_600_000);
    expect(missesAt(60, 1_440)).toBeNull();
    expect(missesAt(15_000, 0)).toBeNull();
    expect(missesAt(0, 0)).toBeNull();
  });
});

it('puts outages on a line, cut to the window, apart by what was taken off', () => {
  const year = TO - FROM;
  const pieces = piecesOf(
    [
      outage('a', FROM - 1000, FROM + year / 10),
      outage('b', FROM + year / 2, FROM + (6 * year) / 10, 1),
      outage('c', TO - year / 10, null, 99e9),
      outage('d', FROM - 5000, FROM),
    ],
    { fromMs: FROM, toMs: TO, knownMs: TO },
  );
  expect(pieces.map(({ outageId, left, width, kind }) => [outageId[0], Math.round(left), Math.round(width), kind])).toEqual([
    ['a', 0, 10, 'counts'],
    ['b', 50, 10, 'partly'],
    ['c', 90, 10, 'excluded'],
  ]);
});

it('marks months of a year and weeks of a month', () => {
  expect(ticksOf(FROM, TO)).toHaveLength(12);
  expect(ticksOf(Date.UTC(2026, 1), Date.UTC(2026, 2)).map((ms) => new Date(ms).getUTCDate())).toEqual([1, 8, 15, 22]);
});

it('offers the month that runs and those before it', () => {
  expect(monthsBefore(Date.UTC(2026, 1, 28), 3)).toEqual(['2026-02', '2026-01', '2025-12']);
});

it('writes a row for each port as CSV; no id becomes a formula', () => {
  const [head, first, second] = reportCsv('2026-11', report(port('=A-1', 5), port('b"x,-1', null))).split('\r\n');
  expect(head?.split(',').slice(0, 6)).toEqual(['month', 'ruleSet', 'windowFrom', 'windowTo', 'knownAt', 'portId']);
  expect(first).toContain("2026-11,nevi,2025-12-01T00:00:00.000Z,2026-12-01T00:00:00.000Z,2026-11-26T00:00:00.000Z,'=A-1,");
  expect(second).toContain('"b""x,-1"');
  expect(second?.split(',').at(-6)).toBe('');
});

describe('the budget', () => {
  const DAY = 86_400_000;
  const window = { fromMs: FROM, toMs: TO, knownMs: KNOWN };

  it('is what the rules allow of the year, or of the time in service', () => {
    const { rules } = report();
    expect(allowedMinutes(port('a', 1), rules)).toBeCloseTo(15_768);
    expect(allowedMinutes(port('a', 1), { ...rules, divisorMinutes: null, targetPercent: 99 })).toBeCloseTo(5_000);
    expect(allowedMinutes(port('a', 1, { uptimePercent: null }), rules)).toBeNull();
  });

  it('is spent by what counts of each outage, and level between them', () => {
    const outages = [outage('a-1', KNOWN - DAY, null), outage('a-1', FROM - DAY, FROM + DAY, 720)];
    const spent = spentOver([outages[0] as Outage, { ...(outages[1] as Outage), minutes: 1_440 }], window, 1_440);
    expect(spent.map(({ atMs, share }) => [(atMs - FROM) / DAY, share])).toEqual([
      [0, 0],
      [0, 0],
      [1, 0.5],
      [(KNOWN - DAY - FROM) / DAY, 0.5],
      [(KNOWN - FROM) / DAY, 1.5],
      [(KNOWN - FROM) / DAY, 1.5],
    ]);
  });

  it('runs out on the day on which the pace of the last thirty days has spent it', () => {
    const recent = outage('a-1', KNOWN - 20 * DAY, KNOWN - 10 * DAY);
    // Ten days in thirty; twelve are allowed, so the two that are left last six.
    expect(runsOutMs([recent], window, 12 * 1_440, true)).toBe(KNOWN + 6 * DAY);
    expect(runsOutMs([recent], window, 9 * 1_440, true)).toBeNull();
    expect(runsOutMs([outage('a-1', FROM + DAY, FROM + 9 * DAY)], window, 12 * 1_440, true)).toBeNull();
  });

  it('lasts longer where old outages leave a window that trails, and to its end where it does not', () => {
    const outages = [outage('a-1', FROM, FROM + 10 * DAY), outage('a-1', KNOWN - 3 * DAY, KNOWN)];
    const trailing = runsOutMs(outages, window, 13.5 * 1_440, true) as number;
    // Half a day is left: five days at a tenth of a day each; nothing old has left by then.
    expect(trailing).toBe(KNOWN + 5 * DAY);
    expect(runsOutMs(outages, window, 14 * 1_440, true)).toBeNull();
    expect(runsOutMs(outages, window, 14 * 1_440, false)).toBeNull();
  });
});
