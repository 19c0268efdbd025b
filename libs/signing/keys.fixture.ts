// Keys and signers for tests.
import { generateKeyPairSync } from 'node:crypto';
import { readPrivateKey } from './signer.js';

export interface TestKey {
  readonly privateKey: string;
  readonly publicKey: string;
}

export function testKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  };
}

export const keyObject = ({ privateKey }: TestKey) => readPrivateKey(privateKey);
