// Counters of an edge: plain numbers on the busy path, read by the metrics exporter when it asks.
// Names and units are public; a label would never carry a station id.
import { meter } from '#observability';

const COUNTERS = {
  calls: ['csms_edge_calls_total', 'CALLs of stations recorded and answered, and SENDs recorded'],
  repeats: ['csms_edge_repeats_total', 'CALLs answered from memory because they repeat an earlier one'],
  unansweredCalls: ['csms_edge_unanswered_calls_total', 'CALLs whose socket was closed because they could not be recorded'],
  unreadableFrames: ['csms_edge_unreadable_frames_total', 'frames answered with an RPC error'],
  unsupportedFrames: ['csms_edge_unsupported_frames_total', 'frames ignored: empty, or of an unknown message type'],
  answersRefused: ['csms_edge_answers_refused_total', 'answers of ours that a station could not use (CALLRESULTERROR)'],
  unsolicitedAnswers: ['csms_edge_unsolicited_answers_total', 'answers to calls nobody here made'],
  unparkedFrames: [
    'csms_edge_unparked_frames_total',
    'frames nobody can read that were only counted, because their station sends too many',
  ],
  upgradesRefused: ['csms_edge_upgrades_refused_total', 'connection attempts refused at the door'],
  pauses: ['csms_edge_pauses_total', 'sockets read more slowly because their station sends too much'],
  superseded: ['csms_edge_superseded_total', 'connections replaced by a newer one of the same station'],
  outcomesLost: ['csms_edge_outcomes_lost_total', 'command outcomes not taken because too many waited'],
} as const;

export type CountName = keyof typeof COUNTERS;

export interface EdgeCounters {
  readonly count: (name: CountName) => void;
  readonly value: (name: CountName) => number;
}

export function edgeCounters(openConnections: () => number): EdgeCounters {
  const values = new Map<CountName, number>();
  for (const [name, [metric, description]] of Object.entries(COUNTERS) as [CountName, readonly [string, string]][]) {
    values.set(name, 0);
    meter()
      .createObservableCounter(metric, { description })
      .addCallback((result) => result.observe(values.get(name) ?? 0));
  }
  meter()
    .createObservableGauge('csms_edge_connections', { description: 'open station connections' })
    .addCallback((result) => result.observe(openConnections()));
  const value = (name: CountName): number => values.get(name) ?? 0;
  return { count: (name) => void values.set(name, value(name) + 1), value };
}
