// Invoices as files: every line and sum is there, and the same invoice gives the same bytes.
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import {
  type Charge,
  chargeBack,
  chargeOf,
  type Invoice,
  type InvoiceLine,
  invoicesOf,
  NO_CHARGES,
  rate,
  withCharge,
} from '#domain/billing';
import { invoiceCsv } from './invoice-csv.js';
import { invoicePdf } from './invoice-pdf.js';
import type { ShownInvoice } from './invoice-reads.js';

const line = (number: number, more: Partial<InvoiceLine> = {}): InvoiceLine => ({
  line: number,
  cdrId: `cdr-${number}`,
  sessionId: `s-${number}`,
  siteId: 'site',
  stationId: 'CS',
  evseId: 1,
  currency: 'EUR',
  payable: { exclVat: '10.00', inclVat: '12.10' },
  taxes: [{ vatPercent: '21', exclVat: '10.00', inclVat: '12.10' }],
  energyKwh: '20.5',
  startedAt: '2026-02-03T08:00:00.000Z',
  endedAt: '2026-02-03T09:00:00.000Z',
  issuedAt: '2026-02-03T09:00:01.000Z',
  ...more,
});
const invoice = (lines: readonly InvoiceLine[]): ShownInvoice => ({
  invoiceId: 'i',
  number: 'ABCDEF0123456789-000007',
  seq: 7,
  accountId: 'account',
  currency: 'EUR',
  kind: 'invoice',
  from: '2026-02-03T08:00:00.000Z',
  to: '2026-02-03T09:00:00.000Z',
  issuedAt: '2026-03-01T00:00:00.000Z',
  lines,
  taxes: [{ vatPercent: '21', exclVat: '999.00', inclVat: '1208.79' }],
  total: { exclVat: '999.00', inclVat: '1208.79' },
});

describe('as CSV', () => {
  it('has a row for each line, credits below zero', () => {
    const credit = line(2, { cdrId: 'cdr-1-C', creditOf: 'cdr-1', energyKwh: '-20.5', payable: { exclVat: '-10.00', inclVat: '-12.10' } });
    const [head, first, second, end] = invoiceCsv(invoice([line(1), credit])).split('\r\n');
    expect(head?.split(',').slice(-8, -4)).toEqual(['currency', 'amount_net', 'tax', 'amount_gross']);
    expect(first).toBe(
      '"ABCDEF0123456789-000007",2026-03-01T00:00:00.000Z,1,"cdr-1",,"s-1","site","CS",1,2026-02-03T08:00:00.000Z,2026-02-03T09:00:00.000Z,20.5,EUR,10.00,2.10,12.10,,,,',
    );
    expect(second).toContain('"cdr-1-C","cdr-1"');
    expect(second?.endsWith('-20.5,EUR,-10.00,-2.10,-12.10,,,,')).toBe(true);
    expect(end).toBe('');
  });

  it('lets no id begin a formula, and keeps quotes', () => {
    const [, row] = invoiceCsv(invoice([line(1, { siteId: '=1+2', stationId: 'a"b' })])).split('\r\n');
    expect(row).toContain(`"'=1+2","a""b"`);
  });
});

/** The texts of each page, in the order they were put. */
function pagesOf(pdf: Buffer): readonly (readonly string[])[] {
  const streams = [...pdf.toString('latin1').matchAll(/\/Filter \/FlateDecode\s*>>\s*stream\r?\n([\s\S]*?)\r?\nendstream/g)];
  return streams.map(([, content]) =>
    [
      ...inflateSync(Buffer.from(content ?? '', 'latin1'))
        .toString('latin1')
        .matchAll(/\[(.*?)\] TJ/g),
    ].map(([, shown]) =>
      [...(shown ?? '').matchAll(/<([0-9a-f]*)>/g)].map(([, hex]) => Buffer.from(hex ?? '', 'hex').toString('latin1')).join(''),
    ),
  );
}

/** What a reader finds when somebody searches or copies: the code points that embedded fonts have glyphs for. */
const codePointsOf = (pdf: Buffer): readonly number[] =>
  [...pdf.toString('latin1').matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)]
    .map(([, content = '']) => {
      try {
        return inflateSync(Buffer.from(content, 'latin1')).toString('latin1');
      } catch {
        return '';
      }
    })
    .filter((text) => text.includes('beginbfrange'))
    .flatMap((text) => [...text.matchAll(/<([0-9a-f]{4})>/g)].map(([, hex]) => Number.parseInt(hex ?? '', 16)));

