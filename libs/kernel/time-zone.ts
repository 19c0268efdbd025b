// Whether a name is an IANA time zone the runtime knows. Asking it builds a formatter, which is dear, so that what was found is kept.

const MOST_KEPT = 2_000;
const known = new Set<string>();

export function isTimeZone(name: string): boolean {
  if (known.has(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  if (known.size < MOST_KEPT) known.add(name);
  return true;
}
