// Reconciles each day that is over, every night, once per network: whoever of the api holds the first partition of network-events asks the rows and
// appends what they came to (ADR 0070). A night that nobody was there for is made up for; a day that looks otherwise now is told again.
// What is compared with what is reconciliation.ts's and its neighbours', what of it is told libs/domain/billing's.
import { isDeepStrictEqual } from 'node:util';
import { type NightlyReport, nightlyReport } from '#domain/billing';
import { uuidV5 } from '#kernel';
import type { World } from '#ports';
import type { Effects, HeldPartition, Logger } from '#service';
import * as answers from './answers/index.js';
import type { ApiInput } from './definition.js';
import { ok, type Route, route } from './http.js';
import { invoicesOfDays } from './invoice-reconciliation.js';
import { paymentsOfDays } from './payment-reconciliation.js';
import { Days, daysOf, sitesReconciled } from './reconciliation.js';
import { append, passedHead } from './requests.js';
import { rowsOf } from './rows.js';

const DAY_MS = 86_400_000;
const LOOK_EVERY_MS = 60_000;
/** Days back that are looked at again, and made up for. */
const LOOKS_BACK_DAYS = 31;

const KNOWN = 'select day, report, computed_at from reconciliations where tenant_id = $1';
type Known = { readonly day: string; readonly report: NightlyReport; readonly computed_at: Date };

const withoutDay = <Sum extends { readonly day: string }>({ day: _, ...sum }: Sum): Omit<Sum, 'day'> => sum;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
/** The last `at` (HH:MM, UTC) that is not ahead. */
function lastNight(nowMs: number, at: string): number {
  const today = Date.parse(`${dayOf(nowMs)}T${at}:00Z`);
  return today <= nowMs ? today : today - DAY_MS;
}

/** `at`: HH:MM, UTC. */
export function nightly(world: World, at: string, logger: Logger): Effects<null, ApiInput> {
  const { clock, database } = world;

  /** Day after day, so that others are served in between. Whoever held the partition before may have told days that are in no row yet: their rows are waited for. */
  async function reconcile(tenantId: string, night: number, isHeld: () => boolean): Promise<void> {
    const days = Array.from({ length: LOOKS_BACK_DAYS }, (_, back) => dayOf(night - (LOOKS_BACK_DAYS - back) * DAY_MS));
    const yesterday = days.at(-1) ?? '';
    const told = (): Promise<readonly Known[]> => rowsOf<Known>(world, tenantId, `${KNOWN} and day >= $2 order by day`, days[0]);
    const isDone = (rows: readonly Known[]): boolean =>
      rows.some(({ day, computed_at }) => day === yesterday && computed_at.getTime() >= night);
    if (isDone(await told())) return;
    await passedHead(world, 'api', 'network-events', tenantId);
    const rows = await told();
    if (isDone(rows)) return;
    const known = new Map(rows.map((row) => [row.day, row]));
    const first = rows[0]?.day ?? yesterday;
    for (const day of days.filter((each) => each >= first)) {
      const report = await reportOf(tenantId, day);
      if (day !== yesterday && isDeepStrictEqual(known.get(day)?.report, report)) continue;
      const { isEven, differingSites, energyDifferenceWh } = report;
      logger[isEven ? 'info' : 'warn']({ tenantId, day, differingSites, energyDifferenceWh }, 'a day was reconciled');
      const id = uuidV5('reconciliation', tenantId, day, night);
      if (!isHeld()) return;
      await append(world, 'network-events', { id, type: 'DayReconciled', tenantId, data: report });
    }
  }

  async function reportOf(tenantId: string, day: string): Promise<NightlyReport> {
    const span = { from: day, to: day };
    const [sites, invoices, payments] = await Promise.all([
      sitesReconciled(world, tenantId, [day], null),
      invoicesOfDays(world, tenantId, span),
      paymentsOfDays(world, tenantId, span),
    ]);
    return nightlyReport(day, sites, invoices.map(withoutDay), payments.map(withoutDay));
  }

  async function look(isHeld: () => boolean): Promise<void> {
    const { rows } = await database.query<{ tenant_id: string }>('select distinct tenant_id from sites');
    for (const { tenant_id } of rows) await reconcile(tenant_id, lastNight(clock.now(), at), isHeld);
  }

  return {
    onLive({ ref, lease }: HeldPartition<null>) {
      if (ref.topic !== 'network-events' || ref.partition !== 0) return;
      const again = (): void => {
        if (!lease.isHeld()) return;
        look(lease.isHeld)
          .catch((error: unknown) => logger.warn({ err: error }, 'the reconciliation of the night waits'))
          .finally(() => clock.after(LOOK_EVERY_MS, again));
      };
      again();
    },
  };
}

export const nightlyRoutes = (world: World): readonly Route[] => [
  route({
    method: 'get',
    path: '/v1/reports/reconciliation/nightly',
    answer: answers.NightlyReports,
    summary:
      'What each day came to when it was reconciled at night, the network as a whole, also where nothing differs; with the sites that differ',
    query: Days,
    answers: { 200: 'a report for each day that was reconciled, with when' },
    async handle({ caller: { tenantId }, query }) {
      const days = daysOf(query, world.clock.now());
      const rows = await rowsOf<Known>(world, tenantId, `${KNOWN} and day = any($2::text[]) order by day`, days);
      return ok({ ...query, items: rows.map(({ report, computed_at }) => ({ ...report, computedAt: computed_at })) });
    },
  }),
];
