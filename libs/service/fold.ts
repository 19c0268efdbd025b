// What a service is: a fold over ordered records that decides, remembers and projects. Pure; the runner beside it owns the world.
import type { Envelope, Recorded, Topic } from '#contracts';
import type { LogRecord } from '#ports';
import type { RowWrite, TableSpec } from './tables.js';

/** A derived fact. Tenant and site are those of the input unless given. */
export interface Output {
  readonly topic: Topic;
  readonly type: string;
  readonly data: unknown;
  readonly tenantId?: string;
  readonly siteId?: string;
  readonly stationId?: string;
}

/** An instant this aggregate waits for: the runner appends TimeReached{deadlineId} to the site's stream once it has passed. */
export interface Deadline {
  /** Unique in the service; a repeat of it is ignored by the fold. */
  readonly deadlineId: string;
  /** Milliseconds since 1970, UTC. */
  readonly dueMs: number;
  readonly tenantId: string;
  readonly siteId: string;
  readonly stationId?: string;
}

/** One input and what came of it. */
export interface Change<State, In extends Envelope = Envelope> {
  readonly aggregate: string;
  readonly before: State;
  readonly after: State;
  readonly input: Recorded<In>;
  readonly outputs: readonly Output[];
}

/**
 * `decide` and `evolve` read no clock, no random source and no other record than the one given; state is plain JSON and never mutated (a
 * `Later` in it is a number once it is written down).
 * On a rebuild the recorded outputs are handed to `evolve` and nothing is decided again.
 */
export interface Fold<State, In extends Envelope = Envelope> {
  /** The aggregate a record belongs to; undefined when this service has no use for it. */
  aggregateOf(input: Recorded<In>): string | undefined;
  initial(aggregate: string): State;
  decide(state: State, input: Recorded<In>): readonly Output[];
  /** Never refuses: the past already happened. */
  evolve(state: State, input: Recorded<In>, outputs: readonly Output[]): State;
  nextDue?(state: State): Deadline | undefined;
  /** Nothing more is expected of it: it leaves the memory and rests in the database. A late record brings it back as it was. */
  isClosed?(state: State): boolean;
  /** Rows that follow from one change. Equal for equal history: no clock, no sequence. */
  project?(change: Change<State, In>): readonly RowWrite[];
}

export interface ServiceDefinition<State, In extends Envelope = Envelope> {
  readonly name: string;
  /** Raised when a state at rest would mean something else to this code: such states are not read, but folded again from the log. Default 1. */
  readonly version?: number;
  readonly inputs: readonly Topic[];
  /** Topics it derives facts into, its own inputs included where it writes there; into the first, also what it could not decide about. None = it decides nothing. */
  readonly outputs: readonly Topic[];
  /** Tables that this service alone writes. */
  readonly tables: readonly TableSpec[];
  /** Told from headers and raw text alone, before anything is parsed: what it passes by has no aggregate either. Absent = every record is read. */
  passesBy?(record: LogRecord): boolean;
  readonly fold: Fold<State, In>;
}

export const versionOf = ({ version = 1 }: Pick<ServiceDefinition<never>, 'version'>): number => version;

export const isClosed = <State, In extends Envelope>({ fold }: ServiceDefinition<State, In>, state: State | undefined): boolean =>
  state !== undefined && fold.isClosed?.(state) === true;

/** A state as it rests in the database. */
export const stateText = <State, In extends Envelope>(
  service: ServiceDefinition<State, In>,
  aggregate: string,
  state: State,
): { readonly aggregate: string; readonly isClosed: boolean; readonly text: string } => ({
  aggregate,
  isClosed: isClosed(service, state),
  text: JSON.stringify(state),
});
