// Topics as the product needs them: kept whole, with a number of partitions that never changes.
import type { Kafka } from 'kafkajs';
import { LogUnavailable, PortError } from '#ports';

export interface TopicSettings {
  /** Of a new topic. */
  readonly partitions: number;
  readonly replication: number;
}

const MAX_RECORD_BYTES = 8 * 1024 * 1024;

/** Creates what is missing; afterwards every topic has its partitions, or PortError `PartitionsDiffer` (not retriable). */
export async function ensureTopics(kafka: Kafka, topics: readonly string[], settings: TopicSettings): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !existing.has(topic));
    if (missing.length > 0) await admin.createTopics({ waitForLeaders: true, topics: missing.map((topic) => creation(topic, settings)) });
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [...topics] });
    for (const { name, partitions } of found) {
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
