// Ports against the demand, those that need somebody first; each with its outages on a line and the way to what is behind its figure.
import type { Site } from '../../api/network-shapes.js';
import type { UptimeQuery, UptimeReport } from '../../api/uptime-shapes.js';
import type { PortLine, Standing } from '../../model/uptime-view.js';
import { addressOf } from '../../ui/router.js';
import { useWords } from '../../words/language.js';
import { BarKey, OutageBar } from './outage-bar.js';

const MARK: Readonly<Record<Standing, string>> = { missed: '▲', tight: '◆', good: '✓', unknown: '?' };
const TONE: Readonly<Record<Standing, string>> = { missed: 'problem', tight: 'warning', good: '', unknown: 'muted' };

interface Props {
  readonly query: UptimeQuery;
  readonly report: UptimeReport;
  readonly lines: readonly PortLine[];
  readonly sites: ReadonlyMap<string, Site>;
}

export function PortTable({ query, report, lines, sites }: Props) {
  const { t, count } = useWords();
  return (
    <section class="card sessions uptime-ports" aria-labelledby="uptime-ports">
      <div class="uptime-row">
        <h2 id="uptime-ports">
          {t('uptime.ports')} <span class="muted">{count(lines.length)}</span>
        </h2>
        <BarKey />
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('uptime.port')}</th>
            <th scope="col">{t('uptime.when')}</th>
            <th scope="col" class="number">
              {t('uptime.percent')}
            </th>
            <th scope="col" class="number">
              {t('uptime.left')}
            </th>
            <th scope="col" class="number">
              {t('uptime.down')}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Line key={line.portId} query={query} report={report} line={line} siteName={sites.get(line.siteId)?.name ?? line.siteId} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Line({ query, report, line, siteName }: Omit<Props, 'lines' | 'sites'> & { readonly line: PortLine; readonly siteName: string }) {
  const { t, exactPercent, percent, duration, moment } = useWords();
  const { rules, month, over } = query;
  const minutes = (value: number) => duration(value * 60_000);
  const {
    portId,
    stationId,
    evseId,
    standing,
    missesAtMs,
    runsOutAtMs,
    spentShare,
    outageMinutes,
    excludedMinutes,
    minutesLeft,
    inServiceMinutes,
  } = line;
  const window = (Math.min(report.knownMs, report.toMs) - report.fromMs) / 60_000;
  return (
    <tr>
      <th scope="row">
        <a href={addressOf('uptime', rules, month, over, stationId, String(evseId))}>{portId}</a>
        <span class="second muted">{siteName}</span>
      </th>
      <td class="uptime-when" data-label={t('uptime.when')}>
        <OutageBar report={report} figure={line} serving={line} outages={line.down} />
        {runsOutAtMs !== null && <span class="second warning">◆ {t('uptime.pace', { at: moment(runsOutAtMs, 'day') })}</span>}
        {missesAtMs !== null && <span class="second warning">{t('uptime.misses', { at: moment(missesAtMs) })}</span>}
      </td>
      <td class="number" data-label={t('uptime.percent')}>
        <span class={TONE[standing]}>
          <span aria-hidden="true">{MARK[standing]} </span>
          <strong>{exactPercent(line.uptimePercent)}</strong>
          <span class="second">{t(`uptime.${standing}`)}</span>
        </span>
      </td>
      <td class="number" data-label={t('uptime.left')}>
        {minutesLeft === null ? '–' : standing === 'missed' ? '0' : minutes(minutesLeft)}
        {spentShare !== null && (
          <>
            <span class={`gauge spent-${standing}`} aria-hidden="true">
              <span style={{ width: `${100 * Math.min(1, spentShare)}%` }} />
            </span>
            <span class="second muted">{t('uptime.spent', { share: percent(spentShare) })}</span>
          </>
        )}
      </td>
      <td class="number" data-label={t('uptime.down')}>
        {minutes(outageMinutes)}
        {excludedMinutes > 0 && <span class="second muted">{t('uptime.excluded', { time: minutes(excludedMinutes) })}</span>}
        {inServiceMinutes < window * 0.99 && <span class="second muted">{t('uptime.inService', { time: minutes(inServiceMinutes) })}</span>}
      </td>
    </tr>
  );
}
