// Tariffs with the sites they price; one of them is tariff-page.tsx. Publishing one is done over the api.
import { type ListedTariff, readTariffs } from '../../api/tariff-shapes.js';
import { addressOf } from '../../ui/router.js';
import { Table } from '../../ui/table.js';
import { useRead } from '../../ui/use-read.js';
import { useStore } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { pricesText } from './prices.js';
import { TariffPage } from './tariff-page.js';

const EVERY_MS = 60_000;

export function TariffsPage({ live, rest: [tariffId] }: PageProps) {
  const words = useWords();
  const { t, moment, count } = words;
  const { sites } = useStore(live.network);
  const { told, problem, readAgain } = useRead<readonly ListedTariff[]>(() => readTariffs(live.ask), EVERY_MS, [live]);
  if (told === null) return problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />;
  const chosen = told.find((each) => each.tariffId === tariffId);
  if (chosen !== undefined) return <TariffPage key={chosen.tariffId} live={live} tariff={chosen} onPublished={readAgain} />;
  return (
    <div class="live">
      {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
      <h1>{t('nav.tariffs')}</h1>
      {tariffId !== undefined && <p class="warning">{t('tariffs.unknown', { tariff: tariffId })}</p>}
      <Table
        id="tariffs"
        title={t('tariffs.list')}
        none={t('tariffs.none')}
        columns={[t('tariffs.tariff'), t('tariffs.prices'), t('tariffs.sites'), t('tariffs.versions'), t('tariffs.since')]}
        rows={told.map((tariff) => ({
          key: tariff.tariffId,
          cells: [
            <a href={addressOf('tariffs', tariff.tariffId)}>{tariff.tariffId}</a>,
            tariff.text ?? tariff.elements.map((element) => pricesText(element, tariff, words)).join('; '),
            tariff.sites.map((siteId) => sites.get(siteId)?.name ?? siteId).join(', ') || t('tariffs.noSite'),
            count(tariff.versions),
            tariff.changedAtMs === null ? '–' : `${moment(tariff.changedAtMs)} UTC`,
          ],
        }))}
      />
    </div>
  );
}
