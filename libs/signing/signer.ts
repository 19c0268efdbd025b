// Signs what this process writes: one Ed25519 signature for all records that are handed over together (ADR 0105).
// Which records those are is signed-log.ts's.
import { createPrivateKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Clock, NewRecord } from '#ports';
import { HEADER, headerText, keyIdOf, leafOf, signedBytes } from './signature.js';
import { levelsOf, wayOf } from './tree.js';

export interface Unsigned {
  readonly topic: string;
  readonly record: NewRecord;
}

/** In the order given. */
export type Sign = (records: readonly Unsigned[]) => readonly NewRecord[];

/** Ed25519, PKCS #8 in base64 (DER), as `npm run signing -- key` makes it. Throws for anything else. */
export function readPrivateKey(text: string): KeyObject {
  const key = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('an Ed25519 key was expected');
  return key;
}

export function signerWith(key: KeyObject, clock: Pick<Clock, 'now'>, instance: string = randomBytes(9).toString('base64url')): Sign {
  const keyId = keyIdOf(key);
  let [latestMs, number] = [0, 0];
  return (records) => {
    latestMs = Math.max(latestMs, clock.now()); // a clock that is put back must not make new records look old
    const atMs = latestMs;
    const numbers = records.map(() => ++number);
    const leaves = records.map(({ topic, record }, index) => leafOf(topic, record, { instance, atMs, number: numbers[index] as number }));
    const levels = levelsOf(leaves);
    const signed = sign(null, signedBytes(levels.at(-1)?.[0] as Buffer), key).toString('base64url');
    const common = { keyId, instance, atMs, count: records.length, signed };
    return records.map(({ record }, index) => {
      const text = headerText({ ...common, number: numbers[index] as number, index, way: wayOf(levels, index) });
      return { ...record, headers: { ...record.headers, [HEADER]: text } };
    });
  };
}
