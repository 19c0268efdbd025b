// Public-key infrastructure: certificates read and judged, requests to sign them checked, a local authority, and asking whether one was revoked.
// Which certificate opens which door is a rule of libs/domain/authorization; nothing here is about OCPP messages.
export { chainOf, isInForce, isSignedBy, subjectOf } from './chain.js';
export { type ContractVerdict, judgeContract } from './contract.js';
export { contractPool } from './contract-pool.js';
export { type HashAlgorithm, type HashData, hashDataOf } from './hash-data.js';
export { localAuthority, stationOf } from './local-authority.js';
export { readPublicKey, verifiedBy } from './meter-signatures.js';
export { isRevoked } from './revocation.js';
export { checkSigningRequest, type RequestVerdict } from './signing-request.js';
export { certificateStatuses } from './statuses.js';
