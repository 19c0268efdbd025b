// Where the charger stands: one of the sites there are, or a new one with the fuse of its grid connection.
import { useState } from 'preact/hooks';
import type { Site } from '../../api/network-shapes.js';
import type { LiveNetwork } from '../../model/live-network.js';
import { useSending } from '../../ui/use-sending.js';
import { useWords } from '../../words/language.js';
import { siteBody, siteIdOf } from './commands.js';
import { Problem } from './problem.js';

interface Props {
  readonly live: LiveNetwork;
  readonly sites: readonly Site[];
  readonly siteId: string | null;
  readonly onChosen: (siteId: string) => void;
}

export function SiteStep({ live, sites, siteId, onChosen }: Props) {
  const { t } = useWords();
  const [isNew, setNew] = useState(false);
  // Added a moment ago, it may not be among those that were read.
  const known = siteId === null || sites.some((each) => each.siteId === siteId) ? sites : [...sites, { siteId, name: siteId }];
  if (siteId === null || isNew)
    return (
      <NewSite
        live={live}
        taken={known.map((each) => each.siteId)}
        onMade={(made) => {
          setNew(false);
          onChosen(made);
        }}
      />
    );
  return (
    <div class="simulator">
      <label>
        {t('first.atSite')}
        <select value={siteId} onChange={(event) => onChosen(event.currentTarget.value)}>
          {known.map((each) => (
            <option key={each.siteId} value={each.siteId}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      <p class="simulator-end">
        <button type="button" onClick={() => setNew(true)}>
          {t('first.otherSite')}
        </button>
      </p>
    </div>
  );
}

function NewSite({
  live,
  taken,
  onMade,
}: {
  readonly live: LiveNetwork;
  readonly taken: readonly string[];
  readonly onMade: (siteId: string) => void;
}) {
  const { t } = useWords();
  const [name, setName] = useState('');
  const [limitA, setLimitA] = useState(63);
  const { isBusy, problem, send } = useSending();
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const add = send(async () => {
    const siteId = siteIdOf(name);
    if (taken.includes(siteId)) throw new Error(t('first.taken', { id: siteId }));
    await live.ask.put(`/v1/sites/${siteId}`, siteBody({ siteId, name, timeZone, limitA }));
    onMade(siteId);
  });
  return (
    <form class="simulator" onSubmit={add}>
      <label>
        {t('first.siteName')}
        <input required maxLength={100} value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label>
        {t('first.fuse')}
        <input
          type="number"
          required
          min={6}
          max={10_000}
          value={limitA}
          onInput={(event) => setLimitA(event.currentTarget.valueAsNumber)}
        />
      </label>
      <p class="simulator-end">
        <button type="submit" class="primary" disabled={isBusy}>
          {t('first.addSite')}
        </button>{' '}
        <span class="muted">{t('first.zone', { zone: timeZone })}</span>
      </p>
      <Problem text={problem} />
    </form>
  );
}
