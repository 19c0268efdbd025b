// Frames nobody can read: answered as the protocol says, and kept with their reason, without a secret in clear and without end to the disk.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import type { FrameParked, StationDisconnected } from '#contracts';
import { EdgeWorld } from './support/edge-world.js';
import { HeldClock } from './support/held-clock.js';
import type { RawStation } from './support/raw-station.js';

let clock: HeldClock;
let system: EdgeWorld;
let edge: Edge;
let station: RawStation;
beforeEach(async () => {
  clock = new HeldClock();
  system = await EdgeWorld.open(clock);
  edge = await system.edge({ pingIntervalS: 3600, wrongFramesPerStation: { burst: 10_000, perS: 100 } });
  await system.station('CP1');
  station = await system.connect(edge, 'CP1');
});
afterEach(() => system.close());

const BROKEN_STOP = '[2,"s1","StopTransaction",{"transactionId":7,"idTag":"DEADBEEF","meterStop":12345678';
const parked = async (count: number): Promise<readonly FrameParked[]> => {
  for (;;) {
    const found = await system.records('FrameParked');
    if (found.length >= count) return found.map(({ data }) => data as FrameParked);
    await new Promise(setImmediate);
  }
};
const ending = async (): Promise<StationDisconnected> => {
  for (;;) {
    const [found] = await system.records('StationDisconnected');
    if (found !== undefined) return found.data as StationDisconnected;
    await new Promise(setImmediate);
  }
};

describe('a frame nobody can read', () => {
  it('is in the log, with reason, hash and sealed copy, before it is refused', async () => {
    system.log.mode = 'hold';
    station.send(BROKEN_STOP);
    await system.log.waiting(1);
    expect(station.received).toEqual([]);
    system.log.release();
    expect((await station.next()).slice(0, 3)).toEqual([4, '-1', 'FormationViolation']);
    const [frame] = await parked(1);
    expect(frame).toMatchObject({ kind: 'unreadable', reason: 'the frame is not JSON', bytes: BROKEN_STOP.length, isTruncated: false });
    expect(frame?.frameHash).toMatch(/^[0-9a-f]{64}$/);
    expect(await system.world.keys.unseal(frame?.sealed ?? '')).toBe(BROKEN_STOP);
  });

  it('shows its shape and no word of the driver', async () => {
    station.send(BROKEN_STOP);
    await station.next();
    const [frame] = await parked(1);
    expect(frame?.redacted).toBe('[2,"…2","StopTransaction",{"transactionId":7,"idTag":"…8","meterStop":…8');
    expect(JSON.stringify(await system.records())).not.toContain('DEADBEEF');
  });

  it('is not refused while the log is away: the socket closes and the station keeps its message', async () => {
    system.log.mode = 'fail';
    station.send(BROKEN_STOP);
    expect(await station.closed).toMatchObject({ code: 1013 });
    expect(station.received).toEqual([]);
  });

  it.each([
    ['an unknown message type', [9, 'a', {}], 'unsupported'],
    ['a result nobody asked for', [3, 'nobody', { secret: 'hush-hush' }], 'unsolicited'],
    ['an error nobody asked for', [4, 'nobody', 'GenericError', 'hush-hush', {}], 'unsolicited'],
    ['an answer without a readable id', [3, 5, {}], 'unsupported'],
  ])('%s gets no answer and is kept', async (_, sent, kind) => {
    station.send(sent);
    expect(await station.call('Heartbeat', {}, 'after')).toMatchObject([3, 'after', {}]);
    const [frame] = await parked(1);
    expect(frame).toMatchObject({ kind });
    expect(await system.world.keys.unseal(frame?.sealed ?? '')).toBe(JSON.stringify(sent));
    expect(JSON.stringify(await system.records('FrameParked'))).not.toContain('hush');
  });

  it('is kept with the order it had among the calls', async () => {
    station.send([2, 'a', 'Heartbeat', {}]);
    station.send('{');
    station.send([2, 'b', 'Heartbeat', {}]);
    expect([await station.next(), await station.next(), await station.next()].map(([, id]) => id)).toEqual(['a', '-1', 'b']);
    const types = (await system.records()).map(({ type }) => type).slice(-3);
    expect(types).toEqual(['CallReceived', 'FrameParked', 'CallReceived']);
  });

  it('of which there is no end is counted, and the counts are told', async () => {
    const babble = async (times: number) => {
      for (let n = 0; n < times; n++) {
        station.send(`{"n":${n}`);
        await station.next();
      }
    };
    await babble(400);
    const kept = (await parked(1)).length;
    expect(kept).toBeGreaterThan(50);
    expect(kept).toBeLessThan(200);
    clock.advance(60_000);
    await babble(1);
    expect((await parked(kept + 1)).at(-1)).toMatchObject({ unparkedBefore: 400 - kept });
    await babble(20);
    await station.close();
    const ended = await ending();
    const keptAfter = (await parked(kept + 1)).length - kept - 1;
    expect(ended.unparkedFrames).toBe(20 - keptAfter);
  });

  it('keeps no more than the beginning of a very long one', async () => {
    station.send(`[2,"big","DataTransfer",{"data":"${'x'.repeat(500_000)}`);
    await station.next();
    const [frame] = await parked(1);
    expect(frame).toMatchObject({ isTruncated: true });
    expect(JSON.stringify(frame).length).toBeLessThan(100_000);
  });
});
