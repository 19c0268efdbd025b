// Hands the commands this service decided on to the edges, once each is read back from the log (ADR 0018, 0045).
// A command met while catching up is history: it is not sent, and ends like one that nobody answered.
import type { SiteEvent } from '#contracts';
import type { World } from '#ports';
import { type Change, deliverCommand, type HeldPartition, type Logger, routedCommand } from '#service';
import type { StationState } from './definition.js';
import { requesterOf } from './part.js';
import { PARTS } from './parts.js';

const REQUESTERS: ReadonlySet<string> = new Set(PARTS.map(requesterOf));

export const commandDelivery =
  (world: World, logger: Logger) =>
  async (partition: HeldPartition<StationState>, changes: readonly Change<StationState, SiteEvent>[]): Promise<void> => {
    if (!partition.isLive) return;
    for (const { input } of changes) {
      if (input.type !== 'CommandRequested' || !REQUESTERS.has(input.data.requestedBy) || !partition.lease.isHeld()) continue;
      const { commandId, stationId } = input.data;
      await deliverCommand(world, '/stations', routedCommand(input)).catch((error: unknown) =>
        logger.warn({ stationId, commandId, err: error }, 'a command of ours was perhaps not handed to an edge'),
      );
    }
  };
