// Outlets kept for drivers: what a reservation is and what becomes of it.
// Sending it is the api's, keeping count the stations service's; what it costs is billing's.
export {
  answeredState,
  LIVE,
  type Reservation,
  type ReservationState,
  type ReservationWish,
  reservationIn,
  reserveNow,
  updatedState,
} from './reservation.js';
