// One column of many rows as a parameter: an array in PostgreSQL's binary format, which the server reads in a fraction of the time of array text
// (docs/benchmarks.md, ingest).
// `pg` asks a parameter for its bytes by `toPostgres`; the same bytes serve PGlite. Which rows go into which statement is decided in tables.ts.

export type ColumnType = 'text' | 'bigint' | 'integer' | 'double precision' | 'numeric' | 'boolean' | 'timestamptz' | 'jsonb';

/** What crosses as text is cast by the statement: exact decimals, JSON, and times that say more than milliseconds. */
type WireType = 'text' | 'bigint' | 'integer' | 'double precision' | 'boolean' | 'timestamptz';
const WIRE: Readonly<Record<ColumnType, WireType>> = {
  text: 'text',
  numeric: 'text',
  jsonb: 'text',
  bigint: 'bigint',
  integer: 'integer',
  'double precision': 'double precision',
  boolean: 'boolean',
  timestamptz: 'timestamptz',
};
const OIDS: Readonly<Record<WireType, number>> = {
  text: 25,
  bigint: 20,
  integer: 23,
  'double precision': 701,
  boolean: 16,
  timestamptz: 1184,
};
const BYTES = { bigint: 8, integer: 4, 'double precision': 8, boolean: 1, timestamptz: 8 } as const;
const HEADER_BYTES = 20;
/** The largest a column can hold, as far as a number here is exact, either way from zero. */
const MOST: Readonly<Partial<Record<ColumnType, number>>> = { integer: 2 ** 31 - 1, bigint: Number.MAX_SAFE_INTEGER };
/** 2000-01-01 UTC, where PostgreSQL counts from [ms since 1970]. */
const EPOCH_MS = 946_684_800_000;

export class ColumnParameter {
  /** As the statement declares it: `$1::text[]`. */
  readonly wire: WireType;
  readonly values: readonly unknown[];

  constructor(
    readonly type: ColumnType,
    values: readonly unknown[],
  ) {
    const wire = WIRE[type];
    const most = MOST[type];
    this.values = most !== undefined && values.some((value) => isBeyond(most, value)) ? values.map((value) => within(most, value)) : values;
    this.wire = wire === 'timestamptz' && !values.every(isMilliseconds) ? 'text' : wire;
  }

  /** A value as its text, for who keeps rows without a server. */
  textAt(index: number): string | null {
    return storable(asText(this.values[index]), this.type);
  }

  toPostgres(): Buffer {
    return this.wire === 'text' ? textArray(this.values, this.type) : fixedArray(this.values, this.wire);
  }
}

const isBeyond = (most: number, value: unknown): value is number => typeof value === 'number' && Math.abs(value) > most;
/** A number the column cannot hold becomes the nearest it can: a row that cannot be written would stop its whole partition. */
const within = (most: number, value: unknown): unknown => (isBeyond(most, value) ? Math.sign(value) * most : value);

export const asText = (value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/**
 * PostgreSQL stores neither NUL nor lone surrogates, in text or jsonb. The doors keep them out; one that came into the log all the same
 * becomes U+FFFD here, because a row that cannot be written would stop its whole partition.
 */
function storable<Text extends string | null>(text: Text, type: ColumnType): Text | string {
  if (text === null) return text;
  const clean = text.includes('\u0000') || !text.isWellFormed() ? text.toWellFormed().replaceAll('\u0000', '\ufffd') : text;
  return type === 'jsonb' && clean.includes('\\u') ? clean.replaceAll(UNSTORABLE_ESCAPE, '$1\ufffd') : clean;
}
/** As JSON text spells them: after an even number of backslashes. A pair of surrogates is never spelled so. */
const UNSTORABLE_ESCAPE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi;

/** Most times are written by us: a date of these centuries with milliseconds at most. Others are left to the server to read. */
const MILLISECONDS = /^(?:19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/;
let lastText = '';
let lastMs = Number.NaN;

/** Milliseconds since 1970; times repeat from row to row, so the last one is remembered. */
function msOf(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  const text = String(value);
  if (text !== lastText) [lastText, lastMs] = [text, MILLISECONDS.test(text) ? Date.parse(text) : Number.NaN];
  return lastMs;
}
const isMilliseconds = (value: unknown): boolean => value === null || value === undefined || !Number.isNaN(msOf(value));

function header(view: DataView, wire: WireType, length: number): void {
  view.setInt32(0, 1); // dimensions
  view.setInt32(4, 1); // there may be nulls
  view.setInt32(8, OIDS[wire]);
  view.setInt32(12, length);
  view.setInt32(16, 1); // lower bound
}

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView => new DataView(buffer, byteOffset, byteLength);

/** Values of as many bytes each. */
function fixedArray(values: readonly unknown[], wire: Exclude<WireType, 'text'>): Buffer {
  const bytes = BYTES[wire];
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * (4 + bytes));
  const view = viewOf(buffer);
  header(view, wire, values.length);
  let at = HEADER_BYTES;
  for (const value of values) {
    const isNull = value === null || value === undefined;
    view.setInt32(at, isNull ? -1 : bytes);
    at += 4;
    if (isNull) continue;
    if (wire === 'timestamptz') setInt64(view, at, (msOf(value) - EPOCH_MS) * 1000);
    else if (wire === 'double precision') view.setFloat64(at, Number(value));
    else if (wire === 'boolean') view.setUint8(at, value === true ? 1 : 0);
    else if (wire === 'integer') view.setInt32(at, Number(value));
    else setInt64(view, at, Number(value));
    at += bytes;
  }
  return buffer.subarray(0, at);
}

/** Whole numbers within 2^53. */
function setInt64(view: DataView, at: number, value: number): void {
  const high = Math.floor(value / 2 ** 32);
  view.setInt32(at, high);
  view.setUint32(at + 4, value - high * 2 ** 32);
}

/** From here on one call is cheaper than a loop [characters]. */
const SHORT = 64;
/** The most UTF-8 takes for each [bytes]. */
const WIDEST = 3;

/** Each with its length, as UTF-8. Short ASCII, which is nearly all there is, byte by byte: cheaper than a call for each. */
function textArray(values: readonly unknown[], type: ColumnType): Buffer {
  let buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * 20);
  let view = viewOf(buffer);
  header(view, 'text', values.length);
  let at = HEADER_BYTES;
  for (const value of values) {
    const text = typeof value === 'string' ? value : asText(value);
    const length = text === null ? 0 : text.length;
    const most = at + 4 + length * WIDEST;
    if (most > buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, most));
      buffer.copy(grown, 0, 0, at);
      buffer = grown;
      view = viewOf(buffer);
    }
    let bytes = text === null ? -1 : length <= SHORT && type !== 'jsonb' ? ascii(buffer, at + 4, text) : undefined;
    // What else is in it: what is put in the place of something that cannot be stored is no longer than it.
    bytes ??= buffer.write(storable(text, type) ?? '', at + 4);
    view.setInt32(at, bytes);
    at += 4 + Math.max(bytes, 0);
  }
  return buffer.subarray(0, at);
}

/** How many bytes it took; undefined where something else is in it. */
function ascii(buffer: Buffer, at: number, text: string): number | undefined {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0 || code > 127) return undefined;
    buffer[at + index] = code;
  }
  return text.length;
}
