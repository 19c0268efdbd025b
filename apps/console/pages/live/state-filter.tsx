// Narrows the outlets to one state; shows how many there are of each.
// Only states that occur are offered.
import type { EvseState } from '../../model/evse-state.js';
import { useWords } from '../../words/language.js';
import { StateMark } from './state-mark.js';

interface Props {
  readonly states: readonly EvseState[];
  readonly counts: Readonly<Record<EvseState, number>>;
  readonly total: number;
  readonly chosen: EvseState | null;
  readonly onChoose: (state: EvseState | null) => void;
}

export function StateFilter({ states, counts, total, chosen, onChoose }: Props) {
  const { t, count } = useWords();
  return (
    <fieldset class="chips">
      <legend class="visually-hidden">{t('filter.label')}</legend>
      <button type="button" aria-pressed={chosen === null} onClick={() => onChoose(null)}>
        {t('filter.all')} <span class="chip-count">{count(total)}</span>
      </button>
      {states
        .filter((state) => counts[state] > 0)
        .map((state) => (
          <button
            key={state}
            type="button"
            class={`tone-${state}`}
            aria-pressed={chosen === state}
            onClick={() => onChoose(chosen === state ? null : state)}
          >
            <StateMark state={state} />
            {t(`evse.${state}`)} <span class="chip-count">{count(counts[state])}</span>
          </button>
        ))}
    </fieldset>
  );
}
