// What a port may be down, and how much of that was spent when, on the same time as its outages below: a line that climbs with each outage, against an
// even pace and against all there is. The same in a sentence.
import type { UptimeExplanation } from '../../api/uptime-shapes.js';
import { allowedMinutes, runsOutMs, spentOver } from '../../model/uptime-view.js';
import { useWords } from '../../words/language.js';

/** Of the picture, in its own units; it is stretched to the width there is. */
const [WIDTH, HEIGHT] = [100, 100];

export function BudgetPicture({ told, isWindow }: { told: UptimeExplanation; isWindow: boolean }) {
  const { t, duration, percent, moment } = useWords();
  const { figure, rules, outages, fromMs, toMs, knownMs } = told;
  const allowed = allowedMinutes(figure, rules);
  if (allowed === null || allowed <= 0) return null;
  const spent = spentOver(outages, told, allowed);
  const share = (figure.outageMinutes - figure.excludedMinutes) / allowed;
  const passed = (Math.min(knownMs, toMs) - fromMs) / (toMs - fromMs);
  const top = Math.max(1.08, ...spent.map((each) => each.share * 1.05));
  const x = (atMs: number) => (WIDTH * (atMs - fromMs)) / (toMs - fromMs);
  const y = (part: number) => HEIGHT * (1 - part / top);
  const line = spent.map((each) => `${x(each.atMs).toFixed(2)},${y(each.share).toFixed(2)}`).join(' ');
  const outAtMs = isWindow && figure.meets === true ? runsOutMs(outages, told, allowed, rules.isTrailing) : null;
  const says = t('uptime.budgetSays', {
    share: percent(share),
    allowed: duration(allowed * 60_000),
    passed: percent(passed),
    left: duration((figure.minutesLeft ?? 0) * 60_000),
  });
  return (
    <figure class="budget">
      <figcaption class="budget-caption">
        <span class={share >= 1 ? 'problem' : undefined}>{says}</span>
        {outAtMs !== null && <span class="warning"> ◆ {t('uptime.pace', { at: moment(outAtMs, 'day') })}</span>}
      </figcaption>
      <div class="budget-space">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={says}>
          <polygon class="budget-fill" points={`0,${HEIGHT} ${line} ${x(spent.at(-1)?.atMs ?? fromMs).toFixed(2)},${HEIGHT}`} />
          <line class="budget-even" x1="0" y1={HEIGHT} x2={WIDTH} y2={y(1)} />
          <line class="budget-all" x1="0" y1={y(1)} x2={WIDTH} y2={y(1)} />
          <polyline class="budget-spent" points={line} />
        </svg>
        <span class="budget-label muted" style={{ top: `${y(1)}%` }} aria-hidden="true">
          {t('uptime.budgetAll', { allowed: duration(allowed * 60_000) })}
        </span>
      </div>
      <ul class="bar-key muted" aria-hidden="true">
        <li>
          <span class="key key-spent" />
          {t('uptime.budgetSpent')}
        </li>
        <li>
          <span class="key key-even" />
          {t('uptime.budgetEven')}
        </li>
      </ul>
    </figure>
  );
}
