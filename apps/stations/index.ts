// The stations service: what stations are made of, what they hold and what was asked of them.
import { join } from 'node:path';
import { migrateAnalytics } from '#apps/analytics';
import type { Config } from '#config';
import type { SiteEvent } from '#contracts';
import { packageRoot } from '#nest';
import type { Logger } from '#observability';
import { localAuthority } from '#pki';
import type { World } from '#ports';
import { type Effects, migrate, type ServiceDefinition, ServiceRunner } from '#service';
import { issuing } from './certificates/issuing.js';
import { commandDelivery } from './command-delivery.js';
import { forgetCleared } from './customer-information/erasure.js';
import { type StationState, stationsDefinitionOf } from './definition.js';
import { partsWith } from './parts.js';
import { tokenListsDefinition } from './token-lists.js';

export { stationsDefinition } from './definition.js';

export { tokenListsDefinition } from './token-lists.js';

/** With the settings of an operator. */
export const stationsDefinitionWith = (settings: Parameters<typeof partsWith>[0]): ServiceDefinition<StationState, SiteEvent> =>
  stationsDefinitionOf(partsWith(settings));

interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface CertificateSettings {
  readonly validityDays: number;
  readonly alarmDays: number;
  /** Named in certificates whose requests name nobody. */
  readonly operator?: string;
}
/** Where nobody says otherwise. */
const USUAL: CertificateSettings = { validityDays: 365, alarmDays: 30 };

/** The service on tables that exist already. */
export function stationsRunner(world: World, logger: Logger, { validityDays, alarmDays, operator }: CertificateSettings = USUAL): Service {
  const deliver = commandDelivery(world, logger);
  const authority = issuing(world, localAuthority({ keys: world.keys, clock: world.clock, validityDays }), logger, operator);
  const effects: Effects<StationState, SiteEvent> = {
    async onLive(partition) {
      authority.onLive(partition);
      for (const state of partition.states.values()) await forgetCleared(world.keys, state);
    },
    async onCommitted(partition, changes) {
      authority.onCommitted(partition, changes);
      await deliver(partition, changes);
      for (const { before, after } of changes) await forgetCleared(world.keys, after, before);
    },
  };
  const stations = new ServiceRunner(world, stationsDefinitionWith({ alarmDays }), effects, logger);
  const tokenLists = new ServiceRunner(world, tokenListsDefinition, {}, logger);
  return {
    async start() {
      await Promise.all([stations.start(), tokenLists.start()]);
    },
    async stop() {
      await Promise.all([stations.stop(), tokenLists.stop()]);
    },
  };
}

export function stationsService(world: World, config: Config, logger: Logger): Service {
  const [operator] = config.stationOrganizations;
  const runner = stationsRunner(world, logger, { ...config.certificates, ...(operator !== undefined && { operator }) });
  return {
    async start() {
      await migrate(world.database, 'stations', join(packageRoot(), 'apps/stations/migrations'));
      await migrateAnalytics(world.database, config);
      await runner.start();
    },
    stop: () => runner.stop(),
  };
}
