import { describe, expect, it } from '@jest/globals';
import { sessionStory } from '../api/session-shapes.js';
import { wordsOf } from '../words/format.js';
import { heldSentence } from '../words/reasons.js';
import { axisOf, doingSpans, heldSpans, heldSums, limitSpans, priceSpans, sessionColumns, socSpans } from './session-story.js';

const start = Date.parse('2026-05-01T10:00:00Z');
const at = (minute: number): string => new Date(start + minute * 60_000).toISOString();
const period = (from: number, to: number, more: object) => ({
  kind: 'ChargingPeriodRecorded',
  at: at(to),
  detail: { from: at(from), to: at(to), seq: to, ...more },
});
const charging = (from: number, to: number, currentA: number) =>
  period(from, to, { state: 'Charging', energyWh: 100 * (to - from), powerW: currentA * 230, currentA });
const limit = (minute: number, limitA: number, more: object = {}) => ({
  commandId: `c${minute}`,
  stationId: 'CP',
  evseId: 1,
  slot: 'plan',
  cause: 'lower',
  outcome: 'accepted',
  heldBy: null,
  tight: { nodeId: 'grid', phase: 'L1', isFirm: false, limitedBy: 'dso', limitA: 40 },
  seen: { cars: 4, waiting: [] },
  limitA,
  requestedAt: at(minute),
  ...more,
});

/** A car that takes 16 A on each of three lines: an open limit, a tight one it follows, a pause, and a limit wider than the car. */
const told = {
  session: { sessionId: 's', stationId: 'CP', evseId: 1, status: 'ended', startedAt: at(0), endedAt: at(60), energyWh: 4_000 },
  timeZone: 'Europe/Berlin',
  tariff: { id: 'day', currency: 'EUR' },
  events: [
    period(0, 2, { state: 'SuspendedEVSE', pausedBy: 'network', energyWh: 0, powerW: 0 }),
    charging(2, 20, 48),
    charging(20, 40, 30),
    period(40, 45, { state: 'SuspendedEVSE', pausedBy: 'network', energyWh: 0, powerW: 0 }),
    charging(45, 60, 48),
  ],
  limits: [
    limit(2, 32, { tight: null }),
    limit(20, 10),
    limit(30, 10, { cause: 'renew' }),
    limit(40, 0),
    limit(44, 99, { outcome: 'rejected' }),
    limit(45, 24),
  ],
  lines: [
    { rating_seq: 1, credit_of: null, dimension: 'ENERGY', unit_price: '9', cdr_id: 'old' },
    { rating_seq: 2, credit_of: null, dimension: 'ENERGY', unit_price: '0.4', cdr_id: 'new', started_at: at(2), ended_at: at(30) },
    { rating_seq: 2, credit_of: null, dimension: 'ENERGY', unit_price: '0.6', cdr_id: 'new', started_at: at(30), ended_at: at(60) },
    { rating_seq: 1, credit_of: 'old', dimension: 'ENERGY', unit_price: '9', cdr_id: 'old-C' },
  ],
};
const story = sessionStory(told, { ...sessionRow() }, { config: { evses: [{ evseId: 1, phases: 3 }] } });
const axis = axisOf(story, start);

function sessionRow() {
  const { sessionId, stationId, evseId, energyWh } = told.session;
  return {
    ...{ sessionId, stationId, evseId, energyWh, siteId: 's', active: false, startedAtMs: start, endedAtMs: start + 3_600_000 },
    ...{ exportedWh: null, consent: null, powerW: null, limitA: null, cost: null },
    ...{ ocppVersion: null, transactionId: 't', reason: null, isProvisional: false, flags: [] },
  };
}
const minutes = (spans: readonly { readonly fromMs: number; readonly toMs: number }[]) =>
  spans.map(({ fromMs, toMs }) => [(fromMs - start) / 60_000, (toMs - start) / 60_000]);

