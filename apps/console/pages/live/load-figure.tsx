// The chart of a site with its legend, its sentence and its table: the same facts for eyes, ears and keyboards.
// Drawing the lines is load-chart.ts; the numbers come from model/load-series.ts.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { LoadPoint, Site } from '../../api/network-shapes.js';
import type { LiveNetwork } from '../../model/live-network.js';
import { columnsOf, type LoadSummary, summarise } from '../../model/load-series.js';
import {
  type ChangeMark,
  dayColumns,
  limitChanges,
  marksOf,
  nextLimit,
  spansOf,
  type ToldViolation,
  toldViolations,
} from '../../model/site-story.js';
import type { Words } from '../../words/format.js';
import { useWords } from '../../words/language.js';
import { markSentence, shortfallSentence, violationSentence } from '../../words/reasons.js';
import { type ChartView, type LoadChart, loadChart, type PointedAt } from './load-chart.js';
import { StoryLists } from './story-lists.js';
import { useStory } from './use-story.js';

interface Props {
  readonly site: Site;
  readonly points: readonly LoadPoint[] | null;
  readonly problem: string | null;
  readonly nowMs: number;
  readonly knownToMs: number;
  readonly live: LiveNetwork;
  readonly firstView: ChartView;
}

const UNKNOWN: Omit<PointedAt, 'atMs'> = { measuredKw: null, allocatedKw: null, limitKw: null, planKw: null };
/** Changes within this time share a mark [ms]: closer ones could not be told apart. */
const SHARED_MARK_MS = { live: 5_000, day: 300_000 } as const;
/** A pointer this close to a mark means it [ms]. */
const MEANT_MS = { live: 10_000, day: 450_000 } as const;

