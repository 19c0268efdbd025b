// A station's connection as the log tells it: newest generation wins, and since when the station may have been offline.
// Links flap, and some stations open one for every message: that one is away is shown after a while only (ADR 0064). Sockets, fencing and routing are the edge's.
import type { CallReceived, Recorded, SiteEvent } from '#contracts';
import { SHORT_CONNECTION_MS } from '#domain/metering';
import { graceMsOf } from '#domain/uptime';
import { isNewer, isOvertaken } from '#ports';
import type { Availability, Link, StationState } from './state.js';

const MINUTE_MS = 60_000;
/** A link that held for a while is back within this, or is gone. */
const BLINK_MS = 30_000;
/** What a station may have queued before we first met it. */
const UNKNOWN_PAST_MS = 7 * 86_400_000;
/** As much as clocks of honest stations differ from ours. */
const SKEW_MS = 5 * MINUTE_MS;

export const isOldConnection = (link: Link | undefined, { generation }: Pick<CallReceived, 'generation'>): boolean =>
  link !== undefined && isNewer(link.generation, generation);

/** Whether the station was, or may have been, without a connection at `ms`. */
export const wasOffline = (link: Link | undefined, ms: number): boolean =>
  link === undefined || (ms >= link.offlineFromMs - SKEW_MS && ms < link.connectedMs + SKEW_MS);

/** As long as this station may be silent before its port counts as down. */
export const silenceMsOf = (availability: Availability | undefined): number => graceMsOf(availability?.heartbeatS);

const lossId = ({ connectionId }: Link): string => `lost/${connectionId}`;

/** As long as what a station may have queued (ADR 0125). */
const GONE_MS = UNKNOWN_PAST_MS;

/** When a station that is away with sessions open is given up. Undefined = it is there, or has none. */
export function goneAt({ link, sessions }: StationState): { readonly deadlineId: string; readonly dueMs: number } | undefined {
  if (link === undefined || link.isOnline || sessions.open.length === 0) return undefined;
  return { deadlineId: `gone/${link.connectionId}`, dueMs: (link.lostMs ?? link.heardMs) + GONE_MS };
}

/**
 * When the loss of its connection is to be shown; undefined = it has none, or it is shown already. The end of one that held for less than a minute
 * says nothing: such a station flaps, or opens one for every message, and is away once it is silent for longer than it may be.
 */
export function lossShownAt({ link, availability }: StationState): { readonly deadlineId: string; readonly dueMs: number } | undefined {
  if (link?.lostMs === undefined || !link.isOnline) return undefined;
  const isShort = link.lostMs - link.connectedMs < MINUTE_MS;
  return { deadlineId: lossId(link), dueMs: link.lostMs + (isShort ? silenceMsOf(availability) : BLINK_MS) };
}

const silenceId = ({ connectionId, heardMs }: Link): string => `silent/${connectionId}/${heardMs}`;

/**
 * When the silence of a station that no configuration names counts as the loss of its connection: its edge may have died, or have given up an attempt that the log took
 * all the same, and neither is ever written down. Of any other station the owner of its site says so (ADR 0126).
 */
export function silentFrom({
  link,
  registry,
  availability,
}: StationState): { readonly deadlineId: string; readonly dueMs: number } | undefined {
  if (link === undefined || !link.isOnline || link.lostMs !== undefined || registry?.isRemoved === false) return undefined;
  return { deadlineId: silenceId(link), dueMs: link.heardMs + silenceMsOf(availability) };
}

/** The same object when nothing changed; what an older connection says changes nothing. */
export function evolveLink(link: Link | undefined, input: Recorded<SiteEvent>): Link | undefined {
  const nowMs = Date.parse(input.time);
  switch (input.type) {
    case 'StationConnected': {
      if (isOvertaken(nowMs, link?.connectedMs)) return link;
      const { connectionId, assignmentSeq, ocppVersion } = input.data;
      return anew({ connectionId, generation: { assignmentSeq, offset: input.at.offset }, ocppVersion }, nowMs, link);
    }
    case 'StationDisconnected':
      return link?.connectionId === input.data.connectionId ? { ...link, lostMs: nowMs } : link;
    case 'StationPresumedOffline':
      return link && { ...link, isOnline: false, lostMs: link.lostMs ?? nowMs };
    case 'TimeReached': {
      if (!link?.isOnline || input.data.service !== 'session') return link;
      const { deadlineId } = input.data;
      if (link.lostMs === undefined) return deadlineId === silenceId(link) ? { ...link, isOnline: false, lostMs: nowMs } : link;
      return deadlineId === lossId(link) ? { ...link, isOnline: false } : link;
    }
    case 'PingsAnswered':
      return link?.connectionId === input.data.connectionId ? held(link, nowMs) : link;
    case 'CallReceived': {
      const { connectionId, generation, ocppVersion } = input.data;
      if (isOldConnection(link, input.data)) return link;
      if (link?.connectionId === connectionId) return held(link, nowMs);
      return anew({ connectionId, generation, ocppVersion }, nowMs, link);
    }
    default:
      return link;
  }
}

/** A connection that was not known before. */
const anew = (connection: Pick<Link, 'connectionId' | 'generation' | 'ocppVersion'>, nowMs: number, before: Link | undefined): Link => ({
  ...connection,
  isOnline: true,
  connectedMs: nowMs,
  heardMs: nowMs,
  offlineFromMs: offlineFrom(before, nowMs),
});

/** It is there on the connection that is known. */
const held = ({ lostMs: _, ...link }: Link, nowMs: number): Link => ({ ...link, isOnline: true, heardMs: Math.max(link.heardMs, nowMs) });

function offlineFrom(before: Link | undefined, nowMs: number): number {
  if (before === undefined) return nowMs - UNKNOWN_PAST_MS;
  return before.heardMs - before.connectedMs < SHORT_CONNECTION_MS ? before.offlineFromMs : before.heardMs;
}
