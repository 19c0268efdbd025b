// Stations whose edge died: nobody writes down that they are gone, and what they may draw counts all the same (P7).
// The site under test is site.fixture's.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested } from '#contracts';
import { committedMa } from './ledger.fixture.js';
import { type Site, site } from './site.fixture.js';
import { stationIn } from './state.js';

const MINUTE = 60_000;

const contact = (it: Site): string | undefined => stationIn(it.state, 'A')?.ledger.contact;
const presumed = (it: Site) => it.told.filter(({ type }) => type === 'StationPresumedOffline').map(({ data }) => data);
const asked = (it: Site): readonly string[] =>
  it.told.flatMap(({ type, data }) => (type === 'CommandRequested' ? [(data as CommandRequested).action] : []));
/** From now on nothing is heard of it. */
const vanish = (it: Site): void => {
  it.quiet.add('A');
  it.answer = ({ stationId }) => (stationId === 'A' ? 'silence' : 'Accepted');
};

describe('a station whose link is lost', () => {
  /** For how many minutes it counts with what it had. */
  function borne(interval: number): number {
    const it = site([]);
    it.place('A');
    it.join('A');
    const boot = { chargePointVendor: 'v', chargePointModel: 'm' };
    it.call('A', 'BootNotification', boot, { status: 'Accepted', currentTime: '', interval });
    it.pass(MINUTE);
    expect(committedMa(it, 'A')).toBe(0);
    const generation = { assignmentSeq: 1, offset: stationIn(it.state, 'A')?.ledger.connection ?? 0 };
    it.put('StationDisconnected', { connectionId: 'c', edgeId: 'e', generation, closeCode: 1006, reason: '' }, 'A');
    const lostMs = it.nowMs;
    while (contact(it) === 'lost') {
      expect(committedMa(it, 'A')).toBe(0);
      it.pass(MINUTE);
    }
    expect([contact(it), committedMa(it, 'A')]).toEqual(['offline', 32_000]);
    return (it.nowMs - lostMs) / MINUTE;
  }

  it('counts with what it had for twice the interval at which it is to be heard, from two minutes to ten, and with its rating from then on', () => {
    expect([10, 60, 150, 300, 3600].map(borne)).toEqual([2, 2, 5, 10, 10]);
  });
});

describe('a station that is silent', () => {
  it('counts as away after more than twice its heartbeat, whatever became of its edge, and is told to be once', () => {
    const it = site(['A']);
    it.pass(MINUTE);
    const lastHeardAt = new Date(it.nowMs).toISOString();
    it.call('A', 'Heartbeat', {});
    vanish(it);
    it.pass(10 * MINUTE);
    expect([contact(it), committedMa(it, 'A')]).toEqual(['online', 0]);
    it.pass(MINUTE);
    expect([contact(it), committedMa(it, 'A')]).toEqual(['offline', 32_000]);
    it.pass(60 * MINUTE);
    expect(presumed(it)).toEqual([{ stationId: 'A', lastHeardAt }]);
  });

  it('does so by the interval it was told when it booted', () => {
    const it = site([]);
    it.place('A');
    it.put('StationConnected', { connectionId: 'c', edgeId: 'e', assignmentSeq: 1, ocppVersion: 'ocpp1.6', securityProfile: 1 }, 'A');
    const boot = { chargePointVendor: 'v', chargePointModel: 'm' };
    it.call('A', 'BootNotification', boot, { status: 'Accepted', currentTime: '', interval: 3600 });
    vanish(it);
    it.pass(119 * MINUTE);
    expect(contact(it)).toBe('online');
    it.pass(2 * MINUTE);
    expect(contact(it)).toBe('offline');
  });

  it('is there as long as it answers: before it counts as away it is asked', () => {
    const it = site(['A']);
    it.quiet.add('A');
    it.pass(6 * 60 * MINUTE);
    expect([contact(it), committedMa(it, 'A')]).toEqual(['online', 0]);
    expect(presumed(it)).toEqual([]);
    expect(asked(it).filter((action) => action === 'TriggerMessage').length).toBeLessThanOrEqual(6 * 8 + 1);
  });

  it('is there as long as it answers the pings of its edge, though it is to be asked nothing', () => {
    const it = site([]);
    it.place('A', {}, { inquiries: 'none' });
    it.join('A');
    it.quiet.add('A');
    const generation = () => ({ assignmentSeq: 1, offset: stationIn(it.state, 'A')?.ledger.connection ?? 0 });
    for (let hour = 0; hour < 2; hour += 0.1) {
      it.pass(6 * MINUTE);
      it.put('PingsAnswered', { connectionId: 'c', edgeId: 'e', generation: generation() }, 'A');
    }
    expect([contact(it), committedMa(it, 'A'), asked(it).includes('TriggerMessage'), presumed(it)]).toEqual(['online', 0, false, []]);
    it.pass(12 * MINUTE);
    expect([contact(it), committedMa(it, 'A')]).toEqual(['offline', 32_000]);
    it.put('PingsAnswered', { connectionId: 'b', edgeId: 'e', generation: { assignmentSeq: 1, offset: 0 } }, 'A');
    expect(contact(it)).toBe('offline');
    it.put('PingsAnswered', { connectionId: 'c', edgeId: 'e', generation: generation() }, 'A');
    expect([contact(it), committedMa(it, 'A')]).toEqual(['online', 0]);
  });

  it('is asked nothing while it sends its heartbeats', () => {
    const it = site(['A']);
    it.pass(MINUTE);
    const before = asked(it).length;
    it.pass(120 * MINUTE);
    expect([contact(it), asked(it).length]).toEqual(['online', before]);
  });

  it('is there again with its next word on the connection it has, as it was before', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(MINUTE);
    vanish(it);
    it.pass(40 * MINUTE);
    expect(contact(it)).toBe('offline');
    it.answer = () => 'Accepted';
    const { limitA, endsMs } = it.plan('A') ?? {};
    expect(endsMs).toBeLessThan(it.nowMs);
    it.call('A', 'Heartbeat', {});
    it.pass(MINUTE);
    expect(contact(it)).toBe('online');
    expect(it.plan('A')).toMatchObject({ limitA });
    expect(it.plan('A')?.endsMs).toBeGreaterThan(it.nowMs);
  });

  it('is there with its next connection, and counts with its rating until its default is confirmed on it', () => {
    const it = site(['A']);
    it.pass(MINUTE);
    vanish(it);
    it.pass(20 * MINUTE);
    it.put('StationConnected', { connectionId: 'd', edgeId: 'f', assignmentSeq: 1, ocppVersion: 'ocpp1.6', securityProfile: 1 }, 'A');
    expect([contact(it), committedMa(it, 'A')]).toEqual(['online', 32_000]);
    it.answer = () => 'Accepted';
    it.pass(2 * MINUTE);
    expect(committedMa(it, 'A')).toBe(0);
  });

  it('counts from the next owner on where nobody noted when it was heard', () => {
    const it = site(['A']);
    it.pass(MINUTE);
    vanish(it);
    it.state = JSON.parse(JSON.stringify(it.state, (key, value) => (key === 'heardMs' ? undefined : value)));
    it.pass(60 * MINUTE);
    expect(contact(it)).toBe('online');
    it.put('SiteTaken', { ownerId: 'another' });
    it.pass(11 * MINUTE);
    expect(contact(it)).toBe('offline');
  });
});
