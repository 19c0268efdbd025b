// What in an OCPP message must not be readable in the log: drivers' tokens and data, and secrets of stations.
// Keys, sealing and erasing belong to the key store; who calls this is the edge (what stations say) and whoever appends commands.
export { type FieldKind, lineOf } from './classified.js';
export type { Sensitive } from './find-sensitive.js';
export { mayBeSensitive, type Protection, protect, REMOVED, reveal, withoutConfidences, withVendorData } from './protect.js';
export { redact } from './redact.js';
export { erasureSubject, subjectOf } from './subjects.js';
