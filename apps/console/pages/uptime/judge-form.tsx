// Why an outage is not the operator's, with evidence; or that it is. What is said stays on record, with who said it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { EXCLUSION_CAUSES, type Outage, type Verdict } from '../../api/uptime-shapes.js';
import type { LiveNetwork } from '../../model/live-network.js';
import { useWords } from '../../words/language.js';

export interface JudgeFormProps {
  readonly live: LiveNetwork;
  readonly outage: Outage;
  readonly onCancel: () => void;
  readonly onDone: () => void;
}

const VERDICTS: readonly Verdict[] = [...EXCLUSION_CAUSES, 'counts'];
/** As a field for local times shows it, meant as UTC. */
const fieldTime = (ms: number | null): string => (ms === null ? '' : new Date(ms).toISOString().slice(0, 16));

export function JudgeForm({ live, outage, onCancel, onDone }: JudgeFormProps) {
  const { t } = useWords();
  const first = useRef<HTMLSelectElement>(null);
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => first.current?.focus(), []);
  const id = (name: string) => `${name}-${outage.outageId}`;

  const send = async (form: HTMLFormElement) => {
    const data = new FormData(form);
    const text = (name: string) => String(data.get(name) ?? '').trim();
    const time = (name: string) => (text(name) === '' ? {} : { [name]: new Date(`${text(name)}Z`).toISOString() });
    setSending(true);
    setProblem(null);
    try {
      const said = { cause: text('cause') as Verdict, evidence: text('evidence'), ...(text('note') !== '' && { note: text('note') }) };
      await live.judgeOutage(outage.outageId, { ...said, ...time('from'), ...time('to') });
      onDone();
    } catch (error) {
      setSending(false);
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };

  return (
    <form
      class="judge"
      onSubmit={(event) => {
        event.preventDefault();
        void send(event.currentTarget);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <label for={id('cause')}>{t('uptime.reason')}</label>
      <select id={id('cause')} name="cause" ref={first} defaultValue={outage.judgement?.cause ?? VERDICTS[0]}>
        {VERDICTS.map((cause) => (
          <option key={cause} value={cause}>
            {t(`uptime.verdict.${cause}`)}
          </option>
        ))}
      </select>
      <label for={id('evidence')}>{t('uptime.evidence')}</label>
      <div>
        <textarea id={id('evidence')} name="evidence" required maxLength={500} rows={2} aria-describedby={id('hint')} />
        <p id={id('hint')} class="second muted">
          {t('uptime.evidenceHint')}
        </p>
      </div>
      <label for={id('note')}>{t('uptime.note')}</label>
      <input id={id('note')} name="note" maxLength={255} />
      <details class="judge-part">
        <summary>{t('uptime.part')}</summary>
        <div class="judge-times">
          <label>
            {t('uptime.partFrom')}
            <input type="datetime-local" name="from" min={fieldTime(outage.startedMs)} max={fieldTime(outage.endedMs)} />
          </label>
          <label>
            {t('uptime.partTo')}
            <input type="datetime-local" name="to" min={fieldTime(outage.startedMs)} />
          </label>
        </div>
      </details>
      <div class="judge-end">
        <button type="submit" class="primary" disabled={isSending}>
          {t(isSending ? 'uptime.sending' : 'uptime.submit')}
        </button>
        <button type="button" class="quiet" onClick={onCancel}>
          {t('uptime.cancel')}
        </button>
        <span class="muted">{t('uptime.stays')}</span>
      </div>
      {problem !== null && (
        <p class="problem judge-end" role="alert">
          {t('uptime.notJudged', { reason: problem })}
        </p>
      )}
    </form>
  );
}
