// Who may charge: the answer to a token, and the words 1.6 and 2.0.1 have for it.
// Where tokens are stored and how they are hashed is the business of the answer book and the key store.
export { guessedCards, type UnknownCards, withUnknownCard } from './card-guessing.js';
export { credentialText, isStationId, type PresentedToken, presentedToken, tokenText } from './identity.js';
export { type CertificateSubject, isOwnCertificate, isSuperseded, newestProven, type StationName } from './judge-certificate.js';
export { judgeToken, type KnownToken, type TokenPlace, type TokenPolicy, type TokenVerdict, type VerdictStatus } from './judge-token.js';
export { idTagInfo, idTokenInfo } from './wording.js';
