// The whole network in four figures.
// How they are counted is model/network-state.ts.
import type { ComponentChildren } from 'preact';
import type { NetworkSummary } from '../../model/network-state.js';
import { useWords } from '../../words/language.js';

export function NetworkFigures({ summary }: { summary: NetworkSummary }) {
  const { t, plural, count, power, percent } = useWords();
  const { loadW, limitW, sitesAboveLimit } = summary;
  return (
    <section class="card figures" aria-label={t('network.label')}>
      <Figure name={t('network.load')} value={power(loadW)}>
        {limitW !== null && limitW > 0 ? t('network.ofLimit', { percent: percent(loadW / limitW) }) : t('network.noLimit')}
      </Figure>
      <Figure name={t('network.limit')} value={power(limitW)}>
        {sitesAboveLimit > 0 ? (
          <strong class="problem">{plural('network.above', sitesAboveLimit)}</strong>
        ) : (
          plural('network.sites', summary.sites)
        )}
      </Figure>
      <Figure name={t('network.sessions')} value={count(summary.sessions)}>
        {plural('network.onOutlets', summary.evses)}
      </Figure>
      <Figure name={t('network.online')} value={count(summary.stationsOnline)}>
        {t('network.ofStations', { count: count(summary.stations) })}
      </Figure>
    </section>
  );
}

function Figure({ name, value, children }: { name: string; value: string; children: ComponentChildren }) {
  return (
    <dl>
      <dt>{name}</dt>
      <dd class="figure">{value}</dd>
      <dd class="muted">{children}</dd>
    </dl>
  );
}
