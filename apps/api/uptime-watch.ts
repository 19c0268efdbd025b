// Looks at the uptime of every port each hour, once per network, and notes it (uptime-months.ts), so that a budget that runs out is an alert without
// anybody asking for a report (ADR 0065). By whoever of the api holds the first partition of network-events.
import { SETTLING_MS } from '#domain/uptime';
import type { World } from '#ports';
import type { Effects, HeldPartition, Logger } from '#service';
import type { ApiInput } from './definition.js';
import { noteMonth } from './uptime-months.js';
import { uptimeQuestions } from './uptime-questions.js';

/** What budgets are watched by: of the rule sets that judge each port, the one of which an outlet may lose its funding. */
export const WATCHED = 'nevi';
const EVERY_MS = 3_600_000;
/** The first look waits until a start is over. */
const FIRST_AFTER_MS = 300_000;

/** Site after site, so that a large network is never in memory as a whole. */
export async function noteUptime(world: World, isHeld: () => boolean = () => true): Promise<void> {
  const { ofMonth, figures } = uptimeQuestions(world);
  const { rows } = await world.database.query<{ tenantId: string; siteId: string }>(
    'select distinct tenant_id as "tenantId", site_id as "siteId" from site_stations order by 1, 2',
  );
  for (const { tenantId, siteId } of rows) {
    if (!isHeld()) return;
    for (const month of monthsAt(world.clock.now())) {
      const asked = ofMonth({ rules: WATCHED, connectors: 'any', over: 'rules' }, month);
      await noteMonth(world.database, { tenantId, month, where: { siteId } }, await figures(tenantId, { siteId }, asked), asked);
    }
  }
}

/** The month that runs, and the one before until it counts as reported, so that its last note has all of it. */
const monthsAt = (nowMs: number): ReadonlySet<string> =>
  new Set([nowMs - SETTLING_MS - EVERY_MS, nowMs].map((ms) => new Date(ms).toISOString().slice(0, 7)));

export const watchingUptime = (world: World, logger: Logger): Effects<null, ApiInput> => ({
  onLive({ ref, lease }: HeldPartition<null>) {
    if (ref.topic !== 'network-events' || ref.partition !== 0) return;
    const again = (): void => {
      if (!lease.isHeld()) return;
      noteUptime(world, lease.isHeld)
        .catch((error: unknown) => logger.warn({ err: error }, 'looking at uptime waits'))
        .finally(() => world.clock.after(EVERY_MS, again));
    };
    world.clock.after(FIRST_AFTER_MS, again);
  },
});
