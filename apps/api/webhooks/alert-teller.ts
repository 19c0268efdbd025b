// Writes down which alerts are there and which are over, for tenants of whom somebody wants to be told: asked as `GET /v1/alerts` asks (ADR 0072), compared
// with what was told last. From there they are changes of the feed like any other.
import type { AlertClosed, AlertOpened } from '#contracts';
import type { World } from '#ports';
import { type Alert, alertsNow } from '../alerts.js';
import { appendAll, passed } from '../requests.js';
import { rowsOf } from '../rows.js';

/** With more than that, none is said to be over: it may be among those that were not looked at. */
const MOST = 5_000;
const TENANTS = `select distinct tenant_id as "tenantId" from webhooks
  where is_enabled and removed_at is null and kinds ?| array['alert.opened', 'alert.closed']`;
const TOLD = `select alert_id as "alertId", severity from alerts_told where tenant_id = $1 and closed_at is null`;
type Told = { readonly alertId: string; readonly severity: string };

export async function tellAlerts(world: World): Promise<void> {
  const { rows } = await world.database.query<{ tenantId: string }>(TENANTS);
  for (const { tenantId } of rows) {
    const { found, total } = await alertsNow(world, tenantId, { limit: MOST });
    const told = await rowsOf<Told>(world, tenantId, TOLD);
    const facts = differences(found, told, total > found.length).map((fact) => ({ ...fact, tenantId }));
    if (facts.length === 0) continue;
    const last = (await appendAll(world, 'network-events', facts)).at(-1);
    if (last !== undefined) await passed(world, 'api', last);
  }
}

type Difference =
  | { readonly type: 'AlertOpened'; readonly data: AlertOpened }
  | { readonly type: 'AlertClosed'; readonly data: AlertClosed };

/** An alert that got more or less severe is told again. */
export function differences(found: readonly Alert[], told: readonly Told[], areThereMore: boolean): readonly Difference[] {
  const known = new Map(told.map(({ alertId, severity }) => [alertId, severity]));
  const here = new Set(found.map(({ alertId }) => alertId));
  const opened = found
    .filter(({ alertId, severity }) => known.get(alertId) !== severity)
    .map(({ alertId, kind, severity, siteId, stationId, evseId, since, detail }): Difference => {
      const at = since === null ? null : since.toISOString();
      return { type: 'AlertOpened', data: { alertId, kind, severity, siteId, stationId, evseId, since: at, detail } };
    });
  const over = areThereMore ? [] : told.filter(({ alertId }) => !here.has(alertId));
  return [...opened, ...over.map(({ alertId }): Difference => ({ type: 'AlertClosed', data: { alertId } }))];
}
