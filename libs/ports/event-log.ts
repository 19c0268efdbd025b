// The only truth: an append-only log of topics and partitions. Nothing here knows what a record means.

/** CloudEvents 1.0 attributes in the Kafka binary binding (`ce_id`, `ce_type`, `ce_source`, `ce_time`, …) and `traceparent`. */
export type RecordHeaders = Readonly<Record<string, string>>;

export interface NewRecord {
  /** Records with an equal key share a partition and keep their order. `tenantId/siteId` for everything a site decides on. */
  readonly key: string;
  readonly headers: RecordHeaders;
  /** The event's data as JSON text. */
  readonly value: string;
}

export interface PartitionRef {
  readonly topic: string;
  readonly partition: number;
}

export interface Position extends PartitionRef {
  /** From 0, rising, not necessarily without gaps. */
  readonly offset: number;
}

export interface LogRecord extends NewRecord, Position {
  /** Why nobody may believe it, where a log judges who wrote it (ADR 0105). Absent: nothing speaks against it. */
  readonly refused?: string;
  readonly signed?: Signed;
}

/** The process that signed a record, and where it stands in what that process signed; rising within a partition. */
export interface Signed {
  readonly process: string;
  readonly order: readonly [atMs: number, number: number];
}

export interface Batch extends PartitionRef {
  /** Rising offsets, at least one record. */
  readonly records: readonly LogRecord[];
  /** Next offset of the partition when the batch was fetched; how far behind a consumer is. */
  readonly head: number;
}

/** The right to handle one partition. A handler asks before each effect that cannot be undone. */
export interface Lease {
  readonly isHeld: () => boolean;
  /** Keeps the lease while a long batch is worked on. Rejects with OwnershipLost when it is gone. */
  readonly heartbeat: () => Promise<void>;
}

export interface Subscriber {
  /** Called once per assignment, before any batch of that partition; answers the offset to start at. */
  onAssigned(partition: PartitionRef, lease: Lease): Promise<number>;
  /** Batches in order per partition, one at a time per partition. A rejection redelivers from the same offset after a pause, a rejection with OwnershipLost assigns anew. */
  onBatch(batch: Batch, lease: Lease): Promise<void>;
  /** The partition is no longer ours; its lease is not held any more. */
  onRevoked(partition: PartitionRef): void;
}

export interface Subscription {
  /** Resolves when no handler runs any more. */
  close(): Promise<void>;
}

/** Ordered within a key, never across keys. Delivery is at least once: handlers expect repeats. */
export interface EventLog {
  /** Creates missing topics with the configured number of partitions. Refuses to start when a topic exists with another number. */
  open(topics: readonly string[]): Promise<void>;
  partitionCount(topic: string): number;
  /** The partition that `key` belongs to; the same for every writer and reader. */
  partitionOf(topic: string, key: string): number;
  /**
   * Resolves with one position per record, in order, once all are durable (synced to disk; acknowledged by all in-sync replicas).
   * Concurrent calls are grouped. Records of one call with equal keys keep their order. Rejects with LogUnavailable (retriable; the records may still appear).
   */
  append(topic: string, records: readonly NewRecord[]): Promise<readonly Position[]>;
  /** One consumer of a group holds a partition at a time; the group's members share the partitions. */
  subscribe(group: string, topics: readonly string[], subscriber: Subscriber): Promise<Subscription>;
  /** Batches from `from` (inclusive) to `to` (exclusive), then ends. Reads what is there, independent of any group. */
  read(topic: string, partition: number, from: number, to: number): AsyncIterable<readonly LogRecord[]>;
  /** The next offset of a partition: what is below it was durable when asked. */
  head(topic: string, partition: number): Promise<number>;
  close(): Promise<void>;
}
