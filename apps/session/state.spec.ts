import { expect, it } from '@jest/globals';
import { type SiteState, stationIn, withStation } from './state.js';

it('knows a station that nobody has heard of for a new one, whatever it is called', () => {
  const nobody = stationIn({ shards: {} } as unknown as SiteState, 'S');
  const stations = Array.from({ length: 1_000 }, (_, index) => `S${index}`);
  const site = stations.reduce((all, name) => withStation(all, name, { ...nobody, offset: 1 }), { shards: {} } as unknown as SiteState);
  expect(stationIn(site, 'S7').offset).toBe(1);
  for (const name of ['constructor', 'toString']) expect(stationIn(site, name)).toBe(nobody);
});
