// What the api tells of uptime, read for the page: everything that is there, and nothing that breaks on what is missing.
import { expect, it } from '@jest/globals';
import { readExplanation, readOutage, readUptimeReport } from './uptime-shapes.js';

const amounts = {
  inServiceMinutes: 1000,
  outageMinutes: 210,
  excludedMinutes: 100,
  uptimePercent: '99.97',
  meets: true,
  minutesLeft: 15658,
  withoutExclusionsPercent: '79.00',
};
const head = {
  rules: {
    name: 'nevi',
    source: '23 CFR 680.116(b)',
    target: { percent: 97, comparison: 'more than' },
    judged: 'port',
    divisorMinutes: 525_600,
  },
  from: '2025-12-01T00:00:00.000Z',
  to: '2026-12-01T00:00:00.000Z',
  knownAt: '2026-11-26T14:00:00.000Z',
};
const outage = {
  outageId: 'CS-1:5',
  portId: 'CS-1',
  startedAt: '2026-10-01T01:30:00.000Z',
  endedAt: null,
  minutes: 110,
  causes: ['faulted'],
  excludedMinutes: 100,
  classification: {
    cause: 'vandalism',
    evidence: 'police 7',
    note: null,
    classifiedBy: 'api:ann',
    from: '2026-10-01T01:40:00.000Z',
    to: null,
    classifiedAt: '2026-10-02T00:00:00.000Z',
  },
  usedBy: [],
};

it('reads a report with its ports, rules and window', () => {
  const port = { portId: 'CS-1', stationId: 'CS', evseId: 1, siteId: 'depot', outages: 2, ...amounts };
  const serving = { inServiceFrom: '2026-11-01T00:00:00.000Z', inServiceTo: null };
  const leftOut = [{ portId: 'AC-1', stationId: 'AC', evseId: 1, siteId: 'depot', ratedW: 22_080 }];
  const rules = { ...head.rules, leastRatedW: 50_000 };
  expect(readUptimeReport({ ...head, rules, network: { ports: 1, ...amounts }, leftOut, ports: [{ ...port, ...serving }] })).toEqual({
    rules: {
      name: 'nevi',
      source: '23 CFR 680.116(b)',
      targetPercent: 97,
      isMoreThan: true,
      judged: 'port',
      divisorMinutes: 525_600,
      isTrailing: true,
      leastRatedW: 50_000,
    },
    fromMs: Date.UTC(2025, 11),
    toMs: Date.UTC(2026, 11),
    knownMs: Date.UTC(2026, 10, 26, 14),
    network: { ports: 1, ...amounts },
    leftOut: 1,
    ports: [{ ...port, servingFromMs: Date.UTC(2026, 10), servingToMs: null }],
  });
});

it('reads outages with what was said of them', () => {
  expect(readOutage(outage)).toMatchObject({
    startedMs: Date.UTC(2026, 9, 1, 1, 30),
    endedMs: null,
    judgement: { cause: 'vandalism', by: 'api:ann', fromMs: Date.UTC(2026, 9, 1, 1, 40), toMs: null },
  });
  expect(readOutage({ ...outage, classification: null }).judgement).toBeNull();
});

it('reads what is behind a figure: records with both times, and corrections', () => {
  const told = {
    ...head,
    ...amounts,
    siteId: 'depot',
    outages: [outage],
    events: [{ eventId: 'e1', kind: 'status', status: 'Faulted', at: '2026-10-01T01:30:00.000Z', receivedAt: '2026-10-01T01:31:00.000Z' }],
    classifications: [outage.classification],
    corrections: [{ knownAt: '2026-10-05T00:00:00.000Z', because: ['e3'], before: { ...amounts, outageMinutes: 200 }, after: amounts }],
  };
  expect(readExplanation(told)).toMatchObject({
    figure: amounts,
    facts: [{ eventId: 'e1', status: 'Faulted', atMs: Date.UTC(2026, 9, 1, 1, 30), receivedMs: Date.UTC(2026, 9, 1, 1, 31) }],
    judgements: [{ evidence: 'police 7' }],
    corrections: [{ because: ['e3'], before: { outageMinutes: 200 }, after: { outageMinutes: 210 } }],
  });
});

it('takes what is missing as not known', () => {
  expect(readUptimeReport({})).toMatchObject({ ports: [], network: { ports: 0, uptimePercent: null, meets: null, minutesLeft: null } });
  expect(readExplanation(null)).toMatchObject({ outages: [], facts: [], judgements: [], corrections: [] });
});
