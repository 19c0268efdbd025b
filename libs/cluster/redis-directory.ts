// Which edge holds a station: one entry per station in Redis, written only forward in generations, deleted only by its own connection.
// When Redis comes back empty, edges claim again.
import type { Redis } from 'ioredis';
import type { DirectoryEntry, StationDirectory } from '#ports';
import { available, keyOf } from './redis-client.js';

/** Answers {the entry that holds now, the one it found or ''}. Equal generations overwrite: it is the same connection, or nobody's. */
const CLAIM = `
local found = redis.call('HMGET', KEYS[1], 'seq', 'offset', 'entry')
if found[3] then
  local seq, offset = tonumber(found[1]), tonumber(found[2])
  if seq > tonumber(ARGV[1]) or (seq == tonumber(ARGV[1]) and offset > tonumber(ARGV[2])) then return {found[3], ''} end
end
redis.call('HSET', KEYS[1], 'seq', ARGV[1], 'offset', ARGV[2], 'connection', ARGV[3], 'entry', ARGV[4])
return {ARGV[4], found[3] or ''}`;

const RELEASE = `if redis.call('HGET', KEYS[1], 'connection') == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

export function redisDirectory(redis: Redis, prefix: string): StationDirectory {
  const stationKey = (tenantId: string, stationId: string): string => `${prefix}station:${keyOf(tenantId, stationId)}`;
  const connectionOf = ({ edgeId, connectionId }: DirectoryEntry): string => keyOf(edgeId, connectionId);
  return {
    async claim(entry) {
      const { tenantId, stationId, generation } = entry;
      const args = [generation.assignmentSeq, generation.offset, connectionOf(entry), JSON.stringify(entry)];
      const answer = await available(redis.eval(CLAIM, 1, stationKey(tenantId, stationId), ...args));
      const [holderText, foundText] = answer as [string, string];
      const found = foundText === '' ? undefined : (JSON.parse(foundText) as DirectoryEntry);
      const isOther = found !== undefined && connectionOf(found) !== connectionOf(entry);
      return { holder: JSON.parse(holderText) as DirectoryEntry, ...(isOther && { replaced: found }) };
    },
    async release(entry) {
      await available(redis.eval(RELEASE, 1, stationKey(entry.tenantId, entry.stationId), connectionOf(entry)));
    },
    async lookup(tenantId, stationId) {
      const text = await available(redis.hget(stationKey(tenantId, stationId), 'entry'));
      return text === null ? undefined : (JSON.parse(text) as DirectoryEntry);
    },
  };
}
