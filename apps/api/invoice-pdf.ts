// An invoice as PDF: A4, as many pages as it takes. The same invoice gives the same bytes: every date in it comes from the record.
// What an invoice says is libs/domain/billing's, in which letters invoice-letters.ts's.
import { type InvoiceLine, linesOf, taxOf } from '#domain/billing';
import { type Face, setLetters } from './invoice-letters.js';
import type { ShownInvoice } from './invoice-reads.js';

const MARGIN = 50;
const [LEFT, RIGHT, BOTTOM] = [MARGIN, 595 - MARGIN, 842 - MARGIN];
const ROW = 14;

interface Invoiced {
  readonly currency: string;
  /** Of energies: as many as the one that has most, and at least those of a Wh, so that they stand under each other and none is rounded. */
  readonly decimals: number;
}

interface Column {
  /** Absent: what the tax is called. */
  readonly title?: string;
  readonly x: number;
  readonly width: number;
  readonly align?: 'right';
  readonly isName?: true;
  readonly text: (line: InvoiceLine, invoice: Invoiced) => string;
}

const minute = (at: string): string => at.slice(0, 16).replace('T', ' ');
/** Numbers have room for what any session can cost; only names of stations and taxes are ever cut. */
const COLUMNS: readonly Column[] = [
  { title: 'Line', x: LEFT, width: 24, text: ({ line }) => String(line) },
  { title: 'Started (UTC)', x: 74, width: 74, text: ({ startedAt }) => minute(startedAt) },
  { title: 'Ended (UTC)', x: 148, width: 74, text: ({ endedAt }) => minute(endedAt) },
  { title: 'Station', x: 222, width: 94, isName: true, text: ({ stationId, evseId }) => `${stationId}-${evseId}` },
  { title: 'kWh', x: 318, width: 64, align: 'right', text: ({ energyKwh }, { decimals }) => withDecimals(energyKwh, decimals) },
  { title: 'Net', x: 384, width: 53, align: 'right', text: ({ payable }) => payable.exclVat },
  { x: 439, width: 50, align: 'right', text: ({ payable }, { currency }) => taxOf(payable, currency) },
  { title: 'Gross', x: 491, width: 54, align: 'right', text: ({ payable }) => payable.inclVat },
];

const decimalsOf = (figure: string): number => figure.split('.')[1]?.length ?? 0;
const withDecimals = (figure: string, decimals: number): string => {
  const [whole, fraction = ''] = figure.split('.');
  return `${whole}.${fraction.padEnd(decimals, '0')}`;
};

/** In place of a buyer who was forgotten. */
export const ERASED = '(erased at the request of the person)';

/** Resolves with the bytes of the file. What makes it is loaded with the first: it is large, and most processes never make one. */
export async function invoicePdf(invoice: ShownInvoice): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const { number, kind, issuedAt, accountId, currency, from, to, lines, taxes, salesTaxes, total, seller, buyer, corrects } = invoice;
  const tax = salesTaxes === undefined ? 'VAT' : 'Tax';
  const title = `${kind === 'creditNote' ? 'Credit note' : 'Invoice'} ${number}`;
  const at = new Date(issuedAt);
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    bufferPages: true,
    info: { Title: title, CreationDate: at, ModDate: at, Producer: 'Joulestream', Creator: 'Joulestream' },
  });
  const parts: Buffer[] = [];
  const made = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve(Buffer.concat(parts)));
    document.on('error', reject);
  });

  let y = MARGIN;
  let face: Face = 'Helvetica';
  const put = (text: string, { x = LEFT, width = RIGHT - LEFT, align, isName }: Partial<Omit<Column, 'title' | 'text'>> = {}): void => {
    document.text(setLetters(document, text, face), x, y, {
      width,
      lineBreak: false,
      ...(isName && { height: 1, ellipsis: true }),
      ...(align !== undefined && { align }),
    });
  };
  /** Over as many lines as it takes: who sells and who buys is named in full. */
  const whole = (text: string, x: number): void => {
    const shown = setLetters(document, text, face);
    const width = RIGHT - x;
    document.text(shown, x, y, { width });
    y += Math.max(ROW, document.heightOfString(shown, { width }) + 4);
  };
  const rule = (): void => {
    document
      .moveTo(LEFT, y - 3)
      .lineTo(RIGHT, y - 3)
      .lineWidth(0.5)
      .stroke();
  };
  const heads = (): void => {
    face = 'Helvetica-Bold';
    document.fontSize(8);
    for (const column of COLUMNS) put(column.title ?? tax, column);
    face = 'Helvetica';
    y += ROW;
    rule();
  };
  /** Room for so many rows, on this page or the next. */
  const need = (rows: number): void => {
    if (y + rows * ROW <= BOTTOM) return;
    document.addPage();
    y = MARGIN;
    heads();
  };
  const sums = (name: string, { exclVat, inclVat }: ShownInvoice['total'], of: Face = 'Helvetica'): void => {
    need(1);
    face = of;
    const texts: readonly string[] = [exclVat, taxOf({ exclVat, inclVat }, currency), inclVat];
    put(name, { x: LEFT, width: 360 });
    for (const [index, column] of COLUMNS.slice(-3).entries()) put(texts[index] ?? '', column);
    y += ROW;
  };

  face = 'Helvetica-Bold';
  document.fontSize(16);
  put(title);
  y += 28;
  face = 'Helvetica';
  document.fontSize(9);
  for (const [name, text] of [
    ['Issued', minute(issuedAt)],
    ['Account', accountId],
    ['Sessions', `${minute(from)} to ${minute(to)} (UTC)`],
    ['Currency', currency],
  ] as const) {
    put(name, { width: 60 });
    put(text, { x: LEFT + 65 });
    y += ROW;
  }
  // Who deducts tax has to know which invoice it is that changes (directive 2006/112/EC, article 219).
  if (corrects !== undefined) {
    put('Corrects', { width: 60 });
    whole(`Invoice ${corrects.join(', ')}`, LEFT + 65);
  }
  const parties = [
    ['Seller', seller ? linesOf(seller) : []],
    ['Buyer', buyer === null ? [ERASED] : buyer ? linesOf(buyer) : []],
  ] as const;
  for (const [name, texts] of parties)
    for (const [index, text] of texts.entries()) {
      if (index === 0) put(name, { width: 60 });
      whole(text, LEFT + 65);
    }
  y += ROW;
  heads();
  const decimals = Math.max(3, ...lines.map(({ energyKwh }) => decimalsOf(energyKwh)));
  for (const line of lines) {
    need(1);
    for (const column of COLUMNS) put(column.text(line, { currency, decimals }), column);
    y += ROW;
  }
  need(3);
  y += 6;
  rule();
  for (const group of taxes) sums(group.vatPercent === undefined ? `No ${tax} rate` : `${tax} ${group.vatPercent} %`, group);
  for (const { name, accountNumber, percentage, amount } of salesTaxes ?? []) {
    need(1);
    put(`of which ${name} ${percentage} %${accountNumber === undefined ? '' : ` (${accountNumber})`}`, { width: 360, isName: true });
    put(amount, COLUMNS.at(-2));
    y += ROW;
  }
  sums(`Total ${currency}`, total, 'Helvetica-Bold');
  const { count } = document.bufferedPageRange();
  face = 'Helvetica';
  document.fontSize(8);
  y = BOTTOM + ROW;
  for (let page = 0; page < count && count > 1; page++) {
    document.switchToPage(page);
    // Below it text would begin another page.
    document.page.margins.bottom = 0;
    put(`Page ${page + 1} of ${count}`, { align: 'right' });
  }
  document.end();
  return made;
}
