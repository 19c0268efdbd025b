// What is made of what a station says of its display for prices.
import type { Behaviours } from '#ocpp';

const VALUES = 'apps/stations/told-values.ts';

export const BEHAVIOURS: Behaviours = {
  ChangeConfiguration: { in: VALUES, does: 'turns the showing of costs on or off (CustomDisplayCostAndPrice)' },
  GetConfiguration: { in: VALUES, does: 'says whether the station shows costs (CustomDisplayCostAndPrice)' },
  NotifyReport: {
    in: 'apps/stations/price-display/part.ts',
    does: 'says whether the station shows costs and tariffs, and whether it calculates itself: others are told none',
  },
  SetVariables: { in: VALUES, does: 'turns the showing of costs or tariffs on or off' },
};
