// Whether a file would be taken by EV-ChART, and if not, which row and column are at fault: the rules of the government's own validator, in our words.
// Whether a station is registered there, and whose it is, only they can tell.
import { instantMs } from '#ocpp';
import { readCsv } from './csv.js';
import { EV_CHART_MODULES, type Field, type Kind, type ModuleNumber } from './fields.js';

export interface Fault {
  /** Of the file, the header being line 1; absent for a whole column or file. */
  readonly line?: number;
  readonly column?: string;
  readonly message: string;
}

export interface Known {
  /** Since when a station is in operation, ISO 8601; uptime may be left blank in its first year. */
  readonly operationalSince?: (stationId: string) => string | undefined;
}

type Values = ReadonlyMap<string, string>;

/** Empty = it would be taken. */
export function validateEvChart(number: ModuleNumber, text: string, known: Known = {}): readonly Fault[] {
  const { fields, key } = EV_CHART_MODULES[number];
  let records: ReturnType<typeof readCsv>;
  try {
    records = readCsv(text);
  } catch (error) {
    return [{ message: error instanceof Error ? error.message : 'not readable' }];
  }
  const [header, ...rows] = records;
  if (header === undefined || rows.length === 0) return [{ message: 'there is no row' }];
  const columns = header.fields;
  const faults = columnFaults(fields, columns);
  const seen = new Map<string, number>();
  for (const { line, fields: cells } of rows) {
    if (cells.length !== columns.length) {
      faults.push({ line, message: `${columns.length} fields were expected, ${cells.length} found` });
      continue;
    }
    const values: Values = new Map(columns.map((column, index) => [column, cells[index] ?? '']));
    faults.push(...rowFaults(number, values, known).map((fault) => ({ line, ...fault })));
    const name = JSON.stringify(key.map((column) => values.get(column)));
    const first = seen.get(name);
    if (first !== undefined) faults.push({ line, message: `${key.join(', ')}: the same as in line ${first}` });
    else seen.set(name, line);
  }
  return faults;
}

function columnFaults(fields: readonly Field[], columns: readonly string[]): Fault[] {
  const missing = fields.filter(({ name, isRequired }) => isRequired && !columns.includes(name));
  const names = new Set(fields.map(({ name }) => name));
  return [
    ...missing.map(({ name }): Fault => ({ column: name, message: 'the column is missing' })),
    ...columns.flatMap((column, index): readonly Fault[] => {
      if (!names.has(column)) return [{ column, message: 'no such column is known' }];
      return columns.indexOf(column) === index ? [] : [{ column, message: 'the column is there twice' }];
    }),
  ];
}

function rowFaults(number: ModuleNumber, values: Values, known: Known): readonly Fault[] {
  const { fields, blankTogether = [], inOrder } = EV_CHART_MODULES[number];
  const isAllBlank = blankTogether.every((name) => (values.get(name) ?? '') === '');
  const faults = fields.flatMap((field): readonly Fault[] => {
    const { name, isRequired, mayBeBlank, kind } = field;
    const value = values.get(name);
    if (value === undefined) return [];
    const isMissing = isRequired && (!mayBeBlank || (blankTogether.includes(name) && !isAllBlank));
    if (value === '') return isMissing ? [{ column: name, message: 'must not be blank' }] : [];
    if (isRequired && value.trim() === '') return [{ column: name, message: 'must not be only spaces' }];
    const message = valueFault(kind, value);
    return message === undefined ? [] : [{ column: name, message }];
  });
  const [start, end] = (inOrder ?? []).map((name) => Date.parse(values.get(name) ?? ''));
  if (inOrder !== undefined && start !== undefined && end !== undefined && end < start)
    faults.push({ column: inOrder[1], message: `must not be earlier than ${inOrder[0]}` });
  if (number === 3 && values.get('uptime') === '' && isOlderThanAYear(values, known))
    faults.push({ column: 'uptime', message: 'must not be blank: the station is in operation for more than a year' });
  return faults;
}

/** Counted in days, as they do. */
function isOlderThanAYear(values: Values, { operationalSince }: Known): boolean {
  const since = operationalSince?.(values.get('station_id') ?? '')?.slice(0, 10);
  const start = values.get('uptime_reporting_start')?.slice(0, 10) ?? '';
  return since !== undefined && since < `${Number(start.slice(0, 4)) - 1}${start.slice(4)}`;
}

/** Without leap seconds. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d+)?Z$/;

function valueFault(kind: Kind, value: string): string | undefined {
  switch (kind.type) {
    case 'text': {
      const { length } = [...value];
      if (kind.exactly !== undefined && length !== kind.exactly) return `exactly ${kind.exactly} characters were expected`;
      return kind.most !== undefined && length > kind.most ? `at most ${kind.most} characters were expected` : undefined;
    }
    case 'time':
      return TIME.test(value) && instantMs(value) !== undefined ? undefined : 'a time was expected, YYYY-MM-DDTHH:MM:SSZ';
    case 'boolean':
      return /^(?:true|false)$/i.test(value) ? undefined : 'TRUE or FALSE was expected';
    case 'whole': {
      const { digits, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = kind;
      const isMet =
        /^\d+$/.test(value) && (digits === undefined || value.length === digits) && Number(value) >= least && Number(value) <= most;
      return isMet
        ? undefined
        : digits === undefined
          ? `a whole number from ${least} to ${most} was expected`
          : `${digits} digits were expected`;
    }
    case 'decimal': {
      const { whole, fraction, least } = kind;
      const [, before, after = ''] = /^\+?(\d+)(?:\.(\d+))?$/.exec(value) ?? [];
      if (before === undefined || Number(value) < least) return `a number of at least ${least} was expected`;
      return before.length > whole || after.length > fraction
        ? `at most ${whole} digits before and ${fraction} after the point were expected`
        : undefined;
    }
  }
}
