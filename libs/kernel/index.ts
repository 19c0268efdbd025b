// Words every part shares: branded ids, results, deterministic ids and hashes, maps that are cheap to change, lists in order. It imports nothing of ours.
export { type Brand, type Milliamps, type SiteId, type StationId, type TenantId, unreachable } from './brands.js';
export { Budgets, Purse, type Rate } from './budgets.js';
export { canonicalJson, sha256, uuidV5 } from './identity.js';
export { instantMs } from './instant.js';
export { Later, numberOf } from './later.js';
export { type Mistake, mistakesIn } from './mistakes.js';
export { fail, ok, type Result } from './result.js';
export { entriesOf, entryOf, mapped, perShard, type Shards, valuesOf, withEntry, withoutEntry } from './shards.js';
export { firstIndex } from './sorted.js';
export { isTimeZone } from './time-zone.js';
export { isWhole32 } from './whole.js';
