// The HTTP interface: operators, utilities and partners read rows and request changes; the console is served from here.
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { migrateAnalytics } from '#apps/analytics';
import type { Config } from '#config';
import { packageRoot, type Running } from '#nest';
import type { Logger } from '#observability';
import type { World } from '#ports';
import { type HeldPartition, migrate, ServiceRunner } from '#service';
import { auditDefinition } from './audit/definition.js';
import { auditing } from './audit/recording.js';
import { adminApiKey, bearerAuth, keysInRows } from './auth.js';
import { mountConsoleDoor } from './console-door.js';
import { compressedFiles } from './console-files.js';
import { apiDefinition } from './definition.js';
import { FeedHub } from './feed.js';
import { limitIntake } from './grid-limit-intake.js';
import { limitTaker, limitWithdrawer } from './grid-limits.js';
import { mount, ok, send } from './http.js';
import { onceByKey } from './idempotency.js';
import { spending } from './limits.js';
import { lookups } from './lookups.js';
import { aboutMissingRows } from './missing-rows.js';
import { nightly } from './nightly-reconciliation.js';
import { openApi } from './openapi.js';
import { openPeople } from './people/opening.js';
import { describeChanges, readsFrom } from './reads.js';
import { routes } from './routes.js';
import { scoping } from './scope.js';
import { watchingUptime } from './uptime-watch.js';
import { vtnDefinition } from './vtn/directory.js';
import { mountVtn } from './vtn/door.js';
import { vtnNotifying } from './vtn/notifying.js';
import { delivering } from './webhooks/deliver.js';
import { notifying } from './webhooks/notifying.js';
import { postTo } from './webhooks/post.js';
import { WebhookSender } from './webhooks/sender.js';

export { auditDefinition } from './audit/definition.js';
export { adminApiKey } from './auth.js';
export { apiDefinition } from './definition.js';
export { FeedHub, latestOfFeed } from './feed.js';
export { vtnDefinition } from './vtn/directory.js';

export interface Api extends Running {
  /** Registers the routes and the console on the HTTP application before it listens. */
  configure(app: NestExpressApplication): void;
}

export async function startApi(world: World, config: Config, logger: Logger): Promise<Api> {
  await migrate(world.database, 'api', join(packageRoot(), 'apps/api/migrations'));
  await migrateAnalytics(world.database, config);
  const reads = readsFrom(world);
  const feed = new FeedHub(world.database, world.clock, describeChanges(reads), logger);
  await feed.start();
  const { notifications } = config;
  const post = postTo(notifications.privateAddresses);
  const deliver = delivering(world, notifications, post);
  const telling = notifying(world, new WebhookSender(world, feed, deliver, logger), notifications.alertIntervalS, logger);
  const reconciling = nightly(world, config.reconciliationAt, logger);
  const watching = watchingUptime(world, logger);
  const effects = {
    onLive: (partition: HeldPartition<null>) => void [reconciling, telling, watching].map((each) => each.onLive?.(partition)),
  };
  const runner = new ServiceRunner(world, apiDefinition, effects, logger);
  await runner.start();
  const audit = new ServiceRunner(world, auditDefinition, {}, logger);
  await audit.start();
  const subscribers = vtnNotifying(world, post, logger);
  const vtn = new ServiceRunner(world, vtnDefinition, subscribers, logger);
  await vtn.start();
  const { key, created } = adminApiKey(config);
  if (created) process.stdout.write(`API key (shown once, kept in ${join(config.dataDir, 'admin-api-key')}): ${key}\n`);
  const keys = bearerAuth(world.keys, key, keysInRows(world.database), world.clock);
  const { authenticate, people } = openPeople(world, config.oidc, keys);
  const intake = await limitIntake(world, limitTaker(world, reads, lookups(world, reads)), limitWithdrawer(world, reads), logger);
  const spend = spending(world.clock);
  const missingRows = await aboutMissingRows(world);
  const table = routes(world, reads, feed, { notifications, deliver });

  return {
    configure(app) {
      app.disable('x-powered-by');
      const adapter = app.getHttpAdapter();
      const description = ok(openApi(table, '0.1.0'));
      adapter.get('/openapi.json', (request: IncomingMessage, response: ServerResponse) => send(request, response, description));
      const { bindAddress, ocppPort, ocppTls } = config;
      const { publicUrl } = notifications;
      const door = {
        bindAddress,
        ocppPort,
        ...(publicUrl !== undefined && { publicUrl }),
        ...(ocppTls !== undefined && { ocppTlsPort: ocppTls.port }),
      };
      mountConsoleDoor(adapter as never, door, key, people, logger);
      mount(
        adapter as never,
        table,
        {
          authenticate,
          spend,
          once: onceByKey(world),
          audit: auditing(world),
          scope: scoping(lookups(world, reads), reads),
          missingRows,
        },
        logger,
      );
      mountVtn(adapter as never, world, spend, notifications.publicUrl, logger);
      const console = join(packageRoot(), 'dist/console');
      if (existsSync(console)) {
        app.use(compressedFiles(console, SECURE));
        app.useStaticAssets(console, { setHeaders: secure });
      }
    },
    async stop() {
      await intake.close();
      await telling.stop();
      await feed.stop();
      subscribers.stop();
      await vtn.stop();
      await audit.stop();
      await runner.stop();
    },
  };
}

const SECURE = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};
const secure = (response: { setHeader(name: string, value: string): void }): void => {
  for (const [name, value] of Object.entries(SECURE)) response.setHeader(name, value);
};
