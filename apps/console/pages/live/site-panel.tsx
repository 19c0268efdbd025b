// One site: its load against its limit as a number, a bar and a moving chart, and its outlets.
// Points are read only while the panel is near the visible part of the page.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LoadPoint, Site, Station } from '../../api/network-shapes.js';
import type { EvseState } from '../../model/evse-state.js';
import type { LiveNetwork } from '../../model/live-network.js';
import { isAbove, summarise } from '../../model/load-series.js';
import { ratedLimitW } from '../../model/network-state.js';
import { pure } from '../../ui/pure.js';
import { addressOf } from '../../ui/router.js';
import { useStore, useTick } from '../../ui/use-store.js';
import { useWords } from '../../words/language.js';
import { EvseGrid } from './evse-grid.js';
import { LoadFigure } from './load-figure.js';

interface Props {
  readonly site: Site;
  readonly stations: readonly Station[];
  /** null: not read yet. */
  readonly points: readonly LoadPoint[] | null;
  readonly filter: EvseState | null;
  readonly live: LiveNetwork;
  /** It has a page for itself: a wide chart that begins with the day, and no link to where one is already. */
  readonly isAlone?: boolean;
}

/** More outlets than this go below the chart instead of beside it. */
const BESIDE = 12;

export const SitePanel = pure(function SitePanel({ site, stations, points, filter, live, isAlone = false }: Props) {
  const { t, plural } = useWords();
  const panel = useRef<HTMLElement>(null);
  const near = useNear(panel);
  // Nobody sees the ages of a panel that is far away.
  const nowMs = useTick(live.nowMs, near ? 1_000 : null);
  // Without the feed the page knows nothing later than its loss: lines end there, and no silence is blamed on a meter.
  const knownToMs = useStore(live.lostAtMs) ?? nowMs;
  const problem = useStore(live.loadProblems).get(site.siteId) ?? null;
  useEffect(() => (near ? live.watchLoad(site.siteId) : undefined), [near, live, site.siteId]);
  const titleId = `site-${site.siteId}`;
  const outlets = stations.reduce((sum, { evses }) => sum + evses.length, 0);
  return (
    <section class={outlets > BESIDE || isAlone ? 'card site site-large' : 'card site'} aria-labelledby={titleId} ref={panel}>
      <header class="site-head">
        <div>
          <h2 id={titleId}>
            {isAlone ? (
              site.name
            ) : (
              <a class="tile-id" href={addressOf('sites', site.siteId)}>
                {site.name}
              </a>
            )}
          </h2>
          <p class="muted">
            <LimitText site={site} /> · {plural('site.stations', stations.length)}
          </p>
        </div>
        <LoadNow site={site} points={points ?? []} nowMs={knownToMs} />
      </header>
      <div class="site-body">
        {near ? (
          <LoadFigure
            site={site}
            points={points}
            problem={problem}
            nowMs={nowMs}
            knownToMs={knownToMs}
            live={live}
            firstView={isAlone ? 'day' : 'live'}
          />
        ) : (
          <div class="chart-space" />
        )}
        {stations.length === 0 ? (
          <p class="tiles-none">
            {t('site.noStations')} <a href={addressOf('connect')}>{t('site.addStation')}</a>
          </p>
        ) : (
          <EvseGrid
            label={t('site.stationsOf', { site: site.name })}
            stations={stations}
            filter={filter}
            nowMs={nowMs}
            timeZone={site.timeZone}
          />
        )}
      </div>
    </section>
  );
});

export function LimitText({ site }: { site: Site }) {
  const { t, current } = useWords();
  if (site.root === null) return <>{t('site.noLimit')}</>;
  const { limitA } = site.root;
  if (typeof limitA === 'number') return <>{t('site.perPhase', { amps: current(limitA) })}</>;
  return <>{t('site.phases', { amps: limitA.map((each) => current(each)).join(' / ') })}</>;
}

function LoadNow({ site, points, nowMs }: { site: Site; points: readonly LoadPoint[]; nowMs: number }) {
  const { t, power, duration } = useWords();
  const { measuredW, ageMs, stale, limitW: signalledW } = summarise(points, nowMs);
  const limitW = signalledW ?? ratedLimitW(site);
  const above = !stale && measuredW !== null && limitW !== null && isAbove(measuredW, limitW);
  const share = measuredW === null || limitW === null || limitW <= 0 ? 0 : Math.min(1, measuredW / limitW);
  const text = t('site.loadOfLimit', { load: power(measuredW), limit: power(limitW) });
  return (
    <div class={above ? 'load-now is-above' : stale ? 'load-now is-stale' : 'load-now'}>
      <p class="load-now-value">
        <strong>{power(measuredW)}</strong> <span class="muted">/ {power(limitW)}</span>
      </p>
      <div class="gauge" role="img" aria-label={text}>
        <span style={{ width: `${share * 100}%` }} />
      </div>
      {above && <p class="problem">▲ {t('site.above')}</p>}
      {stale && points.length > 0 && (
        <p class="warning">{ageMs === null ? t('site.noReading') : t('site.stale', { age: duration(ageMs) })}</p>
      )}
    </div>
  );
}

function useNear(element: { readonly current: Element | null }): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (element.current === null) return undefined;
    const observer = new IntersectionObserver((entries) => setNear(entries.at(-1)?.isIntersecting ?? false), { rootMargin: '300px' });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return near;
}
