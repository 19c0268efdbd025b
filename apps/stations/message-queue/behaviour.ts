// What is made of messages of which one request makes many.
import type { Behaviours } from '#ocpp';

const part = 'apps/stations/message-queue/part.ts';

export const BEHAVIOURS: Behaviours = {
  ChangeConfiguration: { in: part, does: 'many at once are sent one after the other, each when the one before was answered' },
  GetVariables: { in: part, does: 'many at once are sent one after the other' },
  SetVariables: { in: part, does: 'many at once are sent one after the other' },
};