describe('as PDF', () => {
  const many = invoice(Array.from({ length: 150 }, (_, index) => line(index + 1)));

  it('has all lines, over as many pages as it takes, each under its heads, and the sums', async () => {
    const pages = pagesOf(await invoicePdf(many));
    expect(pages.length).toBeGreaterThan(2);
    for (const [index, texts] of pages.entries()) {
      expect(texts).toContain('Gross');
      expect(texts.at(-1)).toBe(`Page ${index + 1} of ${pages.length}`);
    }
    const all = pages.flatMap((texts) => texts.slice(0, -1));
    expect(all[0]).toBe('Invoice ABCDEF0123456789-000007');
    expect(all.filter((text) => text === 'CS-1')).toHaveLength(150);
    expect(all.slice(-8)).toEqual(['VAT 21 %', '999.00', '209.79', '1208.79', 'Total EUR', '999.00', '209.79', '1208.79']);
  });

  it('says of each line and in its sums what the charges of sessions say', async () => {
    const owner = { tenantId: 't', accountId: 'account' };
    const [ten, twenty] = [10, 20].map((vat) => ({ type: 'ENERGY' as const, price: 0.333333, vat, step_size: 1 }));
    const charges = [1_234.567, 45_678].map((energyWh, index): Charge => {
      const [startedAt, endedAt] = [`2026-03-29T00:3${index}:00.000Z`, `2026-03-29T02:0${index}:00.000Z`];
      const elements = [{ price_components: [(index === 0 ? ten : twenty) as never] }];
      const rating = rate({
        tariff: { currency: 'EUR', elements },
        timeZone: 'UTC',
        periods: [{ from: startedAt, to: endedAt, energyWh }],
      });
      const place = { siteId: 'site', stationId: 'CS', evseId: index + 1, startedAt, endedAt, issuedAt: endedAt };
      return chargeOf({ cdrId: `cdr-${index}`, sessionId: `s-${index}`, ...place }, rating) as Charge;
    });
    const credit = chargeBack(charges[0] as Charge, { cdrId: 'cdr-0-C', issuedAt: '2026-03-30T00:00:00.000Z' });
    const [made] = invoicesOf([...charges, credit].reduce(withCharge, NO_CHARGES), owner, '2026-04-01T00:00:00Z');
    const [texts = []] = pagesOf(await invoicePdf({ ...(made as Invoice), buyer: null, issuedAt: '2026-04-01T00:00:00.000Z' }));
    expect(texts.slice(texts.indexOf('Gross') + 1)).toEqual([
      ...['1', '2026-03-29 00:30', '2026-03-29 02:00', 'CS-1', '1.234567', '0.41', '0.04', '0.45'],
      ...['2', '2026-03-29 00:30', '2026-03-29 02:00', 'CS-1', '-1.234567', '-0.41', '-0.04', '-0.45'],
      ...['3', '2026-03-29 00:31', '2026-03-29 02:01', 'CS-2', '45.678000', '15.23', '3.04', '18.27'],
      ...['VAT 10 %', '0.00', '0.00', '0.00', 'VAT 20 %', '15.23', '3.04', '18.27'],
      ...['Total EUR', '15.23', '3.04', '18.27'],
    ]);
  });

  it('has energies of as many decimals each, at least three', async () => {
    const kwh = async (...of: string[]): Promise<readonly string[]> => {
      const [texts = []] = pagesOf(await invoicePdf(invoice(of.map((energyKwh, index) => line(index + 1, { energyKwh })))));
      return texts
        .slice(texts.indexOf('Gross') + 1)
        .filter((_, index) => index % 8 === 4)
        .slice(0, of.length);
    };
    expect(await kwh('20.5', '-3', '0')).toEqual(['20.500', '-3.000', '0.000']);
    expect(await kwh('20.5', '1.23456')).toEqual(['20.50000', '1.23456']);
    // In one piece: it would go on in the next line.
    expect(await kwh('-12345.678901')).toEqual(['-12345.678901']);
  });

  it('is the same bytes each time', async () => expect((await invoicePdf(many)).equals(await invoicePdf(many))).toBe(true));

  it('names who sells and who buys, or that he was forgotten, with the same money', async () => {
    const seller = {
      name: 'Joule & Söhne',
      address1: 'Kanal 1',
      postalCode: '1011',
      city: 'Amsterdam',
      country: 'NL',
      vatId: 'NL001234567B01',
    };
    const buyer = { name: 'Ann Example', address1: 'Private Lane 7', city: 'Utrecht', country: 'NL' };
    const [named = []] = pagesOf(await invoicePdf({ ...invoice([line(1)]), seller, buyer }));
    const at = named.indexOf('Seller');
    expect(named.slice(at, at + 6)).toEqual(['Seller', 'Joule & Söhne', 'Kanal 1', '1011 Amsterdam', 'NL', 'VAT NL001234567B01']);
    expect(named.slice(named.indexOf('Buyer')).slice(0, 5)).toEqual(['Buyer', 'Ann Example', 'Private Lane 7', 'Utrecht', 'NL']);
    const [forgotten = []] = pagesOf(await invoicePdf({ ...invoice([line(1)]), seller, buyer: null }));
    expect(forgotten.slice(forgotten.indexOf('Buyer')).slice(0, 2)).toEqual(['Buyer', '(erased at the request of the person)']);
    expect(forgotten.slice(-8)).toEqual(named.slice(-8));
  });

  it('names both in full, over as many lines as that takes', async () => {
    const words = Array.from({ length: 15 }, (_, index) => `Cooperative${index}`);
    const party = { name: words.join(' '), address1: 'Kanal 1', city: 'Amsterdam', country: 'NL' };
    const [texts = []] = pagesOf(await invoicePdf({ ...invoice([line(1)]), seller: party, buyer: { ...party, name: 'Ann' } }));
    const [seller, buyer] = [texts.indexOf('Seller'), texts.indexOf('Buyer')];
    expect(
      texts
        .slice(seller + 1, texts.indexOf('Kanal 1'))
        .map((text) => text.trim())
        .join(' '),
    ).toBe(party.name);
    expect(texts.slice(buyer, buyer + 2)).toEqual(['Buyer', 'Ann']);
  });

  it('sets names in their own letters, and carries no more of a font than they need', async () => {
    const buyer = { name: 'Żółć Ελένη Дмитрий', address1: 'Ул. Ленина 7', city: 'Đà Nẵng', country: 'BG' };
    const shown = { ...invoice([line(1)]), buyer };
    const pdf = await invoicePdf(shown);
    expect(pdf.equals(await invoicePdf(shown))).toBe(true);
    const letters = codePointsOf(pdf);
    for (const letter of `${buyer.name}${buyer.address1}${buyer.city}`.replaceAll(' ', ''))
      expect(letters).toContain(letter.codePointAt(0));
    expect(pdf.length).toBeLessThan(60_000);
    expect((await invoicePdf(invoice([line(1)]))).includes('FontFile2')).toBe(false);
  });

  it('sets Chinese, Japanese, Korean and Thai as well, and says of a letter that nobody has that it has none', async () => {
    const buyer = {
      name: '上海焦耳有限公司',
      address1: '서울특별시 강남구',
      address2: 'ひかり 株式会社 7',
      city: 'กรุงเทพ \u{2a6d6}',
      country: 'TH',
    };
    const shown = { ...invoice([line(1)]), buyer };
    const pdf = await invoicePdf(shown);
    expect(pdf.equals(await invoicePdf(shown))).toBe(true);
    const letters = codePointsOf(pdf);
    for (const letter of Object.values(buyer).join('').replaceAll(' ', '').replace('\u{2a6d6}', '\ufffd').replace('TH', ''))
      expect(letters).toContain(letter.codePointAt(0));
    expect(pdf.length).toBeLessThan(60_000);
  });

  it('has taxes by name below their rates', async () => {
    const salesTaxes = [{ name: 'GST', accountNumber: '123 RT', percentage: '5', amount: '0.30' }];
    const [texts = []] = pagesOf(await invoicePdf({ ...invoice([line(1)]), salesTaxes }));
    expect(texts.slice(-10)).toEqual([
      'Tax 21 %',
      '999.00',
      '209.79',
      '1208.79',
      'of which GST 5 % (123 RT)',
      '0.30',
      'Total EUR',
      '999.00',
      '209.79',
      '1208.79',
    ]);
    expect(texts).not.toContain('VAT');
  });

  it('goes on to the next page where the taxes of many places fill one', async () => {
    const salesTaxes = Array.from({ length: 120 }, (_, index) => ({ name: `County ${index}`, percentage: '1', amount: '0.01' }));
    const pages = pagesOf(await invoicePdf({ ...invoice([line(1)]), salesTaxes }));
    const named = pages.map((texts) => texts.filter((text) => text.startsWith('of which')).length);
    expect(named.reduce((sum, each) => sum + each, 0)).toBe(120);
    expect(Math.max(...named)).toBeLessThan(55);
    expect(pages.at(-1)?.slice(-5)).toEqual(['Total EUR', '999.00', '209.79', '1208.79', `Page ${pages.length} of ${pages.length}`]);
  });

  it('says what a credit note is, and which invoices it corrects', async () => {
    const [texts = []] = pagesOf(await invoicePdf({ ...invoice([line(1)]), kind: 'creditNote', corrects: ['A-000001', 'A-000003'] }));
    expect(texts[0]).toMatch(/^Credit note /);
    expect(texts.slice(texts.indexOf('Corrects')).slice(0, 2)).toEqual(['Corrects', 'Invoice A-000001, A-000003']);
    expect(pagesOf(await invoicePdf(invoice([line(1)])))[0]).not.toContain('Corrects');
  });
});
