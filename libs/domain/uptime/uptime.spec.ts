// Uptime of a port: what holds for every history, the cases that rules turn on, and the same figures counted minute by minute.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { uptimeKnownAt } from './corrections.js';
import type { Declaration } from './declarations.js';
import { exclusionsOf } from './exclusions.js';
import { naiveMinutes } from './naive.fixture.js';
import { at, classified, DAY, exclusions, HOUR, histories, LENGTH, MINUTE, PortLog } from './port.fixture.js';
import { RULE_SETS, type RuleSet, windowOf } from './rules.js';
import { measure } from './spans.js';
import { periodOf, timelineOf } from './timeline.js';
import { grossPercentOf, meets, minutesText, percentOf, together, uptime } from './uptime.js';

const PORT = { evseId: 1 };
const END = at(LENGTH + 300);
const minute = fc.integer({ min: -50, max: LENGTH + 50 });
const period = fc.tuple(minute, minute).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const ruleSet = fc.constantFrom(...Object.values(RULE_SETS));

function figure(
  log: PortLog,
  from: number,
  to: number,
  rules: RuleSet,
  classifications: readonly ReturnType<typeof classified>[] = [],
  untilMs = at(to),
) {
  const timeline = timelineOf(log.facts, PORT, untilMs);
  return uptime({ fromMs: at(from), toMs: at(to), timeline, exclusions: exclusionsOf(classifications), rules });
}

