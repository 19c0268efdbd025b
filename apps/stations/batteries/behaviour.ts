// What the stations service makes of battery swaps.
import type { Behaviours } from '#ocpp';

const part = 'apps/stations/batteries/part.ts';

export const BEHAVIOURS: Behaviours = {
  BatterySwap: { in: part, does: 'tells which battery is in which slot, and how far the swap has come' },
  RequestBatterySwap: { in: part, does: 'is sent when an operator starts a swap for a driver; the swap is kept with its outcome' },
};
