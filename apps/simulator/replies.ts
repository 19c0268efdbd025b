// Finds the handler of a call in a table typed by action, and keeps the rules of boot that hold for every call.
// What each call does is in answers-16.ts and answers-201.ts.
import type { ActionOf, OcppVersion, RequestOf, ResponseOf } from '#ocpp';
import type { Reply } from './conversation.js';
import type { StationControls } from './dialect.js';

export type Handlers<V extends OcppVersion> = {
  readonly [A in ActionOf<V>]?: (request: RequestOf<V, A>) => Reply<ResponseOf<V, A> & object>;
};

/** The payload has passed the schema of its action, so it has the type its handler expects. */
export function dispatch<V extends OcppVersion>(handlers: Handlers<V>, controls: StationControls, action: string, payload: unknown): Reply {
  const boot = controls.bootStatus();
  // OCPP 2.0.1 B02, B03: before acceptance the CSMS may configure a Pending station, and a Rejected one not at all.
  if (boot === 'Unknown' || boot === 'Rejected') return { error: 'SecurityError', description: 'the station is not accepted yet' };
  const table: Readonly<Record<string, unknown>> = handlers;
  const handler = Object.hasOwn(table, action) ? table[action] : undefined;
  if (typeof handler !== 'function') return { error: 'NotSupported', description: `${action} is not supported by this station` };
  return (handler as (request: unknown) => Reply)(payload);
}
