// Charge records and invoices, newest first, a page at a time.
// What is behind a record is the page of its session.
import { type CdrRow, type InvoiceRow, readCdrs, readInvoices } from '../../api/revenue-shapes.js';
import { Download } from '../../ui/download.js';
import { Paged } from '../../ui/paged.js';
import { addressOf } from '../../ui/router.js';
import { useStore } from '../../ui/use-store.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';

export function Records({ live }: Pick<PageProps, 'live'>) {
  const { t, moment, money, energy } = useWords();
  const { sites } = useStore(live.network);
  return (
    <Paged<CdrRow>
      id="records"
      title={t('revenue.latestRecords')}
      none={t('revenue.noRecords')}
      read={(cursor) => readCdrs(live.ask, cursor)}
      keyOf={({ cdrId }) => cdrId}
      numbersFrom={2}
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
        energy(energyKwh * 1000),
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
      columns={[
        t('revenue.number'),
        t('revenue.account'),
        t('revenue.issued'),
        t('revenue.lines'),
        t('cost.net'),
        t('cost.gross'),
        t('revenue.files'),
      ]}
      cells={({ invoiceId, number, kind, account, issuedAtMs, lines, currency, net, gross }) => [
        <>
          {number}
          {kind === 'creditNote' && <span class="muted second">{t('revenue.creditNote')}</span>}
        </>,
        <code class="record">{account.slice(0, 12)}</code>,
        issuedAtMs === null ? '–' : `${moment(issuedAtMs)} UTC`,
        count(lines),
        money({ amount: net, currency }),
        money({ amount: gross, currency }),
        (['pdf', 'csv'] as const).map((kind) => (
          <Download key={kind} ask={live.ask} path={`/v1/invoices/${encodeURIComponent(invoiceId)}.${kind}`} name={`${number}.${kind}`}>
            {kind.toUpperCase()}
          </Download>
        )),
      ]}
    />
  );
}
