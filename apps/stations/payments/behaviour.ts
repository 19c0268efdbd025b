// What the stations service makes of messages about payments.
import type { Behaviours } from '#ocpp';

const part = 'apps/stations/payments/part.ts';

export const BEHAVIOURS: Behaviours = {
  NotifySettlement: { in: part, does: 'is kept with its transaction, and shown beside what the session came to' },
  NotifyWebPaymentStarted: { in: part, does: 'is sent when a payment in a browser begins; until when it holds the EVSE is readable' },
};
