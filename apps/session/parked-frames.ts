// Rows of frames nobody could read, and of what became of them when somebody replayed them.
// Parking is the edge's, replaying the api's.
import type { RowWrite } from '#service';
import type { SiteInput } from './site-fold.js';
import { PARKED_FRAMES } from './tables.js';

export function parkedFrameRows(
  input: SiteInput,
  place: { readonly tenant_id: string; readonly site_id: string; readonly station_id: string },
): readonly RowWrite[] {
  if (input.type === 'CallReceived' && input.data.replayOf !== undefined)
    return [{ table: PARKED_FRAMES, row: { tenant_id: place.tenant_id, event_id: input.data.replayOf, replayed_as: input.id } }];
  if (input.type !== 'FrameParked') return [];
  const { connectionId, ocppVersion, kind, reason, bytes, frameHash, redacted, sealed, isTruncated, unparkedBefore } = input.data;
  const row = {
    ...place,
    event_id: input.id,
    at: input.time,
    connection_id: connectionId,
    ocpp_version: ocppVersion,
    kind,
    reason,
    bytes,
    frame_hash: frameHash,
    redacted,
    sealed,
    truncated: isTruncated,
    unparked_before: unparkedBefore,
  };
  return [{ table: PARKED_FRAMES, row }];
}
