// From what the settings name to what signs and judges.
import { readFileSync } from 'node:fs';
import type { Clock } from '#ports';
import { judgeBy } from './judge.js';
import { keyIdOf } from './signature.js';
import type { Signing } from './signed-log.js';
import { readPrivateKey, signerWith } from './signer.js';
import { readSigners } from './signers.js';

export interface SigningSettings {
  /** Private key, see `readPrivateKey`. */
  readonly key?: string | undefined;
  /** See `readSigners`. */
  readonly signersFile?: string | undefined;
}

/** Throws for a file or a key that cannot be read, and where a process would sign what it does not believe itself. */
export function signingWith({ key, signersFile }: SigningSettings, clock: Pick<Clock, 'now'>): Signing {
  const own = key === undefined ? undefined : readPrivateKey(key);
  const signers = signersFile === undefined ? undefined : readSigners(readFileSync(signersFile, 'utf8'));
  if (own !== undefined && signers !== undefined && !signers.byKeyId.has(keyIdOf(own)))
    throw new Error(`the public key of EVENT_SIGNING_KEY (${keyIdOf(own)}) is not among the signers`);
  return { ...(own && { sign: signerWith(own, clock) }), ...(signers && { judge: judgeBy(signers) }) };
}
