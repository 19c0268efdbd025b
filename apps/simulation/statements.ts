// The statements of libs/service, read by their text: each says which row it locks, what it answers and what it writes at the commit.
// A statement that changed, or a new one, is refused until it is taught here; test/simulation compares the answers with a real database.
import type { QueryResult } from '#ports';
import { ColumnParameter } from '#service';

export interface PositionRow {
  readonly epoch: number;
  readonly next_offset: number;
  readonly [column: string]: unknown;
}

interface StateRow {
  readonly aggregate: string;
  readonly next_offset: number;
  readonly is_closed: boolean;
  readonly state: string;
}

export interface OutboxRow {
  readonly input_offset: number;
  readonly index: number;
  readonly out_topic: string;
  readonly key: string;
  readonly headers: unknown;
  readonly value: string;
}

export type PlainRow = Readonly<Record<string, string | null>>;

/** Row `at` of what an insertion was given. Most are never read, so they become texts when they are. */
class KeptRow {
  readonly #before: PlainRow | undefined;

  constructor(
    readonly columns: readonly string[],
    readonly given: readonly Column[],
    readonly at: number,
    before: KeptRow | undefined,
  ) {
    const isReplaced = before === undefined || before.columns === columns || before.columns.join() === columns.join();
    this.#before = isReplaced ? undefined : before.read();
  }

  read(): PlainRow {
    const row: Record<string, string | null> = { ...this.#before };
    for (const [index, column] of this.columns.entries()) row[column] = textOf(this.given[index], this.at);
    return row;
  }
}

/** What is committed. */
export class Tables {
  readonly positions = new Map<string, PositionRow>();
  /** Partition of a service → aggregate → state as text. */
  readonly states = new Map<string, Map<string, StateRow>>();
  readonly outbox = new Map<string, Map<string, OutboxRow>>();
  readonly parked = new Map<string, Map<number, string>>();
  /** Tables of the services: name → key → row, every value as text. */
  readonly plain = new Map<string, Map<string, KeptRow>>();
  /** Told of every batch of a partition of a service that is committed: its first record, and the one behind it. */
  onMoved: (place: string, from: number, next: number) => void = () => {};

  clear(): void {
    for (const kept of [this.positions, this.states, this.outbox, this.parked, this.plain]) kept.clear();
  }

