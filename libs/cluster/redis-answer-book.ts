// The answer book in Redis, for every edge to read and the session service to write. It may be lost at any time, as a whole.
// Which entries are true is decided by the session service.
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { AnswerBook, BookEntry, OpenSession, PartitionRef, StationEntry, TokenEntry } from '#ports';
import { available, keyOf } from './redis-client.js';

const ENTRIES_AT_ONCE = 500;
/** So long the end of a session is remembered against a late older entry. */
const REMEMBERED_ENDING_S = 24 * 3600;

/**
 * Per entry two keys (its version, its value's hash) and four arguments (assignment, offset, field, value or ''). Only a version not older
 * than the stored one is taken; a deleted value leaves its version behind. KEYS[1] names this life of the book.
 */
const PUT = `
redis.call('SET', KEYS[1], ARGV[1], 'NX')
for n = 0, (#KEYS - 1) / 2 - 1 do
  local versionKey, valueKey = KEYS[2 + 2 * n], KEYS[3 + 2 * n]
  local seq, offset, field, value = ARGV[3 + 4 * n], ARGV[4 + 4 * n], ARGV[5 + 4 * n], ARGV[6 + 4 * n]
  local found = redis.call('HMGET', versionKey, 'seq', 'offset')
  local isOlder = found[1] and (tonumber(seq) < tonumber(found[1]) or (seq == found[1] and tonumber(offset) < tonumber(found[2])))
  if not isOlder then
    redis.call('HSET', versionKey, 'seq', seq, 'offset', offset)
    if value == '' then
      redis.call('HDEL', valueKey, field)
      if versionKey ~= valueKey then redis.call('EXPIRE', versionKey, ARGV[2]) end
    else
      redis.call('HSET', valueKey, field, value)
      if versionKey ~= valueKey then redis.call('PERSIST', versionKey) end
    end
  end
end
return redis.call('GET', KEYS[1])`;

/** Marks only in the life of the book in which the writer began: what was written into an earlier one is gone. */
const MARK = `
redis.call('SET', KEYS[1], ARGV[1], 'NX')
if redis.call('GET', KEYS[1]) == ARGV[2] then redis.call('SADD', KEYS[2], ARGV[3]) end`;

/** Answers {is folded, this life of the book}. */
const IS_FOLDED = `
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return {redis.call('SISMEMBER', KEYS[2], ARGV[2]), redis.call('GET', KEYS[1])}`;

/** `expected`: the partitions that must be folded before the book is complete. */
export function redisAnswerBook(redis: Redis, prefix: string, expected: readonly PartitionRef[]): AnswerBook {
  const lifeKey = `${prefix}book:life`;
  const foldedKey = `${prefix}book:folded`;
  const stationKey = (tenantId: string, stationId: string): string => `${prefix}book:station:${keyOf(tenantId, stationId)}`;
  const tokenKey = (tenantId: string, tokenHash: string): string => `${prefix}book:token:${keyOf(tenantId, tokenHash)}`;
  const sessionsKey = (tenantId: string, tokenHash: string): string => `${prefix}book:sessions:${keyOf(tenantId, tokenHash)}`;
  const places = (entry: BookEntry): readonly [versionKey: string, valueKey: string, field: string] => {
    switch (entry.kind) {
      case 'station': {
        const key = stationKey(entry.tenantId, entry.stationId);
        return [key, key, 'value'];
      }
      case 'token': {
        const key = tokenKey(entry.tenantId, entry.tokenHash);
        return [key, key, 'value'];
      }
      case 'openSession':
        return [
          `${prefix}book:session:${keyOf(entry.tenantId, entry.tokenHash, entry.sessionId)}`,
          sessionsKey(entry.tenantId, entry.tokenHash),
          entry.sessionId,
        ];
    }
  };
  const read = async <Value>(key: string): Promise<Value | undefined> => {
    const text = await available(redis.hget(key, 'value'));
    return text === null ? undefined : (JSON.parse(text) as Value);
  };
  const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;
  const names = expected.map(({ topic, partition }) => nameOf(topic, partition));
  /** The life of the book in which the writing of a partition began. */
  const begunIn = new Map<string, string>();
  /** For partitions never asked about: the life that took our first entry. */
  let firstLife: string | undefined;

  const isFolded = async (topic: string, partition: number): Promise<boolean> => {
    const name = nameOf(topic, partition);
    const [folded, life] = (await available(redis.eval(IS_FOLDED, 2, lifeKey, foldedKey, randomUUID(), name))) as [number, string];
    if (folded !== 1) begunIn.set(name, life);
    return folded === 1;
  };

  return {
    async isComplete() {
      if (names.length === 0) return true;
      const marks = await available(redis.smismember(foldedKey, ...names));
      return marks.every((mark) => mark === 1);
    },
    station: (tenantId, stationId) => read<StationEntry>(stationKey(tenantId, stationId)),
    token: (tenantId, tokenHash) => read<TokenEntry>(tokenKey(tenantId, tokenHash)),
    async openSessions(tenantId, tokenHash) {
      const texts = await available(redis.hvals(sessionsKey(tenantId, tokenHash)));
      return texts.map((text) => JSON.parse(text) as OpenSession);
    },
    async put(entries) {
      for (let at = 0; at < entries.length; at += ENTRIES_AT_ONCE) {
        const some = entries.slice(at, at + ENTRIES_AT_ONCE);
        const keys = [lifeKey, ...some.flatMap((entry) => places(entry).slice(0, 2))];
        const args = some.flatMap((entry) => [...entry.version, places(entry)[2], entry.value === null ? '' : JSON.stringify(entry.value)]);
        const life = await available(redis.eval(PUT, keys.length, ...keys, randomUUID(), REMEMBERED_ENDING_S, ...args));
        firstLife ??= life as string;
      }
    },
    async markFolded(topic, partition) {
      const name = nameOf(topic, partition);
      if (!begunIn.has(name) && firstLife === undefined) await isFolded(topic, partition);
      await available(redis.eval(MARK, 2, lifeKey, foldedKey, randomUUID(), begunIn.get(name) ?? firstLife ?? '', name));
    },
    isFolded,
  };
}
