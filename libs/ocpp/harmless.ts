// Takes out of parsed JSON what is legal there and dangerous later: keys that reach prototypes, characters no database stores, depth.
// Whether a value makes sense in its field is the schemas' question.

const PROTO = '__proto__';
const isHarmlessText = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');
/** NUL and lone surrogates become U+FFFD: PostgreSQL stores neither, and UTF-8 knows no lone surrogates. */
const harmlessText = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\ufffd');

function hasDanger(value: unknown): boolean {
  if (typeof value === 'string') return !isHarmlessText(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasDanger);
  return Object.entries(value).some(([key, inner]) => key === PROTO || !isHarmlessText(key) || hasDanger(inner));
}

/** Whether `value`, parsed from `text`, needs `disarm`. Cheap for ordinary text: all of it can only be written with the key itself or an escape. */
export const isArmed = (text: string, value: unknown): boolean => (text.includes(PROTO) || text.includes('\\u')) && hasDanger(value);

/** A copy without `__proto__` keys and with harmless strings. Call only on values of bounded depth. */
export function disarm(value: unknown): unknown {
  if (typeof value === 'string') return harmlessText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(disarm);
  const entries = Object.entries(value).filter(([key]) => key !== PROTO);
  return Object.fromEntries(entries.map(([key, inner]) => [harmlessText(key), disarm(inner)]));
}

/** Whether objects and arrays nest more than `levels` deep; itself never goes deeper than that. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) {
    for (const inner of value) if (isDeeperThan(inner, levels - 1)) return true;
    return false;
  }
  for (const key in value) if (isDeeperThan((value as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Whether objects and arrays nest more than `levels` deep in a JSON text. Asked before it is parsed: of a frame of 1 MiB that is nothing but brackets the values
 * take 50 ms to make. Of text that is no JSON it may say either.
 */
export function isTextDeeperThan(text: string, levels: number): boolean {
  for (let at = 0, depth = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      if (at < 0) return false;
    } else if (code === OPEN || code === OPEN_OBJECT) {
      if (++depth > levels) return true;
    } else if (code === CLOSE || code === CLOSE_OBJECT) depth--;
  }
  return false;
}

/** Where the string that opens at `from` closes; -1 where it does not. */
function endOfString(text: string, from: number): number {
  for (let close = text.indexOf('"', from + 1); ; close = text.indexOf('"', close + 1)) {
    if (close < 0) return -1;
    let before = close - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((close - before) % 2 === 1) return close;
  }
}
