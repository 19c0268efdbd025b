// A load station says only valid things, in the promised mix, and its tally adds up.
import { describe, expect, it } from '@jest/globals';
import { SUBPROTOCOLS, validate } from '#ocpp';
import { chance } from './chance.js';
import { systemClock } from './clock.js';
import { DEFAULT_BACK_OFF } from './line.js';
import { webSocketDial } from './link.js';
import { loadScript } from './load-messages.js';
import { type AnsweredCall, LoadStation } from './load-station.js';
import { complaint, summary, Tally } from './load-tally.js';
import { TinyCsms } from './tiny-csms.js';

const NOW = Date.parse('2026-03-02T10:00:00Z');

describe('load messages', () => {
  it.each(SUBPROTOCOLS)('of %s are valid and mixed as promised', (version) => {
    let id = 0;
    const script = loadScript(version, 'S', 'TAG', chance(1), () => `t${id++}`);
    const counts = new Map<string, number>();
    const total = 4_000;
    for (let index = 0; index < total; index++) {
      const { action, payload, answered } = script.next(NOW + index * 1000);
      expect(validate(version, action, 'request', payload)).toEqual([]);
      answered?.({ transactionId: 1, idTagInfo: { status: 'Accepted' } });
      const event = (payload as { readonly eventType?: string }).eventType ?? action;
      counts.set(event, (counts.get(event) ?? 0) + 1);
    }
    const share = (...events: string[]) => events.reduce((sum, event) => sum + (counts.get(event) ?? 0), 0) / total;
    expect(share('MeterValues', 'Updated')).toBeCloseTo(0.8, 1);
    expect(share('StatusNotification')).toBeCloseTo(0.1, 1);
    expect(share('Heartbeat')).toBeCloseTo(0.05, 1);
    expect(share('StartTransaction', 'StopTransaction', 'Started', 'Ended')).toBeCloseTo(0.05, 1);
  });
});

const stationAt = (url: string, tally: Tally, record?: (call: AnsweredCall) => void): LoadStation =>
  new LoadStation({
    ...{ url, stationId: 'L 1', version: 'ocpp1.6', password: 'pw', idToken: 'TAG', seed: '1', pauseMs: 0, tally, record },
    ...{ dial: webSocketDial(), backOff: DEFAULT_BACK_OFF, clock: systemClock },
  });

