// Whether the driver is let in for whom a station is asked to begin: who would be refused at the first event is refused here, before a car waits for it.
// What a token is worth is the domain's. The station's own events are judged by its edge all the same.
import { judgeToken, presentedToken, tokenText } from '#domain/authorization';
import { isOcppVersion } from '#ocpp';
import type { World } from '#ports';
import type { CommandRequest } from './commands.js';
import { conflict } from './problem.js';

type Start = Pick<CommandRequest, 'tenantId' | 'siteId' | 'stationId' | 'ocppVersion' | 'action' | 'payload'>;

const FIELDS: Readonly<Record<string, string>> = { RemoteStartTransaction: 'idTag', RequestStartTransaction: 'idToken' };

/** Rejects with a conflict that says what the token is worth there. Nobody is refused by a book that is not whole, nor by what else runs. */
export async function refuseStranger({ book, keys, clock }: Pick<World, 'book' | 'keys' | 'clock'>, start: Start): Promise<void> {
  const { tenantId, siteId, stationId, ocppVersion, action, payload } = start;
  const field = FIELDS[action];
  if (field === undefined || ocppVersion === null || !isOcppVersion(ocppVersion)) return;
  const presented = presentedToken(ocppVersion, payload);
  if (presented === undefined || presented.type === 'NoAuthorization') return;
  const token = await book.token(tenantId, keys.hmac('token', tokenText(tenantId, presented.value)));
  if (token === undefined && !(await book.isComplete())) return;
  const evse = typeof payload.evseId === 'number' && { evseId: payload.evseId };
  const place = { siteId, stationId, ...evse };
  const { status } = judgeToken({ token, openSessions: [], ...place, tokenType: presented.type, nowMs: clock.now() });
  if (status === 'Accepted') return;
  throw conflict(`the station would be told ${status} for this token`, [{ path: `payload/${field}`, message: status }]);
}
