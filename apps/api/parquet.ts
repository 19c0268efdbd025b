// Rows as Parquet: the types of their columns, and the bytes piece by piece, so that no more than a piece is ever in memory.
// Money and registers are DECIMAL as the database has them, never a binary fraction; instants are UTC. Which rows, and where they go, is exports.ts's.
import type { ColumnSource, SchemaElement } from 'hyparquet-writer';

/** A column as the database describes it. */
export interface SqlColumn {
  readonly name: string;
  /** As information_schema says it. */
  readonly type: string;
  /** Of `numeric(precision, scale)`; null where it is bounded by nothing, or no numeric. */
  readonly precision: number | null;
  readonly scale: number | null;
}

export type Cells = Readonly<Record<string, unknown>>;

interface Typed {
  readonly element: SchemaElement;
  readonly cell: (value: unknown) => unknown;
}

/** The unscaled whole number of a decimal string: `12.3400` with four places is 123400n. */
export function unscaled(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  if (fraction.length > scale && /[1-9]/.test(fraction.slice(scale))) throw new Error(`${text} has more than ${scale} decimals`);
  const digits = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
  return text.startsWith('-') ? -digits : digits;
}

/** Bytes that hold so many decimal digits and a sign. */
const bytesOf = (precision: number): number => Math.ceil((precision * Math.log2(10) + 1) / 8);

function typed({ name, type, precision, scale }: SqlColumn): Typed {
  const common = { name, repetition_type: 'OPTIONAL' } as const;
  switch (type) {
    case 'timestamp with time zone':
      return {
        element: {
          ...common,
          type: 'INT64',
          converted_type: 'TIMESTAMP_MILLIS',
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
        },
        cell: (value) => (value instanceof Date ? value : new Date(String(value))),
      };
    case 'boolean':
      return { element: { ...common, type: 'BOOLEAN' }, cell: (value) => value };
    case 'integer':
      return { element: { ...common, type: 'INT32' }, cell: Number };
    case 'bigint':
      return { element: { ...common, type: 'INT64' }, cell: (value) => BigInt(value as string) };
    case 'double precision':
      return { element: { ...common, type: 'DOUBLE' }, cell: Number };
    case 'numeric':
      // Durations and quotients have no bound in the database, and are no money.
      if (precision === null || scale === null) return { element: { ...common, type: 'DOUBLE' }, cell: Number };
      return {
        element: {
          ...common,
          type: 'FIXED_LEN_BYTE_ARRAY',
          type_length: bytesOf(precision),
          converted_type: 'DECIMAL',
          logical_type: { type: 'DECIMAL', precision, scale },
          ...{ precision, scale },
        },
        cell: (value) => unscaled(String(value), scale),
      };
    default:
      return { element: { ...common, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }, cell: String };
  }
}

/** Rows of a row group, but for the last: fewer of them compress badly, and more of them wait in memory. */
const GROUP_ROWS = 20_000;

/** The file of `columns`, as pieces of bytes in order; rows come as they are found. */
export async function* parquetOf(
  columns: readonly SqlColumn[],
  found: AsyncIterable<readonly Cells[]>,
  about: Readonly<Record<string, string>>,
): AsyncGenerator<Uint8Array> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const types = columns.map((column) => ({ name: column.name, ...typed(column) }));
  const bytes = new ByteWriter();
  const taken = (): Uint8Array => {
    const piece = bytes.getBytes().slice();
    bytes.index = 0;
    return piece;
  };
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: types.length }, ...types.map(({ element }) => element)],
    kvMetadata: Object.entries(about).map(([key, value]) => ({ key, value })),
    createdBy: 'Joulestream',
  });
  const write = async (rows: readonly Cells[]): Promise<Uint8Array> => {
    const columnData = types.map(({ name, cell }): ColumnSource => {
      const data = rows.map((row) => (row[name] === null || row[name] === undefined ? null : cell(row[name])));
      return { name, data };
    });
    await writer.write({ columnData, rowGroupSize: rows.length });
    return taken();
  };
  let waiting: Cells[] = [];
  for await (const rows of found) {
    for (const row of rows) waiting.push(row);
    if (waiting.length < GROUP_ROWS) continue;
    yield await write(waiting);
    waiting = [];
  }
  if (waiting.length > 0) yield await write(waiting);
  await writer.finish();
  yield taken();
}
