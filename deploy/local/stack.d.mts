// Types of the local stack for tests that stop and start its servers.
export type PartName = 'kafka' | 'redis' | 'postgres';

export interface Stack {
  readonly dir: string;
  readonly env: Readonly<Record<'KAFKA_BROKERS' | 'REDIS_URL' | 'DATABASE_URL', string>>;
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
export function up(options?: StackOptions & { kind?: 'native' | 'docker'; fresh?: boolean; signal?: AbortSignal }): Promise<Stack>;
export function down(options?: StackOptions): Promise<void>;
