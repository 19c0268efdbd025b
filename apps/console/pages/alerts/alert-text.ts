// An alert in a sentence, and what to do about it. A kind that this page does not know is shown by its name.
import type { Alert } from '../../api/alert-shapes.js';
import { numberOrNull, type Row } from '../../api/loose-json.js';
import type { Words } from '../../words/format.js';
import { MESSAGES, type MessageKey } from '../../words/messages.js';

const messageOf = (key: string): MessageKey | null => (Object.hasOwn(MESSAGES.en, key) ? (key as MessageKey) : null);

export function alertText({ kind, detail }: Alert, words: Words): string {
  const how = typeof detail.how === 'string' ? messageOf(`alert.${kind}.${detail.how}`) : null;
  const key = how ?? messageOf(`alert.${kind}`);
  return key === null ? kind : words.t(key, paramsOf(detail, words));
}

export function todoText({ kind }: Alert, { t }: Words): string {
  const key = messageOf(`alert.todo.${kind}`);
  return key === null ? '' : t(key);
}

const MOMENTS: ReadonlySet<string> = new Set(['missesAt', 'endsAt', 'nextAt']);

/** Figures with their units; the rest as it came. */
function paramsOf(detail: Row, { current, energy, duration, moment }: Words): Readonly<Record<string, string>> {
  const shown = Object.entries(detail).map(([name, value]): readonly [string, string] => {
    const figure = numberOrNull(typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value);
    if (name.endsWith('A')) return [name, current(figure === null ? null : Math.round(figure * 10) / 10)];
    if (name.endsWith('Wh') && figure !== null) return [name, energy(figure)];
    if (name.endsWith('GapS') && figure !== null) return [name, duration(figure * 1000)];
    if (name.endsWith('Min') && figure !== null) return [name, duration(figure * 60_000)];
    if (MOMENTS.has(name) && typeof value === 'string') return [name, moment(Date.parse(value))];
    if (name === 'notAfter' && typeof value === 'string') return [name, moment(Date.parse(value), 'day')];
    return [name, value === null || value === undefined ? '–' : String(value)];
  });
  return Object.fromEntries(shown);
}
