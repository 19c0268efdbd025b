// Numbers, money, times and sentences as people of one language read them. Pure: the language comes in, text goes out.
// Which language that is, is decided in language.tsx.
import type { Money } from '../api/network-shapes.js';
import { WEEKDAYS, type Weekday } from '../model/tariff-week.js';
import { type Language, MESSAGES, type MessageKey, type PluralMessageKey } from './messages.js';

export type Params = Readonly<Record<string, string | number>>;

export interface Words {
  readonly language: Language;
  /** The message with its `{names}` filled in. */
  t(key: MessageKey, params?: Params): string;
  /** The form of the message that fits `count`, which is also its `{count}`. */
  plural(stem: PluralMessageKey, count: number): string;
  /** What is going on with something that is wanted or asked for, as a word of the language; one that has none stays as it came. */
  state(state: string): string;
  count(value: number): string;
  /** With one decimal at most, without a unit: for the axis of a chart. */
  decimal(value: number): string;
  percent(share: number): string;
  /** W in, kW out; "–" for what is not known, here and below. */
  power(w: number | null): string;
  current(a: number | null): string;
  energy(wh: number): string;
  money(money: Money | null): string;
  /** Of one unit, with as many decimals as it has, at most six: "€0.3915". */
  price(money: Money): string;
  /** A decimal text with at most four decimals. */
  quantity(text: string, unit: string): string;
  /** "4 s", "3 min", "2 h 05 min", "3 d 4 h". */
  duration(ms: number): string;
  age(ms: number): string;
  /** Hours and minutes, seconds where asked, in the named zone (the viewer's without one). */
  time(ms: number, timeZone?: string, seconds?: boolean): string;
  /** A decimal text in per cent, with its two decimals. */
  exactPercent(text: string | null): string;
  /** "30 Nov 2026, 14:05", in UTC where no zone is named; `parts` leaves out the time, the year and the time, or the year. */
  moment(ms: number, parts?: 'day' | 'short' | 'minute', timeZone?: string): string;
  /** "30 Nov, 14:05", with the year where it is another than that of `nowMs`. */
  nearMoment(ms: number, nowMs: number, timeZone?: string): string;
  /** "Monday" of `MONDAY`. */
  weekday(day: Weekday): string;
  /** "November 2026" of `2026-11`. */
  month(month: string): string;
  /** "CEST". */
  shortZone(timeZone: string, atMs: number): string;
  /** "Europe/Berlin (CEST)". */
  zone(timeZone: string, atMs: number): string;
}

export const UNKNOWN = '–';
const NBSP = '\u00a0';

/** Whether a decimal text is nothing in the four decimals that are shown of a quantity. */
export const isNothing = (text: string): boolean => !/[1-9]/.test(text.replace(/(\.\d{4}).*/, '$1'));

