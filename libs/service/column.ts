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

  /** Every value as its text, for who keeps rows without a server. */
  texts(): readonly (string | null)[] {
    return this.values.map((value) => storable(asText(value), this.type));
  }

  toPostgres(): Buffer {
    const writer = new Writer(this.values.length * (this.wire === 'text' ? 20 : 12) + HEADER_BYTES);
    writer.int32(1); // dimensions
    writer.int32(1); // there may be nulls
    writer.int32(OIDS[this.wire]);
    writer.int32(this.values.length);
    writer.int32(1); // lower bound
    for (const value of this.values)
      if (value === null || value === undefined) writer.int32(-1);
      else this.#write(writer, value);
    return writer.bytes();
  }

  #write(writer: Writer, value: unknown): void {
    if (this.wire === 'text') {
      writer.text(typeof value === 'string' ? value : (asText(value) ?? ''), this.type);
      return;
    }
    const bytes = BYTES[this.wire];
    writer.int32(bytes);
    if (this.wire === 'timestamptz') writer.int64((msOf(value) - EPOCH_MS) * 1000);
    else if (this.wire === 'double precision') writer.double(Number(value));
    else if (this.wire === 'boolean') writer.byte(value === true ? 1 : 0);
    else if (bytes === 4) writer.int32(Number(value));
    else writer.int64(Number(value));
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

/** From here on one call is cheaper than a loop [characters]. */
const SHORT = 64;

/** Bytes that grow. */
class Writer {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity: number) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  byte(value: number): void {
    this.#ensure(1);
    this.#buffer[this.#length++] = value;
  }

  int32(value: number): void {
    this.#ensure(4);
    this.#length = this.#buffer.writeInt32BE(value, this.#length);
  }

  /** Whole numbers within 2^53. */
  int64(value: number): void {
    this.#ensure(8);
    this.#buffer.writeInt32BE(Math.floor(value / 2 ** 32), this.#length);
    this.#length = this.#buffer.writeUInt32BE(value - Math.floor(value / 2 ** 32) * 2 ** 32, this.#length + 4);
  }

  double(value: number): void {
    this.#ensure(8);
    this.#length = this.#buffer.writeDoubleBE(value, this.#length);
  }

  /** Length and UTF-8. Short ASCII, which is nearly all there is, byte by byte: cheaper than a call for each. */
  text(text: string, type: ColumnType): void {
    if (text.length > SHORT || type === 'jsonb' || !this.#ascii(text)) this.#encoded(storable(text, type));
  }

  /** False where something else is in it, and then nothing is written. */
  #ascii(text: string): boolean {
    const { length } = text;
    this.#ensure(length + 4);
    const buffer = this.#buffer;
    const start = this.#length + 4;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0 || code > 127) return false;
      buffer[start + at] = code;
    }
    buffer.writeInt32BE(length, this.#length);
    this.#length = start + length;
    return true;
  }

  #encoded(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.int32(bytes);
    this.#ensure(bytes);
    this.#length += this.#buffer.write(text, this.#length);
  }

  #ensure(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + more));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
