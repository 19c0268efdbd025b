// The chart of a session with its legend, lanes, sentence and table: the same facts for eyes, ears and keyboards.
// Drawing is session-chart.ts and lanes.tsx; the spans come from model/session-story.ts.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { SessionStory } from '../../api/session-shapes.js';
import {
  type Axis,
  type DoingSpan,
  type HeldSpan,
  type LimitSpan,
  limitW,
  type PriceSpan,
  sessionColumns,
  socSpans,
  within,
} from '../../model/session-story.js';
import { useWords } from '../../words/language.js';
import { limitSentence } from '../../words/reasons.js';
import { Lanes } from './lanes.js';
import { type SessionChart, sessionChart } from './session-chart.js';

interface Props {
  readonly story: SessionStory;
  readonly axis: Axis;
  readonly zone: string;
  readonly voltageV: number;
  readonly doing: readonly DoingSpan[];
  readonly held: readonly HeldSpan[];
  readonly limits: readonly LimitSpan[];
  readonly prices: readonly PriceSpan[];
}

export function SessionFigure({ story, axis, zone, voltageV, doing, held, limits, prices }: Props) {
  const words = useWords();
  const { t, power, energy, current, time } = words;
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<SessionChart | null>(null);
  const [pointedMs, setPointedMs] = useState<number | null>(null);
  const columns = useMemo(() => sessionColumns(story, axis, voltageV), [story, axis.toMs, voltageV]);
  const decided = limits.filter(({ command }) => command !== null);

  useEffect(() => {
    if (frame.current === null) return undefined;
    const drawn = sessionChart(frame.current, { timeZone: zone, words, onPoint: setPointedMs });
    chart.current = drawn;
    return () => {
      chart.current = null;
      setPointedMs(null);
      drawn.destroy();
    };
  }, [zone, words]);
  useEffect(() => {
    chart.current?.show(
      columns,
      axis,
      decided.map(({ fromMs }) => fromMs),
    );
  }, [columns, words, zone]);

  const lastMs = story.periods.at(-1)?.toMs ?? axis.toMs;
  const atMs = pointedMs ?? Math.min(axis.toMs, lastMs) - 1;
  const limit = within(limits, atMs) ?? limits.at(-1);
  const index = columns.atS.findLastIndex((seconds) => seconds * 1000 <= atMs);
  const inWh = (kwh: number | null | undefined) => (kwh == null ? '–' : energy(kwh * 1000));
  const drawnKw = columns.powerKw[index] ?? null;

  const step = (event: KeyboardEvent) => {
    const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (event.key === 'Escape') chart.current?.point(null);
    if (direction === 0) return;
    event.preventDefault();
    const instants = decided.map(({ fromMs }) => fromMs + 1);
    const next = direction > 0 ? instants.find((ms) => ms > atMs + 1) : instants.findLast((ms) => ms < atMs - 1);
    if (next === undefined) return;
    chart.current?.point(next);
    setPointedMs(next);
  };
  return (
    <section class="card" aria-labelledby="session-chart">
      <figure class="load">
        <figcaption class="load-caption">
          <h2 id="session-chart">{t('session.chart')}</h2>
          <span class="muted">{t('session.axis', { zone: words.zone(zone, axis.fromMs) })}</span>
          <ul class="legend">
            <Key mark="measured" name={t('session.power')} value={power(drawnKw === null ? null : drawnKw * 1000)} />
            <Key
              mark="limit"
              hint={t('session.limitHint', { lines: story.outletLines })}
              name={t('chart.limit')}
              value={`${power(limitW(limit, story.outletLines, voltageV))} (${t('site.perPhase', { amps: current(limit?.limitA ?? null) })})`}
            />
            <Key mark="allocated" name={t('session.energyRight')} value={inWh(columns.energyKwh[index])} />
            <li class="legend-at muted">{t('chart.at', { time: time(atMs, zone, true) })}</li>
          </ul>
        </figcaption>
        <div class="session-space">
          <div
            class="chart"
            ref={frame}
            role="img"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys go from one limit change to the next
            tabIndex={0}
            onKeyDown={step}
            onBlur={() => chart.current?.point(null)}
            aria-label={`${t('session.chart')}. ${t('chart.keys')}`}
          />
          {story.periods.length === 0 && <p class="chart-note muted">{t('session.nothingYet')}</p>}
        </div>
        <Lanes
          axis={axis}
          doing={doing}
          held={held}
          prices={prices}
          soc={socSpans(story, axis)}
          entries={story.entries}
          currency={story.currency}
          pointedMs={pointedMs}
        />
        <p class="load-why" aria-live="polite">
          {pointedMs !== null && limit?.command != null && (
            <>
              <span class="muted">{time(limit.fromMs, zone, true)}</span> {t('site.perPhase', { amps: current(limit.limitA) })}.{' '}
              {limitSentence(limit.command, words)}
            </>
          )}
          {pointedMs === null && <span class="muted">{t('chart.keys')}</span>}
        </p>
      </figure>
    </section>
  );
}

function Key({ mark, name, value, hint }: { mark: string; name: string; value: string; hint?: string }) {
  return (
    <li title={hint}>
      <span class={`key key-${mark}`} aria-hidden="true" />
      {name} <strong>{value}</strong>
    </li>
  );
}
