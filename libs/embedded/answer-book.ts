// The answer book in memory: empty at every start, complete once every expected partition was folded again.
// What belongs into it is decided by the session service alone.
import type { AnswerBook, BookEntry, BookVersion, OpenSession, PartitionRef, StationEntry, TokenEntry } from '#ports';

/** Versions of ended sessions that are remembered, newest first out of reach of a repeat; older ones are forgotten to bound the memory. */
const REMEMBERED_ENDINGS = 10_000;

interface Versioned<Value> {
  readonly version: BookVersion;
  readonly value: Value | null;
}

const isOlder = (a: BookVersion, b: BookVersion): boolean => (a[0] !== b[0] ? a[0] < b[0] : a[1] < b[1]);

const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);

const partitionKey = (topic: string, partition: number): string => `${topic}/${partition}`;

/** `expected`: the partitions that must be folded before the book is complete. */
export function inProcessBook(expected: readonly PartitionRef[]): AnswerBook {
  const stations = new Map<string, Versioned<StationEntry>>();
  const tokens = new Map<string, Versioned<TokenEntry>>();
  const sessions = new Map<string, Map<string, Versioned<OpenSession>>>();
  const endings = new Set<string>();
  const folded = new Set<string>();

  const set = <Value>(map: Map<string, Versioned<Value>>, key: string, entry: Versioned<Value>): boolean => {
    const stored = map.get(key);
    if (stored !== undefined && isOlder(entry.version, stored.version)) return false;
    map.set(key, entry);
    return true;
  };

  const rememberEnding = (tokenKey: string, sessionId: string, ended: boolean): void => {
    const ending = keyOf(tokenKey, sessionId);
    endings.delete(ending);
    if (ended) endings.add(ending);
    const [oldest] = endings;
    if (oldest === undefined || endings.size <= REMEMBERED_ENDINGS) return;
    endings.delete(oldest);
    const [oldTokenKey, oldSessionId] = JSON.parse(oldest) as [string, string];
    const ofToken = sessions.get(oldTokenKey);
    ofToken?.delete(oldSessionId);
    if (ofToken?.size === 0) sessions.delete(oldTokenKey);
  };

  const putOne = (entry: BookEntry): void => {
    switch (entry.kind) {
      case 'station':
        set(stations, keyOf(entry.tenantId, entry.stationId), entry);
        return;
      case 'token':
        set(tokens, keyOf(entry.tenantId, entry.tokenHash), entry);
        return;
      case 'openSession': {
        const tokenKey = keyOf(entry.tenantId, entry.tokenHash);
        const ofToken = sessions.get(tokenKey) ?? new Map<string, Versioned<OpenSession>>();
        sessions.set(tokenKey, ofToken);
        if (set(ofToken, entry.sessionId, entry)) rememberEnding(tokenKey, entry.sessionId, entry.value === null);
      }
    }
  };

  return {
    isComplete: async () => expected.every(({ topic, partition }) => folded.has(partitionKey(topic, partition))),
    station: async (tenantId, stationId) => stations.get(keyOf(tenantId, stationId))?.value ?? undefined,
    token: async (tenantId, tokenHash) => tokens.get(keyOf(tenantId, tokenHash))?.value ?? undefined,
    openSessions: async (tenantId, tokenHash) =>
      [...(sessions.get(keyOf(tenantId, tokenHash))?.values() ?? [])].flatMap(({ value }) => value ?? []),
    put: async (entries) => entries.forEach(putOne),
    markFolded: async (topic, partition) => void folded.add(partitionKey(topic, partition)),
    isFolded: async (topic, partition) => folded.has(partitionKey(topic, partition)),
  };
}
