// The quarter of a month as files for EV-ChART (modules 2 to 4): asked for, checked by the api, taken away; or why it would not be taken.
// What is in them is the api's; modules that people state are sent to it by other means.
import { useState } from 'preact/hooks';
import type { LiveNetwork } from '../../model/live-network.js';
import { useWords } from '../../words/language.js';

const MODULES = [2, 3, 4] as const;
const PROVIDER = '[a-z0-9_]{1,30}';

type Outcome = { readonly text: string; readonly sha256: string | null } | { readonly refused: string };

export function Filing({ live, month }: { readonly live: LiveNetwork; readonly month: string }) {
  const { t, count } = useWords();
  const [isChecking, setChecking] = useState(false);
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const [year = 0, monthNumber = 1] = month.split('-').map(Number);
  const quarter = Math.ceil(monthNumber / 3);
  const isRunning = Date.UTC(year, quarter * 3) > live.nowMs();

  const check = async (networkProvider: string) => {
    setChecking(true);
    const ask = (module: number): Promise<Outcome> => {
      const query = { module: String(module), year: String(year), quarter: String(quarter), networkProvider, draft: String(isRunning) };
      return live.ask
        .readFile(`/v1/reports/ev-chart?${new URLSearchParams(query)}`)
        .catch((error: unknown) => ({ refused: error instanceof Error ? error.message : String(error) }));
    };
    setOutcomes(await Promise.all(MODULES.map(ask)));
    setChecking(false);
  };

  return (
    <section class="card">
      <h2>{t('uptime.file.title', { quarter: `${year}-Q${quarter}` })}</h2>
      <p class="muted">{t('uptime.file.hint')}</p>
      {isRunning && <p class="muted">{t('uptime.file.draft')}</p>}
      <form
        class="judge"
        onSubmit={(event) => {
          event.preventDefault();
          void check(String(new FormData(event.currentTarget).get('provider')));
        }}
      >
        <label for="filing-provider">{t('uptime.file.provider')}</label>
        <input id="filing-provider" name="provider" required pattern={PROVIDER} title={t('uptime.file.providerHint')} />
        <div class="judge-end">
          <button type="submit" class="primary" disabled={isChecking}>
            {t(isChecking ? 'uptime.file.checking' : 'uptime.file.check')}
          </button>
        </div>
      </form>
      <ul aria-live="polite">
        {MODULES.map((module, index) => {
          const outcome = outcomes[index];
          const name = t(`uptime.file.${module}`);
          if (outcome === undefined) return null;
          if ('refused' in outcome)
            return (
              <li key={module}>
                {name}: <span class="problem">{t('uptime.file.refused', { reason: outcome.refused })}</span>
              </li>
            );
          return (
            <li key={module}>
              <a
                download={`ev-chart-${module}-${year}-q${quarter}.csv`}
                href={`data:text/csv;charset=utf-8,${encodeURIComponent(outcome.text)}`}
              >
                {name}
              </a>{' '}
              <span class="muted address">
                {t('uptime.file.ready', { rows: count(outcome.text.trimEnd().split('\r\n').length - 1), sha256: outcome.sha256 ?? '–' })}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
