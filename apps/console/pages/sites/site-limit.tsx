// A limit for a site, or a part of it, from now on for a while: said before it is sent; what stands then is in the table above. How cars share what is left is
// load balancing's.
import { useRef, useState } from 'preact/hooks';
import { ApiError } from '../../api/errors.js';
import { randomKey } from '../../api/http-api.js';
import type { Site, SiteNode, Station } from '../../api/network-shapes.js';
import { LEAST_A, shortLimitBody } from '../../api/site-shapes.js';
import { useSending } from '../../ui/use-sending.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';

const nodesOf = ({ nodeId, children }: SiteNode): readonly string[] => [nodeId, ...children.flatMap(nodesOf)];

interface Props extends Pick<PageProps, 'live'> {
  readonly site: Site;
  readonly stations: readonly Station[];
  readonly onTaken: () => void;
}

export function SiteLimit({ live, site, stations, onTaken }: Props) {
  const { t, plural } = useWords();
  const [nodeId, setNode] = useState('');
  const [limitA, setLimit] = useState(16);
  const [minutes, setMinutes] = useState(60);
  const [isTaken, setTaken] = useState(false);
  /** What was not answered is sent again as it was, under its key, and done once. */
  const unheard = useRef<{ readonly key: string; readonly body: ReturnType<typeof shortLimitBody>; readonly of: string } | null>(null);
  const { isBusy, problem, send } = useSending();
  const places = [...new Set([...(site.root === null ? [] : nodesOf(site.root).slice(1)), ...stations.map(({ stationId }) => stationId)])];
  const charging = stations.flatMap(({ evses }) => evses).filter(({ sessionId }) => sessionId !== null).length;
  const take = async () => {
    setTaken(false);
    const of = JSON.stringify([nodeId, limitA, minutes]);
    const limit = { siteId: site.siteId, nodeId: nodeId === '' ? null : nodeId, limitA, minutes };
    const asked = unheard.current?.of === of ? unheard.current : { key: randomKey(), body: shortLimitBody(limit, live.nowMs()), of };
    unheard.current = asked;
    try {
      await live.ask.post('/v1/grid/limits', asked.body, asked.key);
      unheard.current = null;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.retriable) unheard.current = null;
      throw error;
    }
    setTaken(true);
    onTaken();
  };
  return (
    <section class="card" aria-labelledby="site-limit">
      <h2 id="site-limit">{t('sites.limitIt')}</h2>
      <p class="muted">{t('sites.limitText')}</p>
      <form class="simulator" onSubmit={send(take)}>
        <label>
          {t('sites.where')}
          <select value={nodeId} onChange={(event) => setNode(event.currentTarget.value)}>
            <option value="">{t('sites.whole')}</option>
            {places.map((place) => (
              <option key={place}>{place}</option>
            ))}
          </select>
        </label>
        <label>
          {t('actions.amps')}
          <input
            type="number"
            required
            min={0}
            max={100_000}
            step="any"
            value={limitA}
            onInput={(event) => setLimit(event.currentTarget.valueAsNumber)}
          />
        </label>
        <label>
          {t('actions.minutes')}
          <input
            type="number"
            required
            min={1}
            max={10_080}
            value={minutes}
            onInput={(event) => setMinutes(event.currentTarget.valueAsNumber)}
          />
        </label>
        {limitA < LEAST_A && charging > 0 && (
          <label class="check simulator-end">
            <input type="checkbox" required />
            <span class="warning">{plural('actions.pauses', charging)}</span>
          </label>
        )}
        <p class="simulator-end">
          <button
            type="submit"
            class="primary"
            disabled={isBusy}
            onClick={(event) => {
              if (event.detail > 1) event.preventDefault();
            }}
          >
            {t('actions.limit')}
          </button>
        </p>
        {problem !== null && (
          <p class="problem simulator-end" role="alert">
            {problem}
          </p>
        )}
        <p class="simulator-end" role="status">
          {isTaken && t('sites.taken')}
        </p>
      </form>
    </section>
  );
}
