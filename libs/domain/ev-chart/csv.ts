// Comma-separated values as RFC 4180 has them: read from files of others, written for others.

/** What ends a line for EV-ChART's reader (Python's `splitlines`), where it is not within quotes. */
const LINE_ENDS = '\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029';

/** Records of fields; a byte order mark and blank lines are passed over. `line` counts from 1. Throws for a quote that never ends. */
export function readCsv(text: string): readonly { readonly line: number; readonly fields: readonly string[] }[] {
  const records: { line: number; fields: string[] }[] = [];
  let [fields, field, isQuoted, line, startedAt]: [string[], string, boolean, number, number] = [[], '', false, 1, 1];
  const end = (): void => {
    fields.push(field);
    if (fields.some((each) => each !== '')) records.push({ line: startedAt, fields });
    [fields, field, startedAt] = [[], '', line + 1];
  };
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  for (let at = 0; at < source.length; at++) {
    const character = source.charAt(at);
    if (isQuoted && character === '"' && source[at + 1] === '"') {
      field += '"';
      at++;
    } else if (character === '"' && (isQuoted || field === '')) isQuoted = !isQuoted;
    else if (!isQuoted && character === ',') {
      fields.push(field);
      field = '';
    } else if (!isQuoted && LINE_ENDS.includes(character)) {
      if (character === '\r' && source[at + 1] === '\n') at++;
      end();
      line++;
    } else {
      if (character === '\n') line++;
      field += character;
    }
  }
  if (isQuoted) throw new Error(`line ${startedAt}: a quote that never ends`);
  if (field !== '' || fields.length > 0) end();
  return records;
}

/** What a spreadsheet would take for a formula is written as text, with an apostrophe before it; numbers stay numbers. */
const FORMULA = /^(?:[=@\t\r]|[+-](?!\d+(?:\.\d+)?$))/;

/** Ids by which EV-ChART knows what a row is about. */
const IDS: ReadonlySet<string> = new Set(['station_id', 'port_id']);
/** Of these nothing can be made that calls, fetches or starts anything: there is no bracket, quote, slash or exclamation mark. */
const HARMLESS_ID = /^[A-Za-z0-9*\-_=+|@.~ ]+$/;

const written = (value: string, column: string | undefined): string => {
  const isLeft = column !== undefined && IDS.has(column) && HARMLESS_ID.test(value);
  const harmless = FORMULA.test(value) && !isLeft ? `'${value}` : value;
  return [...`",${LINE_ENDS}`].some((each) => harmless.includes(each)) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};

/** Fields that a row does not have are blank. Ids are as they are: one that is told otherwise is another one for EV-ChART. */
export const writeCsv = (columns: readonly string[], rows: readonly Readonly<Record<string, string | undefined>>[]): string =>
  [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))]
    .map((fields) => `${fields.map((field, index) => written(field, columns[index])).join(',')}\r\n`)
    .join('');
