// Billing: running cost, charge records, tariffs on their way to the sites, and the invoices and payments of accounts.
import { join } from 'node:path';
import { migrateAnalytics } from '#apps/analytics';
import type { Config } from '#config';
import { packageRoot } from '#nest';
import type { Logger } from '#observability';
import type { PaymentProvider, World } from '#ports';
import { migrate, ServiceRunner } from '#service';
import { billingDefinition } from './definition.js';
import { fakePayments } from './fake-provider.js';
import { invoicingDefinition } from './invoicing.js';
import { paying } from './paying.js';
import { paymentsDefinition } from './payments.js';

export { billingDefinition } from './definition.js';
export { fakePayments, type MovedMoney } from './fake-provider.js';
export { invoicingDefinition } from './invoicing.js';
export { paymentsDefinition } from './payments.js';

interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The service on tables that exist already. */
export function billingRunner(world: World, logger: Logger, provider: PaymentProvider = fakePayments(world.clock)): Service {
  const billing = new ServiceRunner(world, billingDefinition, {}, logger);
  const invoicing = new ServiceRunner(world, invoicingDefinition, {}, logger);
  const payments = new ServiceRunner(world, paymentsDefinition, paying(world, provider, logger), logger);
  return {
    async start() {
      await Promise.all([billing.start(), invoicing.start(), payments.start()]);
    },
    async stop() {
      await Promise.all([billing.stop(), invoicing.stop(), payments.stop()]);
    },
  };
}

export function billingService(world: World, config: Config, logger: Logger): Service {
  const runner = billingRunner(world, logger);
  return {
    async start() {
      await migrate(world.database, 'billing', join(packageRoot(), 'apps/billing/migrations'));
      await migrateAnalytics(world.database, config);
      await runner.start();
    },
    stop: () => runner.stop(),
  };
}
