// Topics that a broker hears of later than they are made, as one that has just started or has much to do.
// Against a real broker they are opened in test/cluster.
import { expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { ensureTopics } from './kafka-topics.js';

const SETTINGS = { partitions: 4, replication: 1 };

/** A broker that does not know the topic for the first looks; `type`: what it says then. */
function broker(ignorantLooks: number, type = 'UNKNOWN_TOPIC_OR_PARTITION') {
  const made = new Set<string>();
  let looks = 0;
  const look = (): void => {
    if (looks++ < ignorantLooks) throw Object.assign(new Error('not here'), { type });
  };
  const admin = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    listTopics: async () => [],
    createTopics: async ({ waitForLeaders, topics }: { waitForLeaders: boolean; topics: readonly { topic: string }[] }) => {
      const isNew = topics.some(({ topic }) => !made.has(topic));
      for (const { topic } of topics) made.add(topic);
      if (isNew && waitForLeaders) look();
      return isNew;
    },
    fetchTopicMetadata: async ({ topics }: { topics: readonly string[] }) => {
      look();
      return { topics: topics.map((name) => ({ name, partitions: Array(SETTINGS.partitions).fill({}) })) };
    },
  };
  return { made, kafka: { admin: () => admin } as unknown as Kafka };
}

it('waits until the broker has heard of the topics that were made', async () => {
  const { made, kafka } = broker(3);
  await ensureTopics(kafka, ['a', 'b'], SETTINGS);
  expect([...made]).toEqual(['a', 'b']);
});

it('is a retriable refusal where the broker says anything else', async () => {
  const refused = ensureTopics(broker(1, 'NOT_CONTROLLER').kafka, ['a'], SETTINGS);
  await expect(refused).rejects.toMatchObject({ code: 'LogUnavailable', retriable: true });
});
