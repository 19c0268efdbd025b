// What past sessions would have cost with other prices: prices to change, a time and a site to choose, then each session beside what was charged.
// The price is the api's, by the one rating; nothing is stored before publish.tsx is asked for it.
import { useState } from 'preact/hooks';
import type { Row } from '../../api/loose-json.js';
import { type Amount, type ListedTariff, readTariff, type Simulation, simulate, withPrice } from '../../api/tariff-shapes.js';
import { addressOf } from '../../ui/router.js';
import { Table } from '../../ui/table.js';
import { useStore } from '../../ui/use-store.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { conditionsText } from './prices.js';
import { Publish } from './publish.js';

const DAY_MS = 86_400_000;
const FIRST_ROWS = 10;
const WINDOWS = [1, 7, 31] as const;

interface Props extends Pick<PageProps, 'live'> {
  readonly tariff: ListedTariff;
  readonly onPublished: () => void;
}

export function Simulator({ live, tariff, onPublished }: Props) {
  const words = useWords();
  const { t } = words;
  const { sites } = useStore(live.network);
  const [body, setBody] = useState<Row>(tariff.body);
  const [days, setDays] = useState<(typeof WINDOWS)[number]>(7);
  const [siteId, setSiteId] = useState('');
  const [told, setTold] = useState<Simulation | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  /** Fields keep what is typed, whatever the feed draws anew meanwhile; the published prices come back with fields of their own. */
  const [resets, setResets] = useState(0);
  const run = async () => {
    setAsking(true);
    setProblem(null);
    try {
      const nowMs = live.nowMs();
      setTold(
        await simulate(live.ask, { tariff: body, fromMs: nowMs - days * DAY_MS, toMs: nowMs, siteId: siteId === '' ? null : siteId }),
      );
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setAsking(false);
    }
  };
  const changed = readTariff(body);
  return (
    <section class="card sessions" aria-labelledby="simulator">
      <h2 id="simulator">{t('simulator.title')}</h2>
      <p class="muted">{t('simulator.hint')}</p>
      <form
        class="simulator"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        {changed.elements.map((element, index) => (
          <fieldset key={index}>
            <legend>{conditionsText(element, words) || t('tariffs.always')}</legend>
            {element.prices.map(({ type, price }, component) => (
              <label key={`${resets} ${component}`}>
                {t(`simulator.${type}`, { currency: tariff.currency })}
                <input
                  type="number"
                  inputMode="decimal"
                  min="0"
                  step="any"
                  required
                  defaultValue={price}
                  onChange={({ currentTarget: { valueAsNumber } }) => {
                    if (Number.isFinite(valueAsNumber)) setBody(withPrice(body, index, component, valueAsNumber));
                  }}
                />
              </label>
            ))}
          </fieldset>
        ))}
        <fieldset>
          <legend>{t('simulator.sessions')}</legend>
          <label>
            {t('simulator.time')}
            <select value={days} onChange={({ currentTarget: { value } }) => setDays(WINDOWS.find((each) => String(each) === value) ?? 7)}>
              {WINDOWS.map((each) => (
                <option key={each} value={each}>
                  {words.plural('simulator.days', each)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t('station.site')}
            <select value={siteId} onChange={({ currentTarget: { value } }) => setSiteId(value)}>
              <option value="">{t('sessions.everySite')}</option>
              {[...sites.values()].map((site) => (
                <option key={site.siteId} value={site.siteId}>
                  {site.name}
                </option>
              ))}
            </select>
          </label>
        </fieldset>
        <div class="simulator-end">
          <button type="submit" class="primary" disabled={isAsking}>
            {t(isAsking ? 'simulator.running' : 'simulator.run')}
          </button>
          {body !== tariff.body && (
            <button
              type="button"
              class="quiet"
              onClick={() => {
                setBody(tariff.body);
                setResets(resets + 1);
              }}
            >
              {t('simulator.reset')}
            </button>
          )}
        </div>
      </form>
      <div aria-live="polite">
        {problem !== null && <p class="problem">{t('simulator.failed', { reason: problem })}</p>}
        {told !== null && <Outcome told={told} />}
        {told !== null && body !== tariff.body && <Publish live={live} tariff={tariff} changed={body} onPublished={onPublished} />}
      </div>
    </section>
  );
}

function Outcome({ told: { currency, items, sum, isMore } }: { told: Simulation }) {
  const { t, moment, energy, money, plural, count } = useWords();
  const [isWhole, setWhole] = useState(false);
  const inAll = ({ gross }: Amount, of = currency) => money({ amount: gross, currency: of });
  const signed = (amount: Amount | null) =>
    amount === null ? t('simulator.otherCurrency') : `${/^-|^[0.]*$/.test(amount.gross) ? '' : '+'}${inAll(amount)}`;
  if (items.length === 0) return <p class="muted">{t('simulator.none')}</p>;
  return (
    <>
      <dl class="station-facts simulator-sum">
        {(
          [
            [t('simulator.charged'), inAll(sum.charged)],
            [t('simulator.would'), inAll(sum.simulated)],
            [t('simulator.difference'), signed(sum.difference)],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="figure">{value}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">
        {plural('simulator.of', sum.sessions)} {isMore && t('simulator.more')}
      </p>
      <Table
        id="simulated"
        none=""
        columns={[
          t('sessions.station'),
          t('sessions.ended'),
          t('sessions.energy'),
          t('simulator.charged'),
          t('simulator.would'),
          t('simulator.difference'),
        ]}
        rows={items
          .slice(0, isWhole ? undefined : FIRST_ROWS)
          .map(({ sessionId, stationId, endedAtMs, energyWh, tariffId, charged, currency: own, simulated, difference }) => ({
            key: sessionId,
            cells: [
              <a href={addressOf('sessions', sessionId)}>{stationId}</a>,
              endedAtMs === null ? '–' : `${moment(endedAtMs, 'minute')} UTC`,
              energy(energyWh),
              <>
                {own === 'XXX' ? t('sessions.free') : inAll(charged, own)}
                {tariffId !== null && <span class="muted second">{t('cost.tariff', { tariff: tariffId })}</span>}
              </>,
              inAll(simulated),
              signed(difference),
            ],
          }))}
      />
      {!isWhole && items.length > FIRST_ROWS && (
        <button type="button" class="older" onClick={() => setWhole(true)}>
          {t('sessions.more', { count: count(items.length - FIRST_ROWS) })}
        </button>
      )}
    </>
  );
}
