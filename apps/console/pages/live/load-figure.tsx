// The chart of a site with its legend, its sentence and its table: the same facts for eyes, ears and keyboards.
// Drawing the lines is load-chart.ts; the numbers come from model/load-series.ts.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LoadPoint, Site } from '../../api.js';
import { columnsOf, type LoadSummary, summarise } from '../../model/load-series.js';
import type { Words } from '../../words/format.js';
import { useWords } from '../../words/language.js';
import { type LoadChart, loadChart } from './load-chart.js';

interface Props {
  readonly site: Site;
  readonly points: readonly LoadPoint[] | null;
  readonly problem: string | null;
  readonly nowMs: number;
  readonly knownToMs: number;
  readonly nowOf: () => number;
}

interface Reading {
  readonly atMs: number;
  readonly measuredKw: number | null;
  readonly allocatedKw: number | null;
  readonly limitKw: number | null;
}

export function LoadFigure({ site, points, problem, nowMs, knownToMs, nowOf }: Props) {
  const words = useWords();
  const { t, power } = words;
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<LoadChart | null>(null);
  const [pointed, setPointed] = useState<Reading | null>(null);
  const summary = summarise(points ?? [], knownToMs);

  useEffect(() => {
    if (frame.current === null) return undefined;
    const drawn = loadChart(frame.current, { timeZone: site.timeZone, words, nowMs: nowOf, onPoint: setPointed });
    chart.current = drawn;
    return () => {
      chart.current = null;
      drawn.destroy();
    };
  }, [site.timeZone, words, nowOf]);
  useEffect(() => chart.current?.show(columnsOf(points ?? [], knownToMs)), [points, nowMs, knownToMs, words]);

  const reading = pointed ?? {
    atMs: knownToMs,
    measuredKw: summary.stale ? null : inKw(summary.measuredW),
    allocatedKw: inKw(summary.allocatedW),
    limitKw: inKw(summary.limitW),
  };
  const said = sentenceOf(summary, site.timeZone, words);
  return (
    <figure class="load">
      <figcaption class="load-caption">
        <span class="muted">{t('chart.window', { zone: words.zone(site.timeZone, nowMs) })}</span>
        <ul class="legend">
          <Key mark="measured" name={t('chart.measured')} value={power(inW(reading.measuredKw))} />
          <Key mark="allocated" name={t('chart.allocated')} value={power(inW(reading.allocatedKw))} />
          <Key mark="limit" name={t('chart.limit')} value={power(inW(reading.limitKw))} />
          <li class="legend-at muted">
            {pointed === null && knownToMs === nowMs
              ? t('chart.now')
              : t('chart.at', { time: words.time(reading.atMs, site.timeZone, true) })}
          </li>
        </ul>
      </figcaption>
      <div class="chart-space">
        <div class="chart" ref={frame} role="img" aria-label={`${t('chart.title')}. ${said}`} />
        {problem !== null && (
          <p class="chart-note problem" role="alert">
            {t('chart.failed', { reason: problem })}
          </p>
        )}
        {problem === null && summary.measuredW === null && (
          <p class="chart-note muted">{t(points === null ? 'chart.waiting' : 'chart.empty')}</p>
        )}
      </div>
      <p class={summary.aboveLimitMs > 0 ? 'load-said problem' : 'load-said'}>{said}</p>
      <LoadTable points={points ?? []} nowMs={knownToMs} timeZone={site.timeZone} />
    </figure>
  );
}

const inKw = (w: number | null) => (w === null ? null : w / 1000);
const inW = (kw: number | null) => (kw === null ? null : kw * 1000);

function Key({ mark, name, value }: { mark: string; name: string; value: string }) {
  return (
    <li>
      <span class={`key key-${mark}`} aria-hidden="true" />
      {name} <strong>{value}</strong>
    </li>
  );
}

function sentenceOf(summary: LoadSummary, timeZone: string, { t, power, time, duration }: Words): string {
  if (summary.peakW === null || summary.peakAtMs === null) return t('chart.empty');
  if (summary.stale) return t('chart.summaryStale', { age: duration(summary.ageMs ?? 0), limit: power(summary.limitW) });
  const params = {
    now: power(summary.measuredW),
    limit: power(summary.limitW),
    peak: power(summary.peakW),
    peakAt: time(summary.peakAtMs, timeZone),
  };
  if (summary.limitW === null) return t('chart.summaryNoLimit', params);
  const verdict = summary.aboveLimitMs > 0 ? t('chart.over', { duration: duration(summary.aboveLimitMs) }) : t('chart.under');
  return `${t('chart.summary', params)} ${verdict}`;
}

const ROWS = 15;

/** The last value of each minute, newest first; built only while it is open. */
function LoadTable({ points, nowMs, timeZone }: { points: readonly LoadPoint[]; nowMs: number; timeZone: string }) {
  const { t, time, power } = useWords();
  const [open, setOpen] = useState(false);
  const rows = open
    ? Array.from({ length: ROWS }, (_, index) => Math.floor(nowMs / 60_000) * 60_000 - index * 60_000).map((atMs) => ({
        atMs,
        ...summarise(
          points.filter((point) => point.atMs <= atMs),
          atMs,
        ),
      }))
    : [];
  return (
    <details class="load-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('chart.table')}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('chart.time')}</th>
            <th scope="col">{t('chart.measured')}</th>
            <th scope="col">{t('chart.allocated')}</th>
            <th scope="col">{t('chart.limit')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ atMs, measuredW, stale, allocatedW, limitW }) => (
            <tr key={atMs}>
              <th scope="row">{time(atMs, timeZone)}</th>
              <td>{power(stale ? null : measuredW)}</td>
              <td>{power(allocatedW)}</td>
              <td>{power(limitW)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
