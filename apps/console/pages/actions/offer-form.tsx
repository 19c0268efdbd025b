// One thing that can be asked: what it does, what it needs to know, and that it is meant where sessions end by it. Nothing is asked twice by a double click,
// nor again before the station answered.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, type FieldError } from '../../api/errors.js';
import { useStore } from '../../ui/use-store.js';
import { useWords } from '../../words/language.js';
import type { MessageKey } from '../../words/messages.js';
import type { PageProps } from '../index.js';
import { type Field, firstValues, type Offer, toldOf } from './offers.js';
import { press, presses } from './presses.js';

interface Props extends Pick<PageProps, 'live'> {
  readonly stationId: string;
  readonly offer: Offer;
  readonly isAway: boolean;
  /** Sessions at the outlet, and at the station. */
  readonly running: { readonly outlet: number; readonly station: number };
}

export function OfferForm({ live, stationId, offer, isAway, running }: Props) {
  const { t, plural } = useWords();
  const [values, setValues] = useState(() => firstValues(offer));
  const [isMeant, setMeant] = useState(false);
  const [refusal, setRefusal] = useState<{ readonly reason: string; readonly errors: readonly FieldError[] } | null>(null);
  const isAsking = useStore(presses).some(
    (each) => each.stationId === stationId && each.name === offer.name && each.stage.kind === 'asking',
  );
  const { name, action, fields } = offer;
  const interruption = offer.interrupts(values);
  const ended = interruption === null ? 0 : running[interruption.where];
  useEffect(() => setMeant(false), [ended]);
  const { byField, others } = toldOf(fields, refusal?.errors ?? []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isAsking) return;
    setRefusal(null);
    const form = event.currentTarget as HTMLFormElement;
    const dialog = form.closest('dialog');
    try {
      const number = (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) >>> 1;
      const atMs = live.nowMs();
      await press(live.ask, { stationId, name, action, payload: offer.payload(values, number, atMs), atMs });
      setValues(firstValues(offer));
      setMeant(false);
      form.closest('details')?.removeAttribute('open');
      // Where it is told what becomes of it; this form may go with the session.
      dialog?.querySelector<HTMLElement>('section')?.focus();
    } catch (error) {
      setRefusal({
        reason: error instanceof Error ? error.message : String(error),
        errors: error instanceof ApiError ? error.errors : [],
      });
    }
  };
  return (
    <details name="offers">
      <summary class="fold-title">
        <strong>{t(`actions.${name}`)}</strong> <code class="muted record">{action}</code>
      </summary>
      <form class="simulator" onSubmit={(event) => void submit(event)}>
        <p class="simulator-end">{t(`actions.${name}.does`)}</p>
        {fields.map((field) => (
          <OneField
            key={field.name}
            id={`${name}-${field.name}`}
            field={field}
            value={values[field.name] ?? ''}
            problem={byField.get(field.name) ?? null}
            onValue={(value) => {
              setValues((before) => ({ ...before, [field.name]: value }));
              setMeant(false);
            }}
          />
        ))}
        {interruption !== null && ended > 0 && (
          <label class="check simulator-end">
            <input type="checkbox" required checked={isMeant} onChange={(event) => setMeant(event.currentTarget.checked)} />
            <span class="warning">{plural(`actions.${interruption.how}`, ended)}</span>
          </label>
        )}
        {refusal !== null && (
          <p class="problem simulator-end" role="alert">
            {[refusal.reason, ...others].join(' · ')}
          </p>
        )}
        <p class="simulator-end">
          <button
            type="submit"
            class="primary"
            disabled={isAway || isAsking}
            onClick={(event) => {
              // The second click of a double click is no second wish.
              if (event.detail > 1) event.preventDefault();
            }}
          >
            {t(isAway ? 'actions.cannot' : isAsking ? 'actions.is.asking' : `actions.${name}`)}
          </button>
        </p>
      </form>
    </details>
  );
}

interface FieldProps {
  readonly id: string;
  readonly field: Field;
  readonly value: string;
  readonly problem: string | null;
  readonly onValue: (value: string) => void;
}

function OneField({ id, field: { label, options, range, maxLength }, value, problem, onValue }: FieldProps) {
  const { t } = useWords();
  const shared = { id, value, 'aria-invalid': problem !== null, 'aria-describedby': problem === null ? undefined : `${id}-problem` };
  return (
    <div>
      <label for={id}>{t(label)}</label>
      {options === undefined ? (
        <input
          {...shared}
          {...(range !== undefined && { type: 'number', min: range[0], max: range[1], step: 'any' })}
          required
          maxLength={maxLength}
          autocomplete="off"
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      ) : (
        <select {...shared} onChange={(event) => onValue(event.currentTarget.value)}>
          {options.map((option) => (
            <option key={option} value={option}>
              {option in NAMED
                ? t(NAMED[option] as MessageKey)
                : option.replace(/^evse /, `${t('actions.outlet')} `).replace(/^connector /, `${t('actions.connector')} `)}
            </option>
          ))}
        </select>
      )}
      {problem !== null && (
        <p id={`${id}-problem`} class="problem">
          {problem}
        </p>
      )}
    </div>
  );
}

const NAMED: Readonly<Record<string, MessageKey>> = {
  Soft: 'actions.option.Soft',
  Hard: 'actions.option.Hard',
  OnIdle: 'actions.option.OnIdle',
  Immediate: 'actions.option.Immediate',
  whole: 'actions.option.whole',
  Operative: 'actions.option.Operative',
  Inoperative: 'actions.option.Inoperative',
};