  rows(table: string): readonly PlainRow[] {
    return Array.from(this.plain.get(table)?.values() ?? [], (row) => row.read());
  }
}

export interface Statement {
  readonly lock?: string;
  run(tables: Tables): { readonly result: QueryResult<unknown>; readonly write?: () => void };
}

type Values = readonly unknown[];
/** What an insertion reads of its values: a column, or what every row says. */
type Column = ColumnParameter | readonly unknown[];
type Known = readonly [pattern: RegExp, make: (values: Values) => Statement];
/** An `insert … select … from unnest(…)`, apart from its values. */
type Insertion = (values: Values) => (tables: Tables) => void;

/** In a key, where there is no value. */
const NULL = '\u0001';
const NOTHING: QueryResult<never> = { rows: [], rowCount: 0 };
const answer = (rows: readonly unknown[]): QueryResult<unknown> => ({ rows, rowCount: rows.length });
const place = ([service, topic, partition]: Values): string => `${service} ${topic}/${partition}`;
const texts = (value: unknown): readonly string[] => value as readonly string[];
const inside = <Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> => {
  const found = map.get(key) ?? new Map<string, Value>();
  map.set(key, found);
  return found;
};

/** Changes columns of a position at the commit. */
const changing = (values: Values, changes: Readonly<Record<string, unknown>>): Statement => ({
  lock: place(values),
  run: (tables) => ({
    result: answer([{}]),
    write() {
      const row = tables.positions.get(place(values));
      if (row !== undefined) tables.positions.set(place(values), { ...row, ...changes });
    },
  }),
});

/** The position, to $4; where the text asks for it, from $7 under the epoch $6 only. */
const moving = (isFenced: boolean, values: Values): Statement => ({
  lock: place(values),
  run(tables) {
    const [, , , next, seen, epoch, from] = values;
    const row = tables.positions.get(place(values));
    if (row === undefined || (isFenced && (row.epoch !== epoch || row.next_offset !== from))) return { result: NOTHING };
    const moved = { next_offset: Number(next), seen: JSON.parse(String(seen)) };
    return {
      result: answer([{}]),
      write() {
        tables.positions.set(place(values), { ...row, ...moved });
        tables.onMoved(place(values), Number(from), Number(next));
      },
    };
  },
});

function keepParked(tables: Tables, values: Values, offset: number, reason: string): void {
  const parked = tables.parked.get(place(values)) ?? new Map<number, string>();
  tables.parked.set(place(values), parked);
  if (!parked.has(offset)) parked.set(offset, reason);
}

const states = (values: Values, isWanted: (row: StateRow) => boolean): Statement => ({
  run: (tables) => ({ result: answer([...(tables.states.get(place(values))?.values() ?? [])].filter(isWanted)) }),
});

const KNOWN: readonly Known[] = [
  [
    /^insert into service_positions (\(.*\) )?values/,
    (values) => ({
      lock: place(values),
      run(tables) {
        const fresh = { checkpoint_next: 0, checkpoint_seen: {}, checkpoint_outputs: {}, checkpoint_version: values[3] };
        const row = tables.positions.get(place(values)) ?? { epoch: 0, next_offset: 0, seen: {}, output_next: {}, ...fresh };
        const raised = { ...row, epoch: row.epoch + 1 };
        return { result: answer([raised]), write: () => void tables.positions.set(place(values), raised) };
      },
    }),
  ],
  [
    /^update service_positions set next_offset = \$4, seen = \$5::jsonb where .* epoch = \$6 and next_offset = \$7$/,
    (values) => moving(true, values),
  ],
  [
    /^select 1 from service_positions where .* and epoch = \$4 for update$/,
    (values) => ({
      lock: place(values),
      run: (tables) => ({ result: tables.positions.get(place(values))?.epoch === values[3] ? answer([{}]) : NOTHING }),
    }),
  ],
  [
    /^update service_positions set checkpoint_next = 0, .* checkpoint_version = \$4 where/,
    (values) => changing(values, { checkpoint_next: 0, checkpoint_seen: {}, checkpoint_outputs: {}, checkpoint_version: values[3] }),
  ],
  [
    /^update service_positions set checkpoint_next = \$4, checkpoint_seen = \$5::jsonb, checkpoint_outputs = \$6::jsonb where/,
    (values) =>
      changing(values, {
        checkpoint_next: values[3],
        checkpoint_seen: JSON.parse(String(values[4])),
        checkpoint_outputs: JSON.parse(String(values[5])),
      }),
  ],
  [/^select aggregate, (next_offset, )?state from service_states where .* partition = \$3$/, (values) => states(values, () => true)],
  [
    /^select aggregate, next_offset, state from service_states where .* not is_closed$/,
    (values) => states(values, (row) => !row.is_closed),
  ],
  [
    /^select aggregate, next_offset, state from service_states where .* aggregate = any\(\$4::text\[\]\)$/,
    (values) => states(values, ({ aggregate }) => texts(values[3]).includes(aggregate)),
  ],
  [
    /^delete from service_states where/,
    (values) => ({ run: (tables) => ({ result: NOTHING, write: () => void tables.states.delete(place(values)) }) }),
  ],
  [
    /^select record_offset from parked_records where .* record_offset >= \$4$/,
    (values) => ({
      run: (tables) => ({
        result: answer(
          [...(tables.parked.get(place(values))?.keys() ?? [])]
            .filter((offset) => offset >= Number(values[3]))
            .map((offset) => ({ record_offset: offset })),
        ),
      }),
    }),
  ],
  [
    /^select input_offset, index, out_topic, key, headers, value from service_outbox .* order by input_offset, index$/,
    (values) => ({
      run: (tables) => ({
        result: answer(
          [...(tables.outbox.get(place(values))?.values() ?? [])].sort((a, b) => a.input_offset - b.input_offset || a.index - b.index),
        ),
      }),
    }),
  ],
  [
    /^delete from service_outbox where .* \(input_offset, index\) <= \(\$4, \$5\)$/,
    (values) => ({
      run: (tables) => ({
        result: NOTHING,
        write() {
          const [offset, index] = [Number(values[3]), Number(values[4])];
          const outbox = inside(tables.outbox, place(values));
          for (const [name, row] of outbox)
            if (row.input_offset < offset || (row.input_offset === offset && row.index <= index)) outbox.delete(name);
        },
      }),
    }),
  ],
  [
    /^update service_positions set output_next = output_next \|\| \$4::jsonb where/,
    (values) => ({
      lock: place(values),
      run: (tables) => ({
        result: NOTHING,
        write() {
          const row = tables.positions.get(place(values));
          if (row !== undefined)
            tables.positions.set(place(values), {
              ...row,
              output_next: { ...(row.output_next as object), ...JSON.parse(String(values[3])) },
            });
        },
      }),
    }),
  ],
  [
    /^insert into parked_records values/,
    (values) => ({
      run: (tables) => ({ result: NOTHING, write: () => keepParked(tables, values, Number(values[3]), String(values[4])) }),
    }),
  ],
];

/** The columns an insertion reads, in order: in its select list, or in FROM. One of which it takes the first is the same for every row. */
function columnsOf(text: string): (values: Values) => readonly Column[] {
  const places = [...text.matchAll(/(?:\(|, )\$(\d+)::[\w ]+\[\]/g)].map(([, number]) => Number(number) - 1);
  return (values) => places.map((at) => values[at] as Column);
}

const lengthOf = (column: Column): number => (column instanceof ColumnParameter ? column.values : column).length;
function textOf(column: Column | undefined, at: number): string | null {
  if (column === undefined) return null;
  const index = lengthOf(column) === 1 ? 0 : at;
  return column instanceof ColumnParameter ? column.textAt(index) : ((column[index] ?? null) as string | null);
}
const whole = (column: Column): readonly unknown[] =>
  column instanceof ColumnParameter ? column.values.map((_, at) => column.textAt(at)) : column;

function insertion(text: string): Insertion | undefined {
  const given = columnsOf(text);
  const arrays = (values: Values): readonly (readonly unknown[])[] => given(values).map(whole);
  if (text.startsWith('insert into service_states select')) {
    // With a position of its own: $4 is where the records end that are in the state.
    const hasNext = text.includes('next_offset');
    return (values) => (tables) => {
      const rows = inside(tables.states, place(values));
      const [names = [], ...rest] = arrays(values);
      const bodies = rest.at(-1) ?? [];
      const next = hasNext ? Number(values[3]) : 0;
      for (const [at, name] of names.entries()) {
        const aggregate = String(name);
        if (hasNext && (rows.get(aggregate)?.next_offset ?? -1) >= next) continue;
        const isClosed = rest.length > 1 ? rest[0]?.[at] === true : hasNext;
        rows.set(aggregate, { aggregate, next_offset: next, is_closed: isClosed, state: String(bodies[at]) });
      }
    };
  }
  if (text.startsWith('insert into service_outbox select'))
    return (values) => (tables) => {
      const outbox = inside(tables.outbox, place(values));
      const [offsets = [], indexes = [], topics = [], keys = [], headers = [], bodies = []] = arrays(values);
      for (const [at, offset] of offsets.entries()) {
        const name = `${offset}:${indexes[at]}`;
        if (outbox.has(name)) continue;
        outbox.set(name, {
          input_offset: Number(offset),
          index: Number(indexes[at]),
          out_topic: String(topics[at]),
          key: String(keys[at]),
          headers: JSON.parse(String(headers[at])),
          value: String(bodies[at]),
        });
      }
    };
  if (text.startsWith('insert into parked_records select'))
    return (values) => (tables) => {
      const [offsets = [], reasons = []] = arrays(values);
      for (const [at, offset] of offsets.entries()) keepParked(tables, values, Number(offset), String(reasons[at]));
    };
  const plain = /^insert into (\w+) \(([\w, ]+)\) select (?:unnest)?\(.*?(?: on conflict \(([\w, ]+)\) do (update set .*|nothing))?$/.exec(
    text,
  );
  if (plain === null) return undefined;
  const [, table = '', columnList = '', keyList, update] = plain;
  const columns = columnList.split(', ');
  const keyPlaces = (keyList?.split(', ') ?? columns).map((column) => columns.indexOf(column));
  return (values) => (tables) => {
    const rows = inside(tables.plain, table);
    const read = given(values);
    const count = Math.max(...read.map(lengthOf));
    for (let at = 0; at < count; at++) {
      const key = keyPlaces.map((index) => textOf(read[index], at) ?? NULL).join('\u0000');
      const before = rows.get(key);
      if (before !== undefined && update === 'nothing') continue;
      rows.set(key, new KeptRow(columns, read, at, before));
    }
  };
}

const inserting =
  (insert: Insertion): Known[1] =>
  (values) => {
    const write = insert(values);
    return { run: (tables) => ({ result: NOTHING, write: () => write(tables) }) };
  };

const COMMIT = /^with moved as \(update service_positions set next_offset = (.*?) returning 1\)(.*) select 1 from moved$/;
const FENCE = 'epoch = $6 and next_offset = $7';

/** A whole batch in one statement: the position, and what is written only where the position moved. */
function batchCommit(flat: string): Known[1] | undefined {
  const match = COMMIT.exec(flat);
  if (match === null) return undefined;
  const [, moved = '', rest = ''] = match;
  const isFenced = moved.endsWith(FENCE);
  const inserts = rest
    .split(/\)?, part_\d+ as \(/)
    .slice(1)
    .map((part, index, parts) => insertion(index === parts.length - 1 ? part.slice(0, -1) : part));
  if (inserts.includes(undefined)) return undefined;
  return (values) => {
    const move = moving(isFenced, values);
    return {
      ...move,
      run(tables) {
        const { result, write } = move.run(tables);
        if (write === undefined) return { result };
        const writes = [write, ...inserts.map((insert) => () => insert?.(values)(tables))];
        return { result, write: () => writes.forEach((each) => void each()) };
      },
    };
  };
}

/** Parsed texts; they are few, unless batches differ in what they write. */
const MOST_UNDERSTOOD = 10_000;
const understood = new Map<string, Known[1]>();

function parse(text: string): Known[1] {
  const flat = text.replace(/\s+/g, ' ').trim();
  const known = KNOWN.find(([pattern]) => pattern.test(flat))?.[1] ?? batchCommit(flat);
  if (known !== undefined) return known;
  const insert = insertion(flat);
  if (insert === undefined) throw new Error(`the simulated database does not know: ${flat}`);
  return inserting(insert);
}

/** Throws on a statement nobody taught it. */
export function understand(text: string, values: Values): Statement {
  let known = understood.get(text);
  if (known === undefined) {
    known = parse(text);
    if (understood.size >= MOST_UNDERSTOOD) understood.clear();
    understood.set(text, known);
  }
  return known(values);
}
