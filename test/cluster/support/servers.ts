// The real servers that the cluster suites run against, named by the environment (`npm run stack -- env`).
// Starting them is the test runner's business; without them a suite fails with the name of what is missing.
import { randomUUID } from 'node:crypto';
import { attach, type Stack } from '../../../deploy/local/stack.mjs';

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: start the servers with "npm run stack -- up"`);
  return value;
}

export const brokers = (): readonly string[] => required('KAFKA_BROKERS').split(',');
/** Copies of each topic; absent = one broker. */
export const replication = (): number => Number(process.env.KAFKA_REPLICATION ?? 1);
export const redisUrl = (): string => required('REDIS_URL');
export const databaseUrl = (): string => required('DATABASE_URL');

/** A name nobody else uses: tests share the servers and nothing on them. */
export const unique = (what: string): string => `${what}-${randomUUID().slice(0, 8)}`;

/** The stack itself, for tests that stop servers; its directory is named by STACK_DIR where it is not the default one. */
export function stack(): Stack {
  const dir = process.env.STACK_DIR;
  const running = attach(dir === undefined ? {} : { dir });
  if (running === undefined) throw new Error('the servers were not started by this stack: no fault can be injected');
  return running;
}