describe('every history', () => {
  it('is covered without gap or overlap', () => {
    fc.assert(
      fc.property(histories, period, (facts, { from, to }) => {
        const segments = periodOf(timelineOf(facts, PORT, END), at(from), at(to));
        expect(measure(segments)).toBe(at(to) - at(from));
        for (const [index, { fromMs }] of segments.entries()) expect(fromMs).toBe(index === 0 ? at(from) : segments[index - 1]?.toMs);
      }),
    );
  });

  it('tells the same in whatever order its facts are handed over', () => {
    const shuffled = histories.chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray([...facts], { minLength: facts.length })));
    fc.assert(
      fc.property(shuffled, ([facts, others]) => {
        expect(timelineOf(others, PORT, END)).toEqual(timelineOf(facts, PORT, END));
      }),
    );
  });

  it('adds up over the parts of a period', () => {
    const { nevi, uk } = RULE_SETS;
    fc.assert(
      fc.property(histories, exclusions, period, minute, fc.constantFrom(nevi, uk), (facts, taken, { from, to }, cut, rules) => {
        const middle = Math.min(Math.max(cut, from), to);
        const timeline = timelineOf(facts, PORT, END);
        const of = (fromMs: number, toMs: number) => uptime({ fromMs, toMs, timeline, exclusions: exclusionsOf(taken), rules });
        const [whole, parts] = [of(at(from), at(to)), together([of(at(from), at(middle)), of(at(middle), at(to))])];
        const { inServiceMs, outageMs, excludedMs } = whole;
        expect(parts).toMatchObject({ inServiceMs, outageMs, excludedMs });
      }),
    );
  });

  it('never looks worse for an exclusion, and none takes off more than there is', () => {
    fc.assert(
      fc.property(histories, exclusions, period, ruleSet, (facts, taken, { from, to }, rules) => {
        const timeline = timelineOf(facts, PORT, END);
        const all = exclusionsOf(taken);
        const excluded = all.map((_, count) =>
          uptime({ fromMs: at(from), toMs: at(to), timeline, exclusions: all.slice(0, count + 1), rules }),
        );
        for (const [index, { excludedMs, outageMs, outages }] of excluded.entries()) {
          expect(excludedMs).toBeGreaterThanOrEqual(excluded[index - 1]?.excludedMs ?? 0);
          expect(excludedMs).toBeLessThanOrEqual(outageMs);
          for (const outage of outages) expect(measure(outage.excluded)).toBe(outage.excludedMs);
        }
      }),
    );
  });

  it('counts as it does minute by minute', () => {
    const { nevi, uk } = RULE_SETS;
    fc.assert(
      fc.property(
        histories,
        exclusions,
        period,
        fc.integer({ min: 1, max: LENGTH }),
        fc.constantFrom(nevi, uk),
        (facts, taken, { from, to }, until, rules) => {
          const known = exclusionsOf(taken);
          const timeline = timelineOf(facts, PORT, at(until));
          const { inServiceMs, outageMs, excludedMs } = uptime({ fromMs: at(from), toMs: at(to), timeline, exclusions: known, rules });
          const allowed = known.filter(({ cause }) => rules.excluded[cause] !== undefined);
          const naive = naiveMinutes(facts, allowed, { from, to, until, ...rules });
          expect({ inServiceMs, outageMs, excludedMs }).toEqual({
            inServiceMs: naive.inService * MINUTE,
            outageMs: naive.outage * MINUTE,
            excludedMs: naive.excluded * MINUTE,
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a port', () => {
  const { nevi, california, uk } = RULE_SETS;

  it('is down where its station says so, and while nobody hears of it', () => {
    const log = new PortLog().says(0, 'Available').says(10, 'Faulted').says(20, 'Available').lost(30, 35).heard(40);
    const { outages, outageMs } = figure(log, 0, 60, nevi);
    expect(outages.map(({ fromMs, toMs, causes, because }) => ({ fromMs, toMs, causes, because }))).toEqual([
      { fromMs: at(10), toMs: at(20), causes: ['faulted'], because: ['e1'] },
      { fromMs: at(30), toMs: at(40), causes: ['offline'], because: ['e3'] },
    ]);
    expect(outageMs).toBe(20 * MINUTE);
    expect(figure(log, 0, 60, uk).outageMs).toBe(10 * MINUTE);
  });

  it('of which nothing is known counts as reliable in the United Kingdom, whatever it said before', () => {
    const log = new PortLog().says(0, 'Available').says(10, 'Faulted').lost(20, 25).heard(40).says(50, 'Available');
    expect([nevi, california, uk].map((rules) => figure(log, 0, 60, rules).outageMs / MINUTE)).toEqual([40, 40, 20]);
  });

  it('that moved is heard at its new site, whatever the one it left misses later', () => {
    const of = (siteId: string, log: PortLog) => log.facts.map((fact) => ({ ...fact, siteId }));
    const [old, own] = [new PortLog().heard(0).says(0, 'Available'), new PortLog().configured(31, 'configured').heard(32)];
    old.configured(30, 'removed', 0).lost(29, 33);
    own.lost(60, 65).heard(70);
    const facts = [...of('old', old), ...of('new', own)];
    const { outages } = uptime({ fromMs: at(0), toMs: at(100), timeline: timelineOf(facts, PORT, at(100)), exclusions: [], rules: nevi });
    expect(outages.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[at(60), at(70)]]);
  });

  it('counts a minute with two causes once', () => {
    const log = new PortLog().says(0, 'Available').says(10, 'Faulted').lost(15, 20).says(25, 'Available').heard(40);
    const { outages } = figure(log, 0, 60, nevi);
    expect(outages).toMatchObject([{ startedMs: at(10), endedMs: at(40), causes: ['faulted', 'offline'] }]);
  });

  it('may be silent for twice its heartbeat, two minutes at least', () => {
    const log = new PortLog().says(0, 'Available').lost(10, 12).heard(12).lost(20, 22, 600).heard(40).lost(50, 52).heard(53);
    expect(figure(log, 0, 60, nevi).outages.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[at(50), at(53)]]);
  });

  it('is up while one connector works, or only while all do', () => {
    const log = new PortLog()
      .says(0, 'Available')
      .says(0, 'Available', { connectorId: 2 })
      .says(10, 'Faulted', { connectorId: 2 })
      .says(20, 'Unavailable');
    const outages = (connectors: 'any' | 'all') =>
      uptime({
        fromMs: at(0),
        toMs: at(30),
        timeline: timelineOf(log.facts, { evseId: 1, connectors }, at(30)),
        exclusions: [],
        rules: nevi,
      }).outageMs;
    expect([outages('any'), outages('all')]).toEqual([10 * MINUTE, 20 * MINUTE]);
  });

  it('is down with its whole station', () => {
    const log = new PortLog()
      .says(0, 'Available')
      .says(10, 'Unavailable', { evseId: 0, connectorId: 0 })
      .says(15, 'Available')
      .says(20, 'Available', { evseId: 0, connectorId: 0 });
    expect(figure(log, 0, 30, nevi).outageMs).toBe(10 * MINUTE);
  });

  it('is down where people found it out, until they take it back', () => {
    const log = new PortLog().says(0, 'Available').says(25, 'Faulted').says(40, 'Available');
    const said = (order: number, cause: Declaration['cause'], to?: number): Declaration => ({
      ...{ eventId: `d${order}`, receivedMs: at(50), order, declarationId: 'd', cause, fromMs: at(20) },
      ...(to !== undefined && { toMs: at(to) }),
    });
    const known = (rules: RuleSet, ...declarations: readonly Declaration[]) =>
      uptimeKnownAt({ facts: log.facts, classifications: [], declarations }, PORT, { fromMs: at(0), toMs: at(60) }, rules, at(55));
    expect(known(nevi, said(1, 'startsFail', 30)).outages).toMatchObject([
      { startedMs: at(20), endedMs: at(40), causes: ['faulted', 'startsFail'], because: ['d1', 'e1'] },
    ]);
    expect(known(nevi, said(1, 'belowMinimumPower')).outageMs).toBe(35 * MINUTE);
    expect(known(uk, said(1, 'belowMinimumPower')).outageMs).toBe(15 * MINUTE);
    expect(known(nevi, said(2, 'withdrawn'), said(1, 'startsFail')).outageMs).toBe(15 * MINUTE);
  });

  it('that is taken out, and put back, has no outages meanwhile', () => {
    const log = new PortLog()
      .says(0, 'Faulted')
      .configured(10, 'removed')
      .configured(30, 'configured')
      .says(40, 'Available')
      .configured(50, 'removed', 0);
    const { inServiceMs, outageMs } = figure(log, 0, 60, nevi);
    expect({ inServiceMs, outageMs }).toEqual({ inServiceMs: 30 * MINUTE, outageMs: 20 * MINUTE });
  });

  it('that is taken out stays out, whatever its station goes on to say of it', () => {
    const log = new PortLog()
      .says(0, 'Available')
      .configured(10, 'removed')
      .says(20, 'Faulted')
      .says(30, 'Available', { evseId: 0, connectorId: 0 });
    const { inServiceMs, outageMs } = figure(log, 0, 60, nevi);
    expect({ inServiceMs, outageMs }).toEqual({ inServiceMs: 10 * MINUTE, outageMs: 0 });
  });

  it('that is gone with its station stays out where that comes again without it', () => {
    const log = new PortLog()
      .says(0, 'Available')
      .configured(10, 'removed', 0)
      .configured(20, 'configured', 2)
      .says(30, 'Faulted')
      .says(40, 'Available', { evseId: 0, connectorId: 0 });
    const { inServiceMs, outageMs } = figure(log, 0, 60, nevi);
    expect({ inServiceMs, outageMs }).toEqual({ inServiceMs: 10 * MINUTE, outageMs: 0 });
  });

  it('that was never heard of is compared with nothing, except where the divisor is fixed', () => {
    const none = figure(new PortLog().lost(0).heard(50), 0, 60, uk);
    expect([percentOf(none), grossPercentOf(none), meets(none, uk)]).toEqual([null, null, null]);
    expect(percentOf(figure(new PortLog(), 0, 60, nevi))).toBe('100.00');
  });

  it('with 15,768 minutes of outage in a year is at 97.00 %, which is not more than 97 %', () => {
    const down = (minutes: number) =>
      figure(
        new PortLog()
          .says(0, 'Available')
          .says(1000, 'Faulted')
          .says(1000 + minutes, 'Available'),
        0,
        525_600,
        nevi,
      );
    expect([percentOf(down(15_768)), meets(down(15_768), nevi)]).toEqual(['97.00', false]);
    expect([percentOf(down(15_767)), meets(down(15_767), nevi)]).toEqual(['97.00', true]);
    expect([percentOf(down(15_769)), meets(down(15_769), nevi)]).toEqual(['96.99', false]);
    expect(meets(down(15_768), california)).toBe(true);
  });

  it('has an outage over the end of a month and a leap day in each of them with its part, and 525,600 minutes in the leap year too', () => {
    const fromMs = Date.UTC(2028, 1, 28, 12);
    const minutes = (ms: number): number => (ms - at(0)) / MINUTE;
    const log = new PortLog()
      .says(0, 'Available')
      .says(minutes(fromMs), 'Faulted')
      .says(minutes(Date.UTC(2028, 2, 2)), 'Available');
    const timeline = timelineOf(log.facts, PORT, Date.UTC(2029, 0));
    const of = (month: string) => uptime({ ...windowOf(nevi, month), timeline, exclusions: [], rules: nevi });
    expect(of('2028-02').outages).toMatchObject([{ startedMs: fromMs, endedMs: Date.UTC(2028, 2, 2), toMs: Date.UTC(2028, 2, 1) }]);
    expect(of('2028-02').outageMs).toBe(1.5 * DAY);
    expect(of('2028-03').outageMs).toBe(2.5 * DAY);
    expect(windowOf(nevi, '2028-03')).toEqual({ fromMs: Date.UTC(2027, 3), toMs: Date.UTC(2028, 3) });
    expect(of('2028-03').divisorMs).toBe(525_600 * MINUTE);
  });
});

describe('what is classified', () => {
  const { nevi, california, uk } = RULE_SETS;
  const log = new PortLog().says(0, 'Available').says(100, 'Faulted').says(200, 'Available');

  it('counts inside the outage only, and where two overlap once', () => {
    const taken = [classified(0, 'vandalism', 50, 150), classified(1, 'naturalDisaster', 140, 400)];
    const { excludedMs, outages } = figure(log, 0, 500, nevi, taken);
    expect(excludedMs).toBe(100 * MINUTE);
    expect(outages[0]?.excluded).toEqual([
      { fromMs: at(100), toMs: at(150), cause: 'vandalism', id: 'c0' },
      { fromMs: at(150), toMs: at(200), cause: 'naturalDisaster', id: 'c1' },
    ]);
  });

  it('without an end lasts as long as the outage, which may still go on', () => {
    const open = new PortLog().says(0, 'Available').says(100, 'Faulted');
    expect(figure(open, 0, 500, nevi, [classified(0, 'utilityInterruption', 120)]).excludedMs).toBe(380 * MINUTE);
    expect(figure(log, 0, 500, nevi, [classified(0, 'utilityInterruption', 120)]).excludedMs).toBe(80 * MINUTE);
    expect(figure(log, 0, 500, nevi, [classified(0, 'utilityInterruption', 20)]).excludedMs).toBe(0);
  });

  it('is what was said last, also that it counts after all', () => {
    const words = [classified(0, 'vandalism', 100, undefined, 300), classified(1, 'counts', 100, undefined, 400)];
    expect(figure(log, 0, 500, nevi, words).excludedMs).toBe(0);
    expect(figure(log, 0, 500, nevi, words.toReversed()).excludedMs).toBe(0);
    expect(figure(log, 0, 500, nevi, words.slice(0, 1)).excludedMs).toBe(100 * MINUTE);
  });

  it('as one outage that turns out to be two is taken off both, until the one counts after all', () => {
    const split = new PortLog()
      .says(0, 'Available')
      .says(100, 'Faulted')
      .says(130, 'Available')
      .says(160, 'Faulted')
      .says(200, 'Available');
    const words = [classified(0, 'vandalism', 100, 180, 300), classified(1, 'counts', 160, undefined, 400)];
    const taken = (...known: typeof words) => figure(split, 0, 500, nevi, known).outages.map(({ excludedMs }) => excludedMs / MINUTE);
    expect(taken(...words.slice(0, 1))).toEqual([30, 20]);
    expect(taken(...words)).toEqual([30, 0]);
    expect(taken(classified(2, 'counts', 160, undefined, 200), ...words.slice(0, 1))).toEqual([30, 20]);
  });

  it('is taken off as far as the rules allow it', () => {
    const long = new PortLog()
      .says(0, 'Available')
      .says(0, 'Faulted')
      .says(20 * 1440, 'Available')
      .says(30 * 1440, 'Faulted')
      .says(34 * 1440, 'Available');
    const of = (rules: RuleSet, cause: 'vandalism' | 'scheduledMaintenance' | 'vehicleFault') =>
      figure(long, 0, 60 * 1440, rules, [classified(0, cause, 0), classified(1, cause, 30 * 1440)]).excludedMs / HOUR;
    expect([of(nevi, 'vandalism'), of(california, 'vandalism'), of(uk, 'vandalism')]).toEqual([576, 336, 0]);
    expect([of(nevi, 'scheduledMaintenance'), of(california, 'scheduledMaintenance')]).toEqual([576, 72]);
    expect([of(nevi, 'vehicleFault'), of(california, 'vehicleFault')]).toEqual([576, 0]);
    // What is vandalism as well spends none of the hours for maintenance.
    const hours = [classified(0, 'scheduledMaintenance', 0, 72 * 60), classified(1, 'vandalism', 10 * 60, 72 * 60)];
    const more = classified(2, 'scheduledMaintenance', 100 * 60, 200 * 60);
    expect(figure(long, 0, 60 * 1440, california, [...hours, more]).excludedMs / HOUR).toBe(62 + 72);
  });

  it('as closed hours is taken off, or is no part of the time at all', () => {
    const timeline = timelineOf(log.facts, PORT, at(500));
    const closed = [{ fromMs: at(150), toMs: at(300) }];
    const of = (rules: RuleSet) => uptime({ fromMs: at(0), toMs: at(500), timeline, exclusions: [], closed, rules });
    expect(of(nevi)).toMatchObject({ outageMs: 100 * MINUTE, excludedMs: 50 * MINUTE });
    expect(of(uk)).toMatchObject({ outageMs: 50 * MINUTE, excludedMs: 0, inServiceMs: 350 * MINUTE, divisorMs: 350 * MINUTE });
  });
});

it('writes minutes with two decimals', () => {
  expect([0, 300, 599, 600, 60_000, 61_800_600].map(minutesText)).toEqual(['0.00', '0.01', '0.01', '0.01', '1.00', '1030.01']);
});
