// What metering makes of messages.
import type { Behaviours } from '#ocpp';

const normalise = 'libs/domain/metering/normalise.ts';

export const METERING_BEHAVIOURS: Behaviours = {
  BootNotification: { in: 'apps/metering/station-place.ts', does: 'what its model gets wrong is put right from here on' },
  MeterValues: { in: normalise, does: 'becomes samples' },
  StartTransaction: { in: normalise, does: 'its register becomes a sample' },
  StopTransaction: { in: normalise, does: 'its register and transaction data become samples' },
  TransactionEvent: { in: normalise, does: 'its meter values become samples' },
};
