// One owner per site (P5): limits are handed out by the process that took the site, and none of a former owner leaves an edge
// that knows its successor, nor reaches a station after one of it; and one holder of a partition: no record is committed twice.
// What limits say is not looked at.
import type { LogRecord, RoutedMessage } from '#ports';
import type { Fault } from './fault.js';
import { headOf } from './frame-head.js';
import type { Life } from './process.js';
import type { Socket } from './wire.js';

interface Grant {
  readonly siteId: string;
  readonly ownerEpoch: number;
}

export class OwnersAudit {
  readonly faults: Fault[] = [];
  /** By site and by the place of its SiteTaken in the log. */
  readonly #owners = new Map<string, Life>();
  readonly #grants = new Map<string, Grant>();
  readonly #newestLeft = new WeakMap<Life, Map<string, number>>();
  readonly #newestArrived = new Map<string, number>();
  readonly #committedTo = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  stored({ topic, headers, value, offset }: LogRecord, writer: Life): void {
    if (topic !== 'site-events') return;
    const siteId = headers.ce_siteid ?? '';
    if (headers.ce_type === 'SiteTaken') this.#owners.set(`${siteId} ${offset}`, writer);
    if (headers.ce_type !== 'CommandRequested') return;
    const { commandId, grant } = JSON.parse(value) as { commandId: string; grant?: { ownerEpoch: number } };
    if (grant !== undefined) this.#grants.set(commandId, { siteId, ownerEpoch: grant.ownerEpoch });
  }

  /** A message was handed to the router; edges may pass on what they got. */
  routed(message: RoutedMessage, sender: Life): void {
    if (message.kind !== 'command' || message.command.grant === undefined || sender.name.startsWith('edge')) return;
    const { siteId, commandId, stationId, grant } = message.command;
    if (this.#owners.get(`${siteId} ${grant.ownerEpoch}`) !== sender)
      this.#fault(
        `${sender.name} handed out the limit ${commandId} for ${stationId}, which owner ${grant.ownerEpoch} of ${siteId} granted`,
      );
  }

  /** A frame left its edge. */
  left({ stationId, door }: Socket, text: string): void {
    const grant = this.#grantIn(text);
    if (grant === undefined || door === undefined) return;
    const { siteId, ownerEpoch } = grant;
    const newest = this.#newestLeft.get(door) ?? new Map<string, number>();
    this.#newestLeft.set(door, newest);
    const known = newest.get(siteId) ?? ownerEpoch;
    if (ownerEpoch < known) this.#fault(`${door.name} sent ${stationId} a limit of owner ${ownerEpoch} after one of owner ${known}`);
    newest.set(siteId, Math.max(known, ownerEpoch));
  }

  /** A frame reached its station. */
  arrived(stationId: string, text: string): void {
    const grant = this.#grantIn(text);
    if (grant === undefined) return;
    const known = this.#newestArrived.get(stationId) ?? grant.ownerEpoch;
    if (grant.ownerEpoch < known) this.#fault(`${stationId} got a limit of owner ${grant.ownerEpoch} after one of owner ${known}`);
    this.#newestArrived.set(stationId, Math.max(known, grant.ownerEpoch));
  }

  /** A service committed records of a partition: the first one, and the one behind the last. */
  committed(place: string, from: number, next: number): void {
    const known = this.#committedTo.get(place) ?? 0;
    if (from < known) this.#fault(`${place}: records from ${from} on were committed when those below ${known} had been`);
    this.#committedTo.set(place, Math.max(known, next));
  }

  #grantIn(text: string): Grant | undefined {
    const { kind, messageId } = headOf(text);
    return kind === 2 ? this.#grants.get(messageId) : undefined;
  }

  #fault(text: string): void {
    this.faults.push({ atMs: this.now(), rule: 'one owner', text });
  }
}
