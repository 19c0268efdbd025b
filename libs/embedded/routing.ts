// Which edge of this process holds a station, and handing a command to it.
// With one process there is nothing to lose on the way; several edges may still live in it.
import { type CommandRouter, type DirectoryEntry, isNewer, type RoutedMessage, type StationDirectory } from '#ports';

const stationKey = (tenantId: string, stationId: string): string => JSON.stringify([tenantId, stationId]);

const sameConnection = (a: DirectoryEntry, b: DirectoryEntry): boolean => a.edgeId === b.edgeId && a.connectionId === b.connectionId;

export function inProcessDirectory(): StationDirectory {
  const entries = new Map<string, DirectoryEntry>();
  return {
    async claim(entry) {
      const key = stationKey(entry.tenantId, entry.stationId);
      const stored = entries.get(key);
      if (stored !== undefined && isNewer(stored.generation, entry.generation)) return { holder: stored };
      entries.set(key, entry);
      return { holder: entry, ...(stored !== undefined && !sameConnection(stored, entry) && { replaced: stored }) };
    },
    async release(entry) {
      const key = stationKey(entry.tenantId, entry.stationId);
      const stored = entries.get(key);
      if (stored !== undefined && sameConnection(stored, entry)) entries.delete(key);
    },
    lookup: async (tenantId, stationId) => entries.get(stationKey(tenantId, stationId)),
  };
}

export function inProcessRouter(): CommandRouter {
  const listeners = new Map<string, (message: RoutedMessage) => void>();
  return {
    async send(edgeId, message) {
      const listener = listeners.get(edgeId);
      listener?.(message);
      return listener !== undefined;
    },
    async listen(edgeId, onMessage) {
      if (listeners.has(edgeId)) throw new Error(`edge ${edgeId} is listening already`);
      listeners.set(edgeId, onMessage);
      return {
        async close() {
          if (listeners.get(edgeId) === onMessage) listeners.delete(edgeId);
        },
      };
    },
    check: async () => {},
  };
}
