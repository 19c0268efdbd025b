// Types of the local stack for tests that stop and start its servers.
export type PartName = 'kafka' | `kafka-${number}` | 'redis' | 'postgres';

export interface Stack {
  readonly dir: string;
  readonly env: Readonly<Record<'KAFKA_BROKERS' | 'KAFKA_REPLICATION' | 'REDIS_URL' | 'DATABASE_URL', string>>;
  /** Names of the Kafka brokers among the parts. */
  readonly brokers: readonly PartName[];
  stop(name: PartName, signal?: NodeJS.Signals): Promise<void>;
  start(name: PartName): Promise<void>;
  restart(name: PartName, signal?: NodeJS.Signals): Promise<void>;
  signal(name: PartName, signal: NodeJS.Signals): Promise<void> | void;
  flushRedis(): Promise<void>;
  status(): Promise<readonly { name: PartName; port: number; pid?: number; running: boolean; ready: boolean }[]>;
  down(): Promise<void>;
}

export interface StackOptions {
  readonly dir?: string;
  readonly say?: (line: string) => void;
}

export function attach(options?: StackOptions): Stack | undefined;
export function up(
  options?: StackOptions & { kind?: 'native' | 'docker'; fresh?: boolean; brokers?: number; signal?: AbortSignal },
): Promise<Stack>;
export function down(options?: StackOptions): Promise<void>;
