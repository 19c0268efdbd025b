// What a site's chart shows beside its load.
import { describe, expect, it } from '@jest/globals';
import type { LimitCommand, Violation } from '../api/story-shapes.js';
import { wordsOf } from '../words/format.js';
import { alarmSentence, changeSentence, violationSentence } from '../words/reasons.js';
import { DAY, dayColumns, limitChanges, marksOf, spansOf, toldViolations } from './site-story.js';

const command = (atMs: number, limitA: number, more: Partial<LimitCommand> = {}): LimitCommand => ({
  commandId: `c${atMs}`,
  stationId: 'CP-1',
  evseId: 1,
  slot: 'plan',
  limitA,
  cause: 'lower',
  outcome: 'accepted',
  heldBy: null,
  tight: { nodeId: 'grid', phase: 'L1', isFirm: false, limitedBy: 'site', limitA: null },
  cars: 0,
  waiting: 0,
  capA: null,
  planLapsed: false,
  atMs,
  ...more,
});
const violation = (phase: string, sinceMs: number, endedAtMs: number | null, flowA = 42, isFedBack = false): Violation => ({
  nodeId: 'grid',
  phase,
  isFedBack,
  sinceMs,
  endedAtMs,
  limitA: 20,
  flowA,
  seconds: 120,
  energyAboveWh: 100,
  reasons: [{ kind: 'disobedient', stationId: 'CP-1', evseId: 1, source: null, loadA: null }],
});
/** Spaces of units are narrow ones. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('limit changes', () => {
  it('are those that say something new, oldest first, with the limit before', () => {
    const latestFirst = [
      command(5, 16, { cause: 'renew' }),
      command(4, 16),
      command(3, 8, { stationId: 'CP-2', cause: 'renew' }),
      command(2, 0, { slot: 'default' }),
      command(1, 32, { cause: 'raise' }),
    ];
    expect(limitChanges(latestFirst).map(({ atMs, beforeA, limitA }) => [atMs, beforeA, limitA])).toEqual([
      [1, null, 32],
      [4, 32, 16],
    ]);
  });

  it('of one moment share a mark', () => {
    const changes = limitChanges([command(9_000, 6), command(1_500, 8, { stationId: 'CP-2' }), command(1_000, 10)]);
    expect(marksOf(changes, 5_000).map(({ atMs, changes: each }) => [atMs, each.length])).toEqual([
      [1_000, 2],
      [9_000, 1],
    ]);
  });

  it('are said with what holds them, and what became of them', () => {
    const words = wordsOf('en');
    const [change] = limitChanges([
      command(2, 8, {
        tight: { nodeId: 'grid', phase: 'L1', isFirm: false, limitedBy: 'dso', limitA: 40 },
        cars: 3,
        waiting: 2,
        outcome: 'unanswered',
      }),
    ]);
    expect(plain(changeSentence({ ...(change as NonNullable<typeof change>), beforeA: 16 }, words))).toBe(
      'CP-1 · 1: 16 A → 8 A. Held by grid L1, limited by dso. It carries 40 A at most, for 3 cars. 2 cars wait. The station did not answer: it may be in force.',
    );
    const held = { ...(change as NonNullable<typeof change>), heldBy: 'cheaperHour', outcome: 'accepted', waiting: 0 } as const;
    expect(plain(changeSentence(held, words))).toBe('CP-1 · 1: 8 A. By plan: waits for a cheaper hour.');
    const capped = { ...held, heldBy: null, tight: null, capA: 8, planLapsed: true } as const;
    expect(plain(changeSentence(capped, words))).toBe(
      'CP-1 · 1: 8 A. Capped at 8 A per phase by somebody else. The plan for this car was too old.',
    );
    const alarm = { evseId: 1, kind: 'ignores', sinceMs: Date.parse('2026-03-01T12:03:00Z'), allowedA: 10, drawnA: 20 } as const;
    expect(plain(alarmSentence(alarm, words, 'UTC'))).toBe('ignores its limit of 10 A per phase: 20 A since 12:03');
    const refused = { ...alarm, kind: 'rejects', allowedA: 0 } as const;
    expect(plain(alarmSentence(refused, words, 'UTC'))).toBe('rejects its limits since 12:03: 0 A per phase told, 20 A drawn');
    expect(plain(alarmSentence({ ...refused, drawnA: null }, words, 'UTC'))).toBe('rejects its limits since 12:03: 0 A per phase told');
  });
});

describe('what was above a limit', () => {
  it('is one span where phases overlap, up to now while it goes on', () => {
    expect(spansOf([violation('L1', 10, 20), violation('L2', 15, 30), violation('L1', 50, null)], 60)).toEqual([
      { fromMs: 10, toMs: 30 },
      { fromMs: 50, toMs: 60 },
    ]);
  });

  it('is told once for phases with the same reasons, in both languages', () => {
    const told = toldViolations([violation('L2', 10, 20), violation('L1', 10, 20, 50), violation('L1', 90, null)]);
    expect(told.map(({ phases, flowA, energyAboveWh }) => [phases, flowA, energyAboveWh])).toEqual([
      [['L1', 'L2'], 50, 200],
      [['L1'], 42, 100],
    ]);
    const [first] = told;
    if (first === undefined) throw new Error('nothing told');
    expect(plain(violationSentence(first, wordsOf('en')))).toBe(
      'grid L1, L2: 50 A where 20 A are allowed, 2 min, 0.20 kWh above. CP-1 · 1 draws more than it was told.',
    );
    expect(plain(violationSentence(first, wordsOf('de')))).toContain('CP-1 · 1 zieht mehr');
  });

  it('is told apart where it was fed back', () => {
    const told = toldViolations([violation('L1', 10, 20), violation('L1', 10, 20, 25, true)]);
    expect(told.map((each) => plain(violationSentence(each, wordsOf('en'))))).toEqual([
      'grid L1: 42 A where 20 A are allowed, 2 min, 0.10 kWh above. CP-1 · 1 draws more than it was told.',
      'grid L1: 25 A fed back where 20 A are allowed, 2 min, 0.10 kWh above. CP-1 · 1 feeds back more than it was told.',
    ]);
  });
});

describe('the day', () => {
  it('goes on from what was to what is announced and planned', () => {
    const nowMs = 100 * 3_600_000;
    const point = { atMs: nowMs - 60_000, measuredW: 5_000, allocatedW: 6_000, limitW: 10_000 };
    const limitsAhead = [
      { atMs: nowMs - 1_000, limitW: 10_000 },
      { atMs: nowMs + 3_600_000, limitW: 4_000 },
    ];
    const { atS, measuredKw, limitKw, planKw } = dayColumns(
      { points: [point], limitsAhead, plan: [{ atMs: nowMs - 5_000, powerW: 3_000 }] },
      nowMs,
    );
    const at = (ms: number) => atS.indexOf(ms / 1000);
    expect(atS).toEqual(atS.toSorted((a, b) => a - b));
    expect([measuredKw[at(point.atMs)], limitKw[at(point.atMs)], planKw[at(point.atMs)]]).toEqual([5, 10, null]);
    expect([measuredKw[at(nowMs + 1)], limitKw[at(nowMs + 1)], planKw[at(nowMs + 1)]]).toEqual([null, 10, 3]);
    expect(limitKw[at(nowMs + 3_600_000)]).toBe(4);
    expect(limitKw[at(nowMs + DAY.aheadMs)]).toBe(4);
  });
});
