// What bears on whether a port works, as the log tells it: what connectors say, whether the station is heard, whether the port is in use at all.
// Which records tell it, and at which time they count, is the session service's (apps/session/availability.ts).

interface Told {
  /** When it was so, by the rule for bad clocks [ms since 1970]. */
  readonly atMs: number;
  /** When we came to know [ms since 1970]. A fact may come months late. */
  readonly receivedMs: number;
  /** Orders facts of one moment: the place of the record. */
  readonly order: number;
  /** Id of the record. */
  readonly eventId: string;
  /** The site that tells it: its station may have moved. */
  readonly siteId?: string;
  /** 0 = every EVSE of the station. */
  readonly evseId: number;
}

/** A word of a connector; connector 0 speaks for its whole EVSE. OCPP ChargePointStatus (1.6) or ConnectorStatusEnumType, as it was sent. */
export interface StatusTold extends Told {
  readonly kind: 'status';
  readonly connectorId: number;
  readonly status: string;
  readonly errorCode?: string;
}
/** Not heard after `atMs`; counts once that lasted longer than `graceMs`. */
export interface StationLost extends Told {
  readonly kind: 'offline';
  readonly graceMs: number;
}
export interface StationHeard extends Told {
  readonly kind: 'online';
}
/** The port was configured, or taken out of the configuration. */
export interface PortConfigured extends Told {
  readonly kind: 'configured' | 'removed';
}
export type PortFact = StatusTold | StationLost | StationHeard | PortConfigured;

/** Told to stations that we never heard boot: the network's own default [s]. */
const DEFAULT_HEARTBEAT_S = 300;

/** Nobody heard of a station for this long: its connection counts as lost. 23 CFR 680.116(b) names no bound; twice the heartbeat is OCPP practice. */
export const graceMsOf = (heartbeatS = DEFAULT_HEARTBEAT_S): number => Math.max(2 * heartbeatS * 1000, 120_000);

/** What was known at an instant: the figures of that day can always be computed again. */
export const knownBy = <T extends { readonly receivedMs: number }>(told: readonly T[], atMs: number): readonly T[] =>
  told.filter(({ receivedMs }) => receivedMs <= atMs);

/** Something people say, of which the last word counts. */
export interface Word {
  readonly eventId: string;
  readonly receivedMs: number;
  /** Orders words of one moment: the place of the record. */
  readonly order: number;
}

/** The last word under each name, in any order of arrival. */
export function lastWords<W extends Word>(words: readonly W[], nameOf: (word: W) => string): readonly W[] {
  const last = new Map<string, W>();
  for (const word of [...words].sort((a, b) => a.receivedMs - b.receivedMs || a.order - b.order)) last.set(nameOf(word), word);
  return [...last.values()];
}
