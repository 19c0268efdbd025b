// What both worlds share beside the ports: time and chance of this machine, how PostgreSQL's values look in rows, and how text is sealed.
export { systemClock, systemIds, systemRandom } from './chance-and-time.js';
export { rowTypes } from './row-types.js';
export { lock, newKey, openSealed, parseSealed, type SubjectKey, sealText, unlock } from './sealed-text.js';