export function LoadFigure({ site, points, problem, nowMs, knownToMs, live, firstView }: Props) {
  const words = useWords();
  const { t, power } = words;
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<LoadChart | null>(null);
  const [view, setView] = useState<ChartView>(firstView);
  const [pointed, setPointed] = useState<PointedAt | null>(null);
  const summary = summarise(points ?? [], knownToMs);
  const { story, problem: storyProblem } = useStory(live, site.siteId, view, summary.limitW);
  const isDay = view === 'day';
  const marks = useMemo(() => marksOf(limitChanges(story?.commands ?? []), SHARED_MARK_MS[view]), [story, view]);
  const violations = useMemo(() => toldViolations(story?.violations ?? []), [story]);

  useEffect(() => {
    if (frame.current === null) return undefined;
    const drawn = loadChart(frame.current, { view, timeZone: site.timeZone, words, nowMs: live.nowMs, onPoint: setPointed });
    chart.current = drawn;
    return () => {
      chart.current = null;
      setPointed(null);
      drawn.destroy();
    };
  }, [view, site.timeZone, words, live]);
  useEffect(() => {
    const columns = isDay ? dayColumns(story ?? NOTHING, knownToMs) : columnsOf(points ?? [], knownToMs);
    chart.current?.show(
      columns,
      spansOf(story?.violations ?? [], knownToMs),
      marks.map(({ atMs }) => atMs),
    );
  }, [isDay, story, marks, points, nowMs, knownToMs, words]);

  const near = pointed === null ? undefined : nearest(marks, pointed.atMs, MEANT_MS[view]);
  const over = pointed === null ? undefined : violations.find((each) => isWithin(each, pointed.atMs, knownToMs));
  const reading = pointed ?? {
    atMs: knownToMs,
    measuredKw: summary.stale ? null : inKw(summary.measuredW),
    allocatedKw: inKw(summary.allocatedW),
    limitKw: inKw(summary.limitW),
    planKw: inKw(story?.plan.findLast(({ atMs }) => atMs <= knownToMs)?.powerW ?? null),
  };
  const step = (event: KeyboardEvent) => {
    const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (event.key === 'Escape') chart.current?.point(null);
    if (direction === 0) return;
    event.preventDefault();
    const from = near === undefined ? (direction > 0 ? -1 : marks.length) : marks.indexOf(near);
    const next = marks[Math.min(marks.length - 1, Math.max(0, from + direction))];
    if (next === undefined) return;
    chart.current?.point(next.atMs);
    setPointed((before) => ({ ...(before ?? UNKNOWN), atMs: next.atMs }));
  };
  const said = sentenceOf(summary, site.timeZone, words);
  const ahead = nextLimit(story?.limitsAhead ?? [], knownToMs);
  return (
    <figure class="load">
      <figcaption class="load-caption">
        <ViewChoice view={view} onChoose={setView} />
        <span class="muted">{t(isDay ? 'chart.windowDay' : 'chart.window', { zone: words.zone(site.timeZone, nowMs) })}</span>
        <ul class="legend">
          <Key mark="measured" hint={t('chart.measuredHint')} name={t('chart.measured')} value={power(inW(reading.measuredKw))} />
          <Key mark="allocated" hint={t('chart.allocatedHint')} name={t('chart.allocated')} value={power(inW(reading.allocatedKw))} />
          <Key mark="limit" hint={t('chart.limitHint')} name={t('chart.limit')} value={power(inW(reading.limitKw))} />
          {isDay && <Key mark="plan" name={t('chart.plan')} value={power(inW(reading.planKw))} />}
          <li class="legend-at muted">
            {pointed === null && knownToMs === nowMs
              ? t('chart.now')
              : t('chart.at', { time: words.time(reading.atMs, site.timeZone, true) })}
          </li>
        </ul>
      </figcaption>
      <div class="chart-space">
        <div
          class="chart"
          ref={frame}
          role="img"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys go from one limit change to the next
          tabIndex={0}
          onKeyDown={step}
          onBlur={() => chart.current?.point(null)}
          aria-label={`${t('chart.title')}. ${said} ${t('chart.keys')}`}
        />
        {problem !== null && (
          <p class="chart-note problem" role="alert">
            {t('chart.failed', { reason: problem })}
          </p>
        )}
        {problem === null && !isDay && summary.measuredW === null && (
          <p class="chart-note muted">{t(points === null ? 'chart.waiting' : 'chart.empty')}</p>
        )}
        {isDay && story === null && storyProblem === null && <p class="chart-note muted">{t('chart.waiting')}</p>}
      </div>
      <p class="load-why" aria-live="polite">
        {near !== undefined && (
          <>
            <span class="muted">{words.time(near.atMs, site.timeZone, true)}</span> {markSentence(near, words)}
          </>
        )}
        {over !== undefined && <span class="problem"> ▲ {violationSentence(over, words)}</span>}
        {near === undefined && over === undefined && (
          <span class={summary.aboveLimitMs > 0 && !isDay ? 'problem' : ''}>
            {said}
            {ahead !== null && ` ${t('chart.next', { limit: power(ahead.limitW), time: words.time(ahead.atMs, site.timeZone) })}`}
            {isDay && story?.plan.length === 0 && ` ${t('chart.noPlan')}`}
          </span>
        )}
      </p>
      {storyProblem !== null && <p class="problem load-said">{t('chart.storyFailed', { reason: storyProblem })}</p>}
      {(story?.shortfalls.length ?? 0) > 0 && (
        <ul class="worst">
          {story?.shortfalls.slice(0, 4).map((each) => (
            <li key={`${each.nodeId} ${each.phases}`}>▲ {shortfallSentence(each, words)}</li>
          ))}
        </ul>
      )}
      <StoryLists marks={marks} violations={violations} timeZone={site.timeZone} />
      <LoadTable points={points ?? []} nowMs={knownToMs} timeZone={site.timeZone} />
    </figure>
  );
}

const NOTHING = { points: [], limitsAhead: [], plan: [] } as const;

const isWithin = ({ sinceMs, endedAtMs }: ToldViolation, atMs: number, nowMs: number): boolean =>
  atMs >= sinceMs && atMs <= (endedAtMs ?? nowMs);

function nearest(marks: readonly ChangeMark[], atMs: number, withinMs: number): ChangeMark | undefined {
  const [closest] = marks.toSorted((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs));
  return closest !== undefined && Math.abs(closest.atMs - atMs) <= withinMs ? closest : undefined;
}

function ViewChoice({ view, onChoose }: { view: ChartView; onChoose: (view: ChartView) => void }) {
  const { t } = useWords();
  return (
    <fieldset class="views" aria-label={t('chart.view')}>
      {(['live', 'day'] as const).map((each) => (
        <button key={each} type="button" aria-pressed={view === each} onClick={() => onChoose(each)}>
          {t(`chart.${each}`)}
        </button>
      ))}
    </fieldset>
  );
}

const inKw = (w: number | null) => (w === null ? null : w / 1000);
const inW = (kw: number | null) => (kw === null ? null : kw * 1000);

function Key({ mark, name, value, hint }: { mark: string; name: string; value: string; hint?: string }) {
  return (
    <li title={hint}>
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
