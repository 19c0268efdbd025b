// A station's connection as the log tells it: newest generation wins, and since when the station may have been offline.
// Sockets and fencing are the edge's.
import type { CallReceived, Recorded, SiteEvent } from '#contracts';
import { isNewer, isOvertaken } from '#ports';
import type { Link } from './state.js';

const MINUTE_MS = 60_000;
/** A connection as short as this may have died before the queue of the station was delivered. */
const SHORT_MS = 10 * MINUTE_MS;
/** What a station may have queued before we first met it. */
const UNKNOWN_PAST_MS = 7 * 86_400_000;
/** As much as clocks of honest stations differ from ours. */
const SKEW_MS = 5 * MINUTE_MS;

export const isOldConnection = (link: Link | undefined, { generation }: Pick<CallReceived, 'generation'>): boolean =>
  link !== undefined && isNewer(link.generation, generation);

/** Whether the station was, or may have been, without a connection at `ms`. */
export const wasOffline = (link: Link | undefined, ms: number): boolean =>
  link === undefined || (ms >= link.offlineFromMs - SKEW_MS && ms < link.connectedMs + SKEW_MS);

/** The same object when nothing changed; what an older connection says changes nothing. */
export function evolveLink(link: Link | undefined, input: Recorded<SiteEvent>): Link | undefined {
  const nowMs = Date.parse(input.time);
  switch (input.type) {
    case 'StationConnected': {
      if (isOvertaken(nowMs, link?.connectedMs)) return link;
      const { connectionId, assignmentSeq, ocppVersion } = input.data;
      const generation = { assignmentSeq, offset: input.at.offset };
      return {
        connectionId,
        generation,
        ocppVersion,
        isOnline: true,
        connectedMs: nowMs,
        heardMs: nowMs,
        offlineFromMs: offlineFrom(link, nowMs),
      };
    }
    case 'StationDisconnected':
      return link?.connectionId === input.data.connectionId ? { ...link, isOnline: false } : link;
    case 'StationPresumedOffline':
      return link && { ...link, isOnline: false };
    case 'CallReceived': {
      const { connectionId, generation, ocppVersion } = input.data;
      if (isOldConnection(link, input.data)) return link;
      if (link?.connectionId === connectionId) return { ...link, isOnline: true, heardMs: Math.max(link.heardMs, nowMs) };
      return {
        connectionId,
        generation,
        ocppVersion,
        isOnline: true,
        connectedMs: nowMs,
        heardMs: nowMs,
        offlineFromMs: offlineFrom(link, nowMs),
      };
    }
    default:
      return link;
  }
}

function offlineFrom(before: Link | undefined, nowMs: number): number {
  if (before === undefined) return nowMs - UNKNOWN_PAST_MS;
  return before.heardMs - before.connectedMs < SHORT_MS ? before.offlineFromMs : before.heardMs;
}
