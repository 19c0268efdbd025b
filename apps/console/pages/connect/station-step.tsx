// The charger is registered under its id, with a password made on this page.
import { useRef, useState } from 'preact/hooks';
import type { LiveNetwork } from '../../model/live-network.js';
import { useSending } from '../../ui/use-sending.js';
import { useWords } from '../../words/language.js';
import { stationBody } from './commands.js';
import { Problem } from './problem.js';

interface Props {
  readonly live: LiveNetwork;
  readonly place: { readonly siteId: string; readonly nodeId: string };
  readonly password: string;
  /** null: not registered yet. */
  readonly stationId: string | null;
  readonly onBegin: (() => void) | undefined;
  readonly onRegistered: (stationId: string) => void;
}

export function StationStep({ live, place, password, stationId, onBegin, onRegistered }: Props) {
  const { t } = useWords();
  const [id, setId] = useState('CHARGER-1');
  const [phases, setPhases] = useState<1 | 3>(3);
  const [maxA, setMaxA] = useState(32);
  const tried = useRef<string | null>(null);
  const { isBusy, problem, send } = useSending();
  if (stationId !== null) return <p role="status">✓ {t('first.registered', { station: stationId })}</p>;
  const register = send(async () => {
    const stationId = id.trim();
    // A charger that is there already keeps its password; one of which only the answer was lost has that of this page.
    if (tried.current !== stationId && live.network.get().stations.has(stationId)) throw new Error(t('first.taken', { id: stationId }));
    tried.current = stationId;
    onBegin?.();
    await live.ask.put(`/v1/stations/${encodeURIComponent(stationId)}`, stationBody(location.origin, { ...place, password, phases, maxA }));
    onRegistered(stationId);
  });
  return (
    <form class="simulator" onSubmit={register}>
      <label>
        {t('first.stationId')}
        <input required maxLength={48} spellcheck={false} value={id} onInput={(event) => setId(event.currentTarget.value)} />
      </label>
      <label>
        {t('first.phases')}
        <select value={phases} onChange={(event) => setPhases(event.currentTarget.value === '1' ? 1 : 3)}>
          <option value="3">3</option>
          <option value="1">1</option>
        </select>
      </label>
      <label>
        {t('first.maxA')}
        <input type="number" required min={6} max={1_000} value={maxA} onInput={(event) => setMaxA(event.currentTarget.valueAsNumber)} />
      </label>
      <p class="simulator-end">
        <button type="submit" class="primary" disabled={isBusy}>
          {t('first.register')}
        </button>
      </p>
      <Problem text={problem} />
    </form>
  );
}
