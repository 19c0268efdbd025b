// One site and its energy: load against limit with every limit change and its reason, what each outlet is allocated against what it draws,
// who limits the site from outside, and the hours ahead. Live; the chart is the overview's. Without a site in the address: all of them.
import type { Site, Station } from '../../api/network-shapes.js';
import { hoursAhead, limitAddress, OPERATOR, readSignals, type Signal, type SignalStep } from '../../api/site-shapes.js';
import { evseState } from '../../model/evse-state.js';
import { stationsBySite } from '../../model/network-state.js';
import { ActionsButton, useMayAct } from '../../ui/acting.js';
import { addressOf } from '../../ui/router.js';
import { Table } from '../../ui/table.js';
import { useRead } from '../../ui/use-read.js';
import { useSending } from '../../ui/use-sending.js';
import { useStore, useTick } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import type { Words } from '../../words/format.js';
import { useWords } from '../../words/language.js';
import { alarmSentence, heldNowSentence } from '../../words/reasons.js';
import type { PageProps } from '../index.js';
import { LimitText, SitePanel } from '../live/site-panel.js';
import { SiteLimit } from './site-limit.js';

const EVERY_MS = 15_000;
const SOON_MS = 2_000;
const AHEAD_MS = 24 * 3_600_000;

export function SitesPage({ live, rest: [siteId] }: PageProps) {
  const { t, count } = useWords();
  const network = useStore(live.network);
  const feed = useStore(live.feed);
  if (network.readAtMs === null) {
    const failed = feed.kind === 'Reconnecting' || feed.kind === 'Offline';
    return failed ? <Unreadable reason={feed.reason} onRetry={live.retryNow} /> : <Loading />;
  }
  const site = siteId === undefined ? undefined : network.sites.get(siteId);
  const groups = stationsBySite(network);
  if (site !== undefined)
    return <SiteEnergy key={site.siteId} live={live} site={site} stations={groups.get(site.siteId) ?? []} isLive={feed.kind === 'Live'} />;
  return (
    <div class="live">
      <h1>{t('nav.sites')}</h1>
      {siteId !== undefined && <p class="warning">{t('sites.unknown', { site: siteId })}</p>}
      <Table
        id="sites"
        title={t('nav.sites')}
        none={t('sites.none')}
        columns={[t('station.site'), t('devices.stations'), t('sites.running'), t('sites.waiting'), t('sites.connection'), t('sites.zone')]}
        rows={[...network.sites.values()].map((each) => {
          const stations = groups.get(each.siteId) ?? [];
          const outlets = stations.flatMap((station) => station.evses.map((evse) => ({ station, evse })));
          const waiting = outlets.filter(
            ({ station, evse }) => evse.waits !== null || evseState(station, evse) === 'pausedByNetwork',
          ).length;
          const online = stations.filter((station) => station.online).length;
          return {
            key: each.siteId,
            cells: [
              <a href={addressOf('sites', each.siteId)}>{each.name}</a>,
              <span class={online < stations.length ? 'warning' : undefined}>
                {t('sites.connected', { online, count: stations.length })}
              </span>,
              count(outlets.filter(({ evse }) => evse.sessionId !== null).length),
              <span class={waiting > 0 ? 'warning' : undefined} title={t('sites.waitingHint')}>
                {count(waiting)}
              </span>,
              <LimitText site={each} />,
              each.timeZone,
            ],
          };
        })}
      />
    </div>
  );
}

