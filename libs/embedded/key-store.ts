// Keys kept in one file and in memory: the network's secret, and one key per subject.
// Who a subject is, the callers know; whoever copies the file holds the keys, so it is backed up apart from the log.
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type KeyStore, PortError } from '#ports';
import { newKey, openSealed, parseSealed, type SubjectKey, sealText } from '#system';
import { type DirectoryLock, lockDirectory } from './directory-lock.js';
import { makeDirectory } from './durable-files.js';
import { KeyFile } from './key-file.js';

export const KEY_FILE = 'keys.jsonl';
const keyFile = (directory: string): string => join(directory, KEY_FILE);

/** Whether a network has kept its keys here before. */
export const hasKeys = (directory: string): boolean => existsSync(keyFile(directory));

/** One process per directory: the next one gets PortError `DirectoryInUse`. A subject that returns after its erasure gets a new key. */
export async function fileKeyStore(directory: string): Promise<KeyStore> {
  makeDirectory(directory);
  const lock = lockDirectory(directory);
  try {
    return keyStore(new KeyFile(keyFile(directory)), lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function keyStore(file: KeyFile, lock: DirectoryLock): KeyStore {
  const { secret, subjects, destroyed } = file.keys;
  const purposeKeys = new Map<string, KeyObject>();
  /** Keys on their way to the disk. */
  const storing = new Map<string, Promise<void>>();

  const storedKey = async (subjectId: string): Promise<SubjectKey> => {
    const known = subjects.get(subjectId);
    if (known !== undefined) {
      await storing.get(known.keyId);
      return known;
    }
    const created = newKey();
    subjects.set(subjectId, created);
    const stored = file.add(subjectId, created);
    storing.set(created.keyId, stored);
    try {
      await stored;
      return created;
    } catch (error) {
      if (subjects.get(subjectId) === created) subjects.delete(subjectId); // the next one tries with a new key
      throw error;
    } finally {
      storing.delete(created.keyId);
    }
  };

  return {
    hmac(purpose, text) {
      // As bytes it would be made a key anew with each text, at seven times the cost.
      const key = purposeKeys.get(purpose) ?? createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `joulestream ${purpose}`, 32)));
      purposeKeys.set(purpose, key);
      return createHmac('sha256', key).update(text).digest('hex');
    },
    async seal(subjectId, plaintext) {
      const { keyId, key } = await storedKey(subjectId);
      return sealText(subjectId, { keyId, key }, plaintext);
    },
    async unseal(sealed) {
      const text = parseSealed(sealed);
      const held = subjects.get(text.subjectId);
      if (held?.keyId === text.keyId) return openSealed(text, held.key);
      if (destroyed.get(text.subjectId)?.has(text.keyId)) return undefined;
      throw new PortError('KeyUnknown', 'this key was never held here: the text was altered, or the key file is older than the log', false);
    },
    holds: async (subjectId) => subjects.has(subjectId),
    wasDestroyed: async (subjectId) => destroyed.has(subjectId),
    async destroy(subjectId) {
      const held = subjects.get(subjectId);
      if (held === undefined) return file.settle();
      subjects.delete(subjectId);
      destroyed.set(subjectId, (destroyed.get(subjectId) ?? new Set()).add(held.keyId));
      return file.forget(); // the key's bytes leave the file, not only our memory
    },
    async close() {
      try {
        await file.settle();
      } finally {
        lock.release();
      }
    },
  };
}
