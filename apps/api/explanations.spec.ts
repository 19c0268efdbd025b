// What held at an outlet at a moment.
import { describe, expect, it } from '@jest/globals';
import { explanationOf } from './explanations.js';

const AT = '2026-03-01T12:00:00.000Z';
const at = (minute: number): Date => new Date(Date.parse(AT) + minute * 60_000);
const row = (commandId: string, slot: string, limitMa: number, more: object = {}) => ({
  commandId,
  slot,
  limitMa,
  wantedMa: limitMa,
  tight: null,
  seen: null,
  cause: 'lower',
  outcome: 'accepted',
  leaseEndsAt: slot === 'plan' ? at(15) : null,
  requestedAt: at(-1),
  ...more,
});
const explainWith = (more: object, ...sent: ReturnType<typeof row>[]) =>
  explanationOf({
    at: AT,
    stationId: 'A',
    evseId: 1,
    sent,
    next: undefined,
    load: undefined,
    alarms: [],
    split: undefined,
    sessions: [],
    plan: undefined,
    signals: [],
    violations: [],
    ...more,
  });

const explain = (...sent: ReturnType<typeof row>[]) => explainWith({}, ...sent);

describe('what held at an outlet', () => {
  it('is the latest plan while its lease runs, with what was known then in amperes and times', () => {
    const tight = { nodeId: 'grid', phase: 'L1', limitMa: 20_000, committedMa: 20_000, otherMa: 0, limitedBy: 'dso' };
    const seen = { committedMa: 20_000, drawnMa: 19_500, drawnAt: AT, cars: 2, waiting: [] };
    expect(explain(row('b', 'plan', 10_000, { tight, seen }), row('a', 'plan', 20_000), row('d', 'default', 0))).toMatchObject({
      limit: {
        commandId: 'b',
        limitA: 10,
        tight: { nodeId: 'grid', phase: 'L1', limitA: 20, committedA: 20, otherA: 0, limitedBy: 'dso' },
        seen: { committedA: 20, drawnA: 19.5, drawnAt: AT, cars: 2, waiting: [] },
      },
      before: { commandId: 'a', limitA: 20 },
    });
  });

  it('is the default once the lease is over, and the one before where the station refused', () => {
    expect(explain(row('b', 'plan', 10_000, { leaseEndsAt: at(0) }), row('d', 'default', 0))).toMatchObject({ limit: { commandId: 'd' } });
    expect(explain(row('b', 'plan', 10_000, { outcome: 'rejected' }), row('a', 'plan', 20_000))).toMatchObject({
      limit: { commandId: 'a' },
      before: null,
    });
  });

  it('names who has what it waits for, what else caps it, and that the plan is too old', () => {
    const split = {
      at: at(-1),
      limitMa: 0,
      committedMa: 0,
      reason: { nodeId: 'grid', phase: 'L1' },
      heldBy: null,
      behind: ['B/1', 'C/2'],
      cap: { limitMa: 8_000, by: 'chargingLimit', source: 'EMS' },
    };
    const sessions = [{ sessionId: 's', stationId: 'C', evseId: 2, startedAt: at(-30) }];
    const plan = { planId: 'p', at: at(-20), expiresAt: at(-5).toISOString() };
    expect(explainWith({ split, sessions, plan })).toMatchObject({
      split: {
        wantedA: 0,
        limitA: 0,
        reason: { nodeId: 'grid', phase: 'L1' },
        behind: [
          { stationId: 'B', evseId: 1, sessionId: null },
          { stationId: 'C', evseId: 2, sessionId: 's', startedAt: at(-30) },
        ],
        cap: { limitA: 8, by: 'chargingLimit', source: 'EMS' },
      },
      plan: { planId: 'p', isLapsed: true },
    });
    expect(explainWith({ plan: { ...plan, expiresAt: at(5).toISOString() } })).toMatchObject({ split: null, plan: { isLapsed: false } });
  });

  it('is nothing where nothing was ever sent', () => {
    expect(explain()).toMatchObject({ limit: null, before: null, stationMaximum: null, next: null, siteLoad: null, violations: [] });
  });
});
