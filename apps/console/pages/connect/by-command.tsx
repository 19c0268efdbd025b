// The same as commands to paste into a shell, for whoever writes a script of it. The commands are written in commands.ts.
import { useState } from 'preact/hooks';
import type { Site } from '../../api/network-shapes.js';
import { currentKey } from '../../ui/session-key.js';
import { useWords } from '../../words/language.js';
import { type Connecting, exportKey, siteCommand, stationCommand, tokenCommand } from './commands.js';
import { CopyBlock } from './copy-block.js';

export function ByCommand({ site, password }: { readonly site: Site | null; readonly password: string }) {
  const { t } = useWords();
  const [withKey, setWithKey] = useState(false);
  const key = withKey ? currentKey() : null;
  const names: Connecting = {
    origin: location.origin,
    key,
    siteId: site?.siteId ?? 'MY-SITE',
    nodeId: site?.root?.nodeId ?? 'grid',
    stationId: 'CHARGER-1',
    password,
    timeZone: site?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  return (
    <details class="by-command">
      <summary>{t('first.byCommand')}</summary>
      <p class="muted">{t('first.keyText')}</p>
      <label class="check">
        <input type="checkbox" checked={withKey} onChange={(event) => setWithKey(event.currentTarget.checked)} />
        {t('first.showKey')}
      </label>
      {[exportKey(key), ...(site === null ? [siteCommand(names)] : []), stationCommand(names), tokenCommand(names)].map((command) => (
        <CopyBlock key={command} text={command} />
      ))}
    </details>
  );
}
