// What is made of messages about what stations know of drivers.
import type { Behaviours } from '#ocpp';

const part = 'apps/stations/customer-information/part.ts';

export const BEHAVIOURS: Behaviours = {
  CustomerInformation: {
    in: part,
    does: 'asks what a station knows of a driver; clears it at every station where an erased driver was, when it can be reached',
  },
  NotifyCustomerInformation: { in: part, does: 'is kept in parts, sealed under the key of the driver it was asked about' },
};
