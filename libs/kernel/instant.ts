// When something was, as stations and tariffs write it. What is done with a time that names no instant is its reader's business.
const ISO = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?(?:[Zz]|([+-])(\d\d):?(\d\d)?)?$/;

/** Years 1 to 9999, in UTC: what rows hold, and four digits write. */
const [FIRST_MS, LAST_MS] = [Date.parse('0001-01-01T00:00:00.000Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/**
 * Milliseconds since 1970 [ms, UTC] of a timestamp in OCPP or OCPI, or undefined when it names no instant. A missing zone means UTC: many stations
 * leave it out, and `Date` would take the server's own zone instead. Years have four digits, a leap second counts as the second before.
 */
export function instantMs(text: string): number | undefined {
  if (text !== last.text) last = { text, ms: readInstant(text) };
  return last.ms;
}
/** What one record says, it says of the same instant, and several ask. */
let last: { readonly text: string; readonly ms: number | undefined } = { text: '', ms: undefined };

function readInstant(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), Math.min(part(6), 59)];
  if (hour > 23 || minute > 59 || part(6) > 60 || part(9) > 23 || part(10) > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined; // 30 February, month 13, day 0
  const offsetMinutes = (match[8] === '-' ? -1 : 1) * (part(9) * 60 + part(10));
  const fractionMs = Math.floor(Number(`0.${match[7] ?? 0}`) * 1000);
  const ms = date.getTime() + ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1000 + fractionMs;
  return ms >= FIRST_MS && ms <= LAST_MS ? ms : undefined;
}
