// Money of a month: by day, site and tariff, whether it agrees with registers, ratings and invoices, charge records and invoices.
// The month is in the address. Amounts come as decimal texts and are shown as they are.
import { type RevenueTold, readRevenue, type Sum } from '../../api/revenue-shapes.js';
import { addressOf } from '../../ui/router.js';
import { Table } from '../../ui/table.js';
import { useRead } from '../../ui/use-read.js';
import { useStore } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { DayFigure } from './day-figure.js';
import { Invoices, Records } from './documents.js';

const EVERY_MS = 60_000;
const MONTHS = 6;

export function RevenuePage({ live, rest: [asked] }: PageProps) {
  const { t, month: monthName } = useWords();
  const today = new Date(live.nowMs()).toISOString().slice(0, 10);
  const months = lastMonths(today);
  const month = asked !== undefined && /^\d{4}-\d\d$/.test(asked) && asked <= today.slice(0, 7) ? asked : today.slice(0, 7);
  const [from, to] = [`${month}-01`, month === today.slice(0, 7) ? today : lastDay(month)];
  const { told, problem, readAgain } = useRead<RevenueTold>(() => readRevenue(live.ask, from, to), EVERY_MS, [live, month]);
  return (
    <div class="live">
      <header class="page-head">
        <h1>{t('nav.revenue')}</h1>
        <select
          aria-label={t('uptime.month')}
          value={month}
          onChange={({ currentTarget: { value } }) => {
            location.hash = addressOf('revenue', value);
          }}
        >
          {(months.includes(month) ? months : [month, ...months]).map((each) => (
            <option key={each} value={each}>
              {monthName(each)}
            </option>
          ))}
        </select>
      </header>
      {told === null && (problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />)}
      {told !== null && (
        <>
          {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
          {told.sums.length === 0 ? (
            <p class="card muted">{t('revenue.none', { month: monthName(month) })}</p>
          ) : (
            told.sums.map((sum) => <InAll key={sum.currency} sum={sum} told={told} />)
          )}
          <Agreement live={live} told={told} />
          <Places live={live} told={told} />
        </>
      )}
      <Records live={live} />
      <Invoices live={live} />
    </div>
  );
}

/** One currency: its figures and its days. */
function InAll({ sum, told }: { sum: Sum; told: RevenueTold }) {
  const { t, money, energy, plural } = useWords();
  const { currency } = sum;
  const of = (amount: string) => money({ amount, currency });
  const billed = told.invoiced?.find((each) => each.currency === currency);
  const onInvoices = billed === undefined ? [] : [t('revenue.billed', { invoiced: of(billed.invoiced), open: of(billed.open) })];
  const figures: readonly (readonly [string, string, string])[] = [
    [t('revenue.net'), of(sum.net), [t('revenue.gross', { gross: of(sum.gross) }), ...onInvoices].join('; ')],
    [t('revenue.charged'), of(sum.charged), plural('revenue.records', sum.records)],
    [t('revenue.credited'), of(sum.credited), plural('revenue.credits', sum.credits)],
    [t('revenue.energy'), energy(sum.energyWh), ''],
  ];
  return (
    <>
      <section class="card figures" aria-label={t('revenue.inAll', { currency })}>
        {figures.map(([name, value, beside]) => (
          <dl key={name}>
            <dt>{name}</dt>
            <dd class="figure">{value}</dd>
            <dd class="muted">{beside}</dd>
          </dl>
        ))}
      </section>
      <DayFigure told={told} currency={currency} />
    </>
  );
}

function Agreement({ live, told: { disagreements, compared } }: Pick<PageProps, 'live'> & { told: RevenueTold }) {
  const { t, plural } = useWords();
  const { sites } = useStore(live.network);
  return (
    <Table
      id="agreement"
      title={t('revenue.agreement')}
      none={`✓ ${t('revenue.agrees')} ${plural('revenue.compared', compared)}`}
      columns={[t('revenue.day'), t('station.site'), t('revenue.differs'), t('revenue.by')]}
      rows={disagreements.map(({ key, day, siteId, kind, by }) => ({
        key,
        isBad: kind !== 'charge' && kind !== 'record',
        cells: [
          `${day} UTC`,
          siteId === null ? '–' : (sites.get(siteId)?.name ?? siteId),
          t(`revenue.kind.${kind}`),
          kind === 'energy' ? `${by} kWh` : by,
        ],
      }))}
    />
  );
}

function Places({ live, told: { sites, tariffs } }: Pick<PageProps, 'live'> & { told: RevenueTold }) {
  const { t, money, energy, count } = useWords();
  const known = useStore(live.network).sites;
  const columns = [t('revenue.recordsTitle'), t('revenue.energy'), t('revenue.net'), t('revenue.withVat')];
  const cells = ({ records, credits, energyWh, net, gross, currency }: Sum) => [
    credits === 0 ? count(records) : `${count(records)} − ${count(credits)}`,
    energy(energyWh),
    money({ amount: net, currency }),
    money({ amount: gross, currency }),
  ];
  return (
    <div class="two">
      <Table
        id="by-site"
        title={t('revenue.bySite')}
        none={t('revenue.nothing')}
        numbersFrom={1}
        columns={[t('station.site'), ...columns]}
        rows={sites.map((sum) => ({
          key: `${sum.siteId} ${sum.currency}`,
          cells: [<a href={addressOf('sites', sum.siteId)}>{known.get(sum.siteId)?.name ?? sum.siteId}</a>, ...cells(sum)],
        }))}
      />
      <Table
        id="by-tariff"
        title={t('revenue.byTariff')}
        none={t('revenue.nothing')}
        numbersFrom={1}
        columns={[t('tariffs.tariff'), ...columns]}
        rows={tariffs.map((sum) => ({
          key: `${sum.tariffId} ${sum.currency}`,
          cells: [sum.tariffId === null ? '–' : <a href={addressOf('tariffs', sum.tariffId)}>{sum.tariffId}</a>, ...cells(sum)],
        }))}
      />
    </div>
  );
}

const lastDay = (month: string): string => {
  const [year = 1970, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
};

function lastMonths(today: string): readonly string[] {
  const [year = 1970, number = 1] = today.split('-').map(Number);
  return Array.from({ length: MONTHS }, (_, back) => new Date(Date.UTC(year, number - 1 - back, 1)).toISOString().slice(0, 7));
}
