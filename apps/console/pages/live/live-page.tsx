// The first page: the network in four figures, each site's load against its limit with its outlets, the running sessions.
// Each part draws itself from the state it is handed; reading and folding is model/.
import { useMemo, useRef, useState } from 'preact/hooks';
import type { Station } from '../../api/network-shapes.js';
import { EVSE_STATES } from '../../model/evse-state.js';
import { runningSessions, type StationGroups, stationsBySite, stationsSought, summariseNetwork } from '../../model/network-state.js';
import { Search } from '../../ui/search.js';
import { useKept } from '../../ui/use-kept.js';
import { useStore, useTick } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import { ConnectGuide } from '../connect/connect-guide.js';
import type { PageProps } from '../index.js';
import { EvseGrid } from './evse-grid.js';
import { NetworkFigures } from './network-figures.js';
import { SessionsTable } from './sessions-table.js';
import { SitePanel } from './site-panel.js';
import { StateFilter } from './state-filter.js';

/** The figures of the network are taken again so often where nothing was heard [ms]; each site keeps its own time. */
const SUMMED_MS = 10_000;
const NO_STATIONS: readonly Station[] = [];

export function LivePage({ live }: PageProps) {
  const words = useWords();
  const network = useStore(live.network);
  const feed = useStore(live.feed);
  const nowMs = useTick(live.nowMs, SUMMED_MS);
  const knownToMs = useStore(live.lostAtMs) ?? nowMs;
  const [isGuiding, setGuiding] = useState(false);
  const [filter, setFilter] = useKept('state');
  const [sought, setSought] = useKept('sought');
  const before = useRef<StationGroups>(new Map());
  const groups = useMemo(() => (before.current = stationsBySite(network, before.current)), [network.stations, network.sites]);
  const found = useMemo(
    () => new Map([...groups].map(([siteId, stations]) => [siteId, stationsSought(stations, network.sites, sought)])),
    [groups, network.sites, sought],
  );
  const sessions = useMemo(() => runningSessions(network), [network.sessions, network.stations, network.sites]);
  const summary = useMemo(() => summariseNetwork(network, knownToMs), [network, knownToMs]);

  if (network.readAtMs === null) {
    const failed = feed.kind === 'Reconnecting' || feed.kind === 'Offline';
    return failed ? <Unreadable reason={feed.reason} onRetry={live.retryNow} /> : <Loading />;
  }
  // Once begun, to its end: this page would take its place as soon as the charger is registered, and the password would be gone.
  if (summary.stations === 0 || isGuiding)
    return (
      <ConnectGuide
        live={live}
        sites={[...network.sites.values()]}
        isFirst
        onBegin={() => setGuiding(true)}
        onDone={() => setGuiding(false)}
      />
    );

  // A state that nobody is in any more would leave an empty page and no way to see why.
  const shown = EVSE_STATES.find((each) => each === filter && summary.byState[each] > 0) ?? null;
  const siteless = found.get(null) ?? NO_STATIONS;
  // A site without a station is shown as long as nothing is looked for.
  const sites = [...network.sites.values()].filter(({ siteId }) => sought.trim() === '' || (found.get(siteId) ?? NO_STATIONS).length > 0);
  return (
    <div class={feed.kind === 'Live' ? 'live' : 'live is-past'}>
      <h1 class="visually-hidden">{words.t('nav.live')}</h1>
      <NetworkFigures summary={summary} />
      <div class="filters">
        <StateFilter
          states={EVSE_STATES}
          counts={summary.byState}
          total={summary.evses}
          chosen={shown}
          onChoose={(state) => setFilter(state ?? '')}
        />
        <Search value={sought} onSeek={setSought} hint={words.t('filter.seek')} />
      </div>
      {sites.length === 0 && siteless.length === 0 && <p class="muted">{words.t('filter.nothing', { text: sought.trim() })}</p>}
      {sites.map((site) => (
        <SitePanel
          key={site.siteId}
          site={site}
          stations={found.get(site.siteId) ?? NO_STATIONS}
          points={network.load.get(site.siteId) ?? null}
          filter={shown}
          live={live}
        />
      ))}
      {siteless.length > 0 && (
        <section class="card site" aria-labelledby="siteless">
          <header class="site-head">
            <div>
              <h2 id="siteless">{words.t('site.withoutSite')}</h2>
              <p class="muted">{words.t('site.withoutSiteHint')}</p>
            </div>
          </header>
          <EvseGrid label={words.t('site.withoutSite')} stations={siteless} filter={shown} nowMs={nowMs} timeZone={undefined} />
        </section>
      )}
      <SessionsTable sessions={sessions} live={live} />
    </div>
  );
}
