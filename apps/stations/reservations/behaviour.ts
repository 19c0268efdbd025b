// What is made of messages about reservations.
import type { Behaviours } from '#ocpp';

const part = 'apps/stations/reservations/part.ts';

export const BEHAVIOURS: Behaviours = {
  CancelReservation: { in: part, does: 'ends a reservation, also one that the station does not know' },
  ReservationStatusUpdate: { in: part, does: 'ends a reservation: expired, removed, or used by nobody' },
  ReserveNow: { in: part, does: 'keeps an outlet for a driver until it is used, called off or its time is over' },
  StartTransaction: { in: part, does: 'uses the reservation it names' },
  TransactionEvent: { in: part, does: 'uses the reservation it names' },
};
