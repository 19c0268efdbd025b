// Why a limit changed, why something was above one, and what nobody knows: as sentences.
// The facts are model/site-story.ts, the words messages.ts.
import type { Evse, LimitAlarm } from '../api/network-shapes.js';
import type { ExceedanceReason, LimitCommand, Shortfall } from '../api/story-shapes.js';
import type { HeldSpan } from '../model/session-story.js';
import type { ChangeMark, LimitChange, ToldViolation } from '../model/site-story.js';
import type { Words } from './format.js';
import type { MessageKey } from './messages.js';

const outletOf = ({ stationId, evseId }: { readonly stationId: string | null; readonly evseId: number | null }): string =>
  evseId === null || evseId === 0 ? (stationId ?? '') : `${stationId} · ${evseId}`;

/** "CP-1 · 1: 32 A → 16 A. Held by grid L1, limited by dso; 2 cars wait." */
export function changeSentence(change: LimitChange, words: Words): string {
  const { beforeA, limitA } = change;
  const head = words.t(beforeA === null ? 'why.set' : 'why.changed', {
    outlet: outletOf(change),
    before: words.current(beforeA),
    limit: words.current(limitA),
  });
  return `${head} ${limitSentence(change, words)}`;
}

/** Why a limit is what it is, without saying again whose and how much. */
export function limitSentence(command: LimitCommand, words: Words): string {
  const { waiting, planLapsed, outcome } = command;
  const ended = OUTCOMES[outcome];
  return [
    holderSentence(command, words),
    sharedSentence(command, words),
    planLapsed ? words.t('why.planLapsed') : '',
    waiting > 0 ? words.plural('why.waiting', waiting) : '',
    ended === undefined ? '' : words.t(ended),
  ]
    .filter((each) => each !== '')
    .join(' ');
}

function holderSentence({ heldBy, tight, capA }: LimitCommand, { t, current }: Words): string {
  if (heldBy !== null) return t('why.byPlan', { reason: t(`sessions.heldBy.${heldBy}`) });
  if (tight === null) return t(capA === null ? 'why.itsOwn' : 'why.capped', { amps: current(capA) });
  const place = { node: tight.nodeId, phase: tight.phase, source: tight.limitedBy };
  if (tight.isFirm) return t('why.tightFirm', place);
  return t(tight.limitedBy === 'site' ? 'why.tight' : 'why.tightGrid', place);
}

/** "It carries 56 A at most, for 4 cars." */
const sharedSentence = ({ heldBy, tight, cars }: LimitCommand, { t, current, plural }: Words): string =>
  heldBy !== null || tight === null || tight.limitA === null || cars === 0
    ? ''
    : t('why.carries', { limit: current(tight.limitA), cars: plural('why.cars', cars) });

/** What held a session back in a stretch: "Held by grid L1, limited by dso." Before its first limit it waits for that. */
export const heldSentence = ({ command }: HeldSpan, words: Words): string =>
  command === null ? words.t('session.why.first') : `${holderSentence(command, words)} ${sharedSentence(command, words)}`.trim();

/** What keeps an outlet from more now, in a few words; empty where nothing does. */
export function heldNowSentence({ heldBy, waits, capA, tightAt }: Evse, { t, current }: Words): string {
  if (heldBy !== null) return t(`sessions.heldBy.${heldBy}`);
  const place = waits ?? tightAt;
  if (place?.isFirm) return t('why.tightFirm', { node: place.nodeId, phase: place.phase });
  if (waits !== null) return t('evse.waits', { node: waits.nodeId, phase: waits.phase });
  if (capA !== null) return t('evse.capped', { amps: current(capA) });
  return tightAt === null ? '' : t('why.tight', { node: tightAt.nodeId, phase: tightAt.phase });
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
export function alarmSentence({ kind, allowedA, drawnA, sinceMs }: LimitAlarm, { t, current, time }: Words, timeZone?: string): string {
  const drawn = current(drawnA);
  const head = t(`alarm.${kind}`, { allowed: current(allowedA), drawn, since: time(sinceMs, timeZone) });
  return (kind === 'rejects' || kind === 'silent') && drawnA !== null ? `${head}, ${t('alarm.drawn', { drawn })}` : head;
}

export const shortfallSentence = ({ nodeId, phases, limitA, committedA }: Shortfall, { t, current }: Words): string =>
  t('worst.shortfall', {
    node: nodeId,
    phase: phases.map((phase) => (phase === 'total' ? t('above.total') : phase)).join(', '),
    might: current(committedA),
    limit: current(limitA),
  });
