// What is made of messages about costs.
import type { Behaviours } from '#ocpp';

const part = 'apps/stations/session-costs/part.ts';

export const BEHAVIOURS: Behaviours = {
  CostUpdated: { in: part, does: 'is sent to a station that shows costs where billing knows another than it was told' },
  DataTransfer: {
    in: part,
    does: 'tells stations of 1.6 that show costs what billing knows (RunningCost, FinalCost of the Open Charge Alliance)',
  },
  TransactionEvent: { in: part, does: 'what its answer said of the cost is kept as told to the driver' },
};