function SiteEnergy({
  live,
  site,
  stations,
  isLive,
}: Pick<PageProps, 'live'> & { site: Site; stations: readonly Station[]; isLive: boolean }) {
  const { t } = useWords();
  const { load } = useStore(live.network);
  const may = useStore(live.may);
  const nowMs = useTick(live.nowMs);
  const { told, problem, readAgain } = useRead(() => readSignals(live.ask, site.siteId), EVERY_MS, [live, site.siteId]);
  // What was just asked is in the rows a moment later.
  const readSoon = () => {
    readAgain();
    setTimeout(readAgain, SOON_MS);
  };
  return (
    <div class={isLive ? 'live' : 'live is-past'}>
      <p class="muted crumb">
        <a href={addressOf('sites')}>{t('nav.sites')}</a>
      </p>
      <h1 class="visually-hidden">{site.name}</h1>
      <SitePanel site={site} stations={stations} points={load.get(site.siteId) ?? null} filter={null} live={live} isAlone />
      <Outlets live={live} site={site} stations={stations} />
      {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
      {told !== null && (
        <>
          <Signals live={live} site={site} signals={told.signals} nowMs={nowMs} onWithdrawn={readSoon} />
          {may.has('POST /v1/grid/limits') && <SiteLimit live={live} site={site} stations={stations} onTaken={readSoon} />}
          <Ahead site={site} outlook={told.outlook} nowMs={nowMs} />
        </>
      )}
    </div>
  );
}

/** What each outlet may draw, as it is allocated, against what it draws. */
function Outlets({ live, site, stations }: Pick<PageProps, 'live'> & { site: Site; stations: readonly Station[] }) {
  const words = useWords();
  const mayAct = useMayAct(live);
  const { t, power, current } = words;
  const rows = stations.flatMap((station) =>
    station.evses.map((evse) => {
      const alarm = station.alarms.find(({ evseId }) => evseId === 0 || evseId === evse.evseId);
      const isWorst = evse.limitA !== null && evse.wantedA !== null && evse.limitA > evse.wantedA + 1;
      const name = `${station.stationId} · ${evse.evseId}`;
      return {
        key: name,
        isBad: alarm !== undefined,
        cells: [
          evse.sessionId === null ? (
            <a href={addressOf('devices', station.stationId)}>{name}</a>
          ) : (
            <a href={addressOf('sessions', evse.sessionId)}>{name}</a>
          ),
          t(`evse.${evseState(station, evse)}`),
          power(evse.powerW),
          <>
            {evse.limitA === null ? '–' : t('site.perPhase', { amps: current(evse.limitA) })}
            {isWorst && <span class="warning second">{t('sites.unconfirmed', { amps: current(evse.wantedA) })}</span>}
          </>,
          alarm === undefined ? heldNowSentence(evse, words) || '–' : alarmSentence(alarm, words, site.timeZone),
          ...(mayAct
            ? [<ActionsButton live={live} target={{ stationId: station.stationId, evseId: evse.evseId }} isAway={!station.online} />]
            : []),
        ],
      };
    }),
  );
  return (
    <Table
      id="outlets"
      title={t('sites.outlets')}
      none={t('site.noStations')}
      columns={[
        t('sites.outlet'),
        t('devices.state'),
        t('sites.draws'),
        t('sites.may'),
        t('sites.why'),
        ...(mayAct ? [t('actions.title')] : []),
      ]}
      rows={rows}
    />
  );
}

const amountOf = ({ limitA, limitW }: Pick<SignalStep, 'limitA' | 'limitW'>, { t, current, power }: Words): string =>
  limitW !== null
    ? power(limitW)
    : Array.isArray(limitA)
      ? t('site.phases', { amps: limitA.map((each) => current(each)).join(' / ') })
      : t('site.perPhase', { amps: current(limitA as number | null) });

interface SignalsProps extends Pick<PageProps, 'live'> {
  readonly site: Site;
  readonly signals: readonly Signal[];
  readonly nowMs: number;
  readonly onWithdrawn: () => void;
}

function Signals({ live, site: { siteId, timeZone }, signals, nowMs, onWithdrawn }: SignalsProps) {
  const words = useWords();
  const mayEnd = useStore(live.may).has('DELETE /v1/grid/limits/{limitId}');
  const { isBusy, problem, send } = useSending();
  const withdraw = (signal: Signal) =>
    send(async () => {
      await live.ask.remove(limitAddress(siteId, signal));
      onWithdrawn();
    });
  const { t, nearMoment } = words;
  const at = (ms: number | null) => (ms === null ? t('sites.open') : nearMoment(ms, nowMs, timeZone));
  return (
    <>
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <Table
        id="signals"
        title={t('sites.signals')}
        none={t('sites.noSignals')}
        columns={[
          t('sites.source'),
          t('sites.where'),
          t('sites.inForce'),
          t('sites.steps'),
          t('sites.received'),
          ...(mayEnd ? [t('actions.title')] : []),
        ]}
        rows={signals.map((signal) => {
          const { limitId, source, nodeId, isFedBack, isShare, receivedAtMs, inForce, steps, floorW } = signal;
          return {
            key: `${limitId} ${nodeId} ${isFedBack}`,
            cells: [
              source,
              [nodeId ?? '–', isFedBack ? t('sites.fedBack') : '', isShare ? t('sites.share') : '']
                .filter((each) => each !== '')
                .join(' · '),
              <>
                {inForce === null
                  ? t('sites.notYet')
                  : inForce.toMs === null
                    ? amountOf(inForce, words)
                    : `${amountOf(inForce, words)} ${t('grid.until', { time: at(inForce.toMs) })}`}
                {inForce?.isFallback && <span class="muted second">{t('sites.fallback')}</span>}
                {floorW !== null && <span class="muted second">{t('sites.floor', { power: words.power(floorW) })}</span>}
              </>,
              steps.map((step) => `${at(step.fromMs)}: ${amountOf(step, words)}`).join('; '),
              at(receivedAtMs),
              ...(!mayEnd
                ? []
                : [
                    source === OPERATOR && !isShare ? (
                      <button
                        type="button"
                        disabled={isBusy}
                        aria-label={`${t('sites.withdraw')}: ${source} ${nodeId ?? ''}`.trim()}
                        onClick={(event) => event.detail <= 1 && withdraw(signal)(event)}
                      >
                        {t('sites.withdraw')}
                      </button>
                    ) : (
                      '–'
                    ),
                  ]),
            ],
          };
        })}
      />
    </>
  );
}

function Ahead({ site: { timeZone }, outlook, nowMs }: { site: Site; outlook: Parameters<typeof hoursAhead>[0]; nowMs: number }) {
  const { t, moment, power, age } = useWords();
  const rows = hoursAhead(outlook, nowMs, AHEAD_MS);
  return (
    <section class="card sessions" aria-labelledby="ahead">
      <h2 id="ahead">{t('sites.ahead')}</h2>
      <p class="muted">
        {outlook.plannedAtMs === null ? t('chart.noPlan') : t('sites.planned', { age: age(nowMs - outlook.plannedAtMs) })}
        {outlook.expiresAtMs !== null && outlook.expiresAtMs < nowMs && ` ${t('sites.lapsed')}`}
      </p>
      <Table
        id="ahead-rows"
        none={t('sites.nothingAhead')}
        columns={[t('sites.from'), t('chart.limit'), t('chart.plan')]}
        rows={rows.map(({ atMs, limitW, planW }, index) => ({
          key: String(index),
          cells: [index === 0 ? t('chart.now') : moment(atMs, 'minute', timeZone), power(limitW), power(planW)],
        }))}
      />
    </section>
  );
}
