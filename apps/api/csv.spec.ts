// Cells of CSV: quoted, and never a formula where a spreadsheet opens them.
import { expect, it } from '@jest/globals';
import { csvText } from './csv.js';

it.each([
  ['a "b", c', '"a ""b"", c"'],
  ...['=1+1', '+1', '-1', '@sum', '\t=1', '\r=1', '\n=1'].map((text) => [text, `"'${text}"`] as const),
])('%j is a text', (text, cell) => expect(csvText(text)).toBe(cell));