describe('a session on one axis', () => {
  it('has limits as they were in force: no renewals, nothing a station refused', () => {
    expect(limitSpans(story, axis).map(({ limitA, fromMs }) => [limitA, (fromMs - start) / 60_000])).toEqual([
      [0, 0],
      [32, 2],
      [10, 20],
      [0, 40],
      [24, 45],
    ]);
  });

  it('was held back where it was paused and where it drew all it might, not where the car took less', () => {
    const held = heldSpans(story, axis, 230);
    expect(minutes(held)).toEqual([
      [0, 2],
      [20, 40],
      [40, 45],
    ]);
    const [longest, first] = heldSums(held);
    expect([longest?.ms, longest?.leastA, longest?.mostA, first?.ms]).toEqual([25 * 60_000, 0, 10, 2 * 60_000]);
    expect(longest && heldSentence(longest.example, wordsOf('en')).replace(/\s/g, ' ')).toBe(
      'Held by grid L1, limited by dso. It carries 40 A at most, for 4 cars.',
    );
    expect(first && heldSentence(first.example, wordsOf('en'))).toBe('It waited for its first limit.');
  });

  it('says what it did, and the prices of the record in force', () => {
    expect(doingSpans(story.periods).map(({ doing }) => doing)).toEqual(['pausedByNetwork', 'charging', 'pausedByNetwork', 'charging']);
    expect(priceSpans(story.lines).map(({ unitPrice }) => unitPrice)).toEqual(['0.4', '0.6']);
    expect([story.cdrId, story.credits]).toEqual(['new', 1]);
  });

  it('costs what its lines come to now while it runs, whatever was told last', () => {
    const totals = { cost: { exclVat: '1.0000', inclVat: '1.1900' } };
    const lines = [{ kind: 'ENERGY', quantity: '2.5', unit: 'kWh', unitPrice: '0.4', amount: totals.cost }];
    const listed = { ...sessionRow(), active: true, cost: { amount: '0.0000', currency: 'EUR' } };
    const runs = sessionStory({ ...told, lines: [], running: { currency: 'EUR', lines, totals } }, listed, null);
    expect([runs.session.cost?.amount, runs.net?.amount, runs.lines[0]?.gross]).toEqual(['1.1900', '1.0000', '1.1900']);
    const free = sessionStory({ ...told, tariff: null, lines: [], running: { currency: 'XXX', lines: [], totals } }, sessionRow(), null);
    expect([free.session.cost, free.net]).toEqual([null, null]);
  });

  it('draws power and limit as steps and energy as it grew', () => {
    const { atS, powerKw, limitKw, energyKwh } = sessionColumns(story, axis, 230);
    const index = atS.indexOf((start + 20 * 60_000) / 1000);
    expect([powerKw[index], limitKw[index], energyKwh[index]]).toEqual([6.9, 6.9, 1.8]);
    expect([powerKw.at(-1), energyKwh.at(-1)]).toEqual([11.04, 5.3]);
    const later = sessionColumns(story, { ...axis, toMs: axis.toMs + 60_000 }, 230);
    expect([later.powerKw.at(-1), later.energyKwh.at(-1)]).toEqual([null, null]);
  });
});

describe('socSpans', () => {
  const minute = 60_000;
  const axis = { fromMs: 0, toMs: 100 * minute };
  it('hold until the next one, whole per cents together, and no longer than it is known', () => {
    const soc = [
      { atMs: 0, percent: 40.2 },
      { atMs: minute, percent: 40.9 },
      { atMs: 2 * minute, percent: 41 },
      { atMs: 90 * minute, percent: 60 },
    ];
    expect(socSpans({ soc }, axis)).toEqual([
      { fromMs: 0, toMs: 2 * minute, percent: 40.2 },
      { fromMs: 2 * minute, toMs: 17 * minute, percent: 41 },
      { fromMs: 90 * minute, toMs: 100 * minute, percent: 60 },
    ]);
    expect(socSpans({ soc: [] }, axis)).toEqual([]);
  });
});
