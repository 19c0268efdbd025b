// What went over a station's socket, as calls with their answers; and the same as the log has it, tokens masked on both sides.
import type { CallReceived, Recorded } from '#contracts';
import type { StationProcess } from './station-process.js';

export interface Exchange {
  readonly messageId: string;
  readonly action: string;
  readonly payload: unknown;
  readonly answer: unknown;
}

type Frame = readonly [type: number, messageId: string, ...rest: unknown[]];

const framesOf = (station: StationProcess, direction: 'sent' | 'received'): readonly Frame[] =>
  station
    .all('frame')
    .filter((frame) => frame.direction === direction)
    .map(({ text }) => JSON.parse(text) as Frame);

/** Calls of the station that were answered, in the order sent. */
export function answeredCalls(station: StationProcess): readonly Exchange[] {
  const answers = new Map(framesOf(station, 'received').map((frame) => [`${frame[0] === 2 ? 'call' : 'answer'} ${frame[1]}`, frame]));
  return framesOf(station, 'sent').flatMap(([type, messageId, action, payload]) => {
    const answer = answers.get(`answer ${messageId}`);
    if (type !== 2 || answer === undefined) return [];
    const said = answer[0] === 3 ? { kind: 'result', payload: answer[2] } : { kind: 'error', code: answer[2], description: answer[3] };
    return [{ messageId, action: String(action), payload: masked(payload), answer: masked(said) }];
  });
}

export function recordedCalls(records: readonly Recorded[], { stationId }: StationProcess): readonly Exchange[] {
  return records
    .filter((record) => record.type === 'CallReceived' && record.stationId === stationId)
    .map(({ data }) => data as CallReceived)
    .map(({ messageId, action, payload, answer }) => ({ messageId, action, payload: masked(payload), answer: masked(answer) }));
}

/** CALLERRORs the station gave us, apart from those that say it does not know the action. */
export const complaints = (station: StationProcess): readonly Frame[] =>
  framesOf(station, 'sent').filter(([type, , code]) => type === 4 && code !== 'NotImplemented' && code !== 'NotSupported');

/** CALLERRORs we gave the station. */
export const refusals = (station: StationProcess): readonly Frame[] => framesOf(station, 'received').filter(([type]) => type === 4);

const TOKENS: ReadonlySet<string> = new Set(['idTag', 'idToken']);

/** A token is sealed in the log: text there, or an object in its place, means the same here. */
function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const isToken = TOKENS.has(name) && !(typeof inner === 'object' && inner !== null && 'type' in inner);
      return [name, isToken ? 'a token' : masked(inner)];
    }),
  );
}
