// What is known of a site around the time of a report: samples of its meters, what it plans, when it was limited. Read from the rows of other services.
// What is said of it is libs/domain/grid-signals'.
import type { ConnectionRecord, RegisterSample, Step } from '#domain/grid-signals';
import type { World } from '#ports';
import { queryAsTenant } from '#service';

/** Registers are told when something is drawn, and now and then: the one before and the one after an interval may be that far away. */
const BESIDE_MS = 3_600_000;
const LOAD = `select time as at, measured_w as "measuredW" from analytics.site_load where tenant_id = $1 and site_id = $2
  and time >= $3::timestamptz - interval '5 minutes' and time < $4 order by time`;
const REGISTERS = `select port_id as "portId", time, energy_register_wh as wh from analytics.power_samples where tenant_id = $1 and site_id = $2
  and time >= $3 and time < $4 and energy_register_wh is not null order by time`;
const PLAN = 'select plan from site_outlooks where tenant_id = $1 and site_id = $2';
const LIMITED = `select greatest(received_at, starts_at) as "from", least(ends_at, superseded_at) as until from grid_limits
  where tenant_id = $1 and site_id = $2 and source = $3 and (limit_w is not null or limit_a is not null)
  and greatest(received_at, starts_at) < $5 and coalesce(least(ends_at, superseded_at), $5) > $4`;

export type Connections = (
  tenantId: string,
  siteId: string,
  source: string,
  fromMs: number,
  untilMs: number,
) => Promise<Omit<ConnectionRecord, 'wishes'>>;

export const connectionsOf =
  ({ database }: Pick<World, 'database'>): Connections =>
  async (tenantId, siteId, source, fromMs, untilMs) => {
    const rows = async <Row extends Readonly<Record<string, unknown>>>(text: string, ...values: readonly unknown[]) =>
      (await queryAsTenant<Row>(database, tenantId, text, [tenantId, siteId, ...values])).rows;
    const [from, until] = [iso(fromMs), iso(untilMs)];
    const load = await rows<{ at: Date; measuredW: number | null }>(LOAD, from, until);
    const registers = await rows<{ portId: string; time: Date; wh: number }>(REGISTERS, iso(fromMs - BESIDE_MS), iso(untilMs + BESIDE_MS));
    const [outlook] = await rows<{ plan: Plan | null }>(PLAN);
    const limited = await rows<{ from: Date; until: Date | null }>(LIMITED, source, from, until);
    return {
      load: load.map(({ at, measuredW }) => ({
        atMs: at.getTime(),
        measuredW: measuredW === null ? null : Number(measuredW),
        allocatedW: null,
      })),
      registers: registers.map(({ portId, time, wh }): RegisterSample => ({ portId, atMs: time.getTime(), wh: Number(wh) })),
      expected: stepsOf(outlook?.plan ?? undefined),
      limited: limited.map((each) => ({ fromMs: each.from.getTime(), toMs: each.until?.getTime() ?? Number.POSITIVE_INFINITY })),
    };
  };

interface Plan {
  readonly slots: readonly { readonly at: string; readonly powerW: number }[];
}
/** The last slot is as long as the one before it. */
function stepsOf(plan: Plan | undefined): readonly Step[] {
  const steps = (plan?.slots ?? []).map(({ at, powerW }) => ({ fromMs: Date.parse(at), value: powerW }));
  const [before, last] = steps.slice(-2);
  return before === undefined || last === undefined ? [] : [...steps, { fromMs: 2 * last.fromMs - before.fromMs }];
}

const iso = (ms: number): string => new Date(ms).toISOString();
