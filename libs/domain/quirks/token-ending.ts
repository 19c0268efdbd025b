// A token without what a reader appends to it.
/** Never the whole of it. Upper and lower case are alike, as in tokens. */
export function withoutEnding(token: string, ending: string | undefined): string {
  if (ending === undefined || token.length <= ending.length) return token;
  return token.toLowerCase().endsWith(ending.toLowerCase()) ? token.slice(0, -ending.length) : token;
}
