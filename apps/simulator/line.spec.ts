// The line by itself: how long it waits before it dials again, and that an old link never disturbs a new one.
import { describe, expect, it } from '@jest/globals';
import { chance } from './chance.js';
import { VirtualClock } from './clock.js';
import { Line } from './line.js';
import type { LinkHandlers } from './link.js';

function lineOn(clock: VirtualClock) {
  const links: LinkHandlers[] = [];
  const heard: string[] = [];
  const line = new Line(
    (_target, handlers) => {
      links.push(handlers);
      return { send: () => true, close: () => {} };
    },
    () => ({ url: 'ws://x', subprotocol: 'ocpp1.6', headers: {} }),
    clock,
    chance(1),
    { leastMs: 1_000, randomMs: 500, doublings: 3 },
    { opened: () => heard.push('opened'), lost: (reason) => heard.push(`lost ${reason}`), received: (text) => heard.push(text) },
  );
  line.connect();
  return { line, links, heard };
}

describe('a line', () => {
  it('waits twice as long after each failure, up to a bound, and starts over once it was open', () => {
    const clock = new VirtualClock(0);
    const { links } = lineOn(clock);
    const waits = Array.from({ length: 6 }, (_, failure) => {
      const lostAt = clock.now();
      links[failure]?.closed('ECONNREFUSED');
      while (links.length === failure + 1) clock.advance(100);
      return clock.now() - lostAt;
    });
    [1_000, 2_000, 4_000, 8_000, 8_000, 8_000].forEach((least, index) => {
      expect(waits[index]).toBeGreaterThanOrEqual(least);
      expect(waits[index]).toBeLessThanOrEqual(least + 600);
    });
    links[6]?.opened();
    links[6]?.closed('closed with 1006');
    clock.advance(1_600);
    expect(links.length).toBe(8);
  });

  it('waits as long as a refusal asks for, and as long as it was cut for', () => {
    const clock = new VirtualClock(0);
    const { line, links } = lineOn(clock);
    links[0]?.closed('HTTP 503', 20_000);
    clock.advance(19_999);
    expect(links.length).toBe(1);
    clock.advance(1);
    links[1]?.opened();
    line.cut(60_000);
    clock.advance(59_999);
    expect(links.length).toBe(2);
    clock.advance(1);
    expect(links.length).toBe(3);
  });

  it('hears nothing from a link it gave up', () => {
    const clock = new VirtualClock(0);
    const { line, links, heard } = lineOn(clock);
    links[0]?.opened();
    line.cut();
    clock.advance(2_000);
    links[1]?.opened();
    links[0]?.received('late');
    links[0]?.closed('late');
    expect(line.state).toBe('Open');
    expect(heard).toEqual(['opened', 'lost cut by the station', 'opened']);
  });
});
