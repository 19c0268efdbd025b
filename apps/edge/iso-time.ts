// Timestamps as text, made once per millisecond: thousands of records share one.
// What time it is, the clock says.

let latestMs = Number.NaN;
let latestText = '';

/** ISO 8601 UTC with milliseconds. */
export function isoTime(ms: number): string {
  if (ms !== latestMs) {
    latestText = new Date(ms).toISOString();
    latestMs = ms;
  }
  return latestText;
}
