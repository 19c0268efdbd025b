// Which records a service told other streams are held against what it would tell them today.
import { describe, expect, it } from '@jest/globals';
import { derivedSource, encode } from '#contracts';
import type { LogRecord } from '#ports';
import { compareElsewhere } from './told-elsewhere.js';

/** One record of service `s`, from its input site-events/0/7, in partition 3 of `topic`. */
function logWith(topic: string, siteId?: string) {
  const source = derivedSource({ service: 's', topic: 'site-events', partition: 0, offset: 7, index: 0 });
  const envelope = { id: 'i', type: 'Told', source, time: '2026-01-01T00:00:00.000Z', tenantId: 't', data: {} };
  const record: LogRecord = { ...encode({ ...envelope, ...(siteId !== undefined && { siteId }) }), topic, partition: 3, offset: 0 };
  return {
    partitionCount: () => 4,
    head: async (of: string, partition: number) => (of === topic && partition === 3 ? 1 : 0),
    async *read(of: string, partition: number) {
      if (of === topic && partition === 3) yield [record];
    },
  };
}
const nothing = [{ ref: { topic: 'site-events', partition: 0 }, end: 8, told: new Map() }];

describe('records a replay did not come to', () => {
  it('are told, where they are in another stream', async () => {
    const found = await compareElsewhere(logWith('billing-events', ':account:a'), { name: 's', outputs: ['billing-events'] }, nothing);
    expect(found).toEqual(['s: billing-events/3/0 Told would not be told today']);
  });

  it('are compared beside their input, where they went to the network, in whatever partition', async () => {
    expect(await compareElsewhere(logWith('network-events'), { name: 's', outputs: ['network-events'] }, nothing)).toEqual([]);
  });
});
