// Silence is asked about once; who answers, reads or speaks is there.
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { StationSocket } from './listener.js';
import { Presence } from './presence.js';

const INTERVAL_MS = 30_000;
const MUCH = 10_000_000;

describe('the presence of a station', () => {
  let pings: number;
  let socket: { bufferedAmount: number; sendingBytes: number; ping: () => void };
  let presence: Presence;
  beforeEach(() => {
    pings = 0;
    socket = { bufferedAmount: 0, sendingBytes: 0, ping: () => pings++ };
    presence = new Presence(socket as unknown as StationSocket, INTERVAL_MS, 0);
  });

  it('is asked for by one ping after an interval of silence, and over after another', () => {
    expect([1, 29_999, 30_000, 45_000, 59_999].map((nowMs) => presence.check(nowMs, false))).toEqual(Array(5).fill(undefined));
    expect(pings).toBe(1);
    expect(presence.check(60_000, false)).toBe('silent');
  });

  it('goes on with whatever is heard, and with what was said and is not read yet', () => {
    presence.check(30_000, false);
    presence.heard(59_000);
    expect(presence.check(60_000, false)).toBeUndefined();
    presence.check(89_000, false);
    expect(presence.check(119_000, true)).toBeUndefined();
    expect(pings).toBe(2);
  });

  it('is told of who says nothing and answers pings, once for each time it is silent for so long', () => {
    presence.said(1_000);
    presence.heard(1_000);
    expect(presence.isThereInSilence(400_000, 360_000)).toBe(false);
    presence.heard(30_000);
    expect([360_999, 361_000, 361_001].map((nowMs) => presence.isThereInSilence(nowMs, 360_000))).toEqual([false, true, false]);
    presence.heard(700_000);
    expect(presence.isThereInSilence(721_000, 360_000)).toBe(true);
    presence.said(730_000);
    presence.heard(1_000_000);
    expect(presence.isThereInSilence(1_081_000, 360_000)).toBe(false);
  });

  it('is told of nobody who is only borne, because nobody reads what it said', () => {
    presence.said(1_000);
    presence.heard(1_000);
    for (let nowMs = 2_000; nowMs < 400_000; nowMs += 1_000) expect(presence.check(nowMs, true)).toBeUndefined();
    expect(presence.isThereInSilence(400_000, 360_000)).toBe(false);
    presence.heard(400_001);
    expect(presence.isThereInSilence(401_000, 360_000)).toBe(true);
  });

  it('ends for who reads nothing of what it is sent, however much it says', () => {
    socket.bufferedAmount = MUCH;
    expect(presence.check(29_999, true)).toBeUndefined();
    expect(presence.check(30_000, true)).toBe('does not read');
  });

  it.each(['bufferedAmount', 'sendingBytes'] as const)('goes on with a slow reader, seen by its %s', (where) => {
    socket.bufferedAmount = MUCH;
    socket.sendingBytes = MUCH;
    presence.check(1, false);
    for (let nowMs = 30_000; nowMs <= 300_000; nowMs += 29_000) {
      socket[where] -= 1;
      expect(presence.check(nowMs, false)).toBeUndefined();
    }
    expect(pings).toBe(0);
  });
});
