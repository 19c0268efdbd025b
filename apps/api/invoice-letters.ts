// Letters of an invoice: the first font that has all letters of a text sets it. Western European ones are in the fonts every reader has; Latin, Greek, Cyrillic,
// Hebrew, Arabic … are in DejaVu Sans, nearly everything else (Chinese, Japanese, Korean, Thai …) in Unifont, in its coarse shapes. A file carries the letters it uses.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';

export type Face = 'Helvetica' | 'Helvetica-Bold';

/** What the fonts of every reader can say (WinAnsi). */
const WESTERN = /^[\x20-\x7e\xa0-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]*$/;
const OTHERS = { Helvetica: 'DejaVuSans.ttf', 'Helvetica-Bold': 'DejaVuSans-Bold.ttf' } as const;
const { resolve: fileOf } = createRequire(import.meta.url);

/** The part of a document that is needed; what a font holds is not in its types. */
type Document = Pick<PDFKit.PDFDocument, 'font' | 'registerFont'>;
interface WithFont {
  readonly _font: { readonly font: { hasGlyphForCodePoint(codePoint: number): boolean } };
}

/** Chooses the document's font for a text and answers the text as it can be set: a letter that no font has is U+FFFD, the sign for that. */
export function setLetters(document: Document, text: string, face: Face): string {
  const isInFont = (letter: string): boolean =>
    (document as unknown as WithFont)._font.font.hasGlyphForCodePoint(letter.codePointAt(0) ?? 0);
  if (WESTERN.test(text)) {
    document.font(face);
    return text;
  }
  document.font(fileOf(`dejavu-fonts-ttf/ttf/${OTHERS[face]}`));
  if ([...text].every(isInFont)) return text;
  document.registerFont('Unifont', unifont()).font('Unifont');
  return [...text].map((letter) => (isInFont(letter) ? letter : '\ufffd')).join('');
}

let unpacked: Buffer | undefined;
/** 14 MB, read by the first invoice that needs it. */
function unifont(): Buffer {
  unpacked ??= sfntOf(readFileSync(fileOf('@fontsource/unifontex/files/unifontex-latin-400-normal.woff')));
  return unpacked;
}

const [WOFF_HEADER, WOFF_ENTRY, SFNT_HEADER, SFNT_ENTRY] = [44, 20, 12, 16];

/** The font within a WOFF 1.0 file: its tables, inflated, behind a directory of their places. Read as WOFF, each letter would inflate them again. */
function sfntOf(woff: Buffer): Buffer {
  const tables = woff.readUInt16BE(12);
  const directory = Buffer.alloc(SFNT_HEADER + SFNT_ENTRY * tables);
  woff.copy(directory, 0, 4, 8);
  directory.writeUInt16BE(tables, 4);
  const parts: Buffer[] = [directory];
  let place = directory.length;
  for (let index = 0; index < tables; index++) {
    const entry = woff.subarray(WOFF_HEADER + WOFF_ENTRY * index);
    const [offset, packed, length] = [entry.readUInt32BE(4), entry.readUInt32BE(8), entry.readUInt32BE(12)];
    const data = woff.subarray(offset, offset + packed);
    const own = directory.subarray(SFNT_HEADER + SFNT_ENTRY * index);
    entry.copy(own, 0, 0, 4);
    entry.copy(own, 4, 16, 20);
    own.writeUInt32BE(place, 8);
    own.writeUInt32BE(length, 12);
    const padding = Buffer.alloc((4 - (length % 4)) % 4);
    parts.push(packed < length ? inflateSync(data) : data, padding);
    place += length + padding.length;
  }
  return Buffer.concat(parts);
}
