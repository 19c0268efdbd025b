// Outages of a port on a line from the beginning to the end of the window: what counts, what was taken off, what has not come yet.
// For who cannot see it, the line says the same in words; the outages themselves are in the list below.

import type { Outage, Serving, UptimeFigure, UptimeReport } from '../../api/uptime-shapes.js';
import { piecesOf, ticksOf } from '../../model/uptime-view.js';
import { useWords } from '../../words/language.js';

type Window = Pick<UptimeReport, 'fromMs' | 'toMs' | 'knownMs'>;

export interface OutageBarProps {
  readonly report: Window;
  readonly figure: UptimeFigure;
  readonly serving: Serving;
  readonly outages: readonly Outage[];
}

export function OutageBar({ report, figure, serving, outages }: OutageBarProps) {
  const { t, plural, duration, moment } = useWords();
  const { fromMs, toMs } = report;
  const share = (ms: number) => (100 * (ms - fromMs)) / (toMs - fromMs);
  const { servingFromMs, servingToMs } = serving;
  const says = t('uptime.barSays', {
    outages: plural('uptime.bar', outages.length),
    down: duration(figure.outageMinutes * 60_000),
    excluded: duration(figure.excludedMinutes * 60_000),
  });
  return (
    <div class="outage-bar-space">
      <div class="outage-bar" role="img" aria-label={says} title={says}>
        <span class="bar-none" style={{ left: 0, width: `${share(servingFromMs ?? toMs)}%` }} />
        <span class="bar-none" style={{ left: `${share(servingToMs ?? toMs)}%`, right: 0 }} />
        {ticksOf(fromMs, toMs).map((ms) => (
          <span key={ms} class="bar-tick" style={{ left: `${share(ms)}%` }} />
        ))}
        {piecesOf(outages, report).map(({ outageId, left, width, kind }) => (
          <span key={outageId} class={`bar-piece bar-${kind}`} style={{ left: `${left}%`, width: `${width}%` }} />
        ))}
      </div>
      <div class="bar-ends muted" aria-hidden="true">
        <span>{moment(fromMs, 'day')}</span>
        <span>{moment(toMs - 1, 'day')}</span>
      </div>
    </div>
  );
}

export function BarKey() {
  const { t } = useWords();
  return (
    <div class="bar-key muted">
      {(['counts', 'partly', 'excluded', 'none'] as const).map((kind) => (
        <span key={kind}>
          <span class={`bar-swatch bar-${kind}`} aria-hidden="true" /> {t(`uptime.key.${kind}`)}
        </span>
      ))}
    </div>
  );
}
