// What became of one press, as the api tells it, until it ended; an answer may come late, after nobody waited for it any more.
import { useState } from 'preact/hooks';
import { useRead } from '../../ui/use-read.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { type Command, type Press, pressAgain, readCommand, refused } from './presses.js';

const EVERY_MS = 1_000;
const LATE_MS = 10_000;
const NEVER_MS = 3_600_000;
const pauseAfter = ({ state }: Command): number =>
  state === 'queued' || state === 'sent' ? EVERY_MS : state === 'timedOut' ? LATE_MS : NEVER_MS;

export function PressLine({ live, pressed }: Pick<PageProps, 'live'> & { pressed: Press }) {
  const { t, time } = useWords();
  const { stage, name, action, atMs } = pressed;
  const again = () => void pressAgain(live.ask, pressed).catch((error: unknown) => refused(pressed, error));
  return (
    <li class={stage.kind === 'unheard' || stage.kind === 'refused' ? 'alert alert-warning' : 'alert'}>
      <p>
        <strong>{t(`actions.${name}`)}</strong> <code class="record">{action}</code> <time>{time(atMs, undefined, true)}</time>
      </p>
      {stage.kind === 'asked' ? (
        <Told live={live} commandId={stage.commandId} />
      ) : (
        <p>{t(`actions.is.${stage.kind}`, { reason: 'reason' in stage ? stage.reason : '' })}</p>
      )}
      {stage.kind === 'unheard' && (
        <button type="button" onClick={again}>
          {t('actions.again')}
        </button>
      )}
    </li>
  );
}

function Told({ live, commandId }: Pick<PageProps, 'live'> & { commandId: string }) {
  const { t } = useWords();
  const [pauseMs, setPause] = useState(EVERY_MS);
  const look = async () => {
    const command = readCommand(await live.ask.read(`/v1/commands/${encodeURIComponent(commandId)}`));
    setPause(pauseAfter(command));
    return command;
  };
  const { told, problem } = useRead(look, pauseMs, [live, commandId]);
  const state = told?.state ?? 'queued';
  const isBad = state === 'rejected' || state === 'failed' || state === 'timedOut';
  return (
    <>
      <p class={isBad ? 'problem' : undefined}>
        {isBad && '▲ '}
        {t(`actions.is.${state}`, { said: told?.said ?? '' })}
      </p>
      {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
    </>
  );
}
