import { describe, expect, it } from '@jest/globals';
import { share } from './power-share.js';

describe('how a station divides its maximum', () => {
  it('gives an outlet that wants only its least no more than that', () => {
    expect(share([{ wantedMa: 6_000, leastMa: 6_000 }], 32_000)).toEqual([6_000]);
  });

  it('lets one that wants more have what another leaves', () => {
    const demands = [6_000, 32_000].map((wantedMa) => ({ wantedMa, leastMa: 6_000 }));
    expect(share(demands, 20_000)).toEqual([6_000, 14_000]);
  });

  it('divides evenly between outlets that want more than there is', () => {
    const demands = [32_000, 32_000].map((wantedMa) => ({ wantedMa, leastMa: 6_000 }));
    expect(share(demands, 20_000)).toEqual([10_000, 10_000]);
  });

  it('admits in order: who comes late to too little pauses', () => {
    const demands = [32_000, 32_000].map((wantedMa) => ({ wantedMa, leastMa: 6_000 }));
    expect(share(demands, 10_000)).toEqual([10_000, 0]);
  });
});
