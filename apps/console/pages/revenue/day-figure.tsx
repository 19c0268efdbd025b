// Revenue by day as bars, with the same as a table; drawn with uPlot. A day with more credits than charges goes below the line.
// The sums are the api's.
import { useEffect, useMemo, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { RevenueTold } from '../../api/revenue-shapes.js';
import { Table } from '../../ui/table.js';
import { useWords } from '../../words/language.js';

const HEIGHT = 200;

export function DayFigure({ told, currency }: { told: RevenueTold; currency: string }) {
  const words = useWords();
  const { t, money, moment, count, energy } = words;
  const frame = useRef<HTMLDivElement>(null);
  const days = useMemo(
    () => told.days.map(({ day, sums }) => ({ atMs: Date.parse(day), sum: sums.find((each) => each.currency === currency) })),
    [told, currency],
  );
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const colour = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--ink-2'),
      font: `12px ${getComputedStyle(document.body).fontFamily}`,
      ticks: { show: false },
      grid: { stroke: colour('--line'), width: 1 },
    };
    const bars = uPlot.paths.bars?.({ size: [0.7, 40] });
    const size = () => ({ width: Math.max(200, element.clientWidth), height: HEIGHT });
    const plot = new uPlot(
      {
        ...size(),
        padding: [10, 6, 0, 0],
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: true, range: (_plot, min, max) => [min - 43_200, max + 43_200] },
          y: { range: (_plot, min, max) => [Math.min(0, min), Math.max(1, max * 1.12)] },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            size: 26,
            gap: 4,
            space: 60,
            incrs: [86_400, 172_800, 604_800],
            values: (_plot, splits) => splits.map((seconds) => moment(seconds * 1000, 'short')),
          },
          { ...axis, size: 52, gap: 6, space: 40, values: (_plot, splits) => splits.map((each) => words.decimal(each)) },
        ],
        series: [
          {},
          { stroke: colour('--accent'), fill: colour('--accent'), width: 0, points: { show: false }, ...(bars && { paths: bars }) },
        ],
      },
      // How high a bar is needs no exact decimal; the table has the amounts.
      [days.map(({ atMs }) => atMs / 1000), days.map(({ sum }) => (sum === undefined ? 0 : Number.parseFloat(sum.net)))],
      element,
    );
    const resized = new ResizeObserver(() => plot.setSize(size()));
    resized.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const recolour = () => plot.redraw(false, true);
    scheme.addEventListener('change', recolour);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', recolour);
      plot.destroy();
    };
  }, [days, words]);
  const title = t('revenue.byDay', { currency });
  return (
    <section class="card sessions" aria-labelledby={`days-${currency}`}>
      <h2 id={`days-${currency}`}>{title}</h2>
      <p class="muted small">{t('revenue.byDayHint')}</p>
      <div class="bars" ref={frame} role="img" aria-label={title} />
      <details class="load-table">
        <summary>{t('chart.table')}</summary>
        <Table
          id={`table-${currency}`}
          none={t('revenue.nothing')}
          columns={[t('revenue.day'), t('revenue.recordsTitle'), t('revenue.energy'), t('revenue.net'), t('revenue.withVat')]}
          rows={days.toReversed().map(({ atMs, sum }) => ({
            key: String(atMs),
            cells: [
              `${moment(atMs, 'day')} UTC`,
              count(sum?.records ?? 0),
              energy(sum?.energyWh ?? 0),
              money({ amount: sum?.net ?? '0', currency }),
              money({ amount: sum?.gross ?? '0', currency }),
            ],
          }))}
        />
      </details>
    </section>
  );
}
