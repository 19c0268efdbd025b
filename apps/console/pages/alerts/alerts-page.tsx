// What wants a look now, the most severe first: what it is, where, since when, and what to do. Read again every few seconds; what is over is gone.
// Which severity is shown is in the address. Deciding that something is an alert is the api's.
import { type Alert, type AlertsTold, readAlerts, SEVERITIES, type Severity } from '../../api/alert-shapes.js';
import { addressOf } from '../../ui/router.js';
import { useRead } from '../../ui/use-read.js';
import { useStore, useTick } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { alertText, todoText } from './alert-text.js';

const EVERY_MS = 10_000;
const MARKS: Readonly<Record<Severity, string>> = { critical: '▲', warning: '◆', info: '●' };

export function AlertsPage({ live, rest: [asked] }: PageProps) {
  const { t, count } = useWords();
  const severity = SEVERITIES.find((each) => each === asked) ?? null;
  const { told, problem, readAgain } = useRead<AlertsTold>(() => readAlerts(live.ask, severity), EVERY_MS, [live, severity]);
  const nowMs = useTick(live.nowMs, 10_000);
  return (
    <div class="live">
      <header class="page-head">
        <h1>{t('nav.alerts')}</h1>
        <fieldset class="views" aria-label={t('alerts.severity')}>
          {([null, ...SEVERITIES] as const).map((each) => (
            <button
              type="button"
              key={each}
              aria-pressed={each === severity}
              onClick={() => {
                location.hash = addressOf('alerts', each ?? '');
              }}
            >
              {t(each === null ? 'filter.all' : `alerts.${each}`)}
            </button>
          ))}
        </fieldset>
      </header>
      {told === null && (problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />)}
      {told !== null && (
        <section class="card" aria-label={t('nav.alerts')}>
          {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
          {told.items.length === 0 ? (
            <p class="muted">✓ {t(severity === null ? 'alerts.none' : 'alerts.noneOf')}</p>
          ) : (
            <ul class="alerts">
              {told.items.map((alert) => (
                <AlertRow key={alert.alertId} alert={alert} live={live} nowMs={nowMs} />
              ))}
            </ul>
          )}
          {told.total > told.items.length && <p class="muted">{t('alerts.more', { count: count(told.total - told.items.length) })}</p>}
        </section>
      )}
    </div>
  );
}

function AlertRow({ alert, live, nowMs }: Pick<PageProps, 'live'> & { alert: Alert; nowMs: number }) {
  const words = useWords();
  const { t, moment, duration } = words;
  const { sites } = useStore(live.network);
  const { severity, siteId, stationId, evseId, sinceMs, detail } = alert;
  const site = siteId === null ? undefined : sites.get(siteId);
  const zone = site?.timeZone ?? 'UTC';
  const month = alert.kind === 'uptimeBudget' && typeof detail.month === 'string' ? detail.month : null;
  const sessionId = typeof detail.sessionId === 'string' ? detail.sessionId : null;
  return (
    <li class={`alert alert-${severity}`}>
      <p class="alert-what">
        <span aria-hidden="true">{MARKS[severity]}</span>
        <span class="visually-hidden">{t(`alerts.${severity}`)}:</span> <strong>{alertText(alert, words)}</strong>
      </p>
      <p>
        {stationId !== null && (
          <>
            <a href={addressOf('devices', stationId)}>{stationId}</a>
            {evseId !== null && ` · ${t('sessions.outlet', { id: evseId })}`}{' '}
          </>
        )}
        {siteId !== null && <a href={addressOf('sites', siteId)}>{site?.name ?? siteId}</a>}{' '}
        {month !== null && stationId !== null && (
          <a href={addressOf('uptime', 'nevi', month, 'rules', stationId, String(evseId))}>{t('alerts.uptime')}</a>
        )}{' '}
        {sessionId !== null && <a href={addressOf('sessions', sessionId)}>{t('alerts.session')}</a>}
      </p>
      <p class="muted">
        {sinceMs === null
          ? t('alerts.sinceUnknown')
          : t('alerts.since', {
              at: `${moment(sinceMs, 'minute', zone)} ${words.shortZone(zone, sinceMs)}`,
              age: duration(nowMs - sinceMs),
            })}
      </p>
      <p class="muted">{todoText(alert, words)}</p>
    </li>
  );
}
