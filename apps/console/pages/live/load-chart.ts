// Draws load, allocation, limit and plan with uPlot into an element, in the page's own colours, and moves on with the clock: the last minutes,
// or a day. What to draw is handed in as columns, spans and marks; legend, sentences and table are load-figure.tsx.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type LoadColumns, WINDOW_MS } from '../../model/load-series.js';
import { DAY, type Span } from '../../model/site-story.js';
import { knownZone, type Words } from '../../words/format.js';

export interface LoadChart {
  /** Replaces what is drawn and moves the right edge on: columns, times above a limit, and instants at which limits changed. */
  show(columns: LoadColumns, spans: readonly Span[], marksMs: readonly number[]): void;
  /** Puts the cursor on an instant, as a pointer would; null takes it away. */
  point(atMs: number | null): void;
  destroy(): void;
}

export interface PointedAt {
  readonly atMs: number;
  readonly measuredKw: number | null;
  readonly allocatedKw: number | null;
  readonly limitKw: number | null;
  readonly planKw: number | null;
}

export type ChartView = 'live' | 'day';

interface Options {
  readonly view: ChartView;
  readonly timeZone: string;
  readonly words: Words;
  readonly nowMs: () => number;
  /** The instant under the pointer; null when it left. */
  readonly onPoint: (at: PointedAt | null) => void;
}

const HEIGHT = 232;

export function loadChart(element: HTMLElement, { view, timeZone, words, nowMs, onPoint }: Options): LoadChart {
  const zone = knownZone(timeZone);
  const colour = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim();
  const font = () => `12px ${getComputedStyle(document.body).fontFamily}`;
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const axis = { stroke: colour('--ink-2'), font: font(), ticks: { show: false }, grid: { stroke: colour('--line'), width: 1 } };
  const line = { points: { show: false } };
  const isDay = view === 'day';
  const edges = (): [number, number] =>
    isDay ? [(nowMs() - DAY.behindMs) / 1000, (nowMs() + DAY.aheadMs) / 1000] : [(nowMs() - WINDOW_MS) / 1000, nowMs() / 1000];
  const steps = stepped === undefined ? {} : { paths: stepped };
  let spans: readonly Span[] = [];
  let marksMs: readonly number[] = [];

  const shadeSpans = ({ ctx, bbox, valToPos }: uPlot) => {
    ctx.save();
    ctx.fillStyle = colour('--red-soft')();
    for (const { fromMs, toMs } of spans) {
      const left = Math.max(bbox.left, valToPos(fromMs / 1000, 'x', true));
      const right = Math.min(bbox.left + bbox.width, valToPos(toMs / 1000, 'x', true));
      // A moment above a limit has to be seen as well.
      if (right >= bbox.left && left <= bbox.left + bbox.width)
        ctx.fillRect(left, bbox.top, Math.max(2 * devicePixelRatio, right - left), bbox.height);
    }
    ctx.restore();
  };
  const drawMarks = ({ ctx, bbox, valToPos }: uPlot) => {
    const [base, size] = [bbox.top + bbox.height, 5 * devicePixelRatio];
    ctx.save();
    ctx.fillStyle = colour('--ink-2')();
    for (const atMs of marksMs) {
      const x = valToPos(atMs / 1000, 'x', true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(x, base - 1.5 * size);
      ctx.lineTo(x - size, base);
      ctx.lineTo(x + size, base);
      ctx.fill();
    }
    if (isDay) {
      const x = valToPos(nowMs() / 1000, 'x', true);
      ctx.strokeStyle = colour('--ink-2')();
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, base);
      ctx.stroke();
    }
    ctx.restore();
  };

  const plot = new uPlot(
    {
      width: Math.max(200, element.clientWidth),
      height: HEIGHT,
      padding: [10, 6, 0, 0],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
      legend: { show: false },
      cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 7, width: 2, fill: colour('--card') } },
      scales: {
        x: { time: true, range: edges },
        // Room above the limit: a line at the very top would read as a frame.
        y: { range: (_plot, _min, max) => [0, Math.max(1, (Number.isFinite(max) ? max : 1) * 1.12)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 26,
          gap: 4,
          incrs: isDay ? [7_200, 14_400, 28_800] : [60, 180, 300, 600],
          space: 70,
          values: (_plot, splits) => splits.map((seconds) => words.time(seconds * 1000, timeZone)),
        },
        { ...axis, size: 40, gap: 6, space: 44, values: (_plot, splits) => splits.map((each) => words.decimal(each)) },
      ],
      series: [
        {},
        { ...line, stroke: colour('--accent'), width: 2, fill: colour('--accent-fill') },
        { ...line, stroke: colour('--accent-2'), width: 1.5, dash: [5, 4], ...steps },
        { ...line, stroke: colour('--ink'), width: 1.5, ...steps },
        { ...line, stroke: colour('--red'), width: 3 },
        { ...line, stroke: colour('--accent-2'), width: 2, dash: [2, 3], fill: colour('--accent-fill'), ...steps },
      ],
      hooks: {
        drawClear: [shadeSpans],
        draw: [drawMarks],
        setCursor: [
          ({ cursor: { idx, left }, data }) => {
            const at = idx === null || idx === undefined || (left ?? -1) < 0 ? undefined : data[0][idx];
            if (at === undefined || idx === null || idx === undefined) return onPoint(null);
            onPoint({
              atMs: at * 1000,
              measuredKw: data[1]?.[idx] ?? null,
              allocatedKw: data[2]?.[idx] ?? null,
              limitKw: data[3]?.[idx] ?? null,
              planKw: data[5]?.[idx] ?? null,
            });
          },
        ],
      },
    },
    [[], [], [], [], [], []],
    element,
  );

  const resized = new ResizeObserver(() => plot.setSize({ width: Math.max(200, element.clientWidth), height: HEIGHT }));
  resized.observe(element);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const recolour = () => plot.redraw(false, true);
  scheme.addEventListener('change', recolour);

  return {
    show: ({ atS, measuredKw, allocatedKw, limitKw, aboveKw, planKw }, shownSpans, shownMarksMs) => {
      spans = shownSpans;
      marksMs = shownMarksMs;
      plot.setData([[...atS], [...measuredKw], [...allocatedKw], [...limitKw], [...aboveKw], [...planKw]]);
    },
    point: (atMs) => {
      const left = atMs === null ? -10 : plot.valToPos(atMs / 1000, 'x');
      plot.setCursor({ left, top: atMs === null ? -10 : 10 });
    },
    destroy: () => {
      resized.disconnect();
      scheme.removeEventListener('change', recolour);
      plot.destroy();
    },
  };
}
