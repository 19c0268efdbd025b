// Charge records and invoices, newest first, a page at a time.
// What is behind a record is the page of its session; files of an invoice are had over the api.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { type CdrRow, type InvoiceRow, type Page, readCdrs, readInvoices } from '../../revenue-shapes.js';
import { addressOf } from '../../ui/router.js';
import { useRead } from '../../ui/use-read.js';
import { useStore } from '../../ui/use-store.js';
import { useWords } from '../../words/language.js';
import { Table } from '../devices/table.js';
import type { PageProps } from '../index.js';

const EVERY_MS = 60_000;

export function Records({ live }: Pick<PageProps, 'live'>) {
  const { t, moment, money, quantity } = useWords();
  const { sites } = useStore(live.network);
  return (
    <Paged<CdrRow>
      id="records"
      title={t('revenue.latestRecords')}
      none={t('revenue.noRecords')}
      read={(cursor) => readCdrs(live.ask, cursor)}
      keyOf={({ cdrId }) => cdrId}
      columns={[t('sessions.station'), t('revenue.issued'), t('sessions.energy'), t('cost.net'), t('cost.gross')]}
      cells={({ sessionId, stationId, siteId, issuedAtMs, energyKwh, currency, net, gross, creditOf }) => [
        <>
          <a href={addressOf('sessions', sessionId)}>{stationId}</a>
          <span class="muted second">
            {sites.get(siteId)?.name ?? siteId}
            {creditOf !== null && ` · ${t('revenue.credit')}`}
          </span>
        </>,
        issuedAtMs === null ? '–' : `${moment(issuedAtMs)} UTC`,
        quantity(String(energyKwh), 'kWh'),
        money({ amount: net, currency }),
        money({ amount: gross, currency }),
      ]}
    />
  );
}

export function Invoices({ live }: Pick<PageProps, 'live'>) {
  const { t, moment, money, count } = useWords();
  return (
    <Paged<InvoiceRow>
      id="invoices"
      title={t('revenue.invoices')}
      none={t('revenue.noInvoices')}
      read={(cursor) => readInvoices(live.ask, cursor)}
      keyOf={({ invoiceId }) => invoiceId}
      columns={[t('revenue.number'), t('revenue.account'), t('revenue.issued'), t('revenue.lines'), t('cost.net'), t('cost.gross')]}
      cells={({ number, kind, account, issuedAtMs, lines, currency, net, gross }) => [
        <>
          {number}
          {kind === 'creditNote' && <span class="muted second">{t('revenue.creditNote')}</span>}
        </>,
        <code class="record">{account.slice(0, 12)}</code>,
        issuedAtMs === null ? '–' : `${moment(issuedAtMs)} UTC`,
        count(lines),
        money({ amount: net, currency }),
        money({ amount: gross, currency }),
      ]}
    />
  );
}

interface PagedProps<T> {
  readonly id: string;
  readonly title: string;
  readonly none: string;
  /** Null where the key may not see them: then there is nothing to show. */
  readonly read: (cursor: string | null) => Promise<Page<T> | null>;
  readonly keyOf: (item: T) => string;
  readonly columns: readonly string[];
  readonly cells: (item: T) => readonly ComponentChildren[];
}

function Paged<T>({ id, title, none, read, keyOf, columns, cells }: PagedProps<T>) {
  const { t } = useWords();
  const [older, setOlder] = useState<Page<T> | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const { told, problem } = useRead<{ readonly page: Page<T> | null }>(async () => ({ page: await read(null) }), EVERY_MS, []);
  if (told?.page === null) return null;
  const known = new Set(told?.page.items.map(keyOf));
  const shown = [...(told?.page.items ?? []), ...(older?.items ?? []).filter((item) => !known.has(keyOf(item)))];
  const cursor = (older ?? told?.page)?.nextCursor ?? null;
  const readOlder = async () => {
    try {
      const page = await read(cursor);
      setFailed(null);
      if (page !== null) setOlder({ items: [...shown, ...page.items], nextCursor: page.nextCursor });
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <section class="card sessions" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
      {(told !== null || problem === null) && (
        <Table
          id={`${id}-rows`}
          none={told === null ? t('state.loading') : none}
          columns={columns}
          rows={shown.map((item) => ({ key: keyOf(item), cells: cells(item) }))}
        />
      )}
      {failed !== null && <p class="warning">{failed}</p>}
      {cursor !== null && (
        <button type="button" class="older" onClick={() => void readOlder()}>
          {t('revenue.older')}
        </button>
      )}
    </section>
  );
}
