// Draws a session with uPlot into an element: power against limit in kW on the left, energy in kWh on the right.
// What stands below on the same axis (state, price, what held it back) is lanes.tsx, which is told where the axis lies.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Axis, SessionColumns } from '../../model/session-story.js';
import { knownZone, type Words } from '../../words/format.js';

export interface SessionChart {
  /** Columns, and the instants at which limits changed. */
  show(columns: SessionColumns, axis: Axis, marksMs: readonly number[]): void;
  /** Puts the cursor on an instant; null takes it away. */
  point(atMs: number | null): void;
  destroy(): void;
}

/** Width of the axes [px], which the lanes keep to. */
export const LEFT_PX = 44;
export const RIGHT_PX = 44;
const HEIGHT = 260;

interface Options {
  readonly timeZone: string;
  readonly words: Words;
  readonly onPoint: (atMs: number | null) => void;
}

export function sessionChart(element: HTMLElement, { timeZone, words, onPoint }: Options): SessionChart {
  const zone = knownZone(timeZone);
  const colour = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim();
  const font = () => `12px ${getComputedStyle(document.body).fontFamily}`;
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const steps = stepped === undefined ? {} : { paths: stepped };
  const axis = { stroke: colour('--ink-2'), font: font(), ticks: { show: false }, grid: { stroke: colour('--line'), width: 1 } };
  const line = { points: { show: false } };
  const room: uPlot.Scale.Range = (_plot, _min, max) => [0, Math.max(0.1, (Number.isFinite(max) ? max : 1) * 1.12)];
  let edges: [number, number] = [0, 1];
  let marksMs: readonly number[] = [];

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
    ctx.restore();
  };

  const plot = new uPlot(
    {
      width: Math.max(200, element.clientWidth),
      height: HEIGHT,
      padding: [10, 0, 0, 0],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
      legend: { show: false },
      cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 7, width: 2, fill: colour('--card') } },
      scales: { x: { time: true, range: () => edges }, y: { range: room }, energy: { range: room } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 26,
          gap: 4,
          space: 76,
          values: (_plot, splits, _index, _space, stepS) => splits.map((seconds) => words.time(seconds * 1000, timeZone, stepS < 60)),
        },
        { ...axis, size: LEFT_PX, gap: 6, space: 40, values: (_plot, splits) => splits.map((each) => words.decimal(each)) },
        {
          ...axis,
          grid: { show: false },
          scale: 'energy',
          side: 1,
          size: RIGHT_PX,
          gap: 6,
          space: 40,
          values: (_plot, splits) => splits.map((each) => words.decimal(each)),
        },
      ],
      series: [
        {},
        { ...line, stroke: colour('--accent'), width: 2, fill: colour('--accent-fill'), ...steps },
        { ...line, stroke: colour('--ink'), width: 1.5, ...steps },
        { ...line, scale: 'energy', stroke: colour('--accent-2'), width: 1.5, dash: [5, 4] },
      ],
      hooks: {
        draw: [drawMarks],
        setCursor: [({ cursor: { left }, posToVal }) => onPoint(left === undefined || left < 0 ? null : posToVal(left, 'x') * 1000)],
      },
    },
    [[], [], [], []],
    element,
  );

  const resized = new ResizeObserver(() => plot.setSize({ width: Math.max(200, element.clientWidth), height: HEIGHT }));
  resized.observe(element);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const recolour = () => plot.redraw(false, true);
  scheme.addEventListener('change', recolour);

  return {
    show: ({ atS, powerKw, limitKw, energyKwh }, { fromMs, toMs }, shownMarksMs) => {
      edges = [fromMs / 1000, toMs / 1000];
      marksMs = shownMarksMs;
      plot.setData([[...atS], [...powerKw], [...limitKw], [...energyKwh]]);
    },
    point: (atMs) => plot.setCursor({ left: atMs === null ? -10 : plot.valToPos(atMs / 1000, 'x'), top: atMs === null ? -10 : 10 }),
    destroy: () => {
      resized.disconnect();
      scheme.removeEventListener('change', recolour);
      plot.destroy();
    },
  };
}
