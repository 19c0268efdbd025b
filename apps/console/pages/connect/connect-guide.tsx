// How to connect a charger, step by step; the first page of an empty network. Each step is done here, and its outcome is what the next one begins with:
// a site → the charger's id and password → its first message → a card. The same as commands for a shell is by-command.tsx.
import { useMemo, useState } from 'preact/hooks';
import type { Site } from '../../api/network-shapes.js';
import type { LiveNetwork } from '../../model/live-network.js';
import { useWords } from '../../words/language.js';
import { ByCommand } from './by-command.js';
import { CardStep } from './card-step.js';
import { randomPassword } from './commands.js';
import { FirstMessage } from './first-message.js';
import { Login } from './login.js';
import { SiteStep } from './site-step.js';
import { StationStep } from './station-step.js';
import { Step } from './step.js';

interface Props {
  readonly live: LiveNetwork;
  readonly sites: readonly Site[];
  /** Nothing is connected yet, and this guide stands in for the live page. */
  readonly isFirst: boolean;
  /** A charger is about to be registered. */
  readonly onBegin?: () => void;
  /** The charger has spoken, and whoever connected it wants to see the network. */
  readonly onDone: () => void;
}

export function ConnectGuide({ live, sites, isFirst, onBegin, onDone }: Props) {
  const { t } = useWords();
  const password = useMemo(() => randomPassword(crypto.getRandomValues(new Uint8Array(32))), []);
  const [chosen, setChosen] = useState<string | null>(null);
  const [stationId, setStationId] = useState<string | null>(null);
  const siteId = chosen ?? sites[0]?.siteId ?? null;
  const site = sites.find((each) => each.siteId === siteId) ?? null;
  const place = siteId === null ? null : { siteId, nodeId: site?.root?.nodeId ?? 'grid' };
  return (
    <section class="guide card">
      <h1>{t(isFirst ? 'first.title' : 'first.titleNext')}</h1>
      <p class="lead">{t(isFirst ? 'first.intro' : 'first.introNext')}</p>
      {isFirst && stationId === null && <p class="muted">{t('first.simulated')}</p>}
      <ol class="steps">
        <Step title={t('first.site')} text={t('first.siteText')}>
          <SiteStep live={live} sites={sites} siteId={siteId} onChosen={setChosen} />
        </Step>
        <Step title={t('first.station')} text={t('first.stationText')}>
          {place === null ? (
            <p>{t('first.siteFirst')}</p>
          ) : (
            <StationStep
              live={live}
              place={place}
              password={password}
              stationId={stationId}
              onBegin={onBegin}
              onRegistered={setStationId}
            />
          )}
        </Step>
        <Step title={t('first.charger')} text={t('first.chargerText')}>
          {stationId === null ? <p>{t('first.stationFirst')}</p> : <Login stationId={stationId} password={password} />}
        </Step>
        <Step title={t('first.message')} text={t('first.messageText')}>
          {stationId !== null && <FirstMessage live={live} stationId={stationId} onDone={onDone} />}
        </Step>
        <Step title={t('first.token')} text={t('first.tokenText')}>
          <CardStep live={live} />
        </Step>
      </ol>
      <ByCommand site={site} password={password} />
    </section>
  );
}
