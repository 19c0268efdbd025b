// The report in four figures: the network, ports that meet the demand, ports that do not, outages left to judge.

import type { Outage, UptimeReport } from '../../api/uptime-shapes.js';
import { standingOf } from '../../model/uptime-view.js';
import { useWords } from '../../words/language.js';

export function Summary({ report, outages }: { report: UptimeReport; outages: readonly Outage[] }) {
  const { t, plural, count, exactPercent, power } = useWords();
  const { network, ports, leftOut, rules } = report;
  const standings = ports.map(standingOf);
  const number = (standing: string) => standings.filter((each) => each === standing).length;
  const [missed, tight] = [number('missed'), number('tight')];
  const open = outages.filter(({ judgement }) => judgement === null).length;
  return (
    <section class="card figures" aria-label={t('uptime.title')}>
      <dl>
        <dt>{t('uptime.network')}</dt>
        <dd class={`figure ${rules.judged === 'network' && network.meets === false ? 'problem' : ''}`}>
          {exactPercent(network.uptimePercent)}
        </dd>
        <dd class="muted">{t('uptime.gross', { percent: exactPercent(network.withoutExclusionsPercent) })}</dd>
        {leftOut > 0 && (
          <dd class="muted">{t('uptime.covered', { leftOut: plural('uptime.leftOut', leftOut), power: power(rules.leastRatedW) })}</dd>
        )}
      </dl>
      <dl>
        <dt>{t('uptime.meeting')}</dt>
        <dd class="figure">{count(number('good') + tight)}</dd>
        <dd class="muted">{t('uptime.ofPorts', { count: count(ports.length) })}</dd>
      </dl>
      <dl>
        <dt>{t('uptime.missing')}</dt>
        <dd class={`figure ${missed > 0 ? 'problem' : ''}`}>{missed === 0 ? t('uptime.missing.none') : count(missed)}</dd>
        {tight > 0 && <dd class="warning">{plural('uptime.tightOnes', tight)}</dd>}
      </dl>
      <dl>
        <dt>{t('uptime.toJudge')}</dt>
        <dd class={`figure ${open > 0 ? 'warning' : ''}`}>{count(open)}</dd>
        <dd class="muted">{t('uptime.ofOutages', { count: count(outages.length) })}</dd>
      </dl>
    </section>
  );
}
