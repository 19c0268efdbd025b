// Outlets kept for a driver (2.0.1 H01 to H04, 1.6 §5.13): until he comes, it is called off, or the time is over.
import type { StationControls } from './dialect.js';
import type { Outlet, Reservation } from './installation.js';
import type { Handlers } from './replies.js';

type Verdict = 'Accepted' | 'Faulted' | 'Occupied' | 'Rejected' | 'Unavailable';

function reservations(controls: StationControls) {
  const { installation, charging } = controls;
  const held = (id: number): Outlet | undefined => installation.outlets.find(({ reservation }) => reservation?.id === id);
  const release = (outlet: Outlet) => {
    outlet.reservation = undefined;
    charging.settle();
  };
  return {
    /** Under the id of one that stands it takes its place (H01.FR.02); 0 is any outlet. */
    reserve(evseId: number, reservation: Reservation, expired: () => void): Verdict {
      const own = held(reservation.id);
      const wanted = installation.outlets.filter((outlet) => evseId === 0 || outlet.evseId === evseId);
      if (wanted.length === 0) return 'Rejected';
      if (wanted.every(({ operative }) => !operative)) return 'Unavailable';
      const free = wanted.find(
        (outlet) => outlet.operative && outlet.car === undefined && (outlet.reservation === undefined || outlet === own),
      );
      if (free === undefined) return 'Occupied';
      if (own !== undefined) own.reservation = undefined;
      free.reservation = reservation;
      controls.later(Date.parse(reservation.until) - controls.now(), () => {
        if (free.reservation !== reservation) return;
        release(free);
        expired();
      });
      return 'Accepted';
    },
    cancel(id: number): 'Accepted' | 'Rejected' {
      const outlet = held(id);
      if (outlet === undefined) return 'Rejected';
      release(outlet);
      return 'Accepted';
    },
  };
}

export function reservations16(controls: StationControls): Handlers<'ocpp1.6'> {
  const desk = reservations(controls);
  return {
    ReserveNow: ({ connectorId, expiryDate, idTag, reservationId }) => ({
      // 1.6 has no word for one that is over.
      result: { status: desk.reserve(connectorId, { id: reservationId, idToken: idTag, until: expiryDate }, () => undefined) },
      afterwards: () => controls.charging.settle(),
    }),
    CancelReservation: ({ reservationId }) => ({ result: { status: desk.cancel(reservationId) } }),
  };
}

export function reservations201(controls: StationControls): Handlers<'ocpp2.0.1'> {
  const desk = reservations(controls);
  const expired = (reservationId: number) => () => {
    const payload = { reservationId, reservationUpdateStatus: 'Expired' as const };
    controls.send({ action: 'ReservationStatusUpdate', kind: 'volatile', payload: () => payload });
  };
  return {
    ReserveNow: ({ id, evseId = 0, expiryDateTime, idToken }) => ({
      result: { status: desk.reserve(evseId, { id, idToken: idToken.idToken, until: expiryDateTime }, expired(id)) },
      afterwards: () => controls.charging.settle(),
    }),
    CancelReservation: ({ reservationId }) => ({ result: { status: desk.cancel(reservationId) } }),
  };
}
