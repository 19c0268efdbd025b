// Outages of the window, latest first: those left to judge, or all; each with what was said of it and a form to say something.
// The form is judge-form.tsx.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Outage, UptimeReport } from '../../api/uptime-shapes.js';
import type { LiveNetwork } from '../../model/live-network.js';
import type { Words } from '../../words/format.js';
import { useWords } from '../../words/language.js';
import type { MessageKey } from '../../words/messages.js';
import { MESSAGES } from '../../words/messages.js';
import { JudgeForm } from './judge-form.js';

/** More are shown when asked for. */
const SHOWN = 20;

export interface OutageListProps {
  readonly live: LiveNetwork;
  readonly report: Pick<UptimeReport, 'toMs'>;
  readonly outages: readonly Outage[];
  readonly onJudged: () => void;
}

export function OutageList({ live, outages, onJudged }: OutageListProps) {
  const { t, count } = useWords();
  const open = outages.filter(({ judgement }) => judgement === null);
  const [isAll, setAll] = useState(false);
  const [most, setMost] = useState(SHOWN);
  const heading = useRef<HTMLHeadingElement>(null);
  /** What was judged leaves the list: whoever works by keyboard goes on from its top. */
  const judged = () => {
    if (!isAll) heading.current?.focus();
    onJudged();
  };
  const listed = isAll ? outages : open;
  return (
    <section class="card" aria-labelledby="uptime-outages">
      <div class="uptime-row">
        <h2 id="uptime-outages" ref={heading} tabIndex={-1}>
          {t('uptime.outages')} <span class="muted">{count(listed.length)}</span>
        </h2>
        <fieldset class="views" aria-label={t('uptime.show')}>
          <button type="button" aria-pressed={!isAll} onClick={() => setAll(false)}>
            {t('uptime.show.open')} {count(open.length)}
          </button>
          <button type="button" aria-pressed={isAll} onClick={() => setAll(true)}>
            {t('uptime.show.all')} {count(outages.length)}
          </button>
        </fieldset>
      </div>
      {listed.length === 0 && <p class="muted">{t(outages.length === 0 ? 'uptime.outages.none' : 'uptime.outages.noneLeft')}</p>}
      <ol class="outages">
        {listed.slice(0, most).map((outage) => (
          <OneOutage key={outage.outageId} live={live} outage={outage} leaves={!isAll} onJudged={judged} />
        ))}
      </ol>
      {listed.length > most && (
        <button type="button" onClick={() => setMost((before) => before + SHOWN)}>
          {t('sessions.more', { count: count(listed.length - most) })}
        </button>
      )}
    </section>
  );
}

interface OneOutageProps extends Pick<OutageListProps, 'live' | 'onJudged'> {
  readonly outage: Outage;
  /** It is shown no longer once it is judged. */
  readonly leaves?: boolean;
}

export function OneOutage({ live, outage, leaves = false, onJudged }: OneOutageProps) {
  const words = useWords();
  const { t, plural, duration } = words;
  const [isJudging, setJudging] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const wasJudging = useRef(false);
  useEffect(() => {
    if (wasJudging.current && !isJudging) button.current?.focus();
    wasJudging.current = isJudging;
  }, [isJudging]);
  const { portId, minutes, excludedMinutes, causes, judgement, usedBy } = outage;
  return (
    <li>
      <div class="outage">
        <div>
          <strong>{portId}</strong> <span class="muted">{whenOf(outage, words)}</span>
          <span class="second">
            {causes.map((cause) => wordOf(`uptime.cause.${cause}`, cause, words)).join(', ')}
            {' · '}
            {duration(minutes * 60_000)}
            {excludedMinutes > 0 && ` · ${t('uptime.excluded', { time: duration(excludedMinutes * 60_000) })}`}
          </span>
          {usedBy.length > 0 && <span class="second muted">{plural('uptime.usedBy', usedBy.length)}</span>}
          {judgement !== null && (
            <span class="second">
              {t('uptime.judged', {
                reason: wordOf(`uptime.verdict.${judgement.cause}`, judgement.cause, words),
                by: judgement.by,
                evidence: judgement.evidence,
              })}
            </span>
          )}
        </div>
        {!isJudging && (
          <button
            type="button"
            ref={button}
            onClick={() => setJudging(true)}
            aria-label={t('uptime.judgeOf', { port: portId, from: words.moment(outage.startedMs) })}
          >
            {t(judgement === null ? 'uptime.judge' : 'uptime.judgeAgain')}
          </button>
        )}
      </div>
      {isJudging && (
        <JudgeForm
          live={live}
          outage={outage}
          onCancel={() => setJudging(false)}
          onDone={() => {
            wasJudging.current = !leaves;
            setJudging(false);
            onJudged();
          }}
        />
      )}
    </li>
  );
}

function whenOf({ startedMs, endedMs }: Outage, { t, moment }: Words): string {
  const from = moment(startedMs);
  return endedMs === null ? `${t('uptime.since', { from })}, ${t('uptime.lasts')}` : t('uptime.fromTo', { from, to: moment(endedMs) });
}

/** The word for what the api names; its own name where the page has none. */
export const wordOf = (key: string, name: string, { t }: Words): string => (key in MESSAGES.en ? t(key as MessageKey) : name);
