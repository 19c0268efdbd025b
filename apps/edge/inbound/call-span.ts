// What a station's call looks like in traces: the first span of its trace, which its record carries on (ADR 0077).
// What the station says is never in it: only which action, in which version, of whom.
import { newTrace, type Span } from '#observability';
import { actions, type Frame } from '#ocpp';
import type { ConnectionIdentity } from '../connection.js';

/** Undefined while traces are off, for a call that is not followed, and for what is no call. */
export function callSpan(
  { path, version }: ConnectionIdentity,
  frame: Pick<Frame, 'kind'> & { readonly action?: string },
): Span | undefined {
  const tracing = newTrace();
  if (tracing === undefined || frame.action === undefined) return undefined;
  const action = actions(version).has(frame.action) ? frame.action : 'unknown action';
  return tracing.begin({
    kind: 'server',
    name: action,
    attributes: { 'ocpp.action': action, 'ocpp.version': version, 'ocpp.station_id': path.stationId, 'csms.tenant': path.tenantId },
  });
}
