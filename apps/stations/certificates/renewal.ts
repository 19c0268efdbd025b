// When a station is told to renew its own certificates: while an alarm of one lasts and no new one is on its way, as soon as it is there, and daily (A02).
// When one is an alarm is expiry.ts; what becomes of the request it then makes is signing.ts.
import type { CommandWish } from '../part.js';
import type { Station } from '../station.js';
import { isOpen, kindOf } from './signing.js';
import type { Certificates } from './state.js';

const AGAIN_MS = 86_400_000;

/** Kinds of those that were signed here, run out, and are not being renewed. */
const ending = ({ signings, alarms }: Certificates): readonly string[] => {
  const open = signings.filter(isOpen).map(kindOf);
  const kinds = signings.filter(({ requestId }) => requestId in alarms).map(kindOf);
  return [...new Set(kinds)].filter((kind) => !open.includes(kind));
};

export function renewals(state: Certificates, nowMs: number, { isOnline, isConfigured, ocppVersion }: Station): readonly CommandWish[] {
  if (!isOnline || !isConfigured || (state.renewalMs !== undefined && nowMs - state.renewalMs < AGAIN_MS)) return [];
  return ending(state).map((kind) =>
    ocppVersion === 'ocpp1.6'
      ? { action: 'ExtendedTriggerMessage', payload: { requestedMessage: 'SignChargePointCertificate' } }
      : { action: 'TriggerMessage', payload: { requestedMessage: `Sign${kind}` } },
  );
}

/** When to ask again; undefined while it is away: then it is asked as soon as it is back. */
export const nextRenewal = (state: Certificates): number | undefined =>
  state.renewalMs === undefined || ending(state).length === 0 ? undefined : state.renewalMs + AGAIN_MS;
