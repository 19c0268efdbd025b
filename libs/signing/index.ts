// Records say who wrote them (ADR 0105): signing what is appended, judging what is read.
export { type Judge, judgeBy } from './judge.js';
export { type SigningSettings, signingWith } from './settings.js';
export { type Signing, signedLog } from './signed-log.js';
export { type Sign, signerWith } from './signer.js';
export { readSigners, type Signers } from './signers.js';
