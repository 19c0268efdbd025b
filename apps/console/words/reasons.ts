// Why a limit changed, why something was above one, and what nobody knows: as sentences.
// The facts are model/site-story.ts, the words messages.ts.
import type { ExceedanceReason, LimitAlarm, Shortfall } from '../api.js';
import type { ChangeMark, LimitChange, ToldViolation } from '../model/site-story.js';
import type { Words } from './format.js';
import type { MessageKey } from './messages.js';

const outletOf = ({ stationId, evseId }: { readonly stationId: string | null; readonly evseId: number | null }): string =>
  evseId === null || evseId === 0 ? (stationId ?? '') : `${stationId} · ${evseId}`;

/** "CP-1 · 1: 32 A → 16 A. Held by grid L1, limited by dso; 2 cars wait." */
export function changeSentence(change: LimitChange, { t, current, plural }: Words): string {
  const { beforeA, limitA, tight, heldBy, waiting, capA, planLapsed, outcome } = change;
  const head = t(beforeA === null ? 'why.set' : 'why.changed', {
    outlet: outletOf(change),
    before: current(beforeA),
    limit: current(limitA),
  });
  const held =
    heldBy !== null
      ? t('why.byPlan', { reason: t(`sessions.heldBy.${heldBy}`) })
      : tight === null
        ? t(capA === null ? 'why.itsOwn' : 'why.capped', { amps: current(capA) })
        : t(tight.limitedBy === 'site' ? 'why.tight' : 'why.tightGrid', {
            node: tight.nodeId,
            phase: tight.phase,
            source: tight.limitedBy,
          });
  const others = waiting > 0 ? ` ${plural('why.waiting', waiting)}` : '';
  const ended = OUTCOMES[outcome];
  const lapsed = planLapsed ? ` ${t('why.planLapsed')}` : '';
  return `${head} ${held}${lapsed}${others}${ended === undefined ? '' : ` ${t(ended)}`}`;
}
const OUTCOMES: Readonly<Partial<Record<string, MessageKey>>> = {
  rejected: 'why.rejected',
  refused: 'why.refused',
  unanswered: 'why.unanswered',
};

export function markSentence(mark: ChangeMark, words: Words, most = 2): string {
  const told = mark.changes.slice(0, most).map((change) => changeSentence(change, words));
  const more = mark.changes.length - told.length;
  return [...told, ...(more > 0 ? [words.plural('why.more', more)] : [])].join(' ');
}

/** "grid L1: 42 A where 20 A are allowed, 2 min, 0.12 kWh above. CP-1 · 1 does not obey." */
export function violationSentence(violation: ToldViolation, words: Words): string {
  const { t, current, duration, energy } = words;
  const { nodeId, phases, isFedBack, limitA, flowA, seconds, energyAboveWh, reasons } = violation;
  const head = t(isFedBack ? 'above.headBack' : 'above.head', {
    node: nodeId,
    phases: phases.map((phase) => (phase === 'total' ? t('above.total') : phase)).join(', '),
    flow: current(Math.round(flowA * 10) / 10),
    limit: current(limitA),
    duration: duration(seconds * 1000),
    energy: energy(energyAboveWh),
  });
  const sorted = reasons.toSorted((a, b) => weightOf(a) - weightOf(b));
  const more = sorted.length - MOST_REASONS;
  return [
    head,
    ...sorted.slice(0, MOST_REASONS).map((reason) => reasonSentence(reason, isFedBack, words)),
    ...(more > 0 ? [words.plural('why.more', more)] : []),
  ].join(' ');
}
const MOST_REASONS = 3;

/** What tells most comes first: who does not obey, then what changed, then who still follows. */
const KINDS: readonly string[] = [
  'disobedient',
  'cut',
  'configuration',
  'unconfigured',
  'unmanaged',
  'following',
  'unconfirmed',
  'unheard',
  'tolerance',
];
const weightOf = ({ kind }: ExceedanceReason): number => (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length);

export function reasonSentence(reason: ExceedanceReason, isFedBack: boolean, { t, current }: Words): string {
  const kind = (KINDS.includes(reason.kind) ? reason.kind : 'unknown') as 'unknown';
  const isDisobedient = reason.kind === 'disobedient';
  return t(isFedBack && isDisobedient ? 'above.disobedientBack' : `above.${kind}`, {
    outlet: outletOf(reason),
    source: reason.source ?? '',
    load: current(reason.loadA),
  });
}

/** "ignores its limit of 10 A per phase: 20 A since 12:03" */
export const alarmSentence = ({ kind, allowedA, drawnA, sinceMs }: LimitAlarm, { t, current, time }: Words, timeZone?: string): string =>
  t(`alarm.${kind}`, { allowed: current(allowedA), drawn: current(drawnA), since: time(sinceMs, timeZone) });

export const shortfallSentence = ({ nodeId, phase, limitA, committedA }: Shortfall, { t, current }: Words): string =>
  t('worst.shortfall', {
    node: nodeId,
    phase: phase === 'total' ? t('above.total') : phase,
    might: current(committedA),
    limit: current(limitA),
  });
