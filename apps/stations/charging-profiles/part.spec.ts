// Profiles a station reports in parts: rows of each, and how far the report has come.
import { describe, expect, it } from '@jest/globals';
import { at, StationStream } from '../stream.fixture.js';
import { type ChargingProfiles, chargingProfiles } from './part.js';

const asked = (stream: StationStream, minute = 1, requestId = 5): StationStream =>
  stream.asked(minute, `get-${minute}`, 'GetChargingProfiles', { requestId, chargingProfile: { stackLevel: 0 } });
const profile = (id: number, more: object = {}) => ({
  id,
  stackLevel: 0,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Absolute',
  chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }] }],
  ...more,
});
const told = (stream: StationStream, minute: number, ids: readonly number[], more: object = {}): StationStream =>
  stream.says(minute, 'ReportChargingProfiles', {
    requestId: 5,
    chargingLimitSource: 'CSO',
    evseId: 1,
    chargingProfile: ids.map((id) => profile(id)),
    ...more,
  });
const report = (stream: StationStream) => Object.assign({}, ...stream.rows('profile_reports'));

describe('a report of profiles', () => {
  it('comes in parts, of several places and sources, and is whole with the last of them', () => {
    const stream = told(asked(StationStream.ready()).answered(1, 'get-1', { status: 'Accepted' }), 2, [1, 2], { tbc: true });
    expect(report(stream)).toMatchObject({ request_id: 5, state: 'arriving', requested_by: 'api:tests', since: at(1), at: at(2) });
    told(stream, 3, [9], { evseId: 0, chargingLimitSource: 'EMS' });
    expect(report(stream)).toMatchObject({ state: 'complete', criteria: { chargingProfile: { stackLevel: 0 } } });
    expect(stream.rows('reported_profiles')).toMatchObject([
      { evse_id: 1, profile_id: 1, limit_source: 'CSO', purpose: 'TxDefaultProfile', stack_level: 0, profile: profile(1) },
      { evse_id: 1, profile_id: 2 },
      { evse_id: 0, profile_id: 9, limit_source: 'EMS', reported_at: at(3) },
    ]);
  });

  it('that is heard before the answer stays as far as it came', () => {
    const stream = told(asked(StationStream.ready()), 2, [1]).answered(3, 'get-1', { status: 'Accepted' });
    expect(report(stream)).toMatchObject({ state: 'complete', at: at(2) });
    const late = told(asked(StationStream.ready()).unanswered(2, 'get-1'), 3, [1]);
    expect(report(late)).toMatchObject({ state: 'complete' });
  });

  it('is empty where there is none, refused where the station has none to tell of, and lost without a word', () => {
    const none = asked(StationStream.ready()).answered(1, 'get-1', { status: 'NoProfiles' });
    expect(report(none)).toMatchObject({ state: 'empty' });
    expect(report(asked(StationStream.ready()).errored(1, 'get-1'))).toMatchObject({ state: 'refused' });
    expect(report(asked(StationStream.ready()).refused(1, 'get-1'))).toMatchObject({ state: 'lost' });
    expect(report(asked(StationStream.ready()).unanswered(1, 'get-1'))).toMatchObject({ state: 'lost' });
  });

  it('under a number that was used before is another one', () => {
    const stream = told(asked(told(asked(StationStream.ready()), 2, [1, 2]), 3), 4, [3]);
    expect(report(stream)).toMatchObject({ state: 'complete', since: at(3), command_id: 'get-3' });
  });

  it('nobody asked for is kept too, and bounded in what is remembered', () => {
    const stream = told(StationStream.ready(), 1, [1]);
    expect(report(stream)).toMatchObject({ state: 'complete', command_id: null, since: at(1) });
    for (let requestId = 100; requestId < 130; requestId++) told(stream, 2, [1], { requestId });
    expect(stream.state<ChargingProfiles>(chargingProfiles).reports).toHaveLength(20);
  });
});
