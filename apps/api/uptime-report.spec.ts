// Uptime as it is shown. How it is counted is told in libs/domain/uptime; how facts come to be in apps/session.
import { describe, expect, it } from '@jest/globals';
import { RULE_SETS } from '#domain/uptime';
import { type PortRecord, portsOf } from './uptime-reads.js';
import { explanationOf, figureOf, judgementsOn, outageIdOf, readOutageId, reportOf } from './uptime-report.js';

const START = Date.parse('2026-10-01T00:00:00Z');
const at = (minute: number): number => START + minute * 60_000;
const told = (order: number, minute: number, heard = minute) => ({
  order,
  atMs: at(minute),
  receivedMs: at(heard),
  eventId: `e${order}`,
  evseId: 1,
});
const status = (order: number, minute: number, word: string, heard?: number) =>
  ({ kind: 'status', connectorId: 1, status: word, ...told(order, minute, heard) }) as const;
const judged = (order: number, startedMinute: number, cause: 'vandalism' | 'counts', heard: number) => ({
  eventId: `c${order}`,
  receivedMs: at(heard),
  order,
  evseId: 1,
  outageId: `CS|1-1:${at(startedMinute)}`,
  cause,
  fromMs: at(startedMinute),
  evidence: 'ticket',
  note: null,
  classifiedBy: 'api:ann',
});

const LATE = 60 * 24 * 60;
const station = {
  stationId: 'CS|1',
  siteId: 'depot',
  closed: [],
  declarations: [],
  facts: [
    status(0, 0, 'Available'),
    status(1, 100, 'Faulted'),
    status(2, 200, 'Available'),
    status(3, 90, 'Faulted', LATE),
    { kind: 'offline', graceMs: 120_000, ...told(4, 300), evseId: 0 },
    { kind: 'online', ...told(5, 400), evseId: 0 },
  ],
  judgements: [judged(9, 100, 'vandalism', 500)],
  sessions: [{ sessionId: 's1', evseId: 1, fromMs: at(310), toMs: at(340) }],
} as const;
const asked = { window: { fromMs: START, toMs: at(1000) }, rules: RULE_SETS.nevi, knownMs: at(LATE + 10), connectors: 'any' } as const;
const [port] = portsOf(station) as readonly [PortRecord];

describe('an outage', () => {
  it('goes by its port and beginning, whatever the station is called', () => {
    const [outage] = figureOf(port, asked).outages;
    const outageId = outage === undefined ? '' : outageIdOf(port, outage);
    expect(readOutageId(outageId)).toEqual({ stationId: 'CS|1', evseId: 1, startedMs: at(90) });
    expect(['CS', 'CS-1', 'CS-1:x', ''].map(readOutageId)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('keeps what was said of it when it turns out to have begun earlier', () => {
    const [outage] = figureOf(port, asked).outages;
    expect(outage).toMatchObject({ startedMs: at(90), excludedMs: 100 * 60_000 });
    expect(outage && judgementsOn(port, outage, asked.knownMs)).toMatchObject([{ eventId: 'c9' }]);
    expect(outage && judgementsOn(port, outage, at(400))).toEqual([]);
  });
});

it('explains a figure by its outages, their records and judgements, use in the meantime, and what changed since', () => {
  const explained = explanationOf(port, asked);
  expect(explained).toMatchObject({
    inServiceFrom: '2026-10-01T00:00:00.000Z',
    inServiceTo: '2026-10-01T16:40:00.000Z',
    outageMinutes: 210,
    excludedMinutes: 100,
    meets: true,
    minutesLeft: 15_768 - 110,
    rules: { name: 'nevi', divisorMinutes: 525_600, target: { percent: 97, comparison: 'more than' } },
    outages: [
      {
        causes: ['faulted'],
        minutes: 110,
        because: ['e3', 'e1'],
        classification: { cause: 'vandalism', classifiedBy: 'api:ann' },
        usedBy: [],
      },
      { causes: ['offline'], minutes: 100, because: ['e4'], classification: null, usedBy: ['s1'] },
    ],
    events: [
      { eventId: 'e0', status: 'Available' },
      { eventId: 'e3', at: '2026-10-01T01:30:00.000Z', status: 'Faulted' },
      { eventId: 'e1', status: 'Faulted' },
      { eventId: 'e2', status: 'Available' },
      { eventId: 'e4', kind: 'offline' },
      { eventId: 'e5', kind: 'online' },
    ],
    classifications: [{ eventId: 'c9', from: '2026-10-01T01:40:00.000Z', to: null }],
    corrections: [{ because: ['e3'], before: { outageMinutes: 200 }, after: { outageMinutes: 210 } }],
  });
});

it('leaves out what the rules do not cover, with what it is: slow ports in the United Kingdom', () => {
  const rapid = { ...port, stationId: 'R', portId: 'R-1', ratedW: 50_000 };
  const slow = { ...port, stationId: 'S', portId: 'S-1', ratedW: 49_999 };
  const unknown = { ...port, stationId: 'U', portId: 'U-1' };
  const by = (rules: (typeof RULE_SETS)['uk' | 'nevi']) =>
    reportOf(
      [rapid, slow, unknown].map((record) => ({ record, figure: figureOf(record, { ...asked, rules }) })),
      { ...asked, rules },
    );
  expect(by(RULE_SETS.uk)).toMatchObject({
    rules: { leastRatedW: 50_000 },
    network: { ports: 2, inServiceMinutes: 2000 },
    leftOut: [{ portId: 'S-1', ratedW: 49_999 }],
  });
  expect(by(RULE_SETS.uk).ports.map(({ portId }) => portId)).toEqual(['R-1', 'U-1']);
  expect(by(RULE_SETS.nevi)).toMatchObject({ rules: { leastRatedW: null }, network: { ports: 3 }, leftOut: [] });
  expect(explanationOf(slow, { ...asked, rules: RULE_SETS.uk })).toMatchObject({ ratedW: 49_999, isCovered: false });
});

it('sums ports up by station, site and network, and leaves out who was not in service', () => {
  const other: PortRecord = {
    ...port,
    stationId: 'B',
    portId: 'B-1',
    history: { facts: [status(0, 0, 'Available')], classifications: [], declarations: [] },
  };
  const unborn: PortRecord = {
    ...other,
    stationId: 'C',
    portId: 'C-1',
    history: { facts: [status(0, 2000, 'Available')], classifications: [], declarations: [] },
  };
  const report = reportOf(
    [port, other, unborn].map((record) => ({ record, figure: figureOf(record, asked) })),
    asked,
  );
  expect(report.ports.map(({ portId, outages }) => [portId, outages])).toEqual([
    ['CS|1-1', 2],
    ['B-1', 0],
  ]);
  expect(report).toMatchObject({
    stations: [
      { stationId: 'CS|1', outageMinutes: 210 },
      { stationId: 'B', outageMinutes: 0 },
    ],
    sites: [{ siteId: 'depot', ports: 2, inServiceMinutes: 2000, outageMinutes: 210 }],
    network: { ports: 2, withoutExclusionsPercent: '89.50' },
  });
});
