// What one connection hears and nobody can read: recorded as the parking allows, else counted.
// Which frames these are, and what they are answered, is the connection's.
import { type EnvelopeAttributes, streamKey } from '#contracts';
import type { NewRecord } from '#ports';
import type { ConnectionIdentity } from '../connection.js';
import type { EdgeServices } from '../services.js';
import type { UnreadFrame } from './parking.js';

export class UnreadFrames {
  readonly #services: EdgeServices;
  readonly #identity: ConnectionIdentity;
  readonly #stationKey: string;
  readonly #siteKey: string;
  readonly #attributes: (type: string, receivedMs: number) => EnvelopeAttributes;

  constructor(services: EdgeServices, identity: ConnectionIdentity, attributes: (type: string, receivedMs: number) => EnvelopeAttributes) {
    this.#services = services;
    this.#identity = identity;
    const { path, entry } = identity;
    this.#stationKey = `${path.tenantId}/${path.stationId}`;
    this.#siteKey = streamKey({ tenantId: path.tenantId, siteId: entry.siteId });
    this.#attributes = attributes;
  }

  /** Makes the record of a frame that is kept; undefined for one over the budget, which is only counted. */
  admit(frame: UnreadFrame, receivedMs: number): (() => Promise<NewRecord>) | undefined {
    const { parking, clock, count, logger } = this.#services;
    const { connectionId, generation, version, path } = this.#identity;
    if (!parking.admit(this.#stationKey, frame, clock.now())) {
      count('unparkedFrames');
      return undefined;
    }
    logger.info({ stationId: path.stationId, kind: frame.kind, reason: frame.reason }, 'a frame nobody can read');
    const before = parking.takeCounted(this.#stationKey);
    const source = { connectionId, generation, ocppVersion: version };
    return () => parking.record(this.#attributes('FrameParked', receivedMs), source, frame, before);
  }

  /** For frames that get no answer: written in the order of the site's other late records. */
  keep(frame: UnreadFrame, receivedMs: number): void {
    const build = this.admit(frame, receivedMs);
    if (build !== undefined && !this.#services.writeLater(this.#siteKey, build)) this.#services.count('unparkedFrames');
  }
}
