// Everything behind the figure of one port: its outages, the records that say so with both of their times, what was said of outages, and corrections.

import type { UptimeFigure, UptimeQuery } from '../../api/uptime-shapes.js';
import { standingOf } from '../../model/uptime-view.js';
import { addressOf } from '../../ui/router.js';
import { Table } from '../../ui/table.js';
import { useRead } from '../../ui/use-read.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { BudgetPicture } from './budget-picture.js';
import { BarKey, OutageBar } from './outage-bar.js';
import { OneOutage, wordOf } from './outage-list.js';

const EVERY_MS = 300_000;

export interface ExplanationProps extends Pick<PageProps, 'live'> {
  readonly query: UptimeQuery;
  readonly stationId: string;
  readonly evseId: string;
}

export function Explanation({ live, query, stationId, evseId }: ExplanationProps) {
  const words = useWords();
  const { t, moment, exactPercent, count, duration } = words;
  const { rules, month, over } = query;
  const of = [live, rules, month, over, stationId, evseId];
  const { told, problem, readAgain } = useRead(() => live.explainUptime(stationId, evseId, query), EVERY_MS, of);
  if (told === null) return problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />;
  const { figure, outages } = told;
  const time = (ms: number | null) => (ms === null ? '–' : <time dateTime={new Date(ms).toISOString()}>{moment(ms)}</time>);
  const inShort = ({ uptimePercent, outageMinutes, excludedMinutes }: UptimeFigure) =>
    `${exactPercent(uptimePercent)}, ${duration(outageMinutes * 60_000)}, ${t('uptime.excluded', { time: duration(excludedMinutes * 60_000) })}`;
  const reason = (cause: string) => wordOf(`uptime.verdict.${cause}`, cause, words);
  return (
    <div class="uptime">
      <header class="uptime-head">
        <h1>
          {t('uptime.explainOf', { port: `${stationId}-${evseId}`, month: words.month(month) })}{' '}
          <a href={addressOf('uptime', rules, month, over)}>{t('uptime.back')}</a>
        </h1>
        <p class="muted">
          {t(`uptime.${rules}`)}, {told.rules.source}.{' '}
          {t('uptime.window', { from: moment(told.fromMs, 'day'), to: moment(told.toMs - 1, 'day'), known: moment(told.knownMs) })}
        </p>
        {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
      </header>
      <section class="card" aria-labelledby="uptime-figure">
        <div class="uptime-row">
          <h2 id="uptime-figure">
            <span class={figure.meets === false ? 'problem' : ''}>{exactPercent(figure.uptimePercent)}</span>{' '}
            <span class="muted">
              {t(`uptime.${standingOf(figure)}`)} · {t('uptime.gross', { percent: exactPercent(figure.withoutExclusionsPercent) })}
            </span>
          </h2>
          <BarKey />
        </div>
        <BudgetPicture told={told} isWindow={over === 'rules'} />
        <OutageBar report={told} figure={figure} serving={told} outages={outages} />
      </section>
      <section class="card" aria-labelledby="uptime-of-port">
        <h2 id="uptime-of-port">
          {t('uptime.outages')} <span class="muted">{count(outages.length)}</span>
        </h2>
        {outages.length === 0 && <p class="muted">{t('uptime.outages.none')}</p>}
        <ol class="outages">
          {outages.toReversed().map((outage) => (
            <OneOutage key={outage.outageId} live={live} outage={outage} onJudged={readAgain} />
          ))}
        </ol>
      </section>
      <Table
        id="uptime-facts"
        title={t('uptime.facts')}
        none={t('uptime.facts.none')}
        columns={[t('uptime.at'), t('uptime.said'), t('uptime.received'), t('uptime.record')]}
        rows={told.facts.map(({ eventId, kind, status, atMs, receivedMs }, index) => ({
          key: `${eventId} ${index}`,
          cells: [
            time(atMs),
            status ?? wordOf(`uptime.fact.${kind}`, kind, words),
            time(receivedMs),
            <code class="record">{eventId}</code>,
          ],
        }))}
      />
      <Table
        id="uptime-words"
        title={t('uptime.words')}
        none={t('uptime.words.none')}
        columns={[t('devices.at'), t('uptime.reason'), t('uptime.evidence'), t('uptime.who')]}
        rows={told.judgements.map(({ cause, evidence, note, by, atMs }, index) => ({
          key: `${atMs} ${index}`,
          cells: [time(atMs), reason(cause), note === null ? evidence : `${evidence} (${note})`, by],
        }))}
      />
      <Table
        id="uptime-corrections"
        title={t('uptime.corrections')}
        none={t('uptime.corrections.none')}
        columns={[t('uptime.known'), t('uptime.before'), t('uptime.after'), t('uptime.record')]}
        rows={told.corrections.map(({ knownMs, because, before, after }) => ({
          key: String(knownMs),
          cells: [time(knownMs), inShort(before), inShort(after), <code class="record">{because.join(', ')}</code>],
        }))}
      />
    </div>
  );
}
