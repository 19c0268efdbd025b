// Time above limits within a window.
import { describe, expect, it } from '@jest/globals';
import { type Violation, violationsWithin } from './violations.js';

const at = (minute: number): Date => new Date(Date.parse('2026-03-01T12:00:00Z') + minute * 60_000);
const episode = (phase: string, fromMin: number, toMin: number, isOver = true): Violation => ({
  nodeId: 'grid',
  phase,
  direction: 'import',
  since: at(fromMin),
  endedAt: isOver ? at(toMin) : null,
  countedAt: at(toMin),
  limitMa: 20_000,
  flowMa: 32_000,
  seconds: (toMin - fromMin) * 60,
  energyAboveWh: (toMin - fromMin) * 46,
  reasons: [{ kind: 'cut', announcedMs: at(0).getTime() } as never],
});

describe('time above limits', () => {
  it('counts phases side by side once, and each for itself', () => {
    const { seconds, nodes } = violationsWithin(
      [episode('L1', 0, 10), episode('L2', 5, 12), episode('L1', 20, 21)],
      at(0).getTime(),
      at(60).getTime(),
    );
    expect(seconds).toBe(13 * 60);
    expect(nodes).toEqual([
      { nodeId: 'grid', phase: 'L1', direction: 'import', seconds: 11 * 60, energyAboveWh: 11 * 46 },
      { nodeId: 'grid', phase: 'L2', direction: 'import', seconds: 7 * 60, energyAboveWh: 7 * 46 },
    ]);
  });

  it('counts of what reaches out of the window the part inside', () => {
    const { seconds, nodes } = violationsWithin([episode('L1', 0, 10), episode('L1', 50, 70, false)], at(5).getTime(), at(60).getTime());
    expect(seconds).toBe(15 * 60);
    expect(nodes).toEqual([{ nodeId: 'grid', phase: 'L1', direction: 'import', seconds: 15 * 60, energyAboveWh: 15 * 46 }]);
  });

  it('is nothing where there was nothing', () => {
    expect(violationsWithin([], at(0).getTime(), at(60).getTime())).toEqual({ seconds: 0, isExplained: true, nodes: [], episodes: [] });
  });

  it('shows reasons in amperes and times, and says when one is missing', () => {
    const known = violationsWithin([episode('L1', 0, 10)], at(0).getTime(), at(60).getTime());
    expect(known).toMatchObject({
      isExplained: true,
      episodes: [{ limitA: 20, flowA: 32, reasons: [{ announcedAt: at(0).toISOString() }] }],
    });
    const unknown = { ...episode('L1', 0, 10), reasons: [{ kind: 'unknown' }] };
    expect(violationsWithin([unknown], at(0).getTime(), at(60).getTime())).toMatchObject({ isExplained: false });
  });
});
