// Whether a name is an IANA time zone the runtime knows. Asking it builds a formatter, which is dear, so that what was found is kept.
// An offset (+01:00), which the runtime takes too, is none: it knows no summer, and PostgreSQL reads it the other way round.

const MOST_KEPT = 2_000;
const known = new Set<string>();

export function isTimeZone(name: string): boolean {
  if (known.has(name)) return true;
  if (/^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  if (known.size < MOST_KEPT) known.add(name);
  return true;
}
