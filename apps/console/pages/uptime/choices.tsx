// By whose rules, of which month, over which time; and what these rules demand. Choosing is going to another address.

import { OVERS, RULE_SETS, type UptimeQuery, type UptimeReport } from '../../api/uptime-shapes.js';
import { reportCsv } from '../../model/uptime-view.js';
import { addressOf } from '../../ui/router.js';
import type { Words } from '../../words/format.js';
import { useWords } from '../../words/language.js';

export interface ChoicesProps {
  readonly query: UptimeQuery;
  readonly months: readonly string[];
  readonly report: UptimeReport | null;
}

export function Choices({ query, months, report }: ChoicesProps) {
  const words = useWords();
  const { t } = words;
  const go = (change: Partial<UptimeQuery>) => {
    const { rules, month, over } = { ...query, ...change };
    location.hash = addressOf('uptime', rules, month, over);
  };
  const overName = { rules: t(query.rules === 'uk' ? 'uptime.over.year' : 'uptime.over.rules'), month: t('uptime.over.month') };
  return (
    <header class="uptime-head">
      <h1>{t('uptime.title')}</h1>
      <div class="uptime-choices">
        <fieldset class="views" aria-label={t('uptime.rules')}>
          {RULE_SETS.map((rules) => (
            <button type="button" key={rules} aria-pressed={rules === query.rules} onClick={() => go({ rules })}>
              {t(`uptime.${rules}`)}
            </button>
          ))}
        </fieldset>
        <fieldset class="views" aria-label={t('uptime.over')}>
          {OVERS.map((over) => (
            <button type="button" key={over} aria-pressed={over === query.over} onClick={() => go({ over })}>
              {overName[over]}
            </button>
          ))}
        </fieldset>
        <select aria-label={t('uptime.month')} value={query.month} onChange={(event) => go({ month: event.currentTarget.value })}>
          {(months.includes(query.month) ? months : [query.month, ...months]).map((month) => (
            <option key={month} value={month}>
              {words.month(month)}
            </option>
          ))}
        </select>
        {report !== null && (
          <a
            download={`uptime-${query.rules}-${query.month}.csv`}
            href={`data:text/csv;charset=utf-8,${encodeURIComponent(reportCsv(query.month, report))}`}
          >
            {t('uptime.csv')}
          </a>
        )}
      </div>
      {report !== null && <p class="muted">{demandOf(report, query, words)}</p>}
    </header>
  );
}

function demandOf(
  { rules, fromMs, toMs, knownMs }: UptimeReport,
  { over }: UptimeQuery,
  { t, exactPercent, moment, count }: Words,
): string {
  const key = rules.judged === 'network' ? 'average' : rules.isMoreThan ? 'moreThan' : 'atLeast';
  return [
    t(`uptime.demand.${key}`, { percent: exactPercent(String(rules.targetPercent)), source: rules.source }),
    t('uptime.window', { from: moment(fromMs, 'day'), to: moment(toMs - 1, 'day'), known: moment(knownMs) }),
    rules.divisorMinutes === null ? t('uptime.divisor.service') : t('uptime.divisor', { minutes: count(rules.divisorMinutes) }),
    over === 'month' ? t('uptime.monthHint') : '',
  ].join(' ');
}
