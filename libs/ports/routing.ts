// Where a station is connected, and how a command reaches that edge. Both may be lost at any time: edges announce themselves again.
import type { Generation } from './generation.js';

export interface DirectoryEntry {
  readonly tenantId: string;
  readonly stationId: string;
  readonly edgeId: string;
  readonly connectionId: string;
  readonly generation: Generation;
}

export interface StationDirectory {
  /** Sets the entry when its generation is newer than the stored one (or equal). Answers the entry that holds afterwards and the one it replaced. */
  claim(entry: DirectoryEntry): Promise<{ readonly holder: DirectoryEntry; readonly replaced?: DirectoryEntry }>;
  /** Deletes the entry only if it is still this connection's: an old socket's cleanup never harms the new one. */
  release(entry: DirectoryEntry): Promise<void>;
  lookup(tenantId: string, stationId: string): Promise<DirectoryEntry | undefined>;
}

/** A command on its way to a station: already durable in the log as CommandRequested. */
export interface RoutedCommand {
  readonly tenantId: string;
  readonly siteId: string;
  readonly stationId: string;
  readonly commandId: string;
  readonly action: string;
  readonly payload: unknown;
  /** ISO 8601; the edge refuses to send it later. */
  readonly notAfter: string;
  readonly timeoutMs: number;
  /** When what it follows from was received, ISO 8601; for measuring alone. */
  readonly causedAt?: string;
  /** W3C trace context, where its trace is followed. */
  readonly traceparent?: string;
  /** Present on grants: the edge refuses one below the highest (ownerEpoch, grantSeq) it has seen within the station's site assignment. */
  readonly grant?: {
    readonly ownerEpoch: number;
    readonly grantSeq: number;
    /** What it promises an EVSE for its transaction: with it the edge can tell whether a car means to take more. */
    readonly plan?: {
      readonly evseId: number;
      readonly steps: readonly { readonly fromMs: number; readonly limitMa: number }[];
      readonly voltageV: number;
    };
  };
}

export type RoutedMessage =
  | { readonly kind: 'command'; readonly command: RoutedCommand }
  /** Another edge holds a newer connection of this station. */
  | { readonly kind: 'superseded'; readonly tenantId: string; readonly stationId: string; readonly connectionId: string }
  /** The station was moved or deleted: what it says on this connection would go where it does not belong. */
  | { readonly kind: 'reassigned'; readonly tenantId: string; readonly stationId: string; readonly connectionId: string };

export interface CommandRouter {
  /** Hands the message to one edge, at most once. False when that edge is not listening. Rejects with RouterUnavailable. */
  send(edgeId: string, message: RoutedMessage): Promise<boolean>;
  /** Messages in order. One listener per edge id. */
  listen(edgeId: string, onMessage: (message: RoutedMessage) => void): Promise<{ close(): Promise<void> }>;
  /** Rejects with RouterUnavailable when the router cannot be reached. */
  check(): Promise<void>;
}
