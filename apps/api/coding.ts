// In which coding an answer goes to who asks for it (RFC 9110, 12.5.3): the smallest one that is taken. What is sent, and when it is worth it, is others'.
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Best first. */
export const CODINGS = ['br', 'gzip'] as const;
export type Coding = (typeof CODINGS)[number];

/** Undefined: as it is. */
export function codingFor(accepted: string | readonly string[] | undefined): Coding | undefined {
  const taken = String(accepted ?? '')
    .split(',')
    .map((each) => each.split(';').map((part) => part.trim()))
    .flatMap(([name, ...parameters]) => (parameters.some((each) => /^q=0(\.0*)?$/i.test(each)) ? [] : [name?.toLowerCase()]));
  return CODINGS.find((each) => taken.includes(each));
}

/** Of an answer made for one caller: a quality that costs less time than it saves on the way. In a thread of its own. */
export const compressed: Readonly<Record<Coding, (text: string) => Promise<Buffer>>> = {
  br: (text) => promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (text) => promisify(gzip)(text),
};
