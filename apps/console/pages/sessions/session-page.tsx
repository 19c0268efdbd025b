// One session: what it cost and why, what held it back and why, on one time axis; read again when the feed tells of it.
// The chart is session-figure.tsx, the money cost-table.tsx; what follows from what is model/session-story.ts.
import { useEffect } from 'preact/hooks';
import { readSessionStory, type SessionStory } from '../../api/session-shapes.js';
import { axisOf, doingSpans, heldSpans, heldSums, limitSpans, priceSpans } from '../../model/session-story.js';
import { ActionsButton } from '../../ui/acting.js';
import { Facts } from '../../ui/facts.js';
import { addressOf } from '../../ui/router.js';
import { Table } from '../../ui/table.js';
import { useRead } from '../../ui/use-read.js';
import { useStore, useTick } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import { heldSentence, limitSentence } from '../../words/reasons.js';
import type { PageProps } from '../index.js';
import { CostTable } from './cost-table.js';
import { SessionFigure } from './session-figure.js';

/** Between two words of the feed about it. */
const EVERY_MS = 60_000;
/** Where the site is not known. */
const USUAL_VOLTAGE_V = 230;

export function SessionPage({ live, sessionId }: Pick<PageProps, 'live'> & { sessionId: string }) {
  const { told, problem, readAgain } = useRead(async () => ({ story: await readSessionStory(live.ask, sessionId) }), EVERY_MS, [
    live,
    sessionId,
  ]);
  const { t } = useWords();
  const heard = useStore(live.network).sessions.get(sessionId);
  useEffect(() => {
    if (heard !== undefined) readAgain();
  }, [heard?.energyWh, heard?.active, heard?.limitA]);
  if (told === null) return problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />;
  if (told.story === null)
    return (
      <section class="card notice">
        <h1>{t('session.unknown')}</h1>
        <a href={addressOf('sessions')}>{t('sessions.all')}</a>
      </section>
    );
  return (
    <div class="live">
      {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
      <Story live={live} story={told.story} />
    </div>
  );
}

function Story({ live, story }: Pick<PageProps, 'live'> & { story: SessionStory }) {
  const words = useWords();
  const { t, duration, moment, energy, money, power, current } = words;
  const { sites, stations } = useStore(live.network);
  const nowMs = useTick(live.nowMs, story.session.active ? 1_000 : EVERY_MS);
  const { session, lines, net, periods } = story;
  const site = session.siteId === null ? undefined : sites.get(session.siteId);
  const zone = story.timeZone ?? site?.timeZone ?? 'UTC';
  const axis = axisOf(story, nowMs);
  const held = heldSpans(story, axis, site?.voltageV ?? USUAL_VOLTAGE_V);
  const sums = heldSums(held);
  const heldMs = sums.reduce((sum, { ms }) => sum + ms, 0);
  const peakW = periods.reduce<number | null>((most, { powerW }) => (powerW === null ? most : Math.max(most ?? 0, powerW)), null);
  const lastedMs = (session.endedAtMs ?? nowMs) - session.startedAtMs;
  const facts: readonly (readonly [string, preact.ComponentChildren])[] = [
    [t('sessions.started'), moment(session.startedAtMs, undefined, zone)],
    [t('sessions.ended'), session.endedAtMs === null ? t('session.runs') : moment(session.endedAtMs, undefined, zone)],
    [t('sessions.duration'), duration(lastedMs)],
    [t('sessions.energy'), energy(session.energyWh)],
    [t('session.peak'), power(peakW)],
    [t('sessions.costs'), session.cost === null && story.tariffId === null ? t('sessions.free') : money(session.cost)],
    [t('session.heldTime'), heldMs === 0 ? t('session.never') : duration(heldMs)],
    ...(session.reason === null ? [] : [[t('session.endReason'), session.reason] as const]),
  ];
  const [longest] = sums;
  return (
    <>
      <section class="card" aria-labelledby="session">
        <header class="site-head">
          <div>
            <p class="muted">
              <a href={addressOf('sessions')}>{t('sessions.all')}</a>
            </p>
            <h1 id="session">
              {session.stationId}
              {session.evseId !== null && ` · ${t('sessions.outlet', { id: session.evseId })}`}
            </h1>
            <p class="muted">
              {site !== undefined && <a href={addressOf('sites', site.siteId)}>{site.name}</a>} ·{' '}
              <a href={addressOf('devices', session.stationId)}>{t('session.toStation')}</a> ·{' '}
              {t('session.times', { zone: words.zone(zone, session.startedAtMs) })}
            </p>
          </div>
          <div class="bar-end">
            <span class={session.active ? 'pill pill-live' : 'pill'}>
              {session.active && <span class="pulse" aria-hidden="true" />}
              {t(session.active ? 'session.runs' : 'sessions.ended')}
            </span>
            {session.active && (
              <ActionsButton
                live={live}
                target={{ stationId: session.stationId, evseId: session.evseId }}
                isAway={stations.get(session.stationId)?.online === false}
              />
            )}
          </div>
        </header>
        <Facts facts={facts} />
        <div class="answers">
          <p>
            <strong>{t('session.whyCost')}</strong>{' '}
            {session.cost === null
              ? t(story.tariffId === null ? 'session.costFree' : 'cost.none')
              : t(session.active ? 'session.costSoFar' : 'session.costSays', {
                  gross: money(session.cost),
                  net: money(net),
                  lines: words.plural('session.lines', lines.length),
                })}{' '}
            {story.credits > 0 && words.plural('session.corrected', story.credits)}
          </p>
          <p>
            <strong>{t('session.whyHeld')}</strong>{' '}
            {longest === undefined
              ? t('session.heldNeverSays')
              : t('session.heldSays', {
                  time: duration(heldMs),
                  whole: duration(lastedMs),
                  share: words.percent(heldMs / Math.max(1, lastedMs)),
                  why: heldSentence(longest.example, words),
                })}
          </p>
          {session.isProvisional && <p class="warning">▲ {t('session.provisional')}</p>}
          {session.flags.length > 0 && <p class="warning">▲ {t('session.flags', { flags: session.flags.join(', ') })}</p>}
        </div>
      </section>
      <SessionFigure
        story={story}
        axis={axis}
        zone={zone}
        voltageV={site?.voltageV ?? USUAL_VOLTAGE_V}
        doing={doingSpans(periods)}
        held={held}
        limits={limitSpans(story, axis)}
        prices={priceSpans(lines)}
      />
      <CostTable story={story} zone={zone} />
      <Table
        id="held"
        title={t('session.held')}
        none={t('session.heldNeverSays')}
        columns={[t('session.why'), t('session.heldTime'), t('sessions.limit')]}
        rows={sums.map(({ ms, example, leastA, mostA }) => ({
          key: String(example.fromMs),
          cells: [
            heldSentence(example, words),
            duration(ms),
            t('site.perPhase', { amps: leastA === mostA ? current(mostA) : `${current(leastA)} – ${current(mostA)}` }),
          ],
        }))}
      />
      <details class="card sessions">
        <summary class="fold-title">
          <h2>
            {t('session.limits')} <span class="muted">{story.limits.length}</span>
          </h2>
        </summary>
        <Table
          id="limits"
          none={t('session.noLimits')}
          columns={[t('chart.time'), t('sessions.limit'), t('session.why')]}
          rows={story.limits.toReversed().map((command) => ({
            key: command.commandId,
            isBad: command.outcome === 'rejected' || command.outcome === 'refused' || command.outcome === 'unanswered',
            cells: [
              words.time(command.atMs, zone, true),
              t('site.perPhase', { amps: current(command.limitA) }),
              limitSentence(command, words),
            ],
          }))}
        />
      </details>
      <details class="card sessions">
        <summary class="fold-title">
          <h2>
            {t('session.records')} <span class="muted">{story.entries.length}</span>
          </h2>
        </summary>
        <Table
          id="records"
          none={t('devices.none')}
          columns={[t('chart.time'), t('uptime.said'), t('uptime.record')]}
          rows={story.entries.map(({ key, atMs, kind, by, state, offset }) => ({
            key,
            cells: [
              words.time(atMs, zone, true),
              [kind, state, by === kind ? null : by].filter((each) => each !== null).join(' · '),
              <code class="record">{offset}</code>,
            ],
          }))}
        />
      </details>
    </>
  );
}
