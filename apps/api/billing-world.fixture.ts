// Billing, invoicing, payments and what the api keeps on a real database and a log in memory, told facts of sessions and called as an operator calls them.
// What is asked of them, and what has to come of it, is each spec's.
import { join } from 'node:path';
import { billingRunner, fakePayments } from '#apps/billing';
import { encode, TOPICS } from '#contracts';
import { type EmbeddedDatabase, memoryLog } from '#embedded';
import { createLogger } from '#observability';
import type { EventLog, World } from '#ports';
import { migrate, ServiceRunner } from '#service';
import { systemClock, systemIds } from '#system';
import { scratchDatabase } from '#testing';
import { apiDefinition } from './definition.js';
import type { Route, Stream } from './http.js';
import { passed } from './requests.js';

export type Json = Record<string, unknown>;
export type BillingWorld = Awaited<ReturnType<typeof billingWorld>>;

export const PARTITIONS = 3;
export const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

export async function billingWorld(routesOf: (world: World) => readonly Route[], tariffMore: Json = {}) {
  const log: EventLog = memoryLog({ partitions: PARTITIONS });
  const database: EmbeddedDatabase = await scratchDatabase();
  for (const app of ['session', 'billing', 'api']) await migrate(database, app, join(import.meta.dirname, '..', app, 'migrations'));
  await log.open(TOPICS);
  const erased = new Set<string>();
  const keys = {
    hmac: (_: string, text: string) => `hash-of-${text}`,
    seal: async (subject: string, text: string) => `sealed:v1:${subject}:${text}`,
    unseal: async (text: string) => (erased.has(text.split(':')[2] ?? '') ? undefined : text.split(':').slice(3).join(':')),
    destroy: async (subject: string) => void erased.add(subject),
  };
  const world = { log, database, clock: systemClock, ids: systemIds, keys } as unknown as World;
  const provider = fakePayments(systemClock);
  const logger = createLogger('billing', 'silent');
  const runner = billingRunner(world, logger, provider);
  const api = new ServiceRunner(world, apiDefinition, {}, logger);
  const routes = routesOf(world);
  await runner.start();
  await api.start();

  async function call<Body = Json>(
    name: string,
    more: Json = {},
    tenantId = 't',
  ): Promise<{ readonly status: number; readonly body: Body }> {
    const route = routes.find(({ method, path }) => `${method} ${path}` === name) as Route;
    const query = route.query.parse(more.query ?? {});
    const made = { caller: { tenantId, name: 'op', role: 'admin' }, params: {}, body: {}, headers: {}, ...more, query };
    return (await route.handle(made as never)) as never;
  }
  async function file(name: string, id: unknown): Promise<string> {
    const route = routes.find(({ path }) => path === name) as Route;
    const stream = (await route.handle({ caller: { tenantId: 't' }, params: { id } } as never)) as Stream;
    return new Promise((resolve) =>
      stream(undefined as never, { writeHead: () => undefined, end: (text: unknown) => resolve(String(text)) } as never),
    );
  }

  const tariff = {
    country_code: 'NL',
    party_id: 'JST',
    id: 'kwh',
    currency: 'EUR',
    last_updated: minutesAgo(0),
    elements: [{ price_components: [{ type: 'ENERGY', price: 0.33, vat: 21, step_size: 1 }] }],
    ...tariffMore,
  };
  /** Resolves once billing has folded it. */
  async function session(type: string, sessionId: string, siteId: string, data: Json): Promise<void> {
    const envelope = { id: systemIds.next(), type, source: '/session', time: minutesAgo(0), tenantId: 't', siteId, stationId: 'cs' };
    const [position] = await log.append('session-events', [encode({ ...envelope, data: { sessionId, flags: [], ...data } })]);
    await passed(world, 'billing', position as never);
  }
  const started = (id: string, siteId: string, tokenHash: string): Promise<void> =>
    session('SessionStarted', id, siteId, {
      stationId: 'cs',
      evseId: 1,
      transactionId: id,
      ocppVersion: 'ocpp1.6',
      tokenHash,
      startedAt: minutesAgo(60),
      tariff,
    });
  const end = { endedAt: minutesAgo(5), reason: 'Local', provisional: false };
  const ended = (id: string, siteId: string, energyWh: number): Promise<void> => session('SessionEnded', id, siteId, { ...end, energyWh });

  const stop = async (): Promise<void> => {
    await runner.stop();
    await api.stop();
  };
  return {
    ...{ world, log, database, provider, call, file, session, started, ended, end, stop },
    async close(): Promise<void> {
      await stop();
      await log.close();
      await database.close();
    },
  };
}
