// Keeps what nobody can read of what a station said: a hash, its redacted beginning and a sealed copy, within a budget (P3).
// When a frame is unreadable is decided by the parser; whether it is answered, by the connection.

import { type EnvelopeAttributes, encode, type FrameParked } from '#contracts';
import { redact } from '#domain/privacy';
import { Budgets, Purse } from '#kernel';
import type { KeyStore, NewRecord } from '#ports';

/** Longest sealed copy; a frame may be sixteen times that. */
const LONGEST_COPY = 64 << 10;
/** Cost of a record beside the copy of its frame, in bytes of log. */
const RECORD_COST = 1 << 10;
/** About a hundred short frames at once and five an hour more, or two copies of the longest: at most 6 MB a day of one station. */
const OF_STATION = { burst: 160 << 10, perS: 64 };
/** Over all stations of an edge: at most 1.5 GB a day. */
const OF_EDGE = { burst: 16 << 20, perS: 16 << 10 };

export interface UnreadFrame extends Pick<FrameParked, 'kind' | 'reason'> {
  readonly text: string;
  readonly bytes: number;
}

export type FrameSource = Pick<FrameParked, 'connectionId' | 'generation' | 'ocppVersion'>;

export class Parking {
  readonly #keys: KeyStore;
  readonly #stations = new Budgets(OF_STATION);
  readonly #edge = new Purse(OF_EDGE);
  /** Frames only counted since the last one parked, by station; bounded by the connections that are open. */
  readonly #counted = new Map<string, number>();

  constructor(keys: KeyStore) {
    this.#keys = keys;
  }

  /** Whether this frame is recorded; when not it is counted, and the next record of the station tells how many were. */
  admit(stationKey: string, { text }: UnreadFrame, nowMs: number): boolean {
    const cost = RECORD_COST + Math.min(text.length, LONGEST_COPY);
    const own = this.#stations.of(stationKey);
    if (own.waitMs(cost, nowMs) === 0 && this.#edge.spend(cost, nowMs)) return own.spend(cost, nowMs);
    this.#counted.set(stationKey, (this.#counted.get(stationKey) ?? 0) + 1);
    return false;
  }

  /** The number of frames only counted so far, which starts again from nothing. */
  takeCounted(stationKey: string): number {
    const counted = this.#counted.get(stationKey) ?? 0;
    this.#counted.delete(stationKey);
    return counted;
  }

  /** Rejects when the key store does. `unparkedBefore` comes from `takeCounted`. */
  async record(attributes: EnvelopeAttributes, source: FrameSource, frame: UnreadFrame, unparkedBefore: number): Promise<NewRecord> {
    const { kind, reason, text, bytes } = frame;
    const { tenantId, stationId } = attributes;
    const data: FrameParked = {
      ...source,
      kind,
      reason,
      bytes,
      frameHash: this.#keys.hmac('frame', text),
      redacted: redact(text),
      sealed: await this.#keys.seal(`station:${tenantId}/${stationId}`, text.slice(0, LONGEST_COPY)),
      isTruncated: text.length > LONGEST_COPY,
      unparkedBefore,
    };
    return encode({ ...attributes, data });
  }
}
