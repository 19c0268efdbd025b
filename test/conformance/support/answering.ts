// A station that answers one action as a case has it.
import type { Json, Reply, Station } from './stage.js';

/** The station answers this action so, until `stop`. Gives what it was sent of it from now on. */
export function answering({ charger }: Station, action: string, reply: (payload: Json) => Reply) {
  const otherwise = charger.answer;
  const from = charger.commands.length;
  charger.answer = (frame) => (frame[2] === action ? [3, frame[1], reply(frame[3] as Json)] : otherwise(frame));
  return {
    sent: (): readonly Json[] =>
      charger.commands
        .slice(from)
        .filter((frame) => frame[2] === action)
        .map((frame) => frame[3] as Json),
    stop: (): void => {
      charger.answer = otherwise;
    },
  };
}