describe('a load station', () => {
  it('boots, then calls again at every answer, counts refusals by code and stops when told', async () => {
    const csms = new TinyCsms();
    const url = await csms.listen();
    csms.onCall = ({ action }) => (action === 'Heartbeat' ? { code: 'InternalError' } : undefined);
    const tally = new Tally();
    tally.begin();
    const station = stationAt(url, tally);
    station.start();
    const isRefused = () => csms.calls.at(-1)?.action === 'Heartbeat';
    await csms.until('two hundred calls, none of them being refused just now', () => csms.calls.length >= 200 && !isRefused());
    tally.end();
    station.stop();
    await csms.close();
    expect(csms.calls.slice(0, 3).map(({ action }) => action)).toEqual(['BootNotification', 'StatusNotification', 'StartTransaction']);
    expect(csms.violations).toEqual([]);
    expect(tally.answered + tally.errors).toBeGreaterThanOrEqual(199);
    expect(tally.byError.get('Heartbeat InternalError')).toBe(csms.of('Heartbeat').length);
    expect(tally.percentileMs(0.5)).toBeLessThanOrEqual(tally.percentileMs(0.99));
    expect(tally.percentileMs(1)).toBeLessThanOrEqual(tally.slowestMs);
    expect([tally.openings, tally.unanswered, tally.open]).toEqual([1, 0, 0]);
  });

  it('records each call that got a result as it was said and answered, and no other', async () => {
    const csms = new TinyCsms();
    const url = await csms.listen();
    csms.onCall = ({ action }) => (action === 'Heartbeat' ? { code: 'InternalError' } : undefined);
    const recorded: AnsweredCall[] = [];
    const tally = new Tally();
    const station = stationAt(url, tally, (call) => recorded.push(call));
    station.start();
    await csms.until('a hundred calls', () => csms.calls.length >= 100);
    station.stop();
    await csms.close();
    expect(recorded.length).toBe(tally.answered);
    const said = new Map(csms.calls.map(({ messageId, action, payload }) => [messageId, { action, payload }]));
    for (const { messageId, action, payload, stationId } of recorded) {
      expect({ action, payload }).toEqual(said.get(messageId));
      expect(stationId).toBe('L 1');
    }
    expect(recorded.map(({ action }) => action)).not.toContain('Heartbeat');
    expect(recorded[0]?.answer).toMatchObject({ status: 'Accepted' });
  });

  it('tells of a server that takes its calls and answers none', async () => {
    const csms = new TinyCsms();
    const url = await csms.listen();
    csms.onCall = ({ action }) => (action === 'StartTransaction' ? 'silence' : undefined);
    const tally = new Tally();
    const station = stationAt(url, tally);
    expect(station.waitedMs).toBeUndefined();
    station.start();
    await csms.until('the call it never answers', () => csms.of('StartTransaction').length === 1);
    tally.begin();
    tally.end(station.waitedMs === undefined ? [] : [station.waitedMs, 61_234]);
    station.stop();
    await csms.close();
    expect(summary(tally, 1)).toContain('unanswered 0; 2 without an answer in the end, the oldest for 61.2 s');
    expect([station.waitedMs, tally.unanswered, tally.measured]).toEqual([undefined, 0, 0]);
  });

  it('takes no answer against its schema and nothing that answers no call for an answer', async () => {
    const csms = new TinyCsms();
    const url = await csms.listen();
    csms.onCall = ({ action, stationId }) => {
      if (action === 'MeterValues') csms.raw(stationId, 'good morning');
      return action === 'StartTransaction' ? { transactionId: 'seven' } : undefined;
    };
    const [tally, recorded] = [new Tally(), [] as AnsweredCall[]];
    const station = stationAt(url, tally, (call) => recorded.push(call));
    station.start();
    await csms.until('two starts and a sample', () => csms.of('StartTransaction').length >= 2 && csms.of('MeterValues').length >= 2);
    station.stop();
    await csms.close();
    expect(tally.byError.get('StartTransaction answered against its schema')).toBeGreaterThanOrEqual(1);
    expect(tally.byError.get('frames that answer no call')).toBeGreaterThanOrEqual(1);
    expect(new Set(recorded.map(({ action }) => action))).not.toContain('StartTransaction');
    expect(recorded).toHaveLength(tally.answered);
  });

  it('that nobody accepts has measured nothing', async () => {
    const csms = new TinyCsms();
    const url = await csms.listen();
    csms.onCall = () => ({ status: 'Rejected', currentTime: '2026-03-02T10:00:00Z', interval: 1 });
    const tally = new Tally();
    tally.begin();
    const station = stationAt(url, tally);
    station.start();
    await csms.until('a boot', () => csms.calls.length > 0);
    station.stop();
    await csms.close();
    expect(complaint(tally, url)).toContain('no station was accepted');
  });
});

describe('what a run ends with', () => {
  const tallyOf = (figures: Partial<Tally>, answers = 0): Tally => {
    const tally = Object.assign(new Tally(), figures);
    tally.begin();
    for (let n = 0; n < answers; n++) tally.answer('Heartbeat', 1);
    tally.end();
    return tally;
  };

  it('is a complaint that says why nothing was measured, and none where something was', () => {
    const complaints = [
      tallyOf({}),
      tallyOf({ lastLoss: 'HTTP 404' }),
      tallyOf({ lastLoss: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      tallyOf({ openings: 2 }, 2),
      tallyOf({ openings: 2, accepted: 2, lastLoss: 'closed with 1011' }),
      tallyOf({ openings: 2, accepted: 1 }, 1),
    ].map((tally) => complaint(tally, 'ws://x'));
    expect(complaints).toEqual([
      expect.stringMatching(/^no link was opened: is an OCPP system listening/),
      expect.stringMatching(/^no link was opened \(HTTP 404\)/),
      expect.stringMatching(/not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\): NODE_EXTRA_CA_CERTS/),
      expect.stringMatching(/^no station was accepted/),
      expect.stringMatching(/^no call was answered .*1011/),
      undefined,
    ]);
  });
});
