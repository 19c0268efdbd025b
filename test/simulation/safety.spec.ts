// The safety run of `npm run bench:charging` in small: three hours of one seed. What a week of ten seeds gives is in docs/benchmarks.md.
import { describe, expect, it } from '@jest/globals';
import { HOUR_MS, panel } from '../bench/charging/safety/place.js';
import { SendAndForget } from '../bench/charging/safety/send-and-forget.js';
import { FAULTS, SafetyWorld } from '../bench/charging/safety/world.js';

const place = panel(20, 270, 135, true);
const lastsMs = 3 * HOUR_MS;
const setting = { place, seed: 1, faults: FAULTS, leaseS: 900, sampleMs: 60_000, cuts: true, lastsMs };

describe('a panel under lost messages, broken links, killed owners and cuts', () => {
  it('is never above its limit beyond P6, and charges cars', () => {
    const world = new SafetyWorld(setting).commission().run(lastsMs);
    expect(world.beyondS).toBe(0);
    expect(world.deliveredKwh).toBeGreaterThan(100);
  });

  it('is above it when limits are sent and forgotten: the auditor sees that', () => {
    const world = new SafetyWorld({ ...setting, decider: new SendAndForget(place) }).commission().run(lastsMs);
    expect(world.beyondS).toBeGreaterThan(0);
  });
});
