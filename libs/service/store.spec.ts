// In which order the relay publishes, so that what a rebuild finds has nothing missing before it (ADR 0058).
import { expect, it } from '@jest/globals';
import type { EventLog } from '#ports';
import type { OutboxRecord } from './partition-fold.js';
import { publish } from './store.js';

it('is what no rebuild reads back first, then all the rest in order, whatever its topic', async () => {
  const appended: string[] = [];
  const log = {
    partitionCount: () => 4,
    partitionOf: (_: string, key: string) => Number(key.at(-1)),
    async append(topic: string, records: OutboxRecord['record'][]) {
      appended.push(...records.map(({ value }) => value));
      return records.map(({ key }) => ({ topic, partition: Number(key.at(-1)), offset: 0 }));
    },
  } as unknown as EventLog;
  const told = (inputOffset: number, topic: string, key: string): OutboxRecord => ({
    ...{ inputOffset, index: 0, topic },
    record: { key, headers: {}, value: `${inputOffset}` },
  });
  const outbox = [
    told(5, 'site-events', 't/beside-1'),
    told(6, 'billing-events', 't/account-3'),
    told(7, 'network-events', 't-2'),
    told(8, 'site-events', 't/beside-1'),
  ];
  await publish(log, { topic: 'site-events', partition: 1 }, outbox);
  expect(appended).toEqual(['6', '5', '7', '8']);
});
