// What is made of firmware and logs; campaigns ask many stations for them.
import type { Behaviours } from '#ocpp';

const TRANSFERS = 'libs/domain/device/transfers.ts';
const asked = 'begins a transfer of the station, one by one or in waves of a campaign; shown with its progress';
const told = 'is how far the transfer is; its end is told to the campaign';

export const BEHAVIOURS: Behaviours = {
  DiagnosticsStatusNotification: { in: TRANSFERS, does: told },
  FirmwareStatusNotification: { in: TRANSFERS, does: told },
  GetDiagnostics: { in: TRANSFERS, does: asked },
  GetLog: { in: TRANSFERS, does: asked },
  LogStatusNotification: { in: TRANSFERS, does: told },
  PublishFirmware: { in: TRANSFERS, does: asked },
  PublishFirmwareStatusNotification: { in: TRANSFERS, does: told },
  SignedFirmwareStatusNotification: { in: TRANSFERS, does: told },
  SignedUpdateFirmware: { in: TRANSFERS, does: asked },
  UnpublishFirmware: { in: 'apps/stations/transfers/part.ts', does: 'ends what was published, unless somebody downloads it' },
  UpdateFirmware: { in: TRANSFERS, does: asked },
};
