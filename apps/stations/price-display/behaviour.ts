// What is made of what a station says of its display for prices.
import type { Behaviours } from '#ocpp';

export const BEHAVIOURS: Behaviours = {
  GetConfiguration: { in: 'apps/stations/price-display/part.ts', does: 'says whether the station shows costs (CustomDisplayCostAndPrice)' },
  NotifyReport: {
    in: 'apps/stations/price-display/part.ts',
    does: 'says whether the station shows costs and tariffs, and whether it calculates itself: others are told none',
  },
};
