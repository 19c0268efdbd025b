// What a station tells without end leaves no more behind in the fold than there is room for.
import { describe, expect, it } from '@jest/globals';
import type { AnyPart } from './part.js';
import { PARTS } from './parts.js';
import { MOST_TOLD, NO_PARTS, type ReportParts, withPart } from './report-parts.js';
import { StationStream } from './stream.fixture.js';

const named = (name: string): AnyPart => PARTS.find((part) => part.name === name) as AnyPart;

describe('a station that goes on for ever', () => {
  it('with the parts of one report is listened to so far and no further', () => {
    let report: ReportParts = { ...NO_PARTS, parts: Array.from({ length: MOST_TOLD - 1 }, (_, index) => index) };
    for (let seqNo = MOST_TOLD; seqNo < MOST_TOLD + 5; seqNo++) report = withPart(report, { seqNo, tbc: true }, 0);
    expect(report).toMatchObject({ isComplete: false, parts: { length: MOST_TOLD } });
  });
  it('with streams, each another one, is remembered with some of them', () => {
    const streams = Array.from({ length: 600 }, (_, id) => ({ id, variableMonitoringId: id, params: { values: 10 } }));
    const listed = StationStream.ready('ocpp2.1')
      .asked(1, 'x', 'GetPeriodicEventStream', {})
      .answered(2, 'x', { constantStreamData: streams });
    listed.says(
      3,
      'OpenPeriodicEventStream',
      { constantStreamData: { id: 601, variableMonitoringId: 1, params: { values: 10 } } },
      { answer: { kind: 'result', payload: { status: 'Accepted' } } },
    );
    expect(Object.keys(listed.state<{ open: object }>(named('event-streams')).open)).toHaveLength(500);
    expect(listed.rows('event_streams').at(-1)).toMatchObject({ stream_id: 601, state: 'open' });
  });
  it('with monitors is remembered with the severities of some of them', () => {
    const variableMonitoring = Array.from({ length: 6000 }, (_, id) => ({ id, severity: 5, type: 'Delta', value: 1, transaction: false }));
    const monitor = [{ component: { name: 'C' }, variable: { name: 'V' }, variableMonitoring }];
    const stream = StationStream.ready().says(1, 'NotifyMonitoringReport', { requestId: 1, seqNo: 0, generatedAt: 'now', monitor });
    const { severities } = stream.state<{ monitors: { severities: object } }>(named('monitoring')).monitors;
    expect(Object.keys(severities)).toHaveLength(5000);
  });
});
