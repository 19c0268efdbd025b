// Bands below a session's chart, on its axis: what the session did, what held it back, what a kWh cost then, what the car told of its battery, and
// when something was said.
// The spans are model/session-story.ts; the chart says how wide its axes are.

import type { SessionEntry } from '../../api/session-shapes.js';
import { type Axis, type DoingSpan, type HeldSpan, type PriceSpan, type SocSpan, within } from '../../model/session-story.js';
import { useWords } from '../../words/language.js';
import { heldSentence } from '../../words/reasons.js';
import { LEFT_PX, RIGHT_PX } from './session-chart.js';

interface Props {
  readonly axis: Axis;
  readonly doing: readonly DoingSpan[];
  readonly held: readonly HeldSpan[];
  readonly prices: readonly PriceSpan[];
  readonly soc: readonly SocSpan[];
  readonly entries: readonly SessionEntry[];
  readonly currency: string | null;
  readonly pointedMs: number | null;
}

interface Piece extends Axis {
  readonly key: string;
  readonly tone: string;
  readonly name: string;
  /** Written into the band where there is room. */
  readonly inside: string;
  /** How much of the band's height it has, 0 to 1; all of it without. */
  readonly level?: number;
}

export function Lanes({ axis, doing, held, prices, soc, entries, currency, pointedMs }: Props) {
  const words = useWords();
  const { t, price, percent } = words;
  const perKwh = (unitPrice: string) =>
    currency === null ? unitPrice : t('session.perKwh', { price: price({ amount: unitPrice, currency }) });
  const lanes: readonly (readonly [title: string, none: string, pieces: readonly Piece[]])[] = [
    [
      t('session.lane.doing'),
      t('session.nothingYet'),
      doing.map((span) => ({
        ...span,
        key: `${span.fromMs}`,
        tone: span.doing,
        name: t(`session.doing.${span.doing}`),
        inside: t(`session.doing.${span.doing}`),
      })),
    ],
    [
      t('session.lane.held'),
      t('session.heldNever'),
      held.map((span) => ({
        ...span,
        key: `${span.fromMs}`,
        tone: 'held',
        name: heldSentence(span, words),
        inside: words.current(span.limitA),
      })),
    ],
    [
      t('session.lane.price'),
      t('session.noPrice'),
      prices.map((span, index) => ({
        ...span,
        key: `${span.fromMs}`,
        tone: `price-${index % 2}`,
        name: perKwh(span.unitPrice),
        inside: perKwh(span.unitPrice),
      })),
    ],
    ...(soc.length === 0
      ? []
      : [
          [
            t('session.lane.soc'),
            '',
            soc.map((span) => ({
              ...span,
              key: `${span.fromMs}`,
              tone: 'soc',
              name: percent(span.percent / 100),
              inside: percent(span.percent / 100),
              level: span.percent / 100,
            })),
          ] as const,
        ]),
    [
      t('session.lane.messages'),
      t('session.noMessages'),
      entries.map(({ key, atMs, kind, state }, index) => ({
        ...{ key, tone: 'message', inside: '', fromMs: atMs, toMs: entries[index + 1]?.atMs ?? axis.toMs },
        name: [kind, state].filter((each) => each !== null).join(' '),
      })),
    ],
  ];
  return (
    <div class="lanes">
      {lanes.map(([title, none, pieces]) => (
        <div key={title} class="lane">
          <p class="lane-title">
            {title}
            <span class="muted"> {pieces.length === 0 ? none : pointedMs === null ? '' : (within(pieces, pointedMs)?.name ?? '–')}</span>
          </p>
          <div class="lane-band" style={{ marginLeft: `${LEFT_PX}px`, marginRight: `${RIGHT_PX}px` }} aria-hidden="true">
            {pieces.map((piece) => (
              <span
                key={piece.key}
                class={`lane-piece lane-${piece.tone}`}
                style={{ ...place(piece, axis), ...(piece.level !== undefined && { '--level': `${piece.level * 100}%` }) }}
                title={piece.name}
              >
                {piece.inside}
              </span>
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

function place({ fromMs, toMs }: Axis, axis: Axis) {
  const whole = axis.toMs - axis.fromMs;
  return {
    left: `${((fromMs - axis.fromMs) / whole) * 100}%`,
    width: `${(Math.max(0, Math.min(toMs, axis.toMs) - fromMs) / whole) * 100}%`,
  };
}
