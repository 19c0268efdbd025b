// How to connect a charger, step by step, with commands to paste; the first page of an empty network.
// The commands are written in commands.ts.
import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Site } from '../../api.js';
import { currentKey } from '../../ui/session-key.js';
import { useWords } from '../../words/language.js';
import {
  type Connecting,
  exportKey,
  isLoopback,
  randomPassword,
  siteCommand,
  stationCommand,
  stationUrl,
  tokenCommand,
} from './commands.js';
import { CopyBlock } from './copy-block.js';

/** `waiting`: nothing is connected yet, and this guide stands in for the live page. */
export function ConnectGuide({ sites, waiting }: { sites: readonly Site[]; waiting: boolean }) {
  const { t } = useWords();
  const [withKey, setWithKey] = useState(false);
  const password = useMemo(() => randomPassword(crypto.getRandomValues(new Uint8Array(32))), []);
  const key = withKey ? currentKey() : null;
  const site = sites[0];
  const names: Connecting = {
    origin: location.origin,
    key,
    siteId: site?.siteId ?? 'MY-SITE',
    nodeId: site?.root?.nodeId ?? 'GRID',
    stationId: 'CHARGER-1',
    password,
    timeZone: site?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  const empty = waiting && site === undefined;
  return (
    <section class="guide card">
      <h1>{t(waiting ? 'first.title' : 'first.titleNext')}</h1>
      <p class="lead">{t(empty ? 'first.intro' : 'first.introNext')}</p>
      {empty && <p class="muted">{t('first.simulated')}</p>}
      <ol class="steps">
        <Step title={t('first.key')} text={t('first.keyText')}>
          <label class="check">
            <input type="checkbox" checked={withKey} onChange={(event) => setWithKey(event.currentTarget.checked)} />
            {t('first.showKey')}
          </label>
          <CopyBlock text={exportKey(key)} />
        </Step>
        {site === undefined && (
          <Step title={t('first.site')} text={t('first.siteText')}>
            <CopyBlock text={siteCommand(names)} />
          </Step>
        )}
        <Step title={t('first.station')} text={t('first.stationText')}>
          <CopyBlock text={stationCommand(names)} />
        </Step>
        <Step title={t('first.token')} text={t('first.tokenText')}>
          <CopyBlock text={tokenCommand(names)} />
        </Step>
        <Step title={t('first.charger')} text={t('first.chargerText')}>
          <dl class="facts">
            <dt>{t('first.url')}</dt>
            <dd>
              <CopyBlock text={stationUrl(names.origin, names.stationId)} />
            </dd>
            <dt>{t('first.user')}</dt>
            <dd>
              <CopyBlock text={names.stationId} />
            </dd>
            <dt>{t('first.password')}</dt>
            <dd>
              <CopyBlock text={password} />
            </dd>
          </dl>
          {isLoopback(names.origin) && <p class="hint">{t('first.loopback')}</p>}
        </Step>
      </ol>
      {waiting && (
        <p class="waiting" role="status">
          <span class="pulse" aria-hidden="true" />
          {t('first.waiting')}
        </p>
      )}
    </section>
  );
}

function Step({ title, text, children }: { title: string; text: string; children: ComponentChildren }) {
  return (
    <li>
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </li>
  );
}
