// A part of the stations service: one concern (device model, local list, display messages, …) as a fold over what one station says and is told.
//
// To add one: a folder `apps/stations/<part>/` with its `Part`, its tables, its spec and its `behaviour.ts` (what is done with each action, for
// docs/ocpp-coverage.md); its tables in `migrations/<ADR number>-<part>.sql`; its line in `parts.ts`. Rules of more than a few lines are pure
// functions in `libs/domain/<concept>`. What an operator asks for is a command or a fact of the stream that `apps/api/<part>.ts` appends.
//
// A part hears only of the actions and facts it names: all others are passed by before they are parsed. It keeps no clock and asks nobody:
// `decide` wishes for commands, which are in the log before they leave, and whose every outcome it hears; `evolve` remembers; `rows` shows.
import type { CommandRequested, NetworkEvent, SiteEvent } from '#contracts';
import type { Output, RowWrite, TableSpec } from '#service';
import type { Asked, Heard } from './heard.js';
import type { Station } from './station.js';

/** A message to the station. `notAfterMs`: how long it makes sense to deliver it [ms]. */
export interface CommandWish {
  /** Only where the site itself wishes: the station it is for. */
  readonly stationId?: string;
  readonly action: string;
  readonly payload: object;
  /** Of the answer [ms]; default half a minute. */
  readonly timeoutMs?: number;
  /** Default five minutes. */
  readonly notAfterMs?: number;
  /** Where whoever wanted it knows it by one; default: of the record that leads to it. */
  readonly commandId?: string;
}
/** A fact of the site's stream, or of the network's, of a type that only parts of one folder tell. */
export interface FactWish {
  readonly topic?: 'network-events';
  /** Only where the site itself tells: the station it is about. */
  readonly stationId?: string;
  readonly type: SiteEvent['type'] | NetworkEvent['type'];
  readonly data: object;
}
export type Wish = CommandWish | FactWish;

/** What became of the part's wishes: commands with their ids, and facts as they were told. */
export interface Decided {
  readonly commands: readonly CommandRequested[];
  readonly facts: readonly Output[];
}

/** Columns that say of whom a row is. */
export interface Place {
  readonly tenant_id: string;
  readonly site_id: string;
  readonly station_id: string;
}

export interface PartChange<State> {
  readonly before: State;
  readonly after: State;
  readonly heard: Heard;
  readonly station: Station;
  readonly decided: Decided;
  readonly place: Place;
}

export interface Part<State> {
  /** Unique. Its commands are requested by `stations:<name>`. */
  readonly name: string;
  readonly tables: readonly TableSpec[];
  /** Actions of the calls of stations it hears. Calls answered by an error never reach a part: they were not taken. */
  readonly calls: readonly string[];
  /** Of busy actions among them: fields of the payload, its `transactionInfo`, or the answer, as `name` or `name=value`, without any of which the part does not hear them. */
  readonly callsWith?: Readonly<Record<string, string | readonly string[]>>;
  /** Actions of the commands it hears with their outcomes, whoever asked for them. */
  readonly commands: readonly string[];
  /** Other records about a station it hears. */
  readonly facts?: readonly SiteEvent['type'][];
  /** Records it hears as the site's own, whatever station they name: then `station.stationId` is empty, and the state is another one. */
  readonly siteFacts?: readonly SiteEvent['type'][];
  /** What it wants of a station and did not arrive is tried again while the station stays connected: as `due`, as when it connects (again.ts). */
  readonly triesAgain?: true;
  readonly initial: State;
  decide?(state: State, heard: Heard, station: Station): readonly Wish[];
  /** The same object when nothing changed. Plain JSON, small: what is only shown belongs into rows. */
  evolve(state: State, heard: Heard, station: Station, decided: Decided): State;
  rows?(change: PartChange<State>): readonly RowWrite[];
  /** The next instant it waits for; comes as `{ kind: 'due', name }`. Equal names at equal times are one. */
  nextDue?(state: State): { readonly name: string; readonly dueMs: number } | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: parts of different states in one list; each is only used with its own
export type AnyPart = Part<any>;

export const requesterOf = ({ name }: AnyPart): string => `stations:${name}`;

/** Whether this command, or the one it is the outcome of, is the part's own. */
export const isOwn = (part: AnyPart, { requestedBy }: Pick<Asked, 'requestedBy'>): boolean => requestedBy === requesterOf(part);
