// One tariff: its week at a glance, every price with its conditions, its versions, and what past sessions would have cost by it.
// Trying other prices is simulator.tsx.
import { type ListedTariff, readVersions, type TariffVersion } from '../../api/tariff-shapes.js';
import { addressOf } from '../../ui/router.js';
import { Table } from '../../ui/table.js';
import { useRead } from '../../ui/use-read.js';
import { useStore } from '../../ui/use-store.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { conditionsText, pricesText } from './prices.js';
import { Simulator } from './simulator.js';
import { WeekPicture } from './week-picture.js';

const EVERY_MS = 300_000;

interface Props extends Pick<PageProps, 'live'> {
  readonly tariff: ListedTariff;
  readonly onPublished: () => void;
}

export function TariffPage({ live, tariff, onPublished }: Props) {
  const words = useWords();
  const { t, moment, price, plural } = words;
  const { sites } = useStore(live.network);
  const { told, problem } = useRead<readonly TariffVersion[]>(() => readVersions(live.ask, tariff.tariffId), EVERY_MS, [
    live,
    tariff.changedAtMs,
  ]);
  const bound = (amount: number) => price({ amount: String(amount), currency: tariff.currency });
  return (
    <div class="live">
      <section class="card sessions" aria-labelledby="tariff">
        <p class="muted">
          <a href={addressOf('tariffs')}>{t('nav.tariffs')}</a>
        </p>
        <h1 id="tariff">{tariff.tariffId}</h1>
        <p class="muted">
          {tariff.text !== null && `${tariff.text} · `}
          {tariff.currency} ·{' '}
          {tariff.sites.length === 0
            ? t('tariffs.noSite')
            : t('tariffs.at', { sites: tariff.sites.map((siteId) => sites.get(siteId)?.name ?? siteId).join(', ') })}
        </p>
        <WeekPicture tariff={tariff} />
        <Table
          id="prices"
          none={t('price.free')}
          columns={[t('tariffs.prices'), t('tariffs.only')]}
          rows={tariff.elements.map((element, index) => ({
            key: String(index),
            cells: [pricesText(element, tariff, words), conditionsText(element, words) || t('tariffs.always')],
          }))}
        />
        <p class="muted small">
          {t('tariffs.first')} {tariff.minPrice !== null && t('tariffs.least', { price: bound(tariff.minPrice) })}{' '}
          {tariff.maxPrice !== null && t('tariffs.most', { price: bound(tariff.maxPrice) })}
        </p>
      </section>
      <Simulator key={tariff.versions} live={live} tariff={tariff} onPublished={onPublished} />
      <details class="card sessions">
        <summary class="fold-title">
          <h2>
            {t('tariffs.versions')} <span class="muted">{plural('tariffs.versionsOf', tariff.versions)}</span>
          </h2>
        </summary>
        {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
        {told !== null && (
          <Table
            id="versions"
            none={t('devices.none')}
            columns={[t('tariffs.since'), t('tariffs.prices')]}
            rows={told.map(({ version, validFromMs, tariff: was }) => ({
              key: version,
              cells: [
                validFromMs === null ? '–' : `${moment(validFromMs)} UTC`,
                was.elements.map((element) => pricesText(element, was, words)).join('; '),
              ],
            }))}
          />
        )}
      </details>
    </div>
  );
}
