// Which EVSE a 1.6 connector belongs to: 1.6 numbers connectors through the whole station, the network speaks of EVSEs.
// The configuration itself is the site model's.

export interface NumberedEvse {
  readonly evseId: number;
  /** A list, or how many; absent = one. */
  readonly connectors?: number | readonly { readonly connectorId: number }[];
}

/** Connector → EVSE. A listed connector has its own number, a counted one the next that is free. */
export type ConnectorMap = Readonly<Record<string, number>>;

export function connectorMap(evses: readonly NumberedEvse[]): ConnectorMap {
  const map: Record<string, number> = {};
  let next = 1;
  for (const { evseId, connectors = 1 } of [...evses].sort((a, b) => a.evseId - b.evseId)) {
    const numbers =
      typeof connectors === 'number' ? Array.from({ length: connectors }, (_, i) => next + i) : connectors.map((c) => c.connectorId);
    for (const number of numbers) map[number] ??= evseId;
    next = Math.max(next, ...numbers.map((number) => number + 1));
  }
  return map;
}

/** Connectors of an EVSE, ascending. */
export const connectorsOf = ({ evses }: { readonly evses: readonly NumberedEvse[] }, evseId: number): readonly number[] =>
  Object.entries(connectorMap(evses)).flatMap(([connectorId, id]) => (id === evseId ? [Number(connectorId)] : []));

/** The EVSE a 1.6 connector belongs to; undefined for one that is not configured. */
export const evseOfConnector = ({ evses }: { readonly evses: readonly NumberedEvse[] }, connectorId: number): number | undefined =>
  connectorMap(evses)[connectorId];
