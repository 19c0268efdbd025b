import { describe, expect, it } from '@jest/globals';
import { murmur2, partitionFor } from './partitioner.js';

describe('partitioner', () => {
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as the Kafka clients do', (text, hash) => expect(murmur2(Buffer.from(text))).toBe(hash));

  it('stays within the partitions, and with one partition needs no hash', () => {
    for (let site = 0; site < 1000; site++) expect(partitionFor(`default/site-${site}`, 64)).toBeGreaterThanOrEqual(0);
    expect(partitionFor('default/site-1', 1)).toBe(0);
  });
});
