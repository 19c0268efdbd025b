// What an edge counts and measures: counters are plain numbers on the busy path, read by the metrics exporter when it asks.
// Names and units are public, and rules and dashboards ask for them; a label would never carry a station id.
import { meter, timing } from '#observability';

/** Upper bounds of the buckets [s]; the objectives of rules/objectives.yaml are among them. */
const ANSWER_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];
const LIMIT_S = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60];

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
  outcomesLost: [
    'csms_edge_outcomes_lost_total',
    'outcomes of commands and ends of connections not taken because too many waited, or whose personal fields could not be sealed',
  ],
} as const;

export type CountName = keyof typeof COUNTERS;

export interface EdgeCounters {
  readonly count: (name: CountName) => void;
  readonly value: (name: CountName) => number;
  /** A CALL was answered, so long after it was received [ms]. */
  readonly answered: (ms: number, traceparent?: string) => void;
  /** A station answered a limit, so long after what it follows from was received [ms]. */
  readonly limited: (ms: number, traceparent?: string) => void;
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
  const answer = timing('csms_edge_answer_seconds', { description: 'from a CALL of a station to its answer', bounds: ANSWER_S });
  const limit = timing('csms_edge_event_to_limit_seconds', {
    description: "from what a limit follows from to the station's answer to it",
    bounds: LIMIT_S,
  });
  const value = (name: CountName): number => values.get(name) ?? 0;
  return {
    answered: (ms, traceparent) => answer.record(Math.max(0, ms) / 1000, traceparent),
    limited: (ms, traceparent) => limit.record(Math.max(0, ms) / 1000, traceparent),
    count: (name) => void values.set(name, value(name) + 1),
    value,
  };
}
