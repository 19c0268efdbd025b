// What a reservation that is over means for billing: the session that used it, or a stay of its own at the site's prices (ADR 0119).
// When one is over is told by the stations service; what it costs is billing's.
import { tariffInForce } from '#domain/billing';
import type { OutletReserved, Session } from '#domain/session';
import { uuidV5 } from '#kernel';
import type { SiteInput } from './site-fold.js';
import { type SiteState, stationIn } from './state.js';

/** Nothing where its station took it back, or where nobody asks anything for a reservation. */
export function reservedBy(site: SiteState, input: SiteInput): OutletReserved | undefined {
  if (input.type !== 'ReservationEnded') return undefined;
  const { stationId, reservationId, evseId, from, to, end, transactionId, tokenHash, tokenType, idToken } = input.data;
  const { timeZone } = site;
  if (end === 'used') {
    const { open, ended } = stationIn(site, stationId).sessions;
    const isIt = (session: Session): boolean => session.transactionId === transactionId;
    const session = open.findLast(isIt) ?? ended.find(isIt);
    return session && { type: 'OutletReserved', sessionId: session.sessionId, reservationId, from, to };
  }
  const tariff = tariffInForce(site, Date.parse(to));
  const isPriced = tariff?.elements.some(({ restrictions }) => restrictions?.reservation !== undefined);
  if (end === 'removed' || tariff === undefined || !isPriced) return undefined;
  return {
    type: 'OutletReserved',
    sessionId: uuidV5('reservation', input.id),
    reservationId,
    from,
    to,
    unused: {
      stationId,
      evseId,
      ...(tokenHash !== undefined && { tokenHash }),
      ...(tokenType !== undefined && { tokenType }),
      ...(idToken !== undefined && { idToken }),
      tariff,
      ...(timeZone !== undefined && { timeZone }),
      isExpired: end !== 'cancelled',
    },
  };
}
