// Topics as the product needs them: kept whole, with a number of partitions that never changes.
import { setTimeout as pause } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { LogUnavailable, PortError } from '#ports';

export interface TopicSettings {
  /** Of a new topic. */
  readonly partitions: number;
  readonly replication: number;
}

/** A broker answers that it does not know a topic until its controller has told it: looked for so often, at these intervals [ms]. */
const LOOKS = 50;
const LOOK_AGAIN_MS = 100;

const MAX_RECORD_BYTES = 8 * 1024 * 1024;

/** Creates what is missing; afterwards every topic has its partitions, or PortError `PartitionsDiffer` (not retriable). */
export async function ensureTopics(kafka: Kafka, topics: readonly string[], settings: TopicSettings): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !existing.has(topic));
    for (const { name, partitions } of await made(admin, topics, missing, settings)) {
      if (partitions.length === settings.partitions) continue;
      throw new PortError(
        'PartitionsDiffer',
        `topic ${name} has ${partitions.length} partitions, not ${settings.partitions}; the number never changes`,
        false,
      );
    }
  } catch (cause) {
    if (cause instanceof PortError) throw cause;
    throw new LogUnavailable('the topics could not be opened', { cause });
  } finally {
    await admin.disconnect();
  }
}

/** kafkajs itself waits for leaders, and for no topic that the broker has not heard of. To make a topic again is harmless. */
async function made(admin: Admin, topics: readonly string[], missing: readonly string[], settings: TopicSettings) {
  for (let look = 1; ; look++)
    try {
      if (missing.length > 0) await admin.createTopics({ waitForLeaders: true, topics: missing.map((topic) => creation(topic, settings)) });
      return (await admin.fetchTopicMetadata({ topics: [...topics] })).topics;
    } catch (error) {
      if ((error as { readonly type?: string }).type !== 'UNKNOWN_TOPIC_OR_PARTITION' || look === LOOKS) throw error;
      await pause(LOOK_AGAIN_MS);
    }
}

/** Other processes may create it at the same time: kafkajs takes "exists already" for an answer. */
const creation = (topic: string, { partitions, replication }: TopicSettings) => ({
  topic,
  numPartitions: partitions,
  replicationFactor: replication,
  configEntries: Object.entries({
    'cleanup.policy': 'delete',
    'retention.ms': '-1',
    'retention.bytes': '-1',
    'max.message.bytes': String(MAX_RECORD_BYTES),
    'min.insync.replicas': replication >= 3 ? '2' : '1',
    'unclean.leader.election.enable': 'false',
  }).map(([name, value]) => ({ name, value })),
});
