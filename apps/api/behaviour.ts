// What the api makes of single messages; any other command goes to the station as it was asked for (commands.ts).
import type { Behaviours } from '#ocpp';

export const API_BEHAVIOURS: Behaviours = {
  ChangeConfiguration: { in: 'apps/api/password.ts', does: 'a new password is sealed, and replaces the old one once it is taken' },
  SetVariables: { in: 'apps/api/password.ts', does: 'a new password is sealed, and replaces the old one once it is taken' },
};
