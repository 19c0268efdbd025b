// What may be asked of a station beyond what the schemas say.
// Whether there is room for a profile is load balancing's; sending is the edge's.
export { type AddressPassword, addressPasswords } from './addresses.js';
export { boundFaults, boundsOf, type ReportedBound } from './bounds.js';
export { type CertificateNamed, deletionFault, type InstalledCertificate } from './deletion.js';
export { type CommandFault, commandFaults } from './owed.js';
export {
  hashFaults,
  namesPhase,
  PHASE_SWITCHING,
  type PhaseSwitching,
  phaseFaults,
  type ReportedCertificate,
} from './told.js';
