// Programs of grid operators as a service: each program one aggregate in the stream of its tenant, whose limits go to the streams of its sites.
// What they come to is program.ts'; who asks the operators' servers is polling.ts.
import type { NetworkEvent, Recorded } from '#contracts';
import type { ServiceDefinition } from '#service';
import { consequenceOf, limitOutput, NO_PROGRAM, type Program, type ProgramFact, pricesOutput, withdrawal } from './program.js';
import { GRID_TABLES, programRow, reportRow } from './tables.js';

const FACTS: ReadonlySet<string> = new Set<ProgramFact['type']>([
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
]);
const isProgramFact = (input: Recorded<NetworkEvent>): input is ProgramFact => FACTS.has(input.type);

export const gridDefinition: ServiceDefinition<Program, NetworkEvent> = {
  name: 'grid',
  inputs: ['network-events'],
  outputs: ['site-events'],
  tables: GRID_TABLES,
  passesBy: ({ headers }) => !FACTS.has(headers.ce_type ?? ''),
  fold: {
    aggregateOf: (input) => (isProgramFact(input) ? `${input.tenantId}/${input.data.programId}` : undefined),
    initial: () => NO_PROGRAM,
    decide(program, input) {
      if (!isProgramFact(input)) return [];
      const { programId } = input.data;
      const { tell, withdraw, prices = [] } = consequenceOf(program, input);
      return [
        ...withdraw.map((told) => withdrawal(programId, told)),
        ...tell.map((told) => limitOutput(programId, told, Date.parse(input.time))),
        ...prices.map((news) => pricesOutput(programId, news)),
      ];
    },
    evolve: (program, input) => (isProgramFact(input) ? consequenceOf(program, input).program : program),
    isClosed: ({ config, told }) => config === undefined && Object.keys(told).length === 0,
    project({ after, input }) {
      if (!isProgramFact(input)) return [];
      return [input.type === 'GridReportSent' ? reportRow(input, input.data) : programRow(input, input.data.programId, after)];
    },
  },
};
