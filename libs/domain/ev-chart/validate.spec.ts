// Samples of the government's own validator, and what they leave open. Where they come from: test/fixtures/ev-chart/README.md.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCsv, writeCsv } from './csv.js';
import { EV_CHART_MODULES, MODULE_NUMBERS, type ModuleNumber } from './fields.js';
import { validateEvChart } from './validate.js';

interface Sample {
  readonly file: string;
  readonly module: ModuleNumber;
  readonly isValid: boolean;
  readonly text: string;
}
const samples = readFileSync(new URL('../../../test/fixtures/ev-chart/samples.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Sample);

describe.each(MODULE_NUMBERS)('module %i', (number) => {
  const own = samples.filter(({ module }) => module === number);
  it('takes what EV-ChART takes', () => {
    const valid = own.filter(({ isValid }) => isValid);
    expect(valid.length).toBeGreaterThan(2);
    expect(valid.flatMap(({ file, text }) => validateEvChart(number, text).map((fault) => [file, fault]))).toEqual([]);
  });
  it('refuses what EV-ChART refuses', () => {
    const invalid = own.filter(({ isValid }) => !isValid);
    expect(invalid.length).toBeGreaterThan(10);
    const silent = invalid.filter(({ text }) => validateEvChart(number, text).length === 0);
    expect(silent.map(({ file }) => file)).toEqual([]);
  });
});

const file = (number: ModuleNumber, ...rows: readonly Record<string, string>[]): string =>
  writeCsv(
    EV_CHART_MODULES[number].fields.map(({ name }) => name),
    rows.map((row) => ({ station_id: 'S', network_provider: 'net', port_id: 'P', ...row })),
  );

describe('a file', () => {
  const month = {
    uptime_reporting_start: '2026-07-01T00:00:00Z',
    uptime_reporting_end: '2026-07-31T23:59:59Z',
    total_outage: '0.00',
    total_outage_excl: '0.00',
  };
  it('may leave uptime blank in the first year of a station only', () => {
    const since = (date: string) => validateEvChart(3, file(3, { ...month, uptime: '' }), { operationalSince: () => date });
    expect(since('2025-07-01T00:00:00Z')).toEqual([]);
    expect(since('2025-06-30T00:00:00Z')).toMatchObject([{ line: 2, column: 'uptime' }]);
  });
  it('has no two rows of one key', () => {
    expect(validateEvChart(3, file(3, { ...month, uptime: '99.00' }, { ...month, uptime: '98.00' }))).toMatchObject([{ line: 3 }]);
  });
  it('reports that there was nothing with a blank row, not with half of one', () => {
    expect(validateEvChart(4, file(4, {}))).toEqual([]);
    expect(validateEvChart(4, file(4, { excluded_outage: 'TRUE' }))).toMatchObject([
      { column: 'outage_id' },
      { column: 'outage_duration' },
    ]);
  });
  it('has its lines end where EV-ChART ends them, its characters counted as there, and no leap second', () => {
    const notes = (text: string) => ({ outage_id: '2026-07-01T00:00:00Z', outage_duration: '1.00', excluded_outage_notes: text });
    expect(validateEvChart(4, file(4, notes('pasted\u2028from\vsomewhere'), { port_id: 'P2' }))).toEqual([]);
    const [header = ''] = file(4, {}).split('\r\n');
    expect(validateEvChart(4, `${header}\r\nS,net,P,2026-07-01T00:00:00Z,1.00,,,pasted\u2028from\r\n`)).toMatchObject([{ line: 3 }]);
    expect(validateEvChart(4, file(4, notes('😀'.repeat(255))))).toEqual([]);
    expect(validateEvChart(4, file(4, notes('😀'.repeat(256))))).toMatchObject([{ column: 'excluded_outage_notes' }]);
    expect(validateEvChart(4, file(4, { ...notes(''), outage_id: '2026-06-30T23:59:60Z' }))).toMatchObject([{ column: 'outage_id' }]);
  });
  it('with an unended quote, without rows, or with a row of another length is refused as a whole or by line', () => {
    expect(validateEvChart(6, 'station_id,"network')).toMatchObject([{ message: expect.stringContaining('quote') }]);
    expect(validateEvChart(6, '')).toMatchObject([{ message: 'there is no row' }]);
    expect(validateEvChart(7, `${file(7).trim()}\r\nS,net\r\n`)).toMatchObject([{ line: 2 }]);
  });
});

it('reads back what it writes', () => {
  const cell = fc
    .string({ unit: fc.constantFrom('a', '1', '"', ',', '\n', '\r\n', '\v', '\u0085', '\u2028', ' ', '.', 'é') })
    .filter((text) => !text.startsWith('\r'));
  const rows = fc.array(
    fc.record({ a: cell, b: cell }).filter(({ a, b }) => a !== '' || b !== ''),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(rows, (all) => {
      const [, ...read] = readCsv(`\ufeff${writeCsv(['a', 'b'], all)}`);
      expect(read.map(({ fields: [a, b] }) => ({ a, b }))).toEqual(all);
    }),
  );
});

it('writes nothing that a spreadsheet would take for a formula', () => {
  expect(
    writeCsv(
      ['a'],
      ['=1+1', '+cmd', '-2.50', '@x', '-x'].map((a) => ({ a })),
    ),
  ).toBe("a\r\n'=1+1\r\n'+cmd\r\n-2.50\r\n'@x\r\n'-x\r\n");
});

it('writes ids as they are, unless something could be called by one', () => {
  const ids = ['@X-1', '-7', '=A|B', "=cmd|'/C calc'!A0", '=HYPERLINK("x")'].map((station_id) => ({ station_id }));
  const [, ...rows] = readCsv(writeCsv(['station_id'], ids));
  expect(rows.map(({ fields: [id] }) => id)).toEqual(['@X-1', '-7', '=A|B', "'=cmd|'/C calc'!A0", '\'=HYPERLINK("x")']);
});
