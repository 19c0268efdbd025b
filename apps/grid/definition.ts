// What grid operators say as a service: each program, dimmed site and capacity group one aggregate in the stream of its tenant, whose limits go to the streams of sites.
// What each comes to is its own module's; who asks or answers the operators' servers, the effects'.
import { type NetworkEvent, type Recorded, Unwritable } from '#contracts';
import type { Output, RowWrite, ServiceDefinition } from '#service';
import { DIMMING_SOURCE, type DimmedSite, type DimmingFact, dimmedBy, NOT_DIMMED } from './dimming.js';
import { type CapacityProvider, NO_PROVIDER, type OscpFact, oscpSource, providedBy } from './oscp/provider.js';
import { oscpRows } from './oscp/tables.js';
import { consequenceOf, NO_PROGRAM, type Program, type ProgramFact, pricesOutput, sourceOf } from './program.js';
import { dimmingRows, GRID_TABLES, programRow, reportRow } from './tables.js';
import { limitOutput, type Told, withdrawal } from './told.js';

export type GridState = Program | DimmedSite | CapacityProvider;

/** The program of an aggregate; undefined where it is something else. */
export const programIn = (state: GridState | undefined): Program | undefined =>
  state === undefined || 'kind' in state ? undefined : state;

/** One kind of aggregate, by the facts it is made of. */
interface Kind<State extends GridState, Fact extends Recorded<NetworkEvent>> {
  readonly facts: readonly Fact['type'][];
  readonly initial: State;
  /** Of the names of its aggregates: two kinds never have the same. */
  readonly prefix: string;
  /** Which of its tenant's. */
  idOf(fact: Fact): string;
  decide(state: State, fact: Fact): readonly Output[];
  evolve(state: State, fact: Fact): State;
  rows(after: State, fact: Fact): readonly RowWrite[];
}

const programs: Kind<Program, ProgramFact> = {
  facts: [
    'GridProgramConfigured',
    'GridProgramRemoved',
    'GridEventsHeard',
    'GridEventsGone',
    'GridProgramHeard',
    'GridProgramUnheard',
    'GridRereadAsked',
    'GridReportSent',
    'GridPushChanged',
    'GridReservationWished',
  ],
  initial: NO_PROGRAM,
  prefix: '',
  idOf: ({ data }) => data.programId,
  decide(program, fact) {
    const { programId } = fact.data;
    const source = sourceOf(programId);
    const { tell, withdraw, prices = [] } = consequenceOf(program, fact);
    return [
      ...withdraw.map((told) => withdrawal(source, told)),
      ...tell.map((told) => limitOutput(source, told, Date.parse(fact.time))),
      ...prices.map((news) => pricesOutput(programId, news)),
    ];
  },
  evolve: (program, fact) => consequenceOf(program, fact).program,
  rows: (after, fact) => [fact.type === 'GridReportSent' ? reportRow(fact, fact.data) : programRow(fact, fact.data.programId, after)],
};

const dimmings: Kind<DimmedSite, DimmingFact> = {
  facts: ['DimmingConfigured', 'DimmingRemoved', 'DimmingHeard'],
  initial: NOT_DIMMED,
  prefix: ':dimming/',
  idOf: ({ data }) => data.siteId,
  decide: (site, fact) => changed(DIMMING_SOURCE, site.told, dimmedBy(site, fact).told, fact),
  evolve: dimmedBy,
  rows: (after, fact) => dimmingRows(fact, after),
};

const providers: Kind<CapacityProvider, OscpFact> = {
  facts: [
    'OscpConfigured',
    'OscpRemoved',
    'OscpRegistered',
    'OscpHandshaken',
    'OscpHeartbeatHeard',
    'OscpForecastHeard',
    'OscpAdjustmentWished',
    'OscpSaid',
    'OscpTroubleChanged',
  ],
  initial: NO_PROVIDER,
  prefix: ':oscp/',
  idOf: ({ data }) => data.providerId,
  decide(provider, fact) {
    const [before, after] = [provider.told, providedBy(provider, fact).told];
    const places = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return places.flatMap((place) => changed(oscpSource(fact.data.providerId), before[place], after[place], fact));
  },
  evolve: providedBy,
  rows: (after, fact) => oscpRows(fact, after),
};

/** A limit that is another one now, and one that is over or has another place. */
function changed(
  source: string,
  before: Told | undefined,
  after: Told | undefined,
  { time }: { readonly time: string },
): readonly Output[] {
  if (before === after) return [];
  const isMoved = before !== undefined && (after === undefined || before.nodeId !== after.nodeId || before.siteId !== after.siteId);
  return [...(isMoved ? [withdrawal(source, before)] : []), ...(after === undefined ? [] : [limitOutput(source, after, Date.parse(time))])];
}

const KINDS: ReadonlyMap<string, Kind<GridState, Recorded<NetworkEvent>>> = new Map(
  [programs, dimmings, providers].flatMap((kind) =>
    kind.facts.map((type) => [type, kind as unknown as Kind<GridState, Recorded<NetworkEvent>>] as const),
  ),
);
function keyed(kind: Kind<GridState, Recorded<NetworkEvent>>, input: Recorded<NetworkEvent>): string {
  const id = kind.idOf(input);
  if (typeof id !== 'string') throw new Unwritable(`${input.type} names nothing`); // whoever asks a server reads it out of the name
  return `${input.tenantId}/${kind.prefix}${id}`;
}

export const gridDefinition: ServiceDefinition<GridState, NetworkEvent> = {
  name: 'grid',
  inputs: ['network-events'],
  outputs: ['site-events'],
  tables: GRID_TABLES,
  passesBy: ({ headers }) => !KINDS.has(headers.ce_type ?? ''),
  fold: {
    aggregateOf(input) {
      const kind = KINDS.get(input.type);
      return kind && keyed(kind, input);
    },
    initial: (aggregate) => (aggregate.includes('/:dimming/') ? NOT_DIMMED : aggregate.includes('/:oscp/') ? NO_PROVIDER : NO_PROGRAM),
    decide: (state, input) => KINDS.get(input.type)?.decide(state, input) ?? [],
    evolve: (state, input) => KINDS.get(input.type)?.evolve(state, input) ?? state,
    isClosed: (state) => state.config === undefined && ('kind' in state || Object.keys(state.told).length === 0),
    project: ({ after, input }) => KINDS.get(input.type)?.rows(after, input) ?? [],
  },
};
