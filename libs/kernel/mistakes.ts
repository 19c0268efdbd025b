// What is wrong with a value that a schema does not take, each mistake with its place, in words for whoever sent it.
// How it is told to whom is the caller's.

export interface Mistake {
  /** From the value itself, which is []. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Of zod's issues; a key that is not known is a mistake of its own. */
export const mistakesIn = (issues: readonly (Mistake & { readonly keys?: readonly string[] })[]): readonly Mistake[] =>
  issues.flatMap(
    ({ path, message, keys }) =>
      keys?.map((key) => ({ path: [...path, key], message: 'is not known here' })) ?? [{ path, message: inWords(message) }],
  );

/** What is not there, and what is no number, are no values that anybody sent. */
const inWords = (message: string): string =>
  message
    .replace(/^Invalid input: expected (\w+), received undefined$/, 'is missing ($1)')
    .replace(/^Invalid input: expected number, received NaN$/, 'is not a number');
