// What the adapters have to say that is no caller's answer: a server that went away, a handler that rejected.
// Where it is written, and who is woken, is the process's choice.

export interface Trouble {
  readonly server: 'kafka' | 'redis' | 'postgres';
  /** A constant sentence. */
  readonly message: string;
  readonly error?: unknown;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export type OnTrouble = (trouble: Trouble) => void;

const QUIET_MS = 10_000;

/** Passes on the first of each sentence and then one every ten seconds: clients repeat themselves while a server is away. */
export function sparing(onTrouble: OnTrouble, now: () => number = Date.now): OnTrouble {
  const last = new Map<string, number>();
  return (trouble) => {
    const key = `${trouble.server}: ${trouble.message}`;
    const said = last.get(key);
    if (said !== undefined && now() - said < QUIET_MS) return;
    if (last.size > 1_000) last.clear();
    last.set(key, now());
    onTrouble(trouble);
  };
}

/** A process warning, down to the first cause. */
export const warn: OnTrouble = ({ server, message, error, fields }) => {
  const details = fields === undefined ? '' : ` ${JSON.stringify(fields)}`;
  process.emitWarning(`${server}: ${[message, ...causesOf(error)].join(': ')}${details}`);
};

const causesOf = (error: unknown): readonly string[] =>
  error === undefined ? [] : error instanceof Error ? [error.message, ...causesOf(error.cause)] : [String(error)];
