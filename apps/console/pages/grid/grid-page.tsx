// What grid operators say, how their servers stand, and whether what they asked was met. One signal, by its address, with its evidence.
// What stands at a site is on the page of the site; deciding what signals mean is apps/grid's.
import {
  type CapacityProvider,
  type DimmedSite,
  type Evidence,
  type GridProgram,
  type GridSignal,
  readEvidence,
  readGrid,
} from '../../api/grid-shapes.js';
import { addressOf } from '../../ui/router.js';
import { Table } from '../../ui/table.js';
import { useRead } from '../../ui/use-read.js';
import { useStore, useTick } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';

const EVERY_MS = 10_000;

export function GridPage({ live, rest: [signalId, siteId] }: PageProps) {
  const { t } = useWords();
  const { told, problem, readAgain } = useRead(() => readGrid(live.ask), EVERY_MS, [live]);
  const nowMs = useTick(live.nowMs, 10_000);
  if (told === null) return problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />;
  return (
    <div class="live">
      <h1>{t('nav.grid')}</h1>
      {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
      {signalId !== undefined && siteId !== undefined && <OneSignal live={live} signalId={signalId} siteId={siteId} />}
      <Programs programs={told.programs} nowMs={nowMs} />
      {told.providers.length > 0 && <Providers providers={told.providers} nowMs={nowMs} />}
      {told.dimmed.length > 0 && <Dimmed live={live} dimmed={told.dimmed} nowMs={nowMs} />}
      <Signals live={live} signals={told.signals} />
    </div>
  );
}

function Programs({ programs, nowMs }: { programs: readonly GridProgram[]; nowMs: number }) {
  const { t, count, duration } = useWords();
  const heard = ({ heardAtMs, validForMs, trouble }: GridProgram) => {
    const age = heardAtMs === null ? t('grid.never') : t('grid.heard', { age: duration(nowMs - heardAtMs) });
    if (trouble === null) return `● ${age}`;
    const isOver = heardAtMs === null || nowMs - heardAtMs > validForMs;
    return (
      <>
        <span class={isOver ? 'problem' : 'warning'}>
          ▲ {age}: {trouble}
        </span>
        <span class="muted second">{t(isOver ? 'grid.fallen' : 'grid.holds')}</span>
      </>
    );
  };
  const reported = ({ reportedAtMs, reportsRefused }: GridProgram) => (
    <>
      {reportedAtMs === null ? '–' : t('grid.ago', { age: duration(nowMs - reportedAtMs) })}
      {reportsRefused > 0 && <span class="warning second">▲ {t('grid.notTaken', { count: count(reportsRefused) })}</span>}
    </>
  );
  return (
    <Table
      id="programs"
      title={t('grid.programs')}
      none={t('grid.noPrograms')}
      columns={[
        t('grid.program'),
        t('grid.server'),
        t('nav.sites'),
        t('grid.events'),
        t('grid.state'),
        t('grid.reported'),
        t('grid.refused'),
      ]}
      rows={programs.map((program) => ({
        key: program.programId,
        isBad: program.trouble !== null,
        cells: [
          program.programId,
          <>
            <span class="address">{program.url}</span>
            <span class="muted second">
              OpenADR {program.version}
              {program.push !== null && ` · ${program.push}`}
            </span>
            {program.pushTrouble !== null && <span class="warning second">▲ {t('grid.onlyAsked', { reason: program.pushTrouble })}</span>}
          </>,
          program.siteIds.length > 3 ? count(program.siteIds.length) : program.siteIds.join(', '),
          count(program.events),
          heard(program),
          reported(program),
          program.refusals.length === 0
            ? '–'
            : program.refusals
                .map(({ eventId, path, message }) => `${[eventId, path].filter((part) => part !== '').join(' ')}: ${message}`)
                .join('; '),
        ],
      }))}
    />
  );
}

function Providers({ providers, nowMs }: { providers: readonly CapacityProvider[]; nowMs: number }) {
  const { t, duration } = useWords();
  const isGone = ({ offlineAtMs }: CapacityProvider) => offlineAtMs !== null && offlineAtMs <= nowMs;
  const state = (provider: CapacityProvider) => {
    const { isRegistered, isAcknowledged, offlineAtMs } = provider;
    if (!isRegistered) return <span class="warning">▲ {t('grid.unregistered')}</span>;
    if (!isAcknowledged) return <span class="warning">▲ {t('grid.acknowledged')}</span>;
    if (offlineAtMs === null) return `● ${t('grid.connected')}`;
    if (!isGone(provider)) return `● ${t('grid.there', { time: duration(offlineAtMs - nowMs) })}`;
    return (
      <>
        <span class="problem">▲ {t('grid.gone', { age: duration(nowMs - offlineAtMs) })}</span>
        <span class="muted second">{t('grid.fallen')}</span>
      </>
    );
  };
  return (
    <Table
      id="capacity-providers"
      title={t('grid.providers')}
      none=""
      columns={[t('grid.provider'), t('grid.server'), t('grid.groups'), t('grid.forecast'), t('grid.state')]}
      rows={providers.map((provider) => ({
        key: provider.providerId,
        isBad: isGone(provider),
        cells: [
          provider.providerId,
          <span class="address">{provider.url}</span>,
          provider.groups.join(', '),
          provider.forecasts.join(', ') || '–',
          state(provider),
        ],
      }))}
    />
  );
}

function Dimmed({ live, dimmed, nowMs }: Pick<PageProps, 'live'> & { dimmed: readonly DimmedSite[]; nowMs: number }) {
  const { t, moment, power, duration } = useWords();
  const { sites } = useStore(live.network);
  const asked = ({ siteId, askedW, untilMs }: DimmedSite) => {
    if (askedW === null || (untilMs !== null && untilMs <= nowMs)) return t('grid.notDimmed');
    const end = untilMs === null ? '' : ` ${t('grid.until', { time: moment(untilMs, 'minute', sites.get(siteId)?.timeZone) })}`;
    return `${power(askedW)}${end}`;
  };
  const heard = ({ heardAtMs, isSilent }: DimmedSite) => {
    const age = heardAtMs === null ? t('grid.never') : t('grid.heard', { age: duration(nowMs - heardAtMs) });
    if (!isSilent) return `● ${age}`;
    return (
      <>
        <span class="problem">▲ {age}</span>
        <span class="muted second">{t('grid.failSafe')}</span>
      </>
    );
  };
  return (
    <Table
      id="dimmed"
      title={t('grid.dimmed')}
      none=""
      columns={[t('grid.site'), t('grid.asked'), t('grid.guaranteed'), t('grid.failSafeLimit'), t('grid.state')]}
      rows={dimmed.map((each) => ({
        key: each.siteId,
        isBad: each.isSilent,
        cells: [sites.get(each.siteId)?.name ?? each.siteId, asked(each), power(each.floorW), power(each.failSafeW), heard(each)],
      }))}
    />
  );
}

function Signals({ live, signals }: Pick<PageProps, 'live'> & { signals: readonly GridSignal[] }) {
  const { t, moment, shortZone } = useWords();
  const { sites } = useStore(live.network);
  const at = (ms: number, zone = 'UTC') => `${moment(ms, 'minute', zone)} ${shortZone(zone, ms)}`;
  return (
    <Table
      id="signals"
      title={t('grid.signals')}
      none={t('grid.noSignals')}
      columns={[t('sites.received'), t('sites.source'), t('grid.site'), t('grid.direction')]}
      rows={signals.map(({ signalId, siteId, source, isFedBack, receivedAtMs }) => ({
        key: `${signalId} ${siteId}`,
        cells: [
          <a href={addressOf('grid', signalId, siteId)}>{receivedAtMs === null ? '–' : at(receivedAtMs, sites.get(siteId)?.timeZone)}</a>,
          source,
          sites.get(siteId)?.name ?? siteId,
          t(isFedBack ? 'sites.fedBack' : 'grid.drawn'),
        ],
      }))}
    />
  );
}

function OneSignal({ live, signalId, siteId }: Pick<PageProps, 'live'> & { signalId: string; siteId: string }) {
  const { t, moment, power, duration, shortZone } = useWords();
  const { told, problem, readAgain } = useRead(() => readEvidence(live.ask, signalId, siteId), EVERY_MS, [live, signalId, siteId]);
  const { sites } = useStore(live.network);
  if (told === null) return problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />;
  const zone = sites.get(siteId)?.timeZone ?? 'UTC';
  const at = (ms: number | null) => (ms === null ? t('sites.open') : moment(ms, 'minute', zone));
  const met = ({ measuredS, metAfterS, aboveS }: Evidence) => {
    if (measuredS === 0) return t('grid.notMeasured');
    const above = t('grid.above', { time: duration(aboveS * 1000) });
    if (metAfterS === null) return <span class="problem">▲ {above}</span>;
    return metAfterS === 0 ? `✓ ${t('grid.metAtOnce')}` : `✓ ${t('grid.metAfter', { time: duration(metAfterS * 1000) })}`;
  };
  return (
    <div class="live">
      <p class="muted crumb">
        <a href={addressOf('grid')}>{t('nav.grid')}</a>
      </p>
      <h1 class="visually-hidden">{t('grid.evidence')}</h1>
      <Table
        id="evidence"
        title={`${t('grid.evidence')} · ${sites.get(siteId)?.name ?? siteId} · ${shortZone(zone, live.nowMs())}`}
        none={t('grid.noEvidence')}
        columns={[t('grid.from'), t('grid.to'), t('grid.asked'), t('grid.average'), t('grid.highest'), t('grid.met')]}
        rows={told.map((each) => ({
          key: String(each.fromMs),
          isBad: each.measuredS > 0 && each.metAfterS === null,
          cells: [
            at(each.fromMs),
            at(each.toMs),
            <>
              {power(each.askedW)}
              {each.isFallback && <span class="muted second">{t('sites.fallback')}</span>}
            </>,
            power(each.averageW),
            power(each.highestW),
            met(each),
          ],
        }))}
      />
    </div>
  );
}
