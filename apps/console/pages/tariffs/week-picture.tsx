// A tariff at a glance: what a kWh costs at each hour of each day, the dearer the darker.
// Which price holds when is model/tariff-week.ts.

import type { Tariff } from '../../api/tariff-shapes.js';
import { pricesIn, tariffWeek } from '../../model/tariff-week.js';
import { useWords } from '../../words/language.js';

const HOURS = [0, 6, 12, 18, 24];
const clock = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

export function WeekPicture({ tariff }: { tariff: Tariff }) {
  const { t, price, weekday } = useWords();
  const week = tariffWeek(tariff);
  const prices = pricesIn(week);
  const shade = (of: number | null): number => (prices.length < 2 ? 0.4 : prices.indexOf(of ?? 0) / (prices.length - 1));
  const perKwh = (of: number | null) => (of === null ? t('price.free') : price({ amount: String(of), currency: tariff.currency }));
  const daysOf = (days: readonly (typeof week)[number]['days'][number][]): string => {
    const [first, last] = [days[0], days.at(-1)];
    if (first === undefined || last === undefined) return '';
    return first === last ? weekday(first) : `${weekday(first)} – ${weekday(last)}`;
  };
  return (
    <figure class="week" aria-label={t('tariffs.week')}>
      {week.map(({ days, stretches }) => (
        <div key={days.join()} class="week-row">
          <span class="week-day">{daysOf(days)}</span>
          <ol class="lane-band week-band">
            {stretches.map(({ fromMin, toMin, price: of }) => (
              <li
                key={fromMin}
                class="lane-piece week-piece"
                style={{ left: `${fromMin / 14.4}%`, width: `${(toMin - fromMin) / 14.4}%`, '--shade': `${12 + 46 * shade(of)}%` }}
                title={`${clock(fromMin)} – ${clock(toMin)}: ${perKwh(of)}`}
              >
                <span class="visually-hidden">
                  {clock(fromMin)} – {clock(toMin)}:
                </span>{' '}
                {perKwh(of)}
              </li>
            ))}
          </ol>
        </div>
      ))}
      <div class="week-row" aria-hidden="true">
        <span class="week-day" />
        <div class="week-hours muted">
          {HOURS.map((hour) => (
            <span key={hour}>{clock(hour * 60)}</span>
          ))}
        </div>
      </div>
      <figcaption class="muted small">{t('tariffs.weekHint')}</figcaption>
    </figure>
  );
}
