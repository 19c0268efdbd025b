// Draws load, allocation and limit with uPlot into an element, in the page's own colours, and moves on with the clock.
// What to draw is handed in as columns; legend, sentence and table are load-figure.tsx.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type LoadColumns, WINDOW_MS } from '../../model/load-series.js';
import { knownZone, type Words } from '../../words/format.js';

export interface LoadChart {
  /** Replaces what is drawn and moves the right edge to now. */
  show(columns: LoadColumns): void;
  destroy(): void;
}

export interface PointedAt {
  readonly atMs: number;
  readonly measuredKw: number | null;
  readonly allocatedKw: number | null;
  readonly limitKw: number | null;
}

interface Options {
  readonly timeZone: string;
  readonly words: Words;
  readonly nowMs: () => number;
  /** The instant under the pointer; null when it left. */
  readonly onPoint: (at: PointedAt | null) => void;
}

const HEIGHT = 232;

export function loadChart(element: HTMLElement, { timeZone, words, nowMs, onPoint }: Options): LoadChart {
  const zone = knownZone(timeZone);
  const colour = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim();
  const font = () => `12px ${getComputedStyle(document.body).fontFamily}`;
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const axis = { stroke: colour('--ink-2'), font: font(), ticks: { show: false }, grid: { stroke: colour('--line'), width: 1 } };
  const line = { points: { show: false } };

  const plot = new uPlot(
    {
      width: Math.max(200, element.clientWidth),
      height: HEIGHT,
      padding: [10, 6, 0, 0],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
      legend: { show: false },
      cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 7, width: 2, fill: colour('--card') } },
      scales: {
        x: { time: true, range: () => [(nowMs() - WINDOW_MS) / 1000, nowMs() / 1000] },
        // Room above the limit: a line at the very top would read as a frame.
        y: { range: (_plot, _min, max) => [0, Math.max(1, (Number.isFinite(max) ? max : 1) * 1.12)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 26,
          gap: 4,
          incrs: [60, 180, 300, 600],
          space: 70,
          values: (_plot, splits) => splits.map((seconds) => words.time(seconds * 1000, timeZone)),
        },
        { ...axis, size: 40, gap: 6, space: 44, values: (_plot, splits) => splits.map((each) => words.count(each)) },
      ],
      series: [
        {},
        { ...line, stroke: colour('--accent'), width: 2, fill: colour('--accent-fill') },
        { ...line, stroke: colour('--accent-2'), width: 1.5, dash: [5, 4], ...(stepped === undefined ? {} : { paths: stepped }) },
        { ...line, stroke: colour('--ink'), width: 1.5, ...(stepped === undefined ? {} : { paths: stepped }) },
        { ...line, stroke: colour('--red'), width: 3 },
      ],
      hooks: {
        setCursor: [
          ({ cursor: { idx, left }, data }) => {
            const at = idx === null || idx === undefined || (left ?? -1) < 0 ? undefined : data[0][idx];
            if (at === undefined || idx === null || idx === undefined) return onPoint(null);
            onPoint({
              atMs: at * 1000,
              measuredKw: data[1]?.[idx] ?? null,
              allocatedKw: data[2]?.[idx] ?? null,
              limitKw: data[3]?.[idx] ?? null,
            });
          },
        ],
      },
    },
    [[], [], [], [], []],
    element,
  );

  const resized = new ResizeObserver(() => plot.setSize({ width: Math.max(200, element.clientWidth), height: HEIGHT }));
  resized.observe(element);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const recolour = () => plot.redraw(false, true);
  scheme.addEventListener('change', recolour);

  return {
    show: ({ atS, measuredKw, allocatedKw, limitKw, aboveKw }) =>
      plot.setData([[...atS], [...measuredKw], [...allocatedKw], [...limitKw], [...aboveKw]]),
    destroy: () => {
      resized.disconnect();
      scheme.removeEventListener('change', recolour);
      plot.destroy();
    },
  };
}
