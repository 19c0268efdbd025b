// What the stations service makes of messages about tariffs.
import type { Behaviours } from '#ocpp';

const part = 'apps/stations/tariffs/part.ts';

export const BEHAVIOURS: Behaviours = {
  ChangeTransactionTariff: {
    in: part,
    does: 'is sent for a session with the tariff pinned to it; whether the station took it stays readable',
  },
  ClearTariffs: { in: part, does: 'is sent when an operator takes tariffs from a station; what it confirms is gone' },
  GetTariffs: { in: part, does: 'is sent after a tariff was taken and after each boot; what the station lists is what it holds' },
  SetDefaultTariff: {
    in: part,
    does: 'carries the tariff of the site in the words of 2.1 to stations that calculate, again when it changes and where it was lost; or another one an operator chose',
  },
};
