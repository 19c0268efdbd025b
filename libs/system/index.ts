// What both worlds take from this machine and from PostgreSQL: time, chance, and how values look in rows.
export { systemClock, systemIds, systemRandom } from './chance-and-time.js';
export { rowTypes } from './row-types.js';