export function wordsOf(language: Language): Words {
  const locale = language === 'en' ? 'en-GB' : 'de-DE';
  const number = (digits: number) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const whole = number(0);
  const tenth = number(1);
  const hundredth = number(2);
  const upToTenth = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const fourth = new Intl.NumberFormat(locale, { maximumFractionDigits: 4 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const plural = new Intl.PluralRules(locale);
  const date = dateFormats(locale);

  const t: Words['t'] = (key, params = {}) =>
    MESSAGES[language][key].replace(/\{(\w+)\}/g, (hole, name: string) => String(params[name] ?? hole));
  const unit = (value: string, name: string) => `${value}${NBSP}${name}`;

  const duration = (ms: number): string => {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    if (seconds < 60) return unit(String(seconds), 's');
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return unit(String(minutes), 'min');
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return `${unit(String(hours), 'h')}${NBSP}${unit(String(minutes % 60).padStart(2, '0'), 'min')}`;
    return `${unit(String(Math.floor(hours / 24)), 'd')}${NBSP}${unit(String(hours % 24), 'h')}`;
  };

  const shortZone = (timeZone: string, atMs: number): string => {
    const parts = date({ timeZone: knownZone(timeZone), timeZoneName: 'short' }).formatToParts(atMs);
    return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
  };

  const moment: Words['moment'] = (ms, parts, timeZone = 'UTC') =>
    date({
      day: 'numeric',
      month: 'short',
      timeZone: knownZone(timeZone),
      ...(parts === 'short' || parts === 'minute' ? {} : { year: 'numeric' }),
      ...(parts === undefined || parts === 'minute' ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : {}),
    }).format(ms);

  return {
    language,
    t,
    plural: (stem, count) => t(`${stem}.${plural.select(count) === 'one' ? 'one' : 'other'}`, { count: whole.format(count) }),
    state: (state) => (Object.hasOwn(MESSAGES[language], `word.${state}`) ? t(`word.${state}` as MessageKey) : state),
    count: (value) => whole.format(value),
    decimal: (value) => upToTenth.format(value),
    percent: (share) => percent.format(share),
    power: (w) => (w === null ? UNKNOWN : unit((Math.abs(w) >= 999_950 ? whole : tenth).format(w / 1000 || 0), 'kW')),
    current: (a) => (a === null ? UNKNOWN : unit(Number.isInteger(a) ? whole.format(a) : tenth.format(a), 'A')),
    energy: (wh) => unit(hundredth.format(wh / 1000), 'kWh'),
    money: (money) => (money === null ? UNKNOWN : formatMoney(money, locale)),
    price: (money) => formatMoney(money, locale, 6),
    quantity: (text, name) => unit(fourth.format(text as Intl.StringNumericLiteral), name),
    duration,
    // Steps of ten seconds: a number that jumps every second says no more.
    age: (ms) => (ms < 10_000 ? t('age.now') : t('age.ago', { age: duration(ms < 60_000 ? Math.floor(ms / 10_000) * 10_000 : ms) })),
    time: (ms, timeZone, seconds = false) =>
      date({
        hour: '2-digit',
        minute: '2-digit',
        ...(seconds ? { second: '2-digit' } : {}),
        hourCycle: 'h23',
        ...(timeZone === undefined ? {} : { timeZone: knownZone(timeZone) }),
      }).format(ms),
    exactPercent: (text) => (text === null ? UNKNOWN : unit(hundredth.format(text as Intl.StringNumericLiteral), '%')),
    moment,
    nearMoment: (ms, nowMs, timeZone) =>
      moment(ms, new Date(ms).getUTCFullYear() === new Date(nowMs).getUTCFullYear() ? 'minute' : undefined, timeZone),
    // The first of June 2026 was a Monday.
    weekday: (day) => date({ weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2026, 5, 1 + WEEKDAYS.indexOf(day))),
    month: (month) => date({ month: 'long', year: 'numeric', timeZone: 'UTC' }).format(Date.parse(`${month}-01`)),
    shortZone,
    zone: (timeZone, atMs) => {
      const short = shortZone(timeZone, atMs);
      return short === timeZone ? timeZone : `${timeZone} (${short})`;
    },
  };
}

/** Making a format costs a hundred times what formatting does, and charts ask for the same few again and again. */
function dateFormats(locale: string): (options: Intl.DateTimeFormatOptions) => Intl.DateTimeFormat {
  const known = new Map<string, Intl.DateTimeFormat>();
  return (options) => {
    const key = JSON.stringify(options);
    const format = known.get(key) ?? new Intl.DateTimeFormat(locale, options);
    known.set(key, format);
    return format;
  };
}

const moneyFormats = new Map<string, Intl.NumberFormat>();

/** Exact: the decimal string goes to Intl as it is, which rounds it to the currency's own digits without ever making it a float. */
function formatMoney({ amount, currency }: Money, locale: string, maximumFractionDigits?: number): string {
  if (!/^-?\d+(\.\d+)?$/.test(amount) || !/^[A-Z]{3}$/.test(currency)) return `${amount}${NBSP}${currency}`;
  const digits = maximumFractionDigits === undefined ? {} : { maximumFractionDigits };
  const key = `${locale} ${currency} ${maximumFractionDigits}`;
  const format = moneyFormats.get(key) ?? new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits });
  moneyFormats.set(key, format);
  return format.format(amount as Intl.StringNumericLiteral);
}

const zones = new Map<string, string>();
/** A zone this browser can compute with; UTC for one it has never heard of. */
export function knownZone(timeZone: string): string {
  const zone = zones.get(timeZone) ?? (isZone(timeZone) ? timeZone : 'UTC');
  zones.set(timeZone, zone);
  return zone;
}

function isZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }) !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The language to begin with: what was chosen before, else the first of the browser's that we speak, else English. */
export function preferredLanguage(chosen: string | null, browser: readonly string[]): Language {
  const speaks = (tag: string): Language | null => (/^de\b/i.test(tag) ? 'de' : /^en\b/i.test(tag) ? 'en' : null);
  for (const tag of chosen === null ? browser : [chosen, ...browser]) {
    const language = speaks(tag);
    if (language !== null) return language;
  }
  return 'en';
}
