// A message to a station as an answer of 202, as several resources of it have it in common.
// Which message is theirs.
import type { World } from '#ports';
import type { Caller } from './auth.js';
import { requestCommand } from './commands.js';
import type { Answer, Call } from './http.js';
import type { Lookups } from './lookups.js';
import type { Reads } from './reads.js';

type Json = Readonly<Record<string, unknown>>;

export type Asker = (
  call: { readonly caller: Caller; readonly headers: Call<never, never, never>['headers'] },
  stationId: string,
  action: string,
  payload: Json,
  more?: Json,
) => Promise<Answer>;

/** How long a station may take to answer [ms]. */
const TIMEOUT_MS = 30_000;

/** Appends the command and answers with it; a station that could never understand it is a problem. `more` is added to the answer. */
export const stationAsker =
  (world: World, reads: Reads, { siteOf }: Lookups): Asker =>
  async ({ caller, headers }, stationId, action, payload, more = {}) => {
    const { tenantId } = caller;
    const siteId = await siteOf(tenantId, stationId);
    const station = await reads.station(tenantId, stationId);
    const key = headers['idempotency-key'];
    const commandId = await requestCommand(world, {
      tenantId,
      siteId,
      stationId,
      ocppVersion: station?.ocppVersion ?? null,
      action,
      payload,
      timeoutMs: TIMEOUT_MS,
      requestedBy: `api:${caller.name}`,
      idempotencyKey: typeof key === 'string' && key !== '' ? key : undefined,
    });
    return { status: 202, body: { commandId, ...more }, headers: { location: `/v1/commands/${commandId}` } };
  };
