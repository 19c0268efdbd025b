// Hands the commands this service decided on to the edges, once each is read back from the log (ADR 0018).
// A command met while catching up is history: it is not sent, and the next boot asks again.
import type { World } from '#ports';
import { type Change, deliverCommand, type HeldPartition, type Logger } from '#service';
import type { SessionInput } from './definition.js';
import { INVENTORY_REQUESTER } from './inventory.js';
import type { SessionServiceState } from './state.js';

type Changes = readonly Change<SessionServiceState, SessionInput>[];

export const commandDelivery =
  (world: World, logger: Logger) =>
  async (partition: HeldPartition<SessionServiceState>, changes: Changes): Promise<void> => {
    if (!partition.isLive) return;
    for (const { input } of changes) {
      if (input.type !== 'CommandRequested' || input.data.requestedBy !== INVENTORY_REQUESTER || !partition.lease.isHeld()) continue;
      const { tenantId, siteId = '', data } = input;
      const { commandId, stationId, action, payload, notAfter, timeoutMs } = data;
      await deliverCommand(world, '/session', { tenantId, siteId, stationId, commandId, action, payload, notAfter, timeoutMs }).catch(
        (error: unknown) =>
          logger.warn({ stationId, err: error }, 'a station is not asked for its inventory now; its next boot asks again'),
      );
    }
  };
