// Shows the shape of a frame without telling anything it says: OCPP's own words and punctuation stay, everything else becomes its length.
// Frames that cannot be parsed have no fields to go by, so this works on text.
import { officialWords } from '#ocpp';

/** Longest part of a frame that is shown; the sealed copy holds more. */
const LONGEST_SHOWN = 2_048;
const KEPT: ReadonlySet<string> = new Set(['true', 'false', 'null']);
/** Message types, connector ids, seconds: numbers too short to be a card or a key. */
const SHORT_NUMBER = /^-?\d{1,3}$/;

const isOurs = (word: string): boolean => officialWords.has(word) || KEPT.has(word) || SHORT_NUMBER.test(word);

/** `[2,"a7f3","Authorize",{"idTag":"DEADBEEF"` → `[2,"…4","Authorize",{"idTag":"…8"`. Never longer than what is shown of the frame, plus one per word. */
export const redact = (text: string): string =>
  text.slice(0, LONGEST_SHOWN).replaceAll(/[^\s[\]{}",:]+/g, (word) => (isOurs(word) ? word : `…${word.length}`));
