// What is made of messages about displays.
import type { Behaviours } from '#ocpp';

const part = 'apps/stations/display-messages/part.ts';

export const BEHAVIOURS: Behaviours = {
  ClearDisplayMessage: { in: part, does: 'takes a message off that nobody wants any more, as soon as the station can be reached' },
  GetDisplayMessages: { in: part, does: 'is asked after a boot of a station that showed something; what is missing is sent again' },
  NotifyDisplayMessages: { in: part, does: 'tells in parts what is shown, ours and that of others' },
  SetDisplayMessage: { in: part, does: 'shows what is wanted, as soon as the station can be reached; its answer says whether it does' },
  TransactionEvent: { in: part, does: 'with its end, what was bound to the transaction is not shown any more' },
};
