// Membership: we stop believing before anybody else may have our partitions, and a lapse is never forgotten.
import { describe, expect, it } from '@jest/globals';
import { Membership } from './membership.js';

describe('Membership', () => {
  const member = (): { readonly membership: Membership; readonly at: (ms: number) => void } => {
    let now = 0;
    const membership = new Membership(10_000, () => now);
    const at = (ms: number): void => {
      now = ms;
    };
    return { membership, at };
  };

  it('is alive for one session from the moment the answered question was asked', () => {
    const { membership, at } = member();
    expect(membership.isAlive()).toBe(false);
    at(1_000);
    membership.join('a', 400);
    at(10_599);
    expect(membership.isAlive()).toBe(true);
    at(10_600);
    expect(membership.isAlive()).toBe(false);
  });

  it('does not believe an answer that waited for us while we were stopped', () => {
    const { membership, at } = member();
    membership.join('a', 0);
    at(60_000);
    membership.renew(59_000);
    expect(membership.isAlive()).toBe(false);
  });

  it('keeps its tenure over heartbeats and over rebalances it took part in', () => {
    const { membership, at } = member();
    membership.join('a', 0);
    const { tenure } = membership;
    at(9_000);
    membership.renew(5);
    membership.join('a', 5);
    expect(membership.tenure).toBe(tenure);
  });

  type Bench = ReturnType<typeof member>;
  const events: readonly [string, (bench: Bench) => void][] = [
    [
      'a lapse, even when the coordinator had not noticed',
      ({ at, membership }) => {
        at(10_000);
        membership.renew(0);
      },
    ],
    ['another member id', ({ membership }) => membership.join('b', 0)],
    ['its end', ({ membership }) => membership.end()],
  ];
  it.each(events)('begins a new tenure after %s', (_, happens) => {
    const one = member();
    one.membership.join('a', 0);
    const { tenure } = one.membership;
    happens(one);
    expect(one.membership.tenure).not.toBe(tenure);
  });
});
